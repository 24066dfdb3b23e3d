"""安许证处置: proposed after an accident, decided within the days of the rule, checked again, and given back."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.core.effects import not_in_future, stamp
from apps.core.workflow import Step, Transition, TransitionRefused, Workflow
from apps.credit.models import PermitCase, PermitMeasure, PermitState
from apps.credit.workflow.proceeding import another_officer, before_decision, day_of, firm_was_heard, is_of_the_firm

S = PermitState


def is_a_suspension(case: PermitCase, user: Any) -> str | None:
    return None if case.measure == PermitMeasure.SUSPEND else "本案拟吊销，不能按暂扣决定"


def is_a_revocation(case: PermitCase, user: Any) -> str | None:
    return None if case.measure == PermitMeasure.REVOKE else "本案拟暂扣，不能按吊销决定"


def is_not_revoked(case: PermitCase, user: Any) -> str | None:
    taken = PermitCase.objects.filter(
        enterprise=case.enterprise_id, permit_number=case.permit_number, state=S.REVOKED
    ).first()
    return f"安全生产许可证 {case.permit_number} 已于 {taken.starts_on} 吊销（{taken}），不能再暂扣" if taken else None


def days_are_over(case: PermitCase, user: Any) -> str | None:
    if case.until and timezone.localdate() <= case.until:
        return f"暂扣期至 {case.until}，期满且复核合格后才能发还"
    return None


def begin_suspension(step: Step) -> None:
    """For the days that the rule allows; where no accident proposed it, the officer answers for them."""
    case, days = step.record, step.facts["days"]
    if reason := days_problem(case, days):
        raise TransitionRefused(reason)
    case.starts_on = day_of(step)
    case.until = case.starts_on + timedelta(days=days - 1)
    step.facts.update(starts_on=case.starts_on, until=case.until)


def days_problem(case: PermitCase, days: int) -> str | None:
    """Why the permit may not be held for so many days."""
    if case.least_days <= days <= case.most_days:
        return None
    one = case.least_days == case.most_days
    allowed = f"{case.least_days} 日" if one else f"{case.least_days} 至 {case.most_days} 日"
    return f"按处置标准暂扣 {allowed}（{case.legal_basis}），不能填 {days} 日"


def begin_revocation(step: Step) -> None:
    """A permit that is revoked while it is held (暂扣期间吊销) is held no more: those cases end with this one."""
    case = step.record
    case.starts_on = step.facts["starts_on"] = day_of(step)
    held = PermitCase.objects.filter(enterprise=case.enterprise_id, state__in=S.HELD)
    for one in held.order_by("pk"):
        PERMIT.happen(one, "end_by_revocation", revocation=case.number)


def end_holding(step: Step) -> None:
    step.record.ended_on = step.facts["ended_on"] = day_of(step)


def give_back(step: Step) -> None:
    step.record.released_on = day_of(step)
    step.facts["released_on"] = step.record.released_on


PERMIT = Workflow(
    (
        *before_decision("permitcase", "不予处置"),
        Transition(
            "suspend",
            "决定暂扣",
            (S.NOTIFIED,),
            S.SUSPENDED,
            "credit.decide_permitcase",
            facts=("decision_number", "days"),
            guards=(is_a_suspension, is_not_revoked, another_officer, firm_was_heard),
            effects=(begin_suspension, stamp("decided")),
            notify=("firm", "maker", "checkers"),
            danger=True,
        ),
        Transition(
            "revoke",
            "决定吊销",
            (S.NOTIFIED,),
            S.REVOKED,
            "credit.decide_permitcase",
            facts=("decision_number",),
            guards=(is_a_revocation, another_officer, firm_was_heard),
            effects=(begin_revocation, stamp("decided")),
            notify=("firm", "maker", "checkers"),
            danger=True,
        ),
        Transition(
            "ask_recheck",
            "申请复核",
            (S.SUSPENDED,),
            S.REPORTED,
            "credit.object_permitcase",
            facts=("report",),
            guards=(is_of_the_firm,),
            effects=(stamp("reported"),),
            notify=("checkers", "deciders"),
        ),
        Transition(
            "fail_recheck",
            "复核不合格",
            (S.REPORTED,),
            S.SUSPENDED,
            "credit.check_permitcase",
            facts=("recheck", "rechecked_on"),
            effects=(not_in_future("rechecked_on"),),
            notify=("firm",),
        ),
        Transition(
            "release",
            "复核合格，发还",
            (S.REPORTED,),
            S.RELEASED,
            "credit.decide_permitcase",
            facts=("recheck", "rechecked_on"),
            guards=(days_are_over,),
            effects=(not_in_future("rechecked_on"), give_back, stamp("released")),
            notify=("firm", "maker", "checkers"),
        ),
        # Follows from the decision of another case, which says why.
        Transition(
            "end_by_revocation",
            "因吊销终止暂扣",
            S.HELD,
            S.ENDED,
            "credit.decide_permitcase",
            facts=("revocation",),
            effects=(end_holding,),
            notify=("firm", "maker", "checkers"),
            by_itself=True,
        ),
    )
)
