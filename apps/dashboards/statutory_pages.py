"""The pages of the statutory statistics form: an office's own region, and every one below it."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from apps.core.registers import registry
from apps.core.results import download
from apps.dashboards.stats_pages import told_to
from apps.dashboards.statutory import NOT_COLLECTED, NOTES, Statutory, workbook_job


@require_GET
def page(request: HttpRequest, key: str = "") -> HttpResponse:
    told = told_to(request, key, "view", Statutory)
    context = {
        "told": told,
        "crumbs": told.crumbs(),
        "may_export": registry["hazards"].may(told.user, "export"),
        "notes": NOTES,
        "not_collected": NOT_COLLECTED,
    }
    return render(request, "dashboards/statutory.html", context)


@require_POST
def export(request: HttpRequest, key: str) -> HttpResponseBase:
    told = told_to(request, key, "export", Statutory)
    job = workbook_job(told.user, told.region, told.month)
    return download(job, by=told.user) if job.result_file else redirect("jobs:detail", job.pk)
