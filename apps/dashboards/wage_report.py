"""Wages of a region and those below it: accounts, labour money, payments, warnings, with the way to the rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from apps.core.months import last_of
from apps.core.scoping import at_or_below
from apps.dashboards.statistics import Statistics
from apps.dashboards.stats_pages import told_to
from apps.projects.models import Project
from apps.regions.models import Region
from apps.wages.models import WageMonth
from apps.wages.selectors import any_warning, has_account, lacks_account

SITES = ("underway", "with_account", "lacking")
MONEY = ("labour_due", "paid_in", "wages_due", "paid_out", "warned")


@dataclass(frozen=True)
class WageLine:
    """The figures of one region; money in yuan, rates in per cent, None where nothing was due."""

    label: str
    url: str
    rows: dict[str, str]
    figures: dict[str, Any]

    @property
    def account_rate(self) -> float | None:
        return rate(self.figures["with_account"], self.figures["underway"])

    @property
    def paid_in_rate(self) -> float | None:
        return rate(self.figures["paid_in"], self.figures["labour_due"])

    @property
    def paid_out_rate(self) -> float | None:
        return rate(self.figures["paid_out"], self.figures["wages_due"])


def rate(part: Any, whole: Any) -> float | None:
    return round(float(part) * 100 / float(whole), 1) if whole else None


class WageReport(Statistics):
    """What one office is told of wages in one region and month; sites without an account are those of today."""

    @cached_property
    def by_path(self) -> dict[str, dict[str, Any]]:
        """The figures of each path within the region, in two queries."""
        found: dict[str, dict[str, Any]] = {}
        for path, row in [*self.sites(), *self.months_paid()]:
            found.setdefault(path, dict.fromkeys((*SITES, *MONEY), 0)).update(row)
        return found

    def sites(self) -> Iterator[tuple[str, dict[str, Any]]]:
        told = {
            "underway": Count("pk"),
            "with_account": Count("pk", filter=Q(has_account())),
            "lacking": Count("pk", filter=lacks_account(timezone.localdate())),
        }
        return self.added_up(Project.objects.visible_to(self.user).underway(), told)

    def months_paid(self) -> Iterator[tuple[str, dict[str, Any]]]:
        told = {name: Sum(name) for name in MONEY[:-1]}
        late = Count("pk", filter=any_warning(timezone.localdate()))
        rows = WageMonth.objects.visible_to(self.user).filter(month=self.month)
        return self.added_up(rows, {**told, "warned": late})

    def added_up(self, rows: QuerySet, told: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        """By path; under names of our own, for a condition must not find a sum where it means a column."""
        within = rows.filter(at_or_below("region_path", self.region.path)).order_by()
        sums = within.values("region_path").annotate(**{f"all_{name}": each for name, each in told.items()})
        return ((row["region_path"], {name: row[f"all_{name}"] for name in told}) for row in sums)

    def line(self, region: Region, url: str = "") -> WageLine:
        inside = [figures for path, figures in self.by_path.items() if path.startswith(region.path)]
        total = {name: sum(figures[name] for figures in inside) for name in (*SITES, *MONEY)}
        return WageLine(region.name, url, self.links_of(region), total)

    def links_of(self, region: Region) -> dict[str, str]:
        place = {"project__region__name": region.code}
        days = {"month_after": self.month, "month_before": last_of(self.month)}
        asked: dict[str, tuple[str, dict[str, Any]]] = {
            "underway": ("projects", {"view": "underway", "region__name": region.code}),
            "lacking": ("projects", {"view": "no_wage_account", "region__name": region.code}),
            "with_account": ("wage_accounts", {"view": "underway", **place}),
            "months": ("wages", {"view": "all", **days, **place}),
            "warned": ("wages", {"view": "warned", **days, **place}),
        }
        return {name: f"{reverse(f'{of}:list')}?{urlencode(query)}" for name, (of, query) in asked.items()}

    @cached_property
    def whole(self) -> WageLine:
        return self.line(self.region)

    @cached_property
    def below(self) -> list[WageLine]:
        """The units directly below, the one with the most warnings first; none below a county."""
        units = Region.objects.visible_to(self.user).filter(parent=self.region).order_by("path")
        lines = [self.line(unit, reverse("stats:wages_region", args=[unit.code]) + self.asked) for unit in units]
        return sorted(lines, key=lambda line: -line.figures["warned"])

    def crumbs(self) -> list[dict[str, str]]:
        """From the office's own region down to this one, each to its report of wages."""
        steps = super().crumbs()
        return [step | {"url": step["url"].replace("/stats/", "/stats/wages/", 1)} for step in steps]


@require_GET
def page(request: HttpRequest, key: str = "") -> HttpResponse:
    told = told_to(request, key, "view", WageReport)
    return render(request, "dashboards/wages.html", {"told": told, "crumbs": told.crumbs()})
