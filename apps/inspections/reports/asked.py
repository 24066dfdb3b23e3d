"""For which region and which days figures are asked: both stand in the address."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.utils import timezone

from apps.core.scoping import get_visible_or_404, scope_of
from apps.regions.models import Region

PERIOD = re.compile(r"(20\d\d)(?:-(0[1-9]|1[0-2])|Q([1-4]))?")


@dataclass(frozen=True)
class Asked:
    """`after` is the first day that no longer counts."""

    user: Any
    region: Region
    period: str
    first: date
    after: date

    @property
    def last(self) -> date:
        return self.after - timedelta(days=1)

    @cached_property
    def units(self) -> list[Region]:
        """The regions directly below, in their usual order; none below a county."""
        return list(Region.objects.visible_to(self.user).filter(parent=self.region).order_by("path"))

    @property
    def words(self) -> str:
        year = f"{self.first.year}年"
        if "Q" in self.period:
            return f"{year}第{self.period[-1]}季度"
        return f"{year}{self.first.month}月" if "-" in self.period else year


def asked_for(user: Any, code: str, period: str) -> Asked:
    """The own region and this year where nothing is asked; one beyond reach answers like one that never was."""
    reach = scope_of(user).region_path
    rows = Region.objects.under(reach).select_related("parent")
    wanted = {"code": code} if code else {"path": reach}
    region = get_visible_or_404(rows, user, **wanted)
    return Asked(user, region, *days_of(period))


def days_of(period: str) -> tuple[str, date, date]:
    """2026, 2026Q4 or 2026-11 with its first day and the first after it; this year for anything else."""
    found = PERIOD.fullmatch(period)
    if found is None:
        year = timezone.localdate().year
        return f"{year}", date(year, 1, 1), date(year + 1, 1, 1)
    year, month, quarter = int(found[1]), found[2], found[3]
    if month:
        return period, date(year, int(month), 1), following(year, int(month), 1)
    if quarter:
        begins = 3 * int(quarter) - 2
        return period, date(year, begins, 1), following(year, begins, 3)
    return period, date(year, 1, 1), date(year + 1, 1, 1)


def following(year: int, month: int, months: int) -> date:
    total = year * 12 + month - 1 + months
    return date(total // 12, total % 12 + 1, 1)


def periods_offered(today: date) -> list[tuple[str, str]]:
    """This year and the one before, the quarters of this year so far, and its last three months."""
    year = today.year
    quarters = [(f"{year}Q{n}", f"{year}年第{n}季度") for n in range(1, (today.month - 1) // 3 + 2)]
    months = [(f"{year}-{n:02d}", f"{year}年{n}月") for n in range(max(1, today.month - 2), today.month + 1)]
    return [(f"{year}", f"{year}年"), *reversed(quarters), *reversed(months), (f"{year - 1}", f"{year - 1}年")]
