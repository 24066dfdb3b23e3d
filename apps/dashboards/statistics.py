"""Statistics of a region: what is open in it and below it, and what a month has brought, with the way to the rows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from apps.core.db import db_now
from apps.core.excel.layout import ExportColumn, Layout
from apps.core.exports import keep_book
from apps.core.jobs import Progress, job_kind, run_at_once
from apps.core.models import Job
from apps.core.months import first_of, last_of, month_asked, month_before, offered
from apps.core.scoping import get_visible_or_404, scope_of
from apps.hazards.counting import Figures, figures_by_month, figures_by_region, rolled_up
from apps.regions.models import Region

KIND = "dashboards.statistics"
MONTHS_SHOWN = 12


@dataclass(frozen=True)
class Line:
    """The figures of one unit or month; `url` leads to its own statistics, `rows` to the rows behind each figure."""

    label: str
    figures: Figures
    rows: dict[str, str]
    url: str = ""
    share: float = 0
    """How long its bar is, in per cent of the longest."""


@dataclass
class Statistics:
    """What one office is told of one region and month."""

    user: Any
    region: Region
    month: date

    @cached_property
    def as_of(self) -> Any:
        return timezone.localtime(db_now())

    @cached_property
    def by_region(self) -> dict[str, Figures]:
        return figures_by_region(self.user, self.region.path, self.month)

    @cached_property
    def total(self) -> Figures:
        return rolled_up(self.by_region, [self.region.path])[self.region.path]

    @cached_property
    def rows(self) -> dict[str, str]:
        return links(self.region, self.month)

    @cached_property
    def units(self) -> list[Line]:
        """The units directly below, the one with the worst rate of overdue hazards first; none below a county."""
        below = list(Region.objects.visible_to(self.user).filter(parent=self.region).order_by("path"))
        sums = rolled_up(self.by_region, [unit.path for unit in below])
        below.sort(key=lambda unit: -(sums[unit.path].overdue_rate or 0))
        worst = max((sums[unit.path].overdue_rate or 0 for unit in below), default=0)
        return [
            Line(
                unit.name,
                told := sums[unit.path],
                links(unit, self.month),
                reverse("stats:region", args=[unit.code]) + self.asked,
                share_of(told.overdue_rate or 0, worst),
            )
            for unit in below
        ]

    @cached_property
    def months(self) -> list[Line]:
        """This month and the eleven before it, the newest first."""
        months = [self.month]
        while len(months) < MONTHS_SHOWN:
            months.append(month_before(months[-1]))
        told = figures_by_month(self.user, self.region.path, months)
        most = max(figures.found for figures in told.values())
        return [Line(f"{m:%Y-%m}", told[m], links(self.region, m), share=share_of(told[m].found, most)) for m in months]

    @property
    def is_current(self) -> bool:
        return self.month == first_of(timezone.localdate())

    @property
    def asked(self) -> str:
        """The query that keeps the chosen month from page to page."""
        return "" if self.is_current else f"?month={self.month:%Y-%m}"

    def switch(self) -> list[dict[str, Any]]:
        """The months to choose from beside the heading."""
        return offered(self.month)

    def crumbs(self) -> list[dict[str, str]]:
        """From the office's own region down to this one."""
        reach, steps, above = scope_of(self.user).region_path, [], self.region.parent
        while above and above.path.startswith(reach):
            steps.append({"label": above.name, "url": reverse("stats:region", args=[above.code]) + self.asked})
            above = above.parent
        return [*reversed(steps), {"label": self.region.name, "url": ""}] if steps else []


def region_of(user: Any, code: str = "") -> Region:
    """The region asked for, or the office's own; one beyond its reach answers like one that never was."""
    reach = scope_of(user).region_path
    rows = Region.objects.under(reach).select_related("parent__parent")
    return get_visible_or_404(rows, user, **({"code": code} if code else {"path": reach}))


def share_of(part: float, most: float) -> float:
    return round(part * 100 / most, 1) if most else 0


def links(region: Region, month: date) -> dict[str, str]:
    """For each figure of a region and month the address of the ledger's rows that make it."""
    last = last_of(month)
    found = {"view": "all", "found_on_after": month, "found_on_before": last}
    asked: dict[str, dict[str, Any]] = {
        "open": {"view": "open"},
        "overdue": {"view": "overdue"},
        "major": {"view": "major"},
        "found": found | {"state": "issued"},
        "closed": {"view": "all", "closed_at_after": month, "closed_at_before": last},
        "found_and_closed": found | {"state": "closed"},
    }
    ledger, place = reverse("hazards:list"), {"project__region__name": region.code}
    return {name: f"{ledger}?{urlencode(query | place)}" for name, query in asked.items()}


# As a workbook --------------------------------------------------------------------------------------------------------


def workbook_job(user: Any, region: Region, month: date) -> Job:
    """The statistics as a workbook, made while the user waits: at most two dozen rows."""
    params = {"region": region.code, "month": f"{month:%Y-%m}"}
    return run_at_once(KIND, by=user, title=f"导出{region.name}隐患统计", params=params)


@job_kind(KIND)
def export(job: Job, progress: Progress) -> None:
    """Write the workbook with the rights and the reach that the user has at this moment."""
    user = job.created_by
    if not user.has_perm("hazards.export_hazard"):
        raise ValidationError("您已没有导出隐患统计的权限")
    told = Statistics(user, region_of(user, job.params["region"]), month_asked(job.params["month"]))
    layout, rows = sheet_of(told)
    progress.of(len(rows))
    keep_book(job, layout, rows, **job.params)


def sheet_of(told: Statistics) -> tuple[Layout, Sequence[Sequence[Any]]]:
    words = f"{told.month:%Y年%-m月}"
    labels = ("未销号", "超期未改", "重大隐患", f"{words}发现", f"{words}销号", f"{words}发现已销号")
    columns = [ExportColumn("单位", width=24), *(ExportColumn(label, "integer") for label in labels)]
    layout = Layout(
        title=f"{told.region.name}隐患统计（{words}）",
        columns=[*columns, ExportColumn("销号率（%）", "decimal")],
        sheet_name="隐患统计",
        subtitle_lines=[f"数据截至 {told.as_of:%Y-%m-%d %H:%M}　导出人：{told.user}（{told.user.organisation}）"],
        font="微软雅黑",
        freeze_columns=1,
    )
    return layout, list(values([*told.units, Line("合计" if told.units else told.region.name, told.total, {})]))


def values(lines: Iterable[Line]) -> Iterator[list[Any]]:
    for line in lines:
        f = line.figures
        rate = round(f.closure_rate, 1) if f.closure_rate is not None else None
        yield [line.label, f.open, f.overdue, f.major, f.found, f.closed, f.found_and_closed, rate]
