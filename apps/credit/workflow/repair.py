"""信用修复: applied for by the firm, accepted, decided by another officer of the office that made the finding."""

from typing import Any

from apps.core.deadlines import DeadlineRule, deadline
from apps.core.effects import stamp
from apps.core.workflow import Step, Transition, Workflow
from apps.credit.models import CreditEntry, CreditRepair, RepairState, RepairTerm, Severity
from apps.credit.workflow.entry import ENTRY
from apps.credit.workflow.listing import LISTING
from apps.credit.workflow.proceeding import day_of, is_of_the_firm
from apps.hazards.calendar import CALENDAR

S = RepairState


def is_of_the_office(repair: CreditRepair, user: Any) -> str | None:
    """谁认定谁修复; the province may, where an office is no more."""
    if user.organisation_id == repair.organisation_id or user.role == "province_officer":
        return None
    return "由作出认定的单位办理（谁认定、谁修复）"


def not_who_accepted(repair: CreditRepair, user: Any) -> str | None:
    return "受理人不能自己决定是否修复，请由另一名人员决定" if repair.accepted_by_id == user.pk else None


def start_decision_clock(step: Step) -> None:
    severity = getattr(step.record.finding, "severity", "") or Severity.SERIOUS
    term = RepairTerm.objects.for_day(day_of(step), severity=severity)
    rule = DeadlineRule("working", term.decide_days, term.source, term.certainty)
    step.record.decide_by = step.facts["decide_by"] = deadline(day_of(step), rule, CALENDAR).due


def repair_the_finding(step: Step) -> None:
    finding = step.record.finding
    if isinstance(finding, CreditEntry):
        ENTRY.perform(finding, "repair", by=step.by)
    else:
        LISTING.perform(finding, "remove", by=step.by)


REPAIR = Workflow(
    (
        Transition(
            "accept",
            "受理",
            (S.APPLIED,),
            S.ACCEPTED,
            "credit.accept_creditrepair",
            guards=(is_of_the_office,),
            effects=(start_decision_clock, stamp("accepted")),
            notify=("applicant", "deciders"),
        ),
        Transition(
            "decline",
            "不予受理",
            (S.APPLIED,),
            S.DECLINED,
            "credit.accept_creditrepair",
            facts=("answer",),
            guards=(is_of_the_office,),
            notify=("applicant",),
            danger=True,
        ),
        Transition(
            "grant",
            "准予修复",
            (S.ACCEPTED,),
            S.GRANTED,
            "credit.decide_creditrepair",
            facts=("answer",),
            guards=(is_of_the_office, not_who_accepted),
            effects=(repair_the_finding, stamp("decided")),
            notify=("applicant", "acceptor"),
        ),
        Transition(
            "refuse",
            "不予修复",
            (S.ACCEPTED,),
            S.REFUSED,
            "credit.decide_creditrepair",
            facts=("answer",),
            guards=(is_of_the_office, not_who_accepted),
            effects=(stamp("decided"),),
            notify=("applicant", "acceptor"),
            danger=True,
        ),
        Transition(
            "withdraw",
            "撤回申请",
            (S.APPLIED, S.ACCEPTED),
            S.WITHDRAWN,
            "credit.apply_creditrepair",
            guards=(is_of_the_firm,),
            notify=("acceptor",),
            danger=True,
        ),
    )
)
