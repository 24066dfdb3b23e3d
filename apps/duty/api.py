"""The API of duties: reading, and the moves of a leave.  What an office sets is set on its pages."""

from typing import Any

from apps.core.api.moves import WorkflowViewSet, workflow_viewset
from apps.core.api.serializers import row_serializer
from apps.core.api.viewsets import RegisterViewSet, register_viewset
from apps.core.registers import registry
from apps.duty.forms.days import LEAVE_FORMS
from apps.duty.registers import (
    DirectorNeeds,
    DutyTermRegister,
    LeaveRegister,
    LogItemRegister,
    SiteNeeds,
    WordingRegister,
)
from apps.duty.workflow import LEAVE

EXAMPLES: dict[str, dict[str, Any]] = {
    "agree": {"answer": "同意，请代理人到岗"},
    "refuse": {"answer": "本周有超危大工程，请改期"},
    "withdraw": {},
}


class LeaveMoves(WorkflowViewSet):
    move_forms = LEAVE_FORMS
    move_examples = EXAMPLES


# Other registers have rows of the same tables, and rows are named after those in the description.
NEEDS = {register.name: registry[register.name] for register in (DirectorNeeds, SiteNeeds)}

VIEWSETS = {
    **{
        name: register_viewset(
            register, RegisterViewSet, row_class=type(f"{type(register).__name__}Row", (row_serializer(register),), {})
        )
        for name, register in NEEDS.items()
    },
    LeaveRegister.name: workflow_viewset(registry[LeaveRegister.name], LEAVE, LeaveMoves),
    **{
        register.name: register_viewset(registry[register.name], RegisterViewSet)
        for register in (DutyTermRegister, WordingRegister, LogItemRegister)
    },
}
