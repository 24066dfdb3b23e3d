"""Lists as data (台账和清单), what was frozen of them, and how two sides' lists differ."""

from apps.lists.models.reconciliation import Difference, Finding, Outcome, Reconciliation
from apps.lists.models.sets import STEPS, ListPeriod, ListSet, ListType, Period, Side
from apps.lists.models.snapshots import FROZEN, ListSnapshot, SnapshotState

__all__ = [
    "FROZEN",
    "STEPS",
    "Difference",
    "Finding",
    "ListPeriod",
    "ListSet",
    "ListSnapshot",
    "ListType",
    "Outcome",
    "Period",
    "Reconciliation",
    "Side",
    "SnapshotState",
]
