"""The page of figures, and each of its tables as a workbook."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from apps.core.results import download
from apps.core.scoping import scope_of
from apps.inspections.reports.asked import Asked, asked_for, periods_offered
from apps.inspections.reports.sheets import EXPORTS, SHEETS, Sheet, workbook_job
from apps.regions.choices import region_choices

SEES = "inspections.view_campaign"
"""For offices: firms read visits, but not how offices compare."""
WIDTH, HEIGHT, GAP = 88, 160, 12


def told_to(request: HttpRequest, permission: str) -> Asked:
    user: Any = request.user
    if not user.has_perm(SEES) or not user.has_perm(permission) or not scope_of(user).region_path:
        raise PermissionDenied
    code, period = request.GET.get("region", ""), request.GET.get("period", "")
    return asked_for(user, "" if "\x00" in code else code, period)


@require_GET
def reports_page(request: HttpRequest) -> HttpResponse:
    asked = told_to(request, SEES)
    sheets = {name: make(asked) for name, make in SHEETS.items()}
    context = {
        "asked": asked,
        "sheets": sheets.values(),
        "bars": histogram(sheets["scores"]),
        "height": HEIGHT,
        "periods": periods_offered(timezone.localdate()),
        "regions": region_choices(request.user),
        "may_export": request.user.has_perm(EXPORTS),
        "query": f"region={asked.region.code}&period={asked.period}",
        "crumbs": [{"label": "监督检查"}, {"label": "检查统计"}],
    }
    return render(request, "inspections/reports.html", context)


def histogram(sheet: Sheet) -> dict[str, Any]:
    """Bars of the classes of scores, in the coordinates of the drawing; empty when nothing was scored."""
    counts = [line[1].value for line in sheet.lines]
    most = max(counts)
    bars = [
        {
            "x": n * (WIDTH + GAP),
            "middle": n * (WIDTH + GAP) + WIDTH // 2,
            "height": round(count * HEIGHT / most) if most else 0,
            "y": 20 + HEIGHT - (round(count * HEIGHT / most) if most else 0),
            "label": sheet.lines[n][0].value,
            "count": count,
            "url": sheet.lines[n][1].url,
        }
        for n, count in enumerate(counts)
    ]
    width = len(bars) * (WIDTH + GAP) - GAP
    return {"bars": bars if most else [], "width": width, "bar": WIDTH, "base": HEIGHT + 20, "whole": HEIGHT + 44}


@require_POST
def export(request: HttpRequest, table: str) -> HttpResponseBase:
    asked = told_to(request, EXPORTS)
    if table not in SHEETS:
        raise Http404
    job = workbook_job(asked, table)
    return download(job, by=asked.user) if job.result_file else redirect("jobs:detail", job.pk)
