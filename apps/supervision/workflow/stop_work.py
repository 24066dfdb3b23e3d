"""停工 to 复工 as a table."""

from apps.core.effects import stamp
from apps.core.workflow import Step, Transition, Workflow
from apps.supervision.models import StopState
from apps.supervision.workflow.guards import is_an_authority, is_of_the_firm, mark_stopped

S = StopState
CONCERNED = ("firm", "site", "supervising_engineer")


def refused_once_more(step: Step) -> None:
    step.record.refusals += 1
    step.record.report = ""
    step.record.requested_at = step.record.requested_by = None


STOP_WORK = Workflow(
    (
        Transition(
            "stop",
            "下达停工",
            (S.DRAFT,),
            S.STOPPED,
            "supervision.order_stopwork",
            guards=(is_an_authority,),
            effects=(stamp("stopped"), mark_stopped),
            notify=(*CONCERNED, "head"),
            by_itself=True,
        ),
        Transition(
            "request_resume",
            "申请复工",
            (S.STOPPED,),
            S.REQUESTED,
            "supervision.report_stopwork",
            facts=("report",),
            guards=(is_of_the_firm,),
            effects=(stamp("requested"),),
            notify=("recorder", "head"),
        ),
        Transition(
            "resume",
            "同意复工",
            (S.REQUESTED,),
            S.RESUMED,
            "supervision.order_stopwork",
            facts=("opinion", "resumed_on"),
            guards=(is_an_authority,),
            effects=(stamp("resumed"), mark_stopped),
            notify=(*CONCERNED, "head"),
        ),
        Transition(
            "refuse_resume",
            "不同意复工",
            (S.REQUESTED,),
            S.STOPPED,
            "supervision.order_stopwork",
            facts=("opinion",),
            guards=(is_an_authority,),
            effects=(refused_once_more,),
            notify=CONCERNED,
        ),
        Transition(
            "withdraw_stop",
            "撤销停工",
            (S.STOPPED,),
            S.WITHDRAWN,
            "supervision.withdraw_stopwork",
            facts=("opinion",),
            guards=(is_an_authority,),
            effects=(mark_stopped,),
            notify=(*CONCERNED, "recorder"),
            danger=True,
        ),
    )
)
