"""Weeks, months and quarters as lists know them."""

from datetime import date

import pytest

from apps.lists.models import Period
from apps.lists.periods import due_after, span_before, span_of

D = date


@pytest.mark.parametrize(
    ("period", "day", "span"),
    [
        (Period.REALTIME, D(2026, 11, 26), (D(2026, 11, 26), D(2026, 11, 26))),
        (Period.WEEK, D(2026, 11, 26), (D(2026, 11, 23), D(2026, 11, 29))),
        (Period.WEEK, D(2027, 1, 1), (D(2026, 12, 28), D(2027, 1, 3))),
        (Period.MONTH, D(2028, 2, 29), (D(2028, 2, 1), D(2028, 2, 29))),
        (Period.MONTH, D(2026, 12, 31), (D(2026, 12, 1), D(2026, 12, 31))),
        (Period.QUARTER, D(2026, 11, 26), (D(2026, 10, 1), D(2026, 12, 31))),
        (Period.QUARTER, D(2026, 1, 1), (D(2026, 1, 1), D(2026, 3, 31))),
        (Period.QUARTER, D(2026, 6, 30), (D(2026, 4, 1), D(2026, 6, 30))),
        (Period.QUARTER, D(2026, 8, 31), (D(2026, 7, 1), D(2026, 9, 30))),
    ],
)
def test_day_lies_in_its_period(period: str, day: date, span: tuple[date, date]) -> None:
    assert span_of(period, day) == span


@pytest.mark.parametrize(
    ("period", "span"),
    [
        (Period.WEEK, (D(2026, 12, 28), D(2027, 1, 3))),
        (Period.MONTH, (D(2026, 12, 1), D(2026, 12, 31))),
        (Period.QUARTER, (D(2026, 10, 1), D(2026, 12, 31))),
    ],
)
def test_last_whole_period_ends_before_this_one_begins(period: str, span: tuple[date, date]) -> None:
    assert span_before(period, D(2027, 1, 5)) == span


def test_drafts_are_due_when_the_last_day_is_over_in_china() -> None:
    assert due_after(D(2026, 11, 30)).isoformat() == "2026-12-01T00:00:00+08:00"
