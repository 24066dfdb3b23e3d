"""How many risks of each colour are in force, by the regions below an office, in a county by project."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from apps.core.pages import need
from apps.core.registers import registry
from apps.regions.models import Region
from apps.risks.colours import (
    PROJECTS_SHOWN,
    asked_region,
    by_project,
    by_region,
    regions_below,
    regions_down_to,
    total_of,
)
from apps.risks.models import COLOURS, RiskLevel
from apps.risks.registers import RiskRegister

REGISTER = registry[RiskRegister.name]


@require_GET
def overview_page(request: HttpRequest) -> HttpResponse:
    """The office's own region, or one below it that the address names; 404 for any other."""
    need(REGISTER, request.user, "view")
    user: Any = request.user
    region = asked_region(user, request.GET.get("region", ""))
    if region is None:
        raise Http404
    below = regions_below(region)
    lines = by_region(user, below) if below else by_project(user, region)
    context = {
        "region": region,
        "lines": lines,
        "total": total_of(lines),
        "of_projects": not below,
        "colours": [(RiskLevel(level).name.lower(), colour) for level, colour in COLOURS.items()],
        "crumbs": way_to(user, region),
        "capped": not below and len(lines) == PROJECTS_SHOWN,
    }
    return render(request, "risks/overview.html", context)


def way_to(user: Any, region: Region) -> list[dict[str, str]]:
    page = reverse("risks:overview")
    steps = [{"label": r.name, "url": f"{page}?region={r.code}"} for r in regions_down_to(user, region)]
    steps[-1].pop("url")
    return [{"label": REGISTER.label, "url": reverse("risks:list")}, *steps]
