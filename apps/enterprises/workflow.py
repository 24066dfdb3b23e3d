"""Merging as a table: proposed by one, decided by another, undone by yet another than who decided."""

from typing import Any

from apps.core.workflow import Step, Transition, Workflow
from apps.enterprises.merging import give_back, take_over
from apps.enterprises.models import EnterpriseMerge, MergeState

S = MergeState
PROPOSES = "enterprises.merge_enterprise"
DECIDES = "enterprises.decide_merge_enterprise"


def is_not_who_proposed(merge: EnterpriseMerge, user: Any) -> str | None:
    return "提请人不能决定自己提请的合并，请由他人决定" if merge.proposed_by_id == user.pk else None


def is_who_proposed(merge: EnterpriseMerge, user: Any) -> str | None:
    return None if merge.proposed_by_id == user.pk else "由提请人撤回"


def is_not_who_decided(merge: EnterpriseMerge, user: Any) -> str | None:
    return "撤销须由决定合并以外的人办理" if merge.decided_by_id == user.pk else None


def decided(step: Step) -> None:
    step.record.decided_by, step.record.decided_at = step.by, step.at


def undone(step: Step) -> None:
    step.record.undone_by, step.record.undone_at = step.by, step.at


MERGE = Workflow(
    (
        Transition(
            "merge",
            "确认合并",
            (S.PROPOSED,),
            S.MERGED,
            DECIDES,
            optional=("opinion",),
            guards=(is_not_who_proposed,),
            effects=(decided, take_over),
        ),
        Transition(
            "refuse_merge",
            "不予合并",
            (S.PROPOSED,),
            S.REFUSED,
            DECIDES,
            facts=("opinion",),
            guards=(is_not_who_proposed,),
            effects=(decided,),
            danger=True,
        ),
        Transition(
            "withdraw_merge",
            "撤回",
            (S.PROPOSED,),
            S.WITHDRAWN,
            PROPOSES,
            guards=(is_who_proposed,),
        ),
        Transition(
            "undo_merge",
            "撤销合并",
            (S.MERGED,),
            S.UNDONE,
            DECIDES,
            facts=("undo_reason",),
            guards=(is_not_who_decided,),
            effects=(undone, give_back),
            danger=True,
        ),
    )
)
