"""For which days figures are asked: a day, a month, a quarter, or from one day to another, as the address says."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone

from apps.core.months import first_of, last_of

PERIOD = re.compile(r"(20\d\d)(?:-(0[1-9]|1[0-2])(?:-(\d\d))?|Q([1-4]))")
MOST_DAYS = 366
REFUSAL = f"没有这样的期间：结束日期不能早于开始日期，最长{MOST_DAYS}天。请重新填写，以下是今天的数据。"


@dataclass(frozen=True)
class Period:
    first: date
    last: date

    @property
    def is_day(self) -> bool:
        return self.first == self.last

    @property
    def is_month(self) -> bool:
        return self == month_of(self.first)

    @property
    def before(self) -> "Period":
        """As many days before it; of a month the month before."""
        if self.is_month:
            return month_of(self.first - timedelta(days=1))
        last = self.first - timedelta(days=1)
        return Period(last - (self.last - self.first), last)

    @property
    def words(self) -> str:
        if self.is_day:
            return f"{self.first}"
        if self.is_month:
            return f"{self.first.year}年{self.first.month}月"
        return f"{self.first} 至 {self.last}"

    @property
    def query(self) -> str:
        """How an address says it; today needs no saying."""
        if self == Period(today := timezone.localdate(), today):
            return ""
        if self.is_day:
            return f"?period={self.first}"
        if self.is_month:
            return f"?period={self.first:%Y-%m}"
        return f"?{urlencode({'from': self.first, 'to': self.last})}"


def asked_period(query: Any) -> Period:
    """Today where no period is asked for, or none that there is."""
    today = timezone.localdate()
    return told(query) or Period(today, today)


def refusal(query: Any) -> str:
    """What is wrong with the period that is asked for, as a sentence; empty where nothing is."""
    is_asked = any(query.get(name) for name in ("from", "to", "period"))
    return REFUSAL if is_asked and told(query) is None else ""


def told(query: Any) -> Period | None:
    """From `from` and `to`, else from `period` (2026-11-26, 2026-11, 2026Q4)."""
    first, last = day_of(query.get("from", "")), day_of(query.get("to", ""))
    if first or last:
        first, last = first or last, last or first
        if first and last and timedelta() <= last - first < timedelta(days=MOST_DAYS):
            return Period(first, last)
    return named(query.get("period", ""))


def named(text: str) -> Period | None:
    found = PERIOD.fullmatch(text)
    if found is None:
        return None
    year, month, day, quarter = found[1], found[2], found[3], found[4]
    if quarter:
        begins = 3 * int(quarter) - 2
        return Period(date(int(year), begins, 1), month_of(date(int(year), begins + 2, 1)).last)
    if day is None:
        return month_of(date(int(year), int(month), 1))
    known = day_of(text)
    return Period(known, known) if known else None


def day_of(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year < 2100 else None


def month_of(day: date) -> Period:
    return Period(first_of(day), last_of(day))


def offered(chosen: Period) -> list[dict[str, Any]]:
    """Beside the heading: today, yesterday, this month and the one before, this quarter."""
    today = timezone.localdate()
    yesterday, month = today - timedelta(days=1), month_of(today)
    quarter = named(f"{today.year}Q{(today.month - 1) // 3 + 1}")
    choices = (
        ("今天", Period(today, today)),
        ("昨天", Period(yesterday, yesterday)),
        ("本月", month),
        ("上月", month.before),
        ("本季度", quarter),
    )
    return [
        {"label": label, "url": period.query or "?", "current": period == chosen} for label, period in choices if period
    ]
