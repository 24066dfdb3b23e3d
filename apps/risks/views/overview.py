"""How many risks of each colour are in force, by the regions below an office, in a county by project."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from apps.core.pages import need
from apps.core.registers import registry
from apps.core.scoping import after, at_or_below
from apps.regions.models import Region
from apps.risks.models import COLOURS, RiskLevel, RiskPoint, State, is_overdue
from apps.risks.registers import RiskRegister

REGISTER = registry[RiskRegister.name]
PROJECTS_SHOWN = 200
# Figures by name: each colour, what is late, and what fails.
FIGURES: dict[str, Q] = {RiskLevel(level).name.lower(): Q(level=level) for level in COLOURS}


@require_GET
def overview_page(request: HttpRequest) -> HttpResponse:
    """The office's own region, or one below it that the address names."""
    need(REGISTER, request.user, "view")
    user: Any = request.user
    if not user.scope.region_path and not user.scope.everything:
        raise Http404
    region = asked_region(user, request.GET.get("region", ""))
    below = list(Region.objects.current().filter(parent=region).order_by("path"))
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


def own_path(user: Any) -> str:
    return user.scope.region_path or Region.objects.order_by("path").values_list("path", flat=True)[0]


def asked_region(user: Any, code: str) -> Region:
    """404 for a region outside the office's own."""
    own = own_path(user)
    rows = Region.objects.current().filter(at_or_below("path", own))
    found = rows.filter(code=code[:20]).first() if code.isalnum() else rows.filter(path=own).first()
    if found is None:
        raise Http404
    return found


def way_to(user: Any, region: Region) -> list[dict[str, str]]:
    own, page = own_path(user), reverse("risks:overview")
    paths = [region.path[: at + 1] for at, sign in enumerate(region.path) if sign == "/" and at]
    above = Region.objects.filter(path__in=[p for p in paths if p.startswith(own)]).order_by("path")
    steps = [{"label": r.name, "url": f"{page}?region={r.code}"} for r in above]
    steps[-1].pop("url")
    return [{"label": REGISTER.label, "url": reverse("risks:list")}, *steps]


def counts() -> dict[str, Count]:
    named = {name: Count("pk", filter=condition) for name, condition in FIGURES.items()}
    return {**named, "late": Count("pk", filter=is_overdue()), "failing": Count("pk", filter=Q(is_failing=True))}


def in_force(user: Any) -> Any:
    return RiskPoint.objects.visible_to(user).filter(state=State.IN_FORCE).order_by()


def by_region(user: Any, regions: Iterable[Region]) -> list[dict[str, Any]]:
    """One query over the paths of the rows, added up under the regions that hold them."""
    found = list(in_force(user).values("region_path").annotate(**counts()))
    lines = []
    for region in regions:
        own = [f for f in found if region.path <= f["region_path"] < after(region.path)]
        figures = {name: sum(f[name] for f in own) for name in (*FIGURES, "late", "failing")}
        asked = {"view": "in_force", "project__region__name": region.code}
        lines.append(line(region.name, f"{reverse('risks:overview')}?region={region.code}", figures, asked))
    return lines


def by_project(user: Any, region: Region) -> list[dict[str, Any]]:
    """The projects of a county that have risks in force, the gravest first."""
    rows = in_force(user).filter(at_or_below("region_path", region.path))
    grouped = rows.values("project__number", "project__name").annotate(**counts())
    found = grouped.order_by("-major", "-considerable", "project__number")[:PROJECTS_SHOWN]
    return [
        line(
            f["project__name"],
            reverse("project_risks", args=[f["project__number"]]),
            f,
            {"view": "in_force", "project__name": f["project__name"]},
        )
        for f in found
    ]


def line(name: str, url: str, figures: dict[str, Any], asked: dict[str, str]) -> dict[str, Any]:
    """A row of the table; each figure leads to the risks that make it."""
    ledger = reverse("risks:list")
    cells = [
        {"name": figure, "count": figures[figure], "url": f"{ledger}?{urlencode(asked | {'level': level.value})}"}
        for figure, level in ((RiskLevel(level).name.lower(), RiskLevel(level)) for level in COLOURS)
    ]
    for figure, view in (("late", "overdue"), ("failing", "failing")):
        cells.append({"name": figure, "count": figures[figure], "url": f"{ledger}?{urlencode(asked | {'view': view})}"})
    return {"label": name, "url": url, "cells": cells, "sum": sum(figures[name] for name in FIGURES)}


def total_of(lines: list[dict[str, Any]]) -> list[int]:
    if not lines:
        return []
    columns = zip(*([cell["count"] for cell in row["cells"]] for row in lines), strict=True)
    return [sum(column) for column in columns]
