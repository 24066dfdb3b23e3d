"""How many hazards there are of each kind, kept with every change, so that statistics need not count the ledger."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import pgtrigger
from django.db import models
from django.db.models import Q

from apps.core.scoping import Scope, ScopedQuerySet
from apps.hazards.models.words import Grade, Source, State

# What a hazard is counted under, roughly and by months.  Months begin in Chinese time, like every day that people name.
STANDING_KEYS = {
    "region_path": "region_path",
    "state": "state",
    "grade": "grade",
    "own_check": f"source = '{Source.SELF_CHECK.value}' AND grade = '{Grade.ORDINARY.value}'",
}
TALLY_KEYS = STANDING_KEYS | {
    "found_month": "date_trunc('month', found_on)::date",
    "closed_month": "date_trunc('month', closed_at AT TIME ZONE 'Asia/Shanghai')::date",
}
C = TypeVar("C", bound="Counts")
UNFINISHED = (State.DRAFT.value, *State.OPEN)


@dataclass(frozen=True)
class Summary:
    """A table of signed counts: its keys, each with what it is of a hazard in SQL, and what is folded together."""

    table: str
    keys: Mapping[str, str]
    folded_by: tuple[str, ...]

    @property
    def columns(self) -> str:
        return ", ".join(self.keys)

    @property
    def values(self) -> str:
        return ", ".join(self.keys.values())

    @property
    def numbers(self) -> str:
        """The keys by their places, for GROUP BY."""
        return ", ".join(str(n + 1) for n in range(len(self.keys)))

    @property
    def counted(self) -> str:
        """The ledger counted afresh: what the sums must equal."""
        return f"SELECT {self.values}, count(*) FROM hazards_hazard GROUP BY {self.numbers}"  # noqa: S608  (no user's words)

    @property
    def kept(self) -> str:
        """The sums."""
        return f"SELECT {self.columns}, sum(count) FROM {self.table} GROUP BY {self.columns} HAVING sum(count) <> 0"  # noqa: S608

    @property
    def add(self) -> str:
        return f"""
    INSERT INTO {self.table} ({self.columns}, count, fresh)
    SELECT {self.values}, count(*), true FROM added GROUP BY {self.numbers};
"""  # noqa: S608

    @property
    def move(self) -> str:
        return f"""
    INSERT INTO {self.table} ({self.columns}, count, fresh)
    SELECT {self.columns}, sum(n), true
      FROM (SELECT {self.values}, 1 FROM after
            UNION ALL SELECT {self.values}, -1 FROM before) AS change ({self.columns}, n)
     GROUP BY {self.columns} HAVING sum(n) <> 0;
"""  # noqa: S608


TALLY = Summary("hazards_tally", TALLY_KEYS, ("region_path", "found_month"))
STANDING = Summary("hazards_standing", STANDING_KEYS, ("region_path",))
SUMMARIES = (TALLY, STANDING)


class CountQuerySet(ScopedQuerySet[C]):
    """The counts of what an office sees; a firm, and who reaches single sites, counts the ledger's own rows."""

    enterprise_key = None
    project_key = None

    def reached_by(self, scope: Scope) -> Q:
        seen = super().reached_by(scope)
        return seen if not seen or scope.region_is_leaf else seen & Q(own_check=False)


class Counts(models.Model):
    """So many more, or fewer, hazards of a kind; the sum of a kind's rows is how many there are.

    Triggers add rows in the transaction that changes the ledger, so the sums are right at every moment, and no two
    writers meet in one row.  A fresh row waits to be folded into one per kind (`services.tallies`).
    `own_check` marks what offices above the county do not see: ordinary hazards that firms found themselves.
    """

    region_path = models.CharField("管辖路径", max_length=60, db_collation="C")
    state = models.CharField("状态", max_length=12, choices=State)
    grade = models.CharField("隐患等级", max_length=10, choices=Grade)
    own_check = models.BooleanField("企业自查一般隐患")
    count = models.IntegerField("条数")
    fresh = models.BooleanField("未归并", default=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.region_path} {self.state} {self.count:+d}"


class Tally(Counts):
    """Hazards by the months in which they were found and closed (隐患汇总)."""

    found_month = models.DateField("检查月份")
    closed_month = models.DateField("销号月份", null=True)

    objects = CountQuerySet["Tally"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "隐患汇总"
        indexes = [
            models.Index(fields=["found_month", "region_path"], name="tally_found"),
            models.Index(
                fields=["closed_month", "region_path"], condition=Q(closed_month__isnull=False), name="tally_closed"
            ),
            models.Index(fields=["id"], condition=Q(fresh=True), name="tally_fresh"),
        ]


class Standing(Counts):
    """Hazards by where they stand now, whatever their age (隐患存量): some thousand rows, for tabs and figures."""

    objects = CountQuerySet["Standing"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "隐患存量"
        indexes = [
            models.Index(fields=["region_path"], name="standing_region"),
            models.Index(fields=["id"], condition=Q(fresh=True), name="standing_fresh"),
        ]


def _trigger(name: str, operation: pgtrigger.Operation, func: str, **tables: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**tables),
        func=func,
    )


def _all(parts: Iterable[str]) -> str:
    return "".join(parts) + "    RETURN NULL;\n"


# Once a statement, however many rows it changes.  Hazards are never deleted, so there is no third.
TALLY_TRIGGERS = [
    _trigger("tally_added", pgtrigger.Insert, _all(s.add for s in SUMMARIES), new="added"),
    _trigger("tally_moved", pgtrigger.Update, _all(s.move for s in SUMMARIES), new="after", old="before"),
]
