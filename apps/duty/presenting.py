"""How the case file of a leave is put together."""

from typing import Any

from apps.core.cases import Case, Sections, line, moment
from apps.core.registers import registry
from apps.duty.forms.days import LEAVE_FORMS
from apps.duty.models import Leave, LeaveState
from apps.duty.registers import LeaveRegister
from apps.duty.workflow import LEAVE

BASIS = "建质〔2011〕111号第十一条：项目负责人离开时须经建设单位同意，并委托相关负责人负责"


def of_leave(leave: Leave, user: Any) -> Sections:
    facts = [
        line("工程项目", leave.project.name),
        line("请假人", leave.person.name),
        line("开始日期", leave.starts_on),
        line("结束日期", leave.ends_on),
        line("代理人", leave.deputy.name),
        line("申请人", leave.asked_by.name if leave.asked_by else ""),
        line("请假事由", leave.reason, wide=True),
    ]
    told: Sections = [{"title": "请假", "facts": facts, "note": BASIS}]
    if leave.decided_by:
        decided = [line("答复人", leave.decided_by.name), line("答复时间", moment(leave.decided_at))]
        told.append({"title": "建设单位答复", "facts": [*decided, line("意见", leave.answer, wide=True)]})
    return told


LEAVE_CASE = Case(
    registry[LeaveRegister.name],
    LEAVE,
    LEAVE_FORMS,
    of_leave,
    (("申请", (LeaveState.ASKED,)), ("答复", (LeaveState.AGREED, LeaveState.REFUSED))),
)
