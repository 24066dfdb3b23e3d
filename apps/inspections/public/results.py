"""What anybody may read of plans and results without signing in: the fields that are named here, no more."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.core.pages import int_or_none
from apps.core.public_lists import SIZE, Question, public_list
from apps.inspections.models import Plan, PlanState, Visit, VisitState

RESULT_FIELDS = ("number", "kind", "planned_on", "submitted_at", "published_at", "public_result", "state")
PLAN_FIELDS = ("year", "title", "text", "coverage_rounds", "published_at", "state")


def public_results() -> QuerySet[Visit]:
    """Published ones, and only the columns that are allowed: no inspector, no person of the site, no finding."""
    rows = Visit.objects.filter(state=VisitState.PUBLISHED)
    rows = rows.select_related("project", "enterprise__organisation", "organisation")
    names = ("project__name", "enterprise__organisation__name", "organisation__name")
    return rows.only(*RESULT_FIELDS, *names)


def public_plans() -> QuerySet[Plan]:
    rows = Plan.objects.filter(state=PlanState.PUBLISHED).select_related("organisation")
    return rows.only(*PLAN_FIELDS, "organisation__name")


@require_GET
@login_not_required
def results_page(request: HttpRequest) -> HttpResponse:
    """By name of project or firm, newest first."""
    columns = ("project__name", "enterprise__organisation__name")
    question = Question(request, text_label="项目或企业名称", columns=columns)
    rows = public_results().order_by("-submitted_at", "-pk")
    return public_list(request, "inspections/public_results.html", rows, question)


@require_GET
@login_not_required
def result_page(request: HttpRequest, number: str) -> HttpResponse:
    visit = public_results().filter(number=number).first() if "\x00" not in number else None
    if visit is None:
        raise Http404
    corrections = visit.corrections.order_by("pk").only("before", "after", "reason", "made_at", "visit_id")
    return render(request, "inspections/public_result.html", {"visit": visit, "corrections": corrections})


@require_GET
@login_not_required
def plans_page(request: HttpRequest) -> HttpResponse:
    year: Any = int_or_none(request.GET.get("year"))
    rows = public_plans().order_by("-year", "-published_at", "-pk")
    years = list(rows.order_by("-year").values_list("year", flat=True).distinct())
    if year in years:
        rows = rows.filter(year=year)
    page = Paginator(rows, SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "year": year if year in years else None, "years": years}
    return render(request, "inspections/public_plans.html", context)


@require_GET
@login_not_required
def plan_page(request: HttpRequest, number: int) -> HttpResponse:
    plan = public_plans().filter(pk=number).first()
    if plan is None:
        raise Http404
    return render(request, "inspections/public_plan.html", {"plan": plan})
