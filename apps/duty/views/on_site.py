"""What is written on the site, on a phone: which sites are mine, a leader's day, a day's safety log."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from apps.core import drafts
from apps.core.drafts import Begun
from apps.core.form_pages import answered, asked, need_right
from apps.core.forms import RecentDayField
from apps.core.pages import crumbs
from apps.core.registers import registry
from apps.core.scoping import get_visible_or_404
from apps.duty.forms.days import DutyDayForm
from apps.duty.forms.logs import SafetyLogForm
from apps.duty.models import DutyDay, SafetyLog
from apps.duty.registers import DutyDayRegister, SafetyLogRegister
from apps.duty.selectors import is_officer, own_posts
from apps.duty.services.days import NOT_YOURS, write_duty_day
from apps.duty.services.logs import NOT_AN_OFFICER, headcount_of, sign_log
from apps.hazards.fields import valid_keys
from apps.hazards.models import Photo
from apps.hazards.pictures import thumbnails
from apps.projects.models import Project
from apps.roster.selectors import keeps_roster

MOST_SITES = 60
LOGS, DAYS = registry[SafetyLogRegister.name], registry[DutyDayRegister.name]


@require_GET
def today_page(request: HttpRequest) -> HttpResponse:
    """The sites that this user writes for, with what is written of today."""
    user: Any = request.user
    if not (user.has_perm("duty.add_dutyday") or user.has_perm("duty.add_safetylog")):
        raise PermissionDenied
    today = timezone.localdate()
    posts = dict(own_posts(user, today))
    own = Q(enterprise=user.organisation_id) | Q(pk__in=posts)
    sites = list(Project.objects.visible_to(user).underway().filter(own).order_by("name", "pk")[:MOST_SITES])
    keys = [project.pk for project in sites]
    logs = {log.project_id: log for log in SafetyLog.objects.visible_to(user).filter(project__in=keys, day=today)}
    days = DutyDay.objects.visible_to(user).filter(project__in=keys, day=today, withdrawn_at=None)
    led = {day.project_id: day for day in days.select_related("person")}
    told = [{"project": p, "log": logs.get(p.pk), "duty": led.get(p.pk), "is_officer": posts.get(p.pk)} for p in sites]
    return render(request, "duty/today.html", {"sites": told, "today": today})


def own_site(request: HttpRequest, key: str, permission: str) -> Project:
    """The project, for those who write for it; 404 outside the scope, 403 for others."""
    rows = Project.objects.select_related("enterprise__organisation", "region")
    project = get_visible_or_404(rows, request.user, number=key)
    need_right(request, permission)
    if not keeps_roster(request.user, project):
        raise PermissionDenied(NOT_YOURS)
    return project


def day_in(request: HttpRequest) -> date:
    """The day that the address names; today for none or for what is no day."""
    try:
        return RecentDayField().clean(request.GET.get("day") or None)
    except ValidationError:
        return timezone.localdate()


@never_cache
@require_http_methods(["GET", "POST"])
def duty_page(request: HttpRequest, key: str) -> HttpResponse:
    project = own_site(request, key, "duty.add_dutyday")
    begun = Begun(request, f"duty-{key}")
    form = asked(request, DutyDayForm, project=project, initial={"day": day_in(request)} | begun.initial())

    def written() -> HttpResponse:
        record = write_duty_day(project, by=request.user, **form.cleaned_data)
        drafts.forget(request.user, begun.name)
        messages.success(
            request, f"已登记{record.get_kind_display()}：{record}{'（补记）' if record.is_late else ''}。"
        )
        return redirect(record)

    context = {
        "title": f"带班记录：{project.name}",
        "submit_label": "提交",
        "cancel_url": DAYS.base_url,
        "crumbs": crumbs(DAYS, "写带班记录"),
    }
    return answered(request, form, written, context | begun.context())


@never_cache
@require_http_methods(["GET", "POST"])
def log_page(request: HttpRequest, key: str) -> HttpResponse:
    """The log of a day; one that is signed already is shown instead."""
    project = own_site(request, key, "duty.add_safetylog")
    if not is_officer(request.user, project):
        raise PermissionDenied(NOT_AN_OFFICER)
    day = day_in(request)
    signed = SafetyLog.objects.visible_to(request.user).filter(project=project, day=day).first()
    if signed and request.method == "GET":
        messages.info(request, f"{day} 的安全日志已经签署，更正请补充说明。")
        return redirect(signed)
    begun = Begun(request, f"safety-log-{key}")
    form = asked(request, SafetyLogForm, initial={"day": day} | begun.initial())
    bring_back(form, begun)

    def written() -> HttpResponse:
        told = form.cleaned_data
        log = sign_log(
            project,
            by=request.user,
            day=told["day"],
            weather=told["weather"],
            summary=told["summary"],
            lines=form.lines,
            signature=form.signed,
        )
        drafts.forget(request.user, begun.name)
        found = f"，{log.problems} 项问题已登记为隐患" if log.problems else ""
        messages.success(request, f"{log.day} 的安全日志已签署{found}。")
        return redirect(log)

    context = {
        "title": f"施工安全日志：{project.name}",
        "submit_label": "签名并提交",
        "cancel_url": LOGS.base_url,
        "crumbs": crumbs(LOGS, "写安全日志"),
        "headcount": headcount_of(project, day),
        "items": lambda: drawn_items(form),
    }
    return answered(request, form, written, context | begun.context(), "duty/log_form.html")


def bring_back(form: SafetyLogForm, begun: Begun) -> None:
    """The photographs that a draft names; they have waited since the form was last sent."""
    if begun.is_taken_up:
        for code, kept in form.kept_of.items():
            keys = valid_keys(begun.values(f"kept_{code}"))
            kept += Photo.objects.waiting(begun.request.user).filter(pk__in=keys)


def drawn_items(form: SafetyLogForm) -> list[dict[str, Any]]:
    """Each item with its fields, as templates/duty/log_form.html draws them."""
    return [
        {
            "code": item.code,
            "answer": form[f"answer_{item.code}"],
            "note": form[f"note_{item.code}"],
            "at": form[f"at_{item.code}"] if item.asks_time else None,
            "photo": form[f"photo_{item.code}"],
            "kept": thumbnails(form.kept_of[item.code]),
        }
        for item in form.items
    ]
