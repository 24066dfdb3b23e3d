"""Figures of the four colours: by the regions below an office, and in a county by project."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from apps.core.scoping import after, at_or_below, scope_of
from apps.regions.models import Region
from apps.risks.models import COLOURS, RiskLevel, RiskPoint, State, is_overdue

PROJECTS_SHOWN = 200
FIGURES: dict[str, Q] = {RiskLevel(level).name.lower(): Q(level=level) for level in COLOURS}


def own_path(user: Any) -> str:
    """The region of an office; the whole province for readers of everything; nothing for those who reach no region."""
    scope = scope_of(user)
    if scope.everything:
        return Region.objects.current().order_by("path").values_list("path", flat=True)[0]
    return scope.region_path


def asked_region(user: Any, code: str) -> Region | None:
    """The region with this code within the office's own, or that itself without a code."""
    own = own_path(user)
    if not own:
        return None
    rows = Region.objects.current().filter(at_or_below("path", own))
    return rows.filter(code=code[:20].replace("\x00", "")).first() if code else rows.filter(path=own).first()


def regions_below(region: Region) -> list[Region]:
    return list(Region.objects.current().filter(parent=region).order_by("path"))


def regions_down_to(user: Any, region: Region) -> list[Region]:
    """From the office's own region down to this one."""
    steps = [region.path[: at + 1] for at, sign in enumerate(region.path) if sign == "/" and at]
    own = own_path(user)
    return list(Region.objects.filter(path__in=[step for step in steps if step.startswith(own)]).order_by("path"))


def counts() -> dict[str, Count]:
    named = {name: Count("pk", filter=condition) for name, condition in FIGURES.items()}
    return {**named, "late": Count("pk", filter=is_overdue()), "failing": Count("pk", filter=Q(is_failing=True))}


def in_force(user: Any) -> QuerySet[RiskPoint]:
    return RiskPoint.objects.visible_to(user).filter(state=State.IN_FORCE).order_by()


def by_region(user: Any, regions: Iterable[Region]) -> list[dict[str, Any]]:
    """One query over the paths of the rows, added up under the regions that hold them."""
    grouped: Any = in_force(user).values("region_path").annotate(**counts())
    found = list(grouped)
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
    grouped: Any = rows.values("project__number", "project__name").annotate(**counts())
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
