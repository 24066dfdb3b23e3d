"""Leave of a project's leader, from asking to the owner's answer."""

from typing import Any

from apps.core.effects import stamp
from apps.core.workflow import Transition, Workflow
from apps.duty.models import Leave, LeaveState
from apps.duty.selectors import is_owner
from apps.roster.selectors import keeps_roster

S = LeaveState
DECIDES = "duty.decide_leave"


def of_the_owner(leave: Leave, user: Any) -> str | None:
    """建质〔2011〕111号第十一条: the owner consents, nobody else."""
    return None if is_owner(user, leave.project) else "由本项目的建设单位答复"


def of_the_site(leave: Leave, user: Any) -> str | None:
    return None if keeps_roster(user, leave.project) else "由本项目施工单位的人员撤回"


LEAVE = Workflow(
    (
        Transition(
            "agree",
            "同意请假",
            (S.ASKED,),
            S.AGREED,
            DECIDES,
            optional=("answer",),
            guards=(of_the_owner,),
            effects=(stamp("decided"),),
            notify=("asker",),
        ),
        Transition(
            "refuse",
            "不同意请假",
            (S.ASKED,),
            S.REFUSED,
            DECIDES,
            facts=("answer",),
            guards=(of_the_owner,),
            effects=(stamp("decided"),),
            notify=("asker",),
            danger=True,
        ),
        Transition(
            "withdraw",
            "撤回请假",
            (S.ASKED,),
            S.WITHDRAWN,
            "duty.withdraw_leave",
            guards=(of_the_site,),
            danger=True,
        ),
    )
)
