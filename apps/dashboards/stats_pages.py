"""The pages of statistics: an office's own region, and every one below it."""

from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from apps.core.months import month_asked
from apps.core.pages import need
from apps.core.registers import registry
from apps.core.results import download
from apps.dashboards.statistics import Statistics, region_of, workbook_job

Told = TypeVar("Told", bound=Statistics)


def told_to(request: HttpRequest, key: str, verb: str, kind: type[Told]) -> Told:
    """The statistics of this kind that are asked for; only those who answer for a region have any."""
    user: Any = request.user
    need(registry["hazards"], user, verb)
    if not user.has_perm("hazards.view_tally"):
        raise PermissionDenied
    return kind(user, region_of(user, key), month_asked(request.GET.get("month", "")))


@require_GET
def page(request: HttpRequest, key: str = "") -> HttpResponse:
    told = told_to(request, key, "view", Statistics)
    context = {"told": told, "crumbs": told.crumbs(), "may_export": registry["hazards"].may(told.user, "export")}
    return render(request, "dashboards/statistics.html", context)


@require_POST
def export(request: HttpRequest, key: str) -> HttpResponseBase:
    told = told_to(request, key, "export", Statistics)
    job = workbook_job(told.user, told.region, told.month)
    return download(job, by=told.user) if job.result_file else redirect("jobs:detail", job.pk)
