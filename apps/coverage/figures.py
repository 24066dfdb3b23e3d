"""Figures of coverage as they are read: sums over days and places, and the rate, which is never rounded up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, F, FloatField, IntegerField, Max, QuerySet, Sum, When
from django.db.models.functions import Cast

from apps.core.scoping import at_or_below
from apps.coverage.models import CoverageDay, CoverageDirty, CoverageGap, CoverageRegionDay, CoverageSnapshot
from apps.coverage.models.figures import NEARLY, REASONS
from apps.coverage.period import Period

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Figure:
    """Days of persons, and days of projects of which `whole` stand at 100 %.

    Of one day these are persons and projects.
    """

    counted: int = 0
    covered: int = 0
    unexplained: int = 0
    disputed: int = 0
    absent: int = 0
    projects: int = 0
    whole: int = 0

    @property
    def gaps(self) -> int:
        return self.counted - self.covered

    @property
    def short(self) -> int:
        """Of the projects those below 100 %."""
        return self.projects - self.whole

    @property
    def is_whole(self) -> bool:
        return bool(self.projects) and self.whole == self.projects

    @property
    def rate(self) -> Decimal | None:
        """In per cent; None where nobody was on site.  A hundred only when roster and attendance agree everywhere."""
        if not self.counted:
            return None
        return HUNDRED if self.is_whole else min(NEARLY, Decimal(self.covered * 1000 // self.counted) / 10)

    @property
    def rate_shown(self) -> str:
        return "—" if self.rate is None else f"{self.rate:.0f}%" if self.is_whole else f"{self.rate:.1f}%"

    @property
    def share(self) -> float:
        return float(self.rate or 0)

    @property
    def obstacles(self) -> list[str]:
        """What stands between this and 100 %, as sentences."""
        untrained = self.gaps - self.unexplained - self.disputed
        told = (
            (untrained, "人次未完成培训或没有有效证书"),
            (self.unexplained, "人次的考勤不能由名册说明，请登记进场或者说明不计入的理由"),
            (self.disputed, "人次同一天在两个项目考勤，请核实后处理"),
            (self.absent, "人次在册但长期没有考勤，请核实是否已退场"),
        )
        return [f"{count} {words}" for count, words in told if count]

    def plus(self, other: "Figure", sign: int = 1) -> "Figure":
        return Figure(*(getattr(self, f.name) + sign * getattr(other, f.name) for f in fields(self)))


SUMMED = tuple(f.name for f in fields(Figure))
OF_DAYS = {
    **{name: Sum(name) for name in SUMMED[:5]},
    "projects": Count("pk"),
    "whole": Sum(Case(When(is_whole=True, then=1), default=0, output_field=IntegerField())),
}
SHARE = Cast(F("_covered"), FloatField()) / Cast(F("_counted"), FloatField())


def of_one(counted: int, covered: int, unexplained: int, disputed: int, absent: int) -> Figure:
    """One project's day that is not written down."""
    whole = 0 < counted == covered and not (unexplained or disputed or absent)
    return Figure(counted, covered, unexplained, disputed, absent, int(counted > 0), int(whole))


def total(figures: Iterable[Figure]) -> Figure:
    summed = Figure()
    for figure in figures:
        summed = summed.plus(figure)
    return summed


def at(figures: Mapping[str, Figure], path: str) -> Figure:
    """Of a region with all below it."""
    return total(figure for own, figure in figures.items() if own.startswith(path))


def by_region(user: Any, path: str, period: Period) -> dict[str, Figure]:
    """The sums of the period by the region of the projects: at most as many rows as there are counties and days."""
    rows = CoverageRegionDay.objects.visible_to(user).filter(at_or_below("region_path", path))
    return summed_by("region_path", within(rows, period), {name: Sum(name) for name in SUMMED})


def by_day(user: Any, path: str, period: Period) -> dict[Any, Figure]:
    rows = CoverageRegionDay.objects.visible_to(user).filter(at_or_below("region_path", path))
    return summed_by("day", within(rows, period), {name: Sum(name) for name in SUMMED})


def days_of_projects(user: Any, period: Period, path: str = "") -> QuerySet[CoverageDay]:
    rows = within(CoverageDay.objects.visible_to(user), period)
    return rows.filter(at_or_below("region_path", path)) if path else rows


def worst_projects(days: QuerySet[CoverageDay], most: int) -> list[dict[str, Any]]:
    """By project, the lowest rate first, then the one with most people: key, number, name and figure."""
    named = ("project", "project__number", "project__name", "project__region__name")
    sums = {f"_{name}": part for name, part in OF_DAYS.items()}
    rows = days.order_by().values(*named).annotate(**sums).annotate(share=SHARE)
    return [
        {**{name: row[name] for name in named}, "figure": Figure(**{name: row[f"_{name}"] for name in SUMMED})}
        for row in rows.order_by("share", "-_counted", "project")[:most]
    ]


def of_days(days: QuerySet[CoverageDay]) -> Figure:
    told = days.order_by().aggregate(**OF_DAYS)
    return Figure(**{name: told[name] or 0 for name in SUMMED})


def each_day(days: QuerySet[CoverageDay]) -> dict[Any, Figure]:
    return summed_by("day", days, OF_DAYS)


@dataclass(frozen=True)
class Frozen:
    """A month as it was frozen, with what has become of it since."""

    figure: Figure
    at: datetime
    difference: Figure


def frozen(user: Any, period: Period, now: Figure, path: str = "", project: Any = None) -> Frozen | None:
    """None where the month was not frozen, or where no month is asked for."""
    if not period.is_month:
        return None
    rows = CoverageSnapshot.objects.visible_to(user).filter(month=period.first)
    rows = rows.filter(at_or_below("region_path", path)) if path else rows
    rows = rows.filter(project=project) if project else rows
    told = rows.aggregate(
        **{name: Sum(name, default=0) for name in SUMMED[:5]},
        projects=Sum("days", default=0),
        whole=Sum("whole_days", default=0),
        at=Max("taken_at"),
    )
    at = told.pop("at")
    then = Figure(**told)
    return Frozen(then, at, now.plus(then, -1)) if at else None


def by_reason(gaps: QuerySet[CoverageGap]) -> list[tuple[str, str, int]]:
    """Reason, its words and how many lack it; somebody may lack several."""
    told = gaps.order_by().aggregate(**{f"n_{name}": Sum(Cast(name, IntegerField()), default=0) for name in REASONS})
    return [(name, words, told[f"n_{name}"]) for name, words in REASONS.items() if told[f"n_{name}"]]


def is_waiting() -> bool:
    """Whether changes have come that are not counted yet."""
    return CoverageDirty.objects.exists()


def within(rows: QuerySet, period: Period) -> QuerySet:
    return rows.filter(day=period.first) if period.is_day else rows.filter(day__range=(period.first, period.last))


def summed_by(key: str, rows: QuerySet, sums: Mapping[str, Any]) -> dict[Any, Figure]:
    found = rows.order_by().values(key).annotate(**{f"_{name}": part for name, part in sums.items()})
    return {row[key]: Figure(**{name: row[f"_{name}"] for name in SUMMED}) for row in found.order_by(key)}
