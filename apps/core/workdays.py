"""Which days are worked: the State Council's notices, weekends where none is out yet, and what the office enters."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib.metadata import version
from typing import Protocol

from chinese_calendar.constants import Holiday, holidays, workdays

PUBLISHED = range(min(holidays).year, max(holidays).year + 1)
"""The years whose notice the installed package knows."""
ONE_DAY = timedelta(days=1)
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class Day:
    """Whether a day is worked and, where that is not plain, why: a holiday's name, 周末, 调休上班."""

    working: bool
    reason: str = ""


class Calendar(Protocol):
    @property
    def edition(self) -> str:
        """What the answers rest on, fit to be stored beside them."""

    def day(self, day: date) -> Day: ...

    def is_published(self, year: int) -> bool:
        """Whether the year's holidays are settled, or only weekends are known."""


@dataclass(frozen=True)
class WorkdayCalendar:
    """Mainland China's working days.

    `exceptions` are days that the office has entered and that win over the package; `confirmed_years` are
    those whose holidays are in `exceptions` as a whole although the package does not know them yet.
    """

    exceptions: Mapping[date, Day] = field(default_factory=dict)
    confirmed_years: frozenset[int] = frozenset()

    @property
    def edition(self) -> str:
        entered = f"；另录入 {len(self.exceptions)} 天" if self.exceptions else ""
        return f"chinesecalendar {version('chinesecalendar')}（放假安排至 {PUBLISHED[-1]} 年{entered}）"

    def is_published(self, year: int) -> bool:
        return year in PUBLISHED or year in self.confirmed_years

    def day(self, day: date) -> Day:
        if day in self.exceptions:
            return self.exceptions[day]
        if day in workdays:
            return Day(True, "调休上班")
        if day in holidays:
            return Day(False, Holiday(holidays[day]).chinese)
        return Day(False, "周末") if day.weekday() > 4 else Day(True)


def is_working(calendar: Calendar, day: date) -> bool:
    return calendar.day(day).working


def days_after(start: date, step: int = 1) -> Iterator[date]:
    """Tomorrow, the day after, … without end; with step -1 backwards."""
    day = start
    while True:
        day += step * ONE_DAY
        yield day


def in_words(day: date) -> str:
    return f"{day.isoformat()}（星期{WEEKDAYS[day.weekday()]}）"
