"""The signatures under a frozen list: 编制, 审核, 批准, in this order and by different people."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import Q

from apps.core.workflow import Step, Transition, Workflow
from apps.lists.models import STEPS, ListSnapshot, SnapshotState

State = SnapshotState
SIGNATURES = {"prepare": "prepared", "review": "reviewed", "approve": "approved"}
PERMISSION = "lists.sign_listsnapshot"


def asked_steps(snapshot: ListSnapshot) -> list[str]:
    """The steps that the list asked for when it was frozen, in their order."""
    return [step for step in STEPS if snapshot.sign_off.get(step)]


def awaited_step(snapshot: ListSnapshot) -> str:
    """The next signature; empty when none is awaited."""
    if snapshot.state in (State.APPROVED, State.VOID):
        return ""
    return next((step for step in asked_steps(snapshot) if not signer_id(snapshot, step)), "")


def signer_id(snapshot: ListSnapshot, step: str) -> int | None:
    return getattr(snapshot, f"{SIGNATURES[step]}_by_id")


def to_sign(user: Any) -> Q:
    """What awaits this person's signature: the guards below, as a condition."""
    wanted = Q(organisation=user.organisation_id) & ~Q(state__in=(State.APPROVED, State.VOID))
    turn, passed = Q(pk__in=[]), Q()
    for step in STEPS:
        signer = f"{SIGNATURES[step]}_by"
        wanted &= ~Q(**{signer: user.pk})
        turn |= passed & Q(**{f"sign_off__{step}__contains": [user.role], signer: None})
        passed &= Q(**{f"sign_off__{step}__0__isnull": True}) | ~Q(**{signer: None})
    return wanted & turn


# Guards ---------------------------------------------------------------------------------------------------------------


def is_of_the_office(snapshot: ListSnapshot, user: Any) -> str | None:
    return None if user.organisation_id == snapshot.organisation_id else "由编制单位的人员签批"


def is_the_turn(step: str, snapshot: ListSnapshot, user: Any) -> str | None:
    awaited = awaited_step(snapshot)
    if awaited == step:
        return None
    if step not in asked_steps(snapshot):
        return f"这份清单不需要{STEPS[step]}"
    return f"还没有{STEPS[awaited]}，不能{STEPS[step]}"


def has_the_role(step: str, snapshot: ListSnapshot, user: Any) -> str | None:
    return None if user.role in snapshot.sign_off.get(step, ()) else f"您的角色不能{STEPS[step]}这份清单"


def has_not_signed(snapshot: ListSnapshot, user: Any) -> str | None:
    signed = user.pk in {signer_id(snapshot, step) for step in STEPS}
    return "您已在这份清单上签过字，须由另一人签批" if signed else None


# The table ------------------------------------------------------------------------------------------------------------


def signed(step: str) -> Callable[[Step], None]:
    """Who signed, and when by the database's clock."""

    def sign(move: Step) -> None:
        setattr(move.record, f"{SIGNATURES[step]}_by", move.by)
        setattr(move.record, f"{SIGNATURES[step]}_at", move.at)

    return sign


def voided(move: Step) -> None:
    move.record.voided_by = move.by


def signature(step: str, label: str, sources: tuple[str, ...], target: str) -> Transition:
    guards = (is_of_the_office, partial(is_the_turn, step), partial(has_the_role, step), has_not_signed)
    return Transition(step, label, sources, target, PERMISSION, guards=guards, effects=(signed(step),))


SNAPSHOT = Workflow(
    (
        signature("prepare", "编制签字", (State.DRAFT,), State.PREPARED),
        signature("review", "审核", (State.DRAFT, State.PREPARED), State.REVIEWED),
        signature("approve", "批准签发", (State.DRAFT, State.PREPARED, State.REVIEWED), State.APPROVED),
        Transition(
            "void_list",
            "作废",
            (State.DRAFT, State.PREPARED, State.REVIEWED),
            State.VOID,
            PERMISSION,
            facts=("void_reason",),
            guards=(is_of_the_office,),
            effects=(voided,),
            danger=True,
        ),
    )
)
