"""Months, each named by its first day: as an address asks for one, and those offered beside it."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

FIRST_YEAR = 2000


def first_of(day: date) -> date:
    return day.replace(day=1)


def next_month(day: date) -> date:
    """The first day of the month after the one in which the day lies."""
    return first_of(first_of(day) + timedelta(days=31))


def last_of(day: date) -> date:
    """The last day of the month."""
    return next_month(day) - timedelta(days=1)


def month_before(day: date) -> date:
    """The first day of the month before the one in which the day lies."""
    return first_of(first_of(day) - timedelta(days=1))


def month_asked(text: str) -> date:
    """The first day of the month asked for as 2026-11; today's for anything else, and for what lies ahead."""
    today = first_of(timezone.localdate())
    try:
        asked = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today
    return asked if asked.year >= FIRST_YEAR and asked <= today else today


def offered(month: date) -> list[dict[str, Any]]:
    """For templates/core/_switch.html the months to choose from: the chosen one, its neighbours and today's."""
    today = first_of(timezone.localdate())
    months = {month_before(month), month, min(next_month(month), today), today}
    return [
        {"label": f"{m:%Y-%m}", "url": "?" if m == today else f"?month={m:%Y-%m}", "current": m == month}
        for m in sorted(months)
    ]
