"""How many hazards there are of each kind, kept with every change, so that statistics need not count the ledger."""

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q

from apps.core.scoping import Scope, ScopedQuerySet
from apps.hazards.models.words import Grade, Source, State

# What a hazard is counted under.  Months begin in Chinese time, like every day that people name.
KEYS = {
    "region_path": "region_path",
    "found_month": "date_trunc('month', found_on)::date",
    "closed_month": "date_trunc('month', closed_at AT TIME ZONE 'Asia/Shanghai')::date",
    "state": "state",
    "grade": "grade",
    "own_check": f"source = '{Source.SELF_CHECK.value}' AND grade = '{Grade.ORDINARY.value}'",
}
COLUMNS = ", ".join(KEYS)
VALUES = ", ".join(KEYS.values())
COUNTED = f"SELECT {VALUES}, count(*) FROM hazards_hazard GROUP BY 1, 2, 3, 4, 5, 6"  # noqa: S608  (no user's words)
"""The ledger counted afresh: what the tally must equal."""
UNFINISHED = (State.DRAFT.value, *State.OPEN)

ADD = f"""
    INSERT INTO hazards_tally ({COLUMNS}, count, fresh)
    SELECT {VALUES}, count(*), true FROM added GROUP BY 1, 2, 3, 4, 5, 6;
    RETURN NULL;
"""  # noqa: S608
MOVE = f"""
    INSERT INTO hazards_tally ({COLUMNS}, count, fresh)
    SELECT {COLUMNS}, sum(n), true
      FROM (SELECT {VALUES}, 1 FROM after
            UNION ALL SELECT {VALUES}, -1 FROM before) AS change ({COLUMNS}, n)
     GROUP BY {COLUMNS} HAVING sum(n) <> 0;
    RETURN NULL;
"""  # noqa: S608


class TallyQuerySet(ScopedQuerySet["Tally"]):
    """The counts of what an office sees; a firm, and who reaches single sites, counts the ledger's own rows."""

    enterprise_key = None
    project_key = None

    def reached_by(self, scope: Scope) -> Q:
        seen = super().reached_by(scope)
        return seen if not seen or scope.region_is_leaf else seen & Q(own_check=False)

    def unfinished(self) -> Self:
        return self.filter(state__in=UNFINISHED)


class Tally(models.Model):
    """So many more, or fewer, hazards of a kind (隐患汇总); the sum of a kind's rows is how many there are.

    Triggers add rows in the transaction that changes the ledger, so the sums are right at every moment, and no two
    writers meet in one row.  A fresh row waits to be folded into one per kind (`services.tallies`).
    `own_check` marks what offices above the county do not see: ordinary hazards that firms found themselves.
    """

    region_path = models.CharField("管辖路径", max_length=60, db_collation="C")
    found_month = models.DateField("检查月份")
    closed_month = models.DateField("销号月份", null=True)
    state = models.CharField("状态", max_length=12, choices=State)
    grade = models.CharField("隐患等级", max_length=10, choices=Grade)
    own_check = models.BooleanField("企业自查一般隐患")
    count = models.IntegerField("条数")
    fresh = models.BooleanField("未归并", default=True)

    objects = TallyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "隐患汇总"
        indexes = [
            models.Index(fields=["found_month", "region_path"], name="tally_found"),
            models.Index(
                fields=["closed_month", "region_path"], condition=Q(closed_month__isnull=False), name="tally_closed"
            ),
            models.Index(fields=["region_path"], condition=Q(state__in=UNFINISHED), name="tally_unfinished"),
            models.Index(fields=["id"], condition=Q(fresh=True), name="tally_fresh"),
        ]

    def __str__(self) -> str:
        return f"{self.region_path} {self.found_month} {self.state} {self.count:+d}"


def _trigger(name: str, operation: pgtrigger.Operation, func: str, **tables: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**tables),
        func=func,
    )


# Once a statement, however many rows it changes.  Hazards are never deleted, so there is no third.
TALLY_TRIGGERS = [
    _trigger("tally_added", pgtrigger.Insert, ADD, new="added"),
    _trigger("tally_moved", pgtrigger.Update, MOVE, new="after", old="before"),
]
