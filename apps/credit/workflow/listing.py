"""失信名单: proposed, checked, notified, listed by a second officer, and off the list by itself or on application."""

from datetime import date, timedelta
from typing import Any

from apps.core.effects import stamp
from apps.core.workflow import Step, Transition, TransitionRefused, Workflow
from apps.credit.clocks import months_after
from apps.credit.models import Blacklisting, JointMeasure, ListState, MeasureState, Removal
from apps.credit.workflow.joint import JOINT
from apps.credit.workflow.proceeding import another_officer, before_decision, day_of, firm_was_heard

S = ListState


def not_who_listed(listing: Blacklisting, user: Any) -> str | None:
    return "列入决定人不能撤销自己的决定，请由另一名人员办理" if listing.decided_by_id == user.pk else None


def begin_term(step: Step) -> None:
    """For the months that the list's law allows."""
    listing, day, kind = step.record, day_of(step), step.record.list_type
    months = step.facts.get("months", kind.term_months)
    least = min(kind.removable_after, kind.term_months)
    if not least <= months <= kind.term_months:
        raise TransitionRefused(
            f"{kind.name}的列入期限为 {least} 至 {kind.term_months} 个月（{kind.legal_basis}），不能填 {months} 个月"
        )
    listing.listed_on, listing.listed_until = day, months_after(day, months) - timedelta(days=1)
    step.facts.update(listed_on=day, listed_until=listing.listed_until)


def end_term(step: Step) -> None:
    """The first day on which it stands no more, also where the clock's task came late."""
    listing = step.record
    listing.removed_on, listing.removal = listing.listed_until + timedelta(days=1), Removal.EXPIRED
    lift_measures(listing, listing.removed_on)


def off_on(step: Step) -> date:
    """The day of the move, or the first after the term where the clock's task has not come yet."""
    return min(day_of(step), step.record.listed_until + timedelta(days=1))


def end_by_repair(step: Step) -> None:
    listing, day = step.record, off_on(step)
    listing.removed_on, listing.removal = day, Removal.REPAIRED
    listing.removed_at, listing.removed_by = step.at, step.by
    lift_measures(listing, day)


def end_by_revocation(step: Step) -> None:
    step.record.revoked_on = off_on(step)
    lift_measures(step.record, step.record.revoked_on)


def lift_measures(listing: Blacklisting, day: Any) -> None:
    """What other offices were asked to do ends with the listing."""
    standing = JointMeasure.objects.filter(listing=listing).exclude(state=MeasureState.LIFTED)
    for measure in standing.order_by("pk"):
        JOINT.happen(measure, "lift", lifted_on=day)


LISTING = Workflow(
    (
        *before_decision("blacklisting", "不予列入"),
        Transition(
            "put_on_list",
            "决定列入",
            (S.NOTIFIED,),
            S.LISTED,
            "credit.decide_blacklisting",
            facts=("decision_number",),
            optional=("months",),
            guards=(another_officer, firm_was_heard),
            effects=(begin_term, stamp("decided")),
            notify=("firm", "maker", "checkers"),
            danger=True,
        ),
        Transition(
            "revoke",
            "撤销列入",
            (S.LISTED,),
            S.REVOKED,
            "credit.decide_blacklisting",
            facts=("reason",),
            guards=(not_who_listed,),
            effects=(end_by_revocation, stamp("revoked")),
            notify=("firm", "maker", "checkers"),
            danger=True,
        ),
        # Follows from a repair that was granted.
        Transition(
            "remove",
            "修复移出",
            (S.LISTED,),
            S.REMOVED,
            "credit.decide_creditrepair",
            effects=(end_by_repair,),
            notify=("firm", "maker", "checkers"),
            by_itself=True,
        ),
        Transition(
            "end_term",
            "期满移出",
            (S.LISTED,),
            S.REMOVED,
            "credit.decide_blacklisting",
            effects=(end_term,),
            notify=("firm", "maker", "checkers"),
            by_itself=True,
        ),
    )
)
