"""The duties of one project as a tab of its page: a month day by day, with what is missing in it."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from apps.core.months import month_asked, offered
from apps.core.pages import need
from apps.core.registers import registry
from apps.core.tabs import Tab
from apps.duty.models import Commitment, DutyKind, InspectorAppointment, Leave, LeaveState, Term
from apps.duty.registers import DutyMonthRegister
from apps.duty.selectors import SiteDay, days_of, is_officer, within
from apps.duty.terms import number_on
from apps.projects.models import Project
from apps.projects.tabs import project_tabs
from apps.projects.views import frame
from apps.roster.selectors import keeps_roster

REGISTER = registry[DutyMonthRegister.name]


@require_GET
def duty_page(request: HttpRequest, key: str) -> HttpResponse:
    need(REGISTER, request.user, "view")
    context = frame(request, key, "duty")
    project: Project = context["project"]
    user: Any = request.user
    month = month_asked(request.GET.get("month", ""))
    days = days_of(project, month, user)
    today = timezone.localdate()
    leaves = Leave.objects.visible_to(user).filter(project=project, state__in=(LeaveState.ASKED, LeaveState.AGREED))
    promised = Commitment.objects.visible_to(user).filter(project=project, valid_until__gte=today)
    inspectors = InspectorAppointment.objects.visible_to(user).filter(project=project).current(today)
    context |= {
        "days": days,
        "today": today,
        "month": month,
        "switch": offered(month),
        "figures": figures(project, month, days),
        "keeps": keeps_roster(user, project),
        "is_officer": is_officer(user, project),
        "leaves": leaves.filter(ends_on__gte=month).select_related("person", "deputy").order_by("-starts_on")[:20],
        "commitments": promised.select_related("person").order_by("-valid_until", "-pk")[:20],
        "inspectors": inspectors.select_related("person", "firm__organisation"),
        "unsigned_url": f"{reverse('commitments:new')}?project={project.number}",
    }
    return render(request, "duty/of_project.html", context)


def figures(project: Project, month: date, days: list[SiteDay]) -> list[dict[str, Any]]:
    """The month in numbers; each opens its rows."""
    today, limit = timezone.localdate(), number_on(Term.LEADER_SHARE, month)
    led, missed = sum(bool(day.leaders) for day in days), sum(day.is_missed for day in days)
    unlogged = sum(day.log is None and day.day < today for day in days)
    share = round(100 * led / len(days), 1) if days else None
    named = {"project__name": project.name, "view": "all"} | within(month)
    rows = f"{reverse('duty_days:list')}?{urlencode(named | {'kind': DutyKind.LEADER})}"
    came = f"{reverse('attendance:list')}?{urlencode(named)}"
    return [
        {"label": "施工天数（有考勤）", "value": len(days), "unit": "天", "url": came},
        {"label": "带班天数", "value": led, "unit": "天", "url": rows},
        {
            "label": f"带班比例（下限 {limit}%）",
            "value": "—" if share is None else share,
            "unit": "%" if share is not None else "",
            "tone": "bad" if 100 * led < limit * len(days) else "",
            "url": rows,
        },
        {"label": "须到场未到", "value": missed, "unit": "天", "tone": "bad" if missed else "", "url": "#days"},
        {"label": "缺日志", "value": unlogged, "unit": "天", "tone": "bad" if unlogged else "", "url": "#days"},
    ]


project_tabs.add(Tab("duty", "履职", "project_duty", permission="duty.view_dutymonth"), before="dangerous")
