"""Counting hazards without reading the ledger: from kept counts, and what depends on today from an index alone.

The counts beside the ledger's tabs are written out: they stand on every page of the list, and Django takes longer to
make such a query than PostgreSQL to answer it.  A test holds them equal to the conditions of the tabs, for every kind
of user.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any, Self

from django.db import connection
from django.db.models import Case, Count, Q, QuerySet, Sum, Value, When
from django.utils import timezone

from apps.core.registers import ALL, COUNT_CAP
from apps.core.scoping import Scope, after, at_or_below, scope_of
from apps.hazards.models import Grade, Hazard, Source, Standing, State, Tally

WEEK = timedelta(days=7)
PROVINCE = 2
"""So many slashes has the path of the province, in which everything lies: to say so would be asked of every row."""
AT, BELOW = "region_path = %(path)s", "region_path >= %(path)s AND region_path < %(after)s"
NO_OWN_CHECKS = " AND NOT (source = %(self_check)s AND grade = %(ordinary)s)"
NO_OWN_COUNTS = " AND NOT own_check"
COUNTS = """
SELECT told.every, told.open, ({overdue}), told.major, ({week}), told.answered, told.drafts, ({mine})
  FROM (SELECT coalesce(sum(n), 0) AS every,
               coalesce(sum(n) FILTER (WHERE state = ANY(%(open)s)), 0) AS open,
               coalesce(sum(n) FILTER (WHERE state = ANY(%(open)s) AND grade = %(major)s), 0) AS major,
               coalesce(sum(n) FILTER (WHERE state = ANY(%(answer_in)s)), 0) AS answered,
               coalesce(sum(n) FILTER (WHERE state = %(draft)s), 0) AS drafts
          FROM (SELECT state, grade, sum(count)::int AS n
                  FROM hazards_standing WHERE {standing} GROUP BY state, grade) kinds) told
"""
# How many rows of the ledger there are, counted up to the cap.
CAPPED = "SELECT count(*) FROM (SELECT FROM hazards_hazard WHERE {own} AND {condition} LIMIT %(cap)s) capped"
CONDITIONS = {
    "overdue": "state = ANY(%(with_firm)s) AND deadline < %(today)s",
    "week": "state = ANY(%(with_firm)s) AND deadline BETWEEN %(today)s AND %(soon)s",
    "mine": "recorded_by_id = %(user)s",
}
NAMES = (ALL, "open", "overdue", "major", "week", "answered", "drafts", "mine")
WORDS: dict[str, Any] = {
    "draft": State.DRAFT.value,
    "open": list(State.OPEN),
    "with_firm": list(State.WITH_FIRM),
    "answer_in": list(State.ANSWER_IN),
    "major": Grade.MAJOR.value,
    "ordinary": Grade.ORDINARY.value,
    "self_check": Source.SELF_CHECK.value,
}


def counts_in_region(user: Any, *, cap: int | None = COUNT_CAP + 1) -> dict[str, int] | None:
    """What each tab finds for an office that reaches a region or everything, no single sites beside; None for others.

    What depends on today or on the user is counted in the ledger, up to the cap; the rest is kept and exact.
    """
    scope = scope_of(user)
    if not is_of_region(scope):
        return None
    is_whole = scope.everything or scope.region_path.count("/") == PROVINCE
    place = "true" if is_whole else AT if scope.region_is_leaf else BELOW
    is_above = not (scope.everything or scope.region_is_leaf)
    own, standing = (place + NO_OWN_CHECKS, place + NO_OWN_COUNTS) if is_above else (place, place)
    parts = {name: CAPPED.format(own=own, condition=condition) for name, condition in CONDITIONS.items()}
    today = timezone.localdate()
    told = WORDS | {"path": scope.region_path, "after": after(scope.region_path), "cap": cap}
    told |= {"user": user.pk, "today": today, "soon": today + WEEK}
    with connection.cursor() as cursor:
        cursor.execute(COUNTS.format(standing=standing, **parts), told)
        return dict(zip(NAMES, cursor.fetchone(), strict=True))


def is_of_region(scope: Scope) -> bool:
    """Whether kept counts tell all of it: they know regions, not firms and sites."""
    return scope.everything or (bool(scope.region_path) and not (scope.enterprise_id or scope.project_ids))


def open_in_region(user: Any) -> int | None:
    """How many open hazards such an office sees; None for others."""
    if not is_of_region(scope_of(user)):
        return None
    told = Standing.objects.visible_to(user).filter(state__in=State.OPEN)
    return told.aggregate(open=Sum("count", default=0))["open"]


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
    by_path: dict[str, Figures] = defaultdict(Figures)
    for counted in (standing_in(user, below), found_in(user, below, month), overdue_in(user, below)):
        for row in counted:
            by_path[row.pop("region_path")] += Figures(**row)
    return dict(by_path)


def standing_in(user: Any, below: str) -> QuerySet:
    is_open = Standing.objects.visible_to(user).filter(at_or_below("region_path", below), state__in=State.OPEN)
    major = Sum("count", filter=Q(grade=Grade.MAJOR), default=0)
    return is_open.values("region_path").annotate(open=Sum("count"), major=major)


def found_in(user: Any, below: str, month: date) -> QuerySet:
    month = month.replace(day=1)
    found = Q(found_month=month) & COUNTED_AS_FOUND
    told = Tally.objects.visible_to(user).filter(at_or_below("region_path", below))
    return (
        told.filter(Q(found_month=month) | Q(closed_month=month))
        .values("region_path")
        .annotate(
            found=Sum("count", filter=found, default=0),
            closed=Sum("count", filter=Q(closed_month=month), default=0),
            found_and_closed=Sum("count", filter=found & Q(state=State.CLOSED), default=0),
        )
    )


def found_in_month(user: Any, day: date) -> QuerySet:
    """Rows of name and count: what this office sees that was found since the first of the day's month, by its end."""
    told = Tally.objects.visible_to(user).filter(COUNTED_AS_FOUND, found_month__gte=day.replace(day=1))
    name = Case(When(state=State.CLOSED, then=Value("found_and_closed")), default=Value("found_and_open"))
    return told.order_by().values_list(name).annotate(Sum("count"))


def overdue_in(user: Any, below: str) -> QuerySet:
    late = Hazard.objects.visible_to(user).filter(at_or_below("region_path", below)).overdue()
    return late.order_by().values("region_path").annotate(overdue=Count("*"))


def figures_by_month(user: Any, below: str, months: Iterable[date]) -> dict[date, Figures]:
    """How much was found and closed below the path in each of these months, which are given by their first days."""
    by_month = {month: Figures() for month in months}
    told = Tally.objects.visible_to(user).filter(COUNTED_AS_FOUND, at_or_below("region_path", below))
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
