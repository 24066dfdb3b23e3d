"""Coverage from the province down to a county, worst first; for firms, their projects."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from apps.core.pages import need
from apps.core.registers import registry
from apps.core.scoping import get_visible_or_404, scope_of
from apps.coverage import figures
from apps.coverage.figures import Figure
from apps.coverage.models import CoverageRule
from apps.coverage.period import Period, asked_period, offered, refusal
from apps.coverage.registers import CoverageDayRegister
from apps.coverage.wording import in_words, rule_of
from apps.regions.models import Region, RegionLevel

REGISTER = registry[CoverageDayRegister.name]
PROJECTS_SHOWN, TREND_DAYS = 100, 14


@dataclass
class Told:
    """What is told of a region, or without one of all projects that somebody reaches, and of a period."""

    user: Any
    region: Region | None
    period: Period

    @property
    def path(self) -> str:
        return self.region.path if self.region else ""

    @cached_property
    def by_region(self) -> dict[str, Figure]:
        return figures.by_region(self.user, self.path, self.period) if self.region else {}

    @cached_property
    def total(self) -> Figure:
        return self.of(self.period) if not self.region else figures.total(self.by_region.values())

    @cached_property
    def before(self) -> Figure:
        return self.of(self.period.before)

    def of(self, period: Period) -> Figure:
        if self.region:
            return figures.total(figures.by_region(self.user, self.path, period).values())
        return figures.of_days(figures.days_of_projects(self.user, period))

    @cached_property
    def units(self) -> list[dict[str, Any]]:
        """The regions directly below, the lowest rate first, those with nobody on site last; none below a county."""
        below = Region.objects.visible_to(self.user).filter(parent=self.region).order_by("path") if self.region else []
        lines = [
            {
                "label": unit.name,
                "url": reverse("coverage_region", args=[unit.code]) + self.period.query,
                "figure": figures.at(self.by_region, unit.path),
            }
            for unit in below
        ]
        return sorted(lines, key=lambda line: (line["figure"].rate is None, line["figure"].rate, -line["figure"].gaps))

    @cached_property
    def projects(self) -> list[dict[str, Any]]:
        """Of the province there are too many to be of use, and it has its units."""
        if self.region and self.region.level == RegionLevel.PROVINCE:
            return []
        days = figures.days_of_projects(self.user, self.period, self.path)
        rows = figures.worst_projects(days, PROJECTS_SHOWN)
        for row in rows:
            row["url"] = reverse("project_coverage", args=[row["project__number"]]) + self.period.query
        return rows

    @cached_property
    def trend(self) -> list[tuple[Any, Figure]]:
        """The last days up to the end of the period, the newest first; of days to come there are none."""
        last = min(self.period.last, timezone.localdate())
        period = Period(last - timedelta(days=TREND_DAYS - 1), last)
        if self.region:
            found = figures.by_day(self.user, self.path, period)
        else:
            found = figures.each_day(figures.days_of_projects(self.user, period))
        return sorted(found.items(), reverse=True)

    @cached_property
    def frozen(self) -> figures.Frozen | None:
        return figures.frozen(self.user, self.period, self.total, self.path)

    @cached_property
    def rule(self) -> CoverageRule:
        return rule_of(self.period.last)

    @property
    def rule_words(self) -> str:
        return in_words(self.rule, self.period.last)

    def crumbs(self) -> list[dict[str, str]]:
        """From the office's own region down to this one."""
        reach, above = scope_of(self.user).region_path, self.region
        way: list[dict[str, str]] = []
        while above and above.path.startswith(reach):
            address = reverse("coverage_region", args=[above.code]) + self.period.query
            way.insert(0, {"label": above.name, "url": address} if way else {"label": above.name})
            above = above.parent
        return [{"label": "培训覆盖率", "url": reverse("coverage")}, *way]


def region_for(user: Any, code: str) -> Region | None:
    """The region asked for, or the office's own; None for those who answer for none."""
    scope = scope_of(user)
    rows = Region.objects.select_related("parent__parent")
    if code and (scope.everything or scope.region_path):
        region = get_visible_or_404(rows, user, code=code)
        if not region.path.startswith(scope.region_path):
            raise Http404
        return region
    if code:
        raise Http404
    if scope.region_path:
        return get_visible_or_404(rows, user, path=scope.region_path)
    return get_visible_or_404(rows, user, level=RegionLevel.PROVINCE) if scope.everything else None


@require_GET
def coverage_page(request: HttpRequest, key: str = "") -> HttpResponse:
    user: Any = request.user
    need(REGISTER, user, "view")
    told = Told(user, region_for(user, key), asked_period(request.GET))
    context = {
        "told": told,
        "title": f"{told.region.name}培训覆盖率" if told.region else "培训覆盖率",
        "crumbs": told.crumbs(),
        "periods": offered(told.period),
        "refusal": refusal(request.GET),
        "waiting": figures.is_waiting(),
    }
    return render(request, "coverage/region.html", context)
