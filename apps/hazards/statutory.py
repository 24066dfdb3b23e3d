"""What the statutory statistics form counts (事故隐患排查治理情况统计表), by region, in two queries whatever the size.

Cumulative from January: what was found in the year up to a month, and how much of it is closed by now.  Ordinary and
major hazards come from the kept counts; firms, plans and money from the ledger, of which the counts know nothing.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from apps.core.scoping import at_or_below
from apps.hazards.counting import COUNTED_AS_FOUND
from apps.hazards.models import FIVE_COMMITMENTS, Grade, Hazard, State, Tally

PLANNED = Q(grade=Grade.MAJOR) & ~Q(commitments={})
"""列入治理计划: a major hazard of which at least one of the five commitments is written down."""
COMPLETE = PLANNED & Q(*(Q(**{f"commitments__{key}__gt": ""}) for key in FIVE_COMMITMENTS))
"""达到“五到位”, which in this form are the five commitments (五落实), not the five of the order of 2020."""
FUNDED = PLANNED & Q(funds__isnull=False)
PLANS = {"listed": PLANNED, "complete": COMPLETE, "funded": FUNDED}


def in_plan(rows: QuerySet[Hazard], value: str) -> QuerySet[Hazard]:
    """The filter behind the figures: the rows that make one of them."""
    condition = PLANS.get(value)
    return rows.filter(condition) if condition else rows.none()


@dataclass
class Sums:
    """The figures of one region; `firms` are keys, for one that works in two counties is one in their city.

    `funds` is in yuan, and None where nobody has told an amount: what is not collected is not nought.
    """

    ordinary: int = 0
    ordinary_closed: int = 0
    major: int = 0
    major_closed: int = 0
    planned: int = 0
    complete: int = 0
    funds: Decimal | None = None
    firms: set[int] = field(default_factory=set)

    def add(self, other: "Sums") -> None:
        for name in ("ordinary", "ordinary_closed", "major", "major_closed", "planned", "complete"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.firms |= other.firms
        if other.funds is not None:
            self.funds = (self.funds or Decimal()) + other.funds

    @property
    def ordinary_rate(self) -> float | None:
        return self.ordinary_closed * 100 / self.ordinary if self.ordinary else None

    @property
    def major_rate(self) -> float | None:
        return self.major_closed * 100 / self.major if self.major else None


def sums_by_region(user: Any, below: str, first: date, last: date) -> dict[str, Sums]:
    """The figures of every region below the path in which this office sees a hazard found in these days, by its path.

    `first` and `last` begin and end a month: the kept counts know months.
    """
    by_path: dict[str, Sums] = defaultdict(Sums)
    for row in counted(user, below, first, last):
        by_path[row.pop("region_path")].add(Sums(**row))
    for path, firm, planned, complete, funds in by_firm(user, below, first, last):
        by_path[path].add(Sums(planned=planned, complete=complete, funds=funds, firms={firm}))
    return dict(by_path)


def counted(user: Any, below: str, first: date, last: date) -> QuerySet:
    told = Tally.objects.visible_to(user).filter(COUNTED_AS_FOUND, at_or_below("region_path", below))
    told = told.filter(found_month__gte=first, found_month__lte=last)
    kinds = {"ordinary": Q(grade=Grade.ORDINARY), "major": Q(grade=Grade.MAJOR)}
    sums = {name: Sum("count", filter=kind, default=0) for name, kind in kinds.items()}
    closed = {
        f"{name}_closed": Sum("count", filter=kind & Q(state=State.CLOSED), default=0) for name, kind in kinds.items()
    }
    return told.values("region_path").annotate(**sums, **closed)


def by_firm(user: Any, below: str, first: date, last: date) -> QuerySet:
    rows = Hazard.objects.visible_to(user).filter(COUNTED_AS_FOUND, at_or_below("region_path", below))
    rows = rows.filter(found_on__gte=first, found_on__lte=last).order_by()
    return rows.values_list("region_path", "enterprise").annotate(
        planned=Count("pk", filter=PLANNED), complete=Count("pk", filter=COMPLETE), money=Sum("funds", filter=FUNDED)
    )


def summed_up(sums: dict[str, Sums], paths: Iterable[str]) -> dict[str, Sums]:
    """The figures under each of these paths, no two of which lie in one another."""
    totals = {path: Sums() for path in paths}
    for own, part in sums.items():
        for path, told in totals.items():
            if own.startswith(path):
                told.add(part)
    return totals
