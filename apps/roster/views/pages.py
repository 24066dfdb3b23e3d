"""Pages about one line of the roster, and about a fault of the attendance."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from apps.core.record_page import record_page
from apps.core.registers import registry
from apps.core.scoping import get_visible_or_404
from apps.roster.forms import SetAsideForm
from apps.roster.models import Attendance, AttendanceFault, Engagement, FaultKind
from apps.roster.registers import AttendanceRegister, EngagementRegister, FaultRegister
from apps.roster.selectors import elsewhere, keeps_roster
from apps.roster.services.faults import set_aside

DAYS_SHOWN = 31
SETTLES = "roster.settle_attendancefault"


def attendance_of(engagement: Engagement, user: Any) -> list[dict[str, Any]]:
    """The last month: on how many days they were there, and on which."""
    last = min(engagement.left_on or timezone.localdate(), timezone.localdate())
    rows = Attendance.objects.visible_to(user).filter(person=engagement.person, engagement=engagement)
    days = list(rows.filter(day__gt=last - timedelta(days=DAYS_SHOWN)).values_list("day", flat=True))
    told = "、".join(f"{day:%m-%d}" for day in sorted(days)) or "没有考勤"
    facts = [
        {"label": f"最近{DAYS_SHOWN}天", "value": f"{len(days)}天"},
        {"label": "日期", "value": told, "wide": True},
    ]
    return [{"title": "考勤", "facts": facts}, *still_elsewhere(engagement)]


def still_elsewhere(engagement: Engagement) -> list[dict[str, Any]]:
    """That the person has not left other sites; which they are is told to nobody who does not see them."""
    today = timezone.localdate()
    count = elsewhere(engagement.person, engagement.project, today) if engagement.left_on is None else 0
    told = f"该人员在另外{count}个项目尚未退场，请提醒其办理退场"
    return [{"title": "其他项目", "facts": [{"label": "提示", "value": told, "wide": True}]}] if count else []


def person_link(engagement: Engagement, user: Any) -> list[dict[str, Any]]:
    return [{"label": "人员档案", "icon": "user", "url": reverse("people:detail", args=[engagement.person_id])}]


def to_settle(fault: AttendanceFault, user: Any) -> list[dict[str, Any]]:
    if fault.settled_at or not user.has_perm(SETTLES) or not keeps_roster(user, fault.project):
        return []
    aside = {"label": "不计入考勤", "icon": "ban", "url": reverse("attendance_faults:set_aside", args=[fault.pk])}
    if fault.kind == FaultKind.TWO_SITES:
        return [aside]
    enter = f"{reverse('roster:new')}?project={fault.project.number}"
    return [{"label": "登记进场人员", "icon": "plus", "url": enter, "primary": True}, aside]


engagement_page = record_page(registry[EngagementRegister.name], actions=person_link, sections=attendance_of)
attendance_page = record_page(registry[AttendanceRegister.name])
fault_page = record_page(registry[FaultRegister.name], actions=to_settle)


def consequence_of(fault: AttendanceFault) -> str:
    where = "本项目，只计入另一项目" if fault.kind == FaultKind.TWO_SITES else ""
    return f"{fault.name}在{fault.day}的考勤将不计入{where}，同样的记录再次上报也不再提示。"


@require_http_methods(["GET", "POST"])
def set_aside_page(request: HttpRequest, key: str) -> HttpResponse:
    user: Any = request.user
    fault = get_visible_or_404(AttendanceFault.objects.select_related("project"), user, pk=key)
    if not user.has_perm(SETTLES):
        raise PermissionDenied
    form = SetAsideForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            set_aside(fault, by=user, reason=form.cleaned_data["reason"])
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, "已不计入考勤，理由留档。")
            return redirect("attendance_faults:detail", fault.pk)
    context = {
        "form": form,
        "title": "不计入考勤",
        "submit_label": "从考勤中剔除",
        "consequence": consequence_of(fault),
        "cancel_url": reverse("attendance_faults:detail", args=[fault.pk]),
    }
    return render(request, "core/confirm.html", context, status=422 if form.errors else 200)
