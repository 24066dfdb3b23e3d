"""Planning visits by hand, following up, changing a team, the calendar, the load, the route of a day."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.http import need
from apps.core.months import first_of, last_of
from apps.core.pages import int_or_none
from apps.core.registers import registry
from apps.core.scoping import get_visible_or_404
from apps.core.workflow import StaleRecord
from apps.inspections.forms.planning import PlanVisitsForm, ReassignForm
from apps.inspections.models import Campaign, CampaignState, Inspector, Visit
from apps.inspections.registers.objects import ObjectRegister
from apps.inspections.routing import route
from apps.inspections.services.assignment import (
    calendar,
    cannot_reassign,
    days_between,
    loads,
    of_office,
    reassign,
)
from apps.inspections.services.planning import (
    MOST_AT_ONCE,
    Candidate,
    candidates,
    next_working_day,
    place_of,
    plan_follow_up,
    plan_many,
    proposed,
    to_follow_up,
    usual_checklists,
)
from apps.inspections.services.visits import warnings_of

PLANS = "inspections.add_visit"
SEES = "inspections.view_campaign"
"""Calendars, loads and routes are the offices' own; firms see visits, but not these."""
PAGE = 20
CRUMB = {"label": "监督检查"}


def day_of(text: str | None, otherwise: date) -> date:
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return otherwise
    return day if 2000 <= day.year < 2200 else otherwise


# Planning -------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def planning_page(request: HttpRequest) -> HttpResponse:
    """The chosen projects, a day, and who could go; `again` looks anew without planning anything."""
    need(request, PLANS)
    user: Any = request.user
    data = request.POST if request.method == "POST" else request.GET
    day = day_of(data.get("planned_on"), next_working_day(timezone.localdate()))
    numbers = [number for number in data.getlist("project") if "\x00" not in number][:MOST_AT_ONCE]
    projects = list(registry[ObjectRegister.name].rows(user).filter(number__in=numbers).order_by("pk"))
    found = candidates(user, projects, day) if projects else []
    sent = request.method == "POST" and "again" not in request.POST
    form = PlanVisitsForm(request.POST if sent else None, user=user, initial=beginning(request, projects, day, found))
    if sent and form.is_valid():
        told = dict(form.cleaned_data)
        chosen, told["number"] = told.pop("project"), told.pop("round")
        try:
            made = plan_many(list(chosen), by=user, **told)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, f"已安排 {len(made)} 次检查，计划 {told['planned_on']}，已通知检查组。")
            return redirect(calendar_url(told["planned_on"]))
    context = {
        "form": form,
        "projects": projects,
        "candidates": offered(form, found),
        "day": day,
        "objects_url": reverse("inspection_objects:list"),
        "crumbs": [CRUMB, {"label": "检查对象库", "url": reverse("inspection_objects:list")}, {"label": "安排检查"}],
    }
    return render(request, "inspections/planning.html", context, status=422 if form.errors else 200)


def beginning(request: HttpRequest, projects: Sequence[Any], day: date, found: Sequence[Candidate]) -> dict[str, Any]:
    """What the form begins with: what was chosen so far, the campaign's own kind and checklists, who is proposed."""
    data = request.POST if request.method == "POST" else request.GET
    running = Campaign.objects.visible_to(request.user).filter(state=CampaignState.RUNNING)
    number = data.get("campaign", "")
    campaign = running.filter(number=number).first() if number and "\x00" not in number else None
    told: dict[str, Any] = {
        "project": [project.number for project in projects],
        "planned_on": day,
        "inspectors": proposed(found, campaign.inspectors_each if campaign else 2),
        "checklists": data.getlist("checklists"),
        "kind": data.get("kind") or "daily",
        "round": int_or_none(data.get("round")) or 1,
    }
    if campaign:
        told |= {"campaign": campaign.number, "kind": campaign.kind}
        told["checklists"] = told["checklists"] or campaign.checklists
    told["checklists"] = told["checklists"] or usual_checklists(request.user, projects)
    return told


def offered(form: Any, found: Sequence[Candidate]) -> list[dict[str, Any]]:
    """The table's lines; what was ticked stays ticked, whatever else is wrong."""
    ticked = {str(getattr(key, "pk", key)) for key in form["inspectors"].value() or ()}
    return [{"one": one, "ticked": str(one.inspector.pk) in ticked} for one in found]


def calendar_url(day: date) -> str:
    return f"{reverse('inspection_calendar')}?{urlencode({'span': 'week', 'day': day})}"


# Following up ---------------------------------------------------------------------------------------------------------


@require_GET
def follow_ups_page(request: HttpRequest) -> HttpResponse:
    need(request, SEES)
    page = Paginator(to_follow_up(request.user), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "may_plan": request.user.has_perm(PLANS),
        "next_day": next_working_day(timezone.localdate()),
        "crumbs": [CRUMB, {"label": "待回访"}],
    }
    return render(request, "inspections/follow_ups.html", context)


@require_POST
def follow_up(request: HttpRequest, key: str) -> HttpResponse:
    """One press: the same team, the next working day."""
    need(request, PLANS)
    visit = get_visible_or_404(Visit, request.user, number=key)
    try:
        made = plan_follow_up(visit, by=request.user)
    except ValidationError as refusal:
        messages.error(request, "；".join(refusal.messages))
    else:
        tell_of_follow_up(request, made)
    return redirect("follow_ups")


def tell_of_follow_up(request: HttpRequest, made: Visit) -> None:
    """Day and team; and who of them was there twice running, whom the page of planning would have pointed out."""
    team = [member.inspector for member in made.team.select_related("inspector__user")]
    messages.success(request, f"已安排回访 {made.number}：{made.planned_on}，{'、'.join(map(str, team))}。")
    warnings = warnings_of([made.project])
    if told := [f"{one}{warnings[one.pk]}" for one in team if one.pk in warnings]:
        messages.warning(request, f"{'；'.join(told)}，宜在“调整日期和检查组”换人。")


# Changing -------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def reassign_page(request: HttpRequest, key: str) -> HttpResponse:
    need(request, "inspections.assign_visit")
    user: Any = request.user
    visit = get_visible_or_404(Visit.objects.select_related("project__enterprise"), user, number=key)
    if (reason := cannot_reassign(visit, user)) and request.method == "GET":
        messages.error(request, reason)
        return redirect(visit)
    day = day_of(request.POST.get("planned_on"), visit.planned_on)
    team = [member.inspector_id for member in visit.team.all()]
    sent = request.method == "POST" and "again" not in request.POST
    initial = {"planned_on": day, "inspectors": team, "reason": request.POST.get("reason", "")}
    form = ReassignForm(request.POST if sent else None, user=user, visit=visit, initial=initial)
    if sent and form.is_valid():
        try:
            reassign(visit, by=user, version=int_or_none(request.POST.get("version")), **form.cleaned_data)
        except StaleRecord:
            form.add_error(None, "这次检查刚被他人调整过，请返回核对后重新提交")
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, f"{visit.number} 的安排已调整，已通知检查组。")
            return redirect(calendar_url(form.cleaned_data["planned_on"]))
    context = {
        "form": form,
        "visit": visit,
        "candidates": offered(form, candidates(user, [visit.project], day, drawn=visit.draw_id is not None)),
        "day": day,
        "cancel_url": visit.get_absolute_url(),
        "crumbs": [CRUMB, {"label": visit.number, "url": visit.get_absolute_url()}, {"label": "调整安排"}],
    }
    return render(request, "inspections/reassign.html", context, status=422 if form.errors else 200)


# The calendar ---------------------------------------------------------------------------------------------------------


@require_GET
def calendar_page(request: HttpRequest) -> HttpResponse:
    """Month or week of the own office, a line for each inspector; the day that the address names lies in it."""
    need(request, SEES)
    today = timezone.localdate()
    day = day_of(request.GET.get("day"), today)
    span = "week" if request.GET.get("span") == "week" else "month"
    first, last = span_of(day, span)
    inspectors = of_office(request.user)
    context = {
        "span": span,
        "rows": calendar(request.user, inspectors, first, last),
        "days": days_between(first, last),
        "today": today,
        "first": first,
        "last": last,
        "heading": f"{first:%Y年%-m月}" if span == "month" else f"{first:%Y-%m-%d} 至 {last:%m-%d}",
        "before": address(span, first - timedelta(days=1)),
        "after": address(span, last + timedelta(days=1)),
        "switch": [
            {"label": label, "url": address(name, day), "current": name == span}
            for name, label in (("month", "月"), ("week", "周"))
        ],
        "crumbs": [CRUMB, {"label": "检查日历"}],
    }
    return render(request, "inspections/calendar.html", context)


def span_of(day: date, span: str) -> tuple[date, date]:
    if span == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    return first_of(day), last_of(day)


def address(span: str, day: date) -> str:
    return f"?{urlencode({'span': span, 'day': day})}"


@require_GET
def load_page(request: HttpRequest) -> HttpResponse:
    """Of each inspector of the office: visits of month and year beside what an equal share would be."""
    need(request, SEES)
    today = timezone.localdate()
    lines = sorted(loads(of_office(request.user), today), key=lambda one: (-one.year, one.inspector.user.name))
    context = {
        "lines": lines,
        "most": max((line.year for line in lines), default=0),
        "total": sum(line.year for line in lines),
        "today": today,
        "visits_url": reverse("visits:list"),
        "crumbs": [CRUMB, {"label": "任务量与均衡"}],
    }
    return render(request, "inspections/load.html", context)


# The route of a day ---------------------------------------------------------------------------------------------------


@require_GET
def route_page(request: HttpRequest) -> HttpResponse:
    """The sites of one inspector on one day in the order in which they lie; printable."""
    need(request, SEES)
    user: Any = request.user
    day = day_of(request.GET.get("day"), timezone.localdate())
    mine = Inspector.objects.visible_to(user).select_related("user", "organisation")
    key = int_or_none(request.GET.get("inspector"))
    inspector = get_visible_or_404(mine, user, pk=key) if key else mine.filter(user=user.pk).first()
    context: dict[str, Any] = {
        "day": day,
        "inspector": inspector,
        "inspectors": of_office(user),
        "crumbs": [CRUMB, {"label": "检查日历", "url": reverse("inspection_calendar")}, {"label": "当日路线"}],
    }
    if inspector is not None:
        context["way"] = way_of(inspector, user, day)
    return render(request, "inspections/route.html", context)


def way_of(inspector: Inspector, user: Any, day: date) -> dict[str, Any]:
    visits = Visit.objects.visible_to(user).open().filter(team__inspector=inspector, planned_on=day)
    stops = list(visits.select_related("project__region", "project__enterprise__organisation").order_by("pk"))
    return planned_way(inspector, stops)


def planned_way(inspector: Inspector, stops: Sequence[Visit]) -> dict[str, Any]:
    """The stops in order with their legs, the sum, and at the end what has no position."""
    placed = [(visit, place) for visit in stops if (place := place_of(visit.project))]
    found = route(inspector.place, [place for _, place in placed])
    lines = [
        {"number": n, "visit": placed[index][0], "km": leg / 1000}
        for n, (index, leg) in enumerate(zip(found.order, found.legs, strict=True), start=1)
    ]
    return {
        "lines": lines,
        "total": found.total / 1000,
        "nowhere": [visit for visit in stops if place_of(visit.project) is None],
        "has_start": inspector.place is not None,
    }
