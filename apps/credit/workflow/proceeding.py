"""What all findings have in common: checked by a second officer, told to the firm, heard, and decided by another."""

from datetime import date
from typing import Any

from django.utils import timezone

from apps.core.effects import not_in_future, stamp
from apps.core.workflow import Guard, Step, Transition, TransitionRefused
from apps.credit.clocks import ANSWER, OBJECTION

# Guards ---------------------------------------------------------------------------------------------------------------


def not_the_proposer(record: Any, user: Any) -> str | None:
    return "提出人不能核实自己提出的事项，请由另一名人员核实" if record.made_by_id == user.pk else None


def another_officer(record: Any, user: Any) -> str | None:
    """One officer alone decides nothing."""
    if user.pk in (record.made_by_id, record.checked_by_id):
        return "须由另一名人员认定：提出人和核实人不能认定"
    return None


def is_of_the_firm(record: Any, user: Any) -> str | None:
    return None if user.organisation_id == record.enterprise_id else "由被认定的企业办理"


def objection_is_open(record: Any, user: Any) -> str | None:
    if record.answered_at:
        return "异议已经答复"
    if record.objection_until and timezone.localdate() > record.objection_until:
        return f"异议期限已于 {record.objection_until} 届满"
    return None


def firm_was_heard(record: Any, user: Any) -> str | None:
    """Nothing bad is decided while the firm may still object."""
    if record.state != "notified" or record.answered_at:
        return None
    if record.objection_until and timezone.localdate() <= record.objection_until:
        return f"异议期限至 {record.objection_until}，期满后才能认定"
    return None


def needs_notice(record: Any, user: Any) -> str | None:
    return "良好信息不需要告知，核实后可直接认定" if getattr(record, "nature", "") == "good" else None


# Effects --------------------------------------------------------------------------------------------------------------


def start_objection_clock(step: Step) -> None:
    """From the day of service; who was told by nobody cannot object."""
    record, served = step.record, step.facts["served_on"]
    made_on = timezone.localdate(record.created_at)
    if served < made_on:
        raise TransitionRefused(f"告知送达日期不能早于提出日期 {made_on}")
    derived = OBJECTION.from_day(served)
    record.objection_until = derived.due
    step.facts["objection_until"] = derived.due


def start_answer_clock(step: Step) -> None:
    derived = ANSWER.from_day(day_of(step))
    step.record.answer_by = derived.due
    step.facts["answer_by"] = derived.due


def keep_reason(step: Step) -> None:
    """An objection that is right is also why the finding is given up."""
    step.record.reason = step.facts["answer"]


def day_of(step: Step) -> date:
    """The day of the move by the database's clock."""
    return timezone.localdate(step.at)


def before_decision(model: str, reject: str, evidence: tuple[Guard, ...] = ()) -> tuple[Transition, ...]:
    """The moves from the proposal to the decision; `reject` is what giving up is called.

    `evidence` are guards of what there has to be before it can be checked.
    """
    decides = f"credit.decide_{model}"
    giving_up = Transition(
        "reject",
        reject,
        ("proposed", "checked", "notified"),
        "rejected",
        decides,
        facts=("reason",),
        notify=("firm", "maker", "checkers"),
        danger=True,
    )
    return (*checking(f"credit.check_{model}", evidence), *hearing(f"credit.object_{model}", decides), giving_up)


def checking(checks: str, evidence: tuple[Guard, ...] = ()) -> tuple[Transition, ...]:
    """A second officer looks at the evidence, and the firm is told."""
    return (
        Transition(
            "check",
            "核实证据",
            ("proposed",),
            "checked",
            checks,
            facts=("opinion",),
            guards=(not_the_proposer, *evidence),
            effects=(stamp("checked"),),
            notify=("deciders",),
        ),
        Transition(
            "notify",
            "登记告知",
            ("checked",),
            "notified",
            checks,
            facts=("served_on", "served_how"),
            guards=(needs_notice,),
            effects=(not_in_future("served_on"), start_objection_clock, stamp("notified")),
            notify=("firm",),
        ),
    )


def hearing(objects: str, decides: str) -> tuple[Transition, ...]:
    """The firm objects in time, and is answered by who decides."""
    return (
        Transition(
            "object",
            "提出异议",
            ("notified",),
            "objected",
            objects,
            facts=("objection",),
            guards=(is_of_the_firm, objection_is_open),
            effects=(start_answer_clock, stamp("objected")),
            notify=("checkers", "deciders"),
        ),
        Transition(
            "dismiss",
            "异议不成立",
            ("objected",),
            "notified",
            decides,
            facts=("answer",),
            guards=(another_officer,),
            effects=(stamp("answered"),),
            notify=("firm", "checkers"),
        ),
        Transition(
            "uphold",
            "异议成立",
            ("objected",),
            "rejected",
            decides,
            facts=("answer",),
            effects=(keep_reason, stamp("answered")),
            notify=("firm", "checkers"),
        ),
    )
