"""移送, 立案, 决定, 回告 as a table, each step with the day by which the next must come."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from apps.core.effects import not_in_future, stamp
from apps.core.workdays import days_after, is_working
from apps.core.workflow import Step, Transition, Workflow
from apps.hazards.calendar import CALENDAR
from apps.supervision.models import TransferState
from apps.supervision.workflow.guards import is_an_authority

S = TransferState


@dataclass(frozen=True)
class Clock:
    """How long the next step may take, and on what ground."""

    days: int
    working: bool
    basis: str
    is_law: bool


CLOCKS: dict[str, Clock] = {
    S.SENT: Clock(15, True, "样例值：接收单位决定是否立案的期限，以主管部门规定为准", False),
    S.FILED: Clock(90, False, "《中华人民共和国行政处罚法》第六十条：自立案之日起九十日内作出决定", True),
    S.DECIDED: Clock(7, True, "样例值：作出决定后回告移送机关的期限，以主管部门规定为准", False),
}


def count_to_next_step(day_of: str) -> Callable[[Step], None]:
    """From the day that the fact names, or from today."""

    def effect(step: Step) -> None:
        clock = CLOCKS[step.record.state]
        start = step.facts.get(day_of) or timezone.localdate(step.at)
        if not clock.working:
            step.record.due_on = start + timedelta(days=clock.days)
            return
        working = (day for day in days_after(start) if is_working(CALENDAR, day))
        step.record.due_on = next(day for number, day in enumerate(working, 1) if number == clock.days)

    return effect


def nothing_more_is_due(step: Step) -> None:
    step.record.due_on = None


TRANSFER = Workflow(
    (
        Transition(
            "send",
            "移送",
            (S.DRAFT,),
            S.SENT,
            "supervision.send_transfer",
            guards=(is_an_authority,),
            effects=(stamp("sent"), count_to_next_step("")),
            notify=("head", "county"),
            by_itself=True,
        ),
        Transition(
            "file",
            "登记立案",
            (S.SENT,),
            S.FILED,
            "supervision.handle_transfer",
            facts=("case_number", "filed_on"),
            guards=(is_an_authority,),
            effects=(not_in_future("filed_on"), count_to_next_step("filed_on")),
            notify=("recorder", "head"),
        ),
        Transition(
            "decline",
            "登记不予立案",
            (S.SENT,),
            S.DECLINED,
            "supervision.handle_transfer",
            facts=("answer", "answered_on"),
            guards=(is_an_authority,),
            effects=(not_in_future("answered_on"), stamp("returned"), nothing_more_is_due),
            notify=("recorder", "head"),
        ),
        Transition(
            "decide",
            "登记处理决定",
            (S.FILED,),
            S.DECIDED,
            "supervision.handle_transfer",
            facts=("decision_number", "decided_on", "decision"),
            optional=("penalty",),
            guards=(is_an_authority,),
            effects=(not_in_future("decided_on"), count_to_next_step("decided_on")),
            notify=("recorder", "head"),
        ),
        Transition(
            "report_back",
            "登记回告",
            (S.DECIDED,),
            S.RETURNED,
            "supervision.handle_transfer",
            facts=("answer", "answered_on"),
            guards=(is_an_authority,),
            effects=(not_in_future("answered_on"), stamp("returned"), nothing_more_is_due),
            notify=("recorder", "head"),
        ),
        Transition(
            "recall",
            "撤回移送",
            (S.SENT,),
            S.WITHDRAWN,
            "supervision.send_transfer",
            facts=("answer",),
            guards=(is_an_authority,),
            effects=(nothing_more_is_due,),
            notify=("recorder", "head"),
            danger=True,
        ),
    )
)
