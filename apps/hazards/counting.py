"""Counting hazards without reading the ledger: from the tally, and what depends on today from an index alone.

The counts beside the ledger's tabs are written out: they stand on every page of the list, and Django takes longer to
make such a query than PostgreSQL to answer it.  A test holds them equal to the conditions of the tabs, for every kind
of user.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any, Self

from django.db import connection
from django.db.models import Count, Q, Sum
from django.utils import timezone

from apps.core.listing import COUNT_CAP
from apps.core.registers import ALL
from apps.core.scoping import scope_of
from apps.hazards.models import Grade, Hazard, Source, State, Tally
from apps.hazards.models.tally import UNFINISHED

WEEK = timedelta(days=7)
AT, BELOW = "region_path = %(path)s", "region_path LIKE %(below)s"
NO_OWN_CHECKS = " AND NOT (source = %(self_check)s AND grade = %(ordinary)s)"
NO_OWN_TALLY = " AND NOT own_check"
COUNTS = """
SELECT (SELECT count(*) FROM (SELECT FROM hazards_hazard WHERE {own} LIMIT %(cap)s) capped),
       told.open, dated.overdue, told.major, dated.week, told.answered, told.drafts,
       (SELECT count(*) FROM (SELECT FROM hazards_hazard WHERE recorded_by_id = %(user)s AND {own} LIMIT %(cap)s) mine)
  FROM (SELECT coalesce(sum(count) FILTER (WHERE state <> %(draft)s), 0) AS open,
               coalesce(sum(count) FILTER (WHERE state <> %(draft)s AND grade = %(major)s), 0) AS major,
               coalesce(sum(count) FILTER (WHERE state = ANY(%(answer_in)s)), 0) AS answered,
               coalesce(sum(count) FILTER (WHERE state = %(draft)s), 0) AS drafts
          FROM hazards_tally WHERE {tally} AND state = ANY(%(unfinished)s)) told,
       (SELECT count(*) FILTER (WHERE deadline < %(today)s) AS overdue,
               count(*) FILTER (WHERE deadline BETWEEN %(today)s AND %(soon)s) AS week
          FROM hazards_hazard WHERE {own} AND state = ANY(%(with_firm)s)) dated
"""
NAMES = (ALL, "open", "overdue", "major", "week", "answered", "drafts", "mine")
WORDS: dict[str, Any] = {
    "cap": COUNT_CAP + 1,
    "draft": State.DRAFT.value,
    "with_firm": list(State.WITH_FIRM),
    "answer_in": list(State.ANSWER_IN),
    "unfinished": list(UNFINISHED),
    "major": Grade.MAJOR.value,
    "ordinary": Grade.ORDINARY.value,
    "self_check": Source.SELF_CHECK.value,
}


def counts_in_region(user: Any) -> dict[str, int] | None:
    """What each tab finds for an office that reaches one region and no single sites beside it; None for others."""
    scope = scope_of(user)
    if not scope.region_path or scope.enterprise_id or scope.project_ids or scope.everything:
        return None
    own = AT if scope.region_is_leaf else BELOW + NO_OWN_CHECKS
    tally = AT if scope.region_is_leaf else BELOW + NO_OWN_TALLY
    today = timezone.localdate()
    told = WORDS | {"path": scope.region_path, "below": f"{scope.region_path}%"}
    told |= {"user": user.pk, "today": today, "soon": today + WEEK}
    with connection.cursor() as cursor:
        cursor.execute(COUNTS.format(own=own, tally=tally), told)
        return dict(zip(NAMES, cursor.fetchone(), strict=True))


# Statistics ----------------------------------------------------------------------------------------------------------

COUNTED_AS_FOUND = ~Q(state__in=(State.DRAFT, State.VOID))
"""Neither drafts, which nobody but their office knows of, nor what was struck out."""


@dataclass
class Figures:
    """What is told of a region and a month: the first three as of now, the others of the month."""

    open: int = 0
    major: int = 0
    overdue: int = 0
    found: int = 0
    closed: int = 0
    found_and_closed: int = 0

    def __iadd__(self, other: Self) -> Self:
        for part in fields(self):
            setattr(self, part.name, getattr(self, part.name) + getattr(other, part.name))
        return self

    @property
    def closure_rate(self) -> float | None:
        """How much of what was found in the month is closed by now, in per cent."""
        return self.found_and_closed * 100 / self.found if self.found else None

    @property
    def overdue_rate(self) -> float | None:
        return self.overdue * 100 / self.open if self.open else None


def figures_by_region(user: Any, below: str, month: date) -> dict[str, Figures]:
    """The figures of every region below the path in which this office sees a hazard, by its path."""
    month = month.replace(day=1)
    is_open, found = Q(state__in=State.OPEN), Q(found_month=month) & COUNTED_AS_FOUND
    told = Tally.objects.visible_to(user).filter(region_path__startswith=below)
    told = told.filter(Q(state__in=UNFINISHED) | Q(found_month=month) | Q(closed_month=month))
    counted = told.values_list("region_path").annotate(
        open=Sum("count", filter=is_open, default=0),
        major=Sum("count", filter=is_open & Q(grade=Grade.MAJOR), default=0),
        found=Sum("count", filter=found, default=0),
        closed=Sum("count", filter=Q(closed_month=month), default=0),
        found_and_closed=Sum("count", filter=found & Q(state=State.CLOSED), default=0),
    )
    by_path = {path: Figures(unclosed, major, 0, *of_month) for path, unclosed, major, *of_month in counted}
    late = Hazard.objects.visible_to(user).filter(region_path__startswith=below).overdue().values_list("region_path")
    for path, overdue in late.annotate(n=Count("*")).order_by():
        by_path.setdefault(path, Figures()).overdue = overdue
    return by_path


def figures_by_month(user: Any, below: str, months: Iterable[date]) -> dict[date, Figures]:
    """How much was found and closed below the path in each of these months, which are given by their first days."""
    by_month = {month: Figures() for month in months}
    told = Tally.objects.visible_to(user).filter(COUNTED_AS_FOUND, region_path__startswith=below)
    told = told.filter(Q(found_month__in=by_month) | Q(closed_month__in=by_month))
    counted = told.values_list("found_month", "closed_month").annotate(
        found=Sum("count"), done=Sum("count", filter=Q(state=State.CLOSED), default=0)
    )
    for found_month, closed_month, found, done in counted:
        if figures := by_month.get(found_month):
            figures.found += found
            figures.found_and_closed += done
        if figures := by_month.get(closed_month):
            figures.closed += done
    return by_month


def rolled_up(figures: dict[str, Figures], paths: Iterable[str]) -> dict[str, Figures]:
    """The same figures summed up under each of these paths, no two of which lie in one another."""
    sums = {path: Figures() for path in paths}
    for own, part in figures.items():
        for path, told in sums.items():
            if own.startswith(path):
                told += part
    return sums
