"""The API of credit repair: applying at the address of the finding, and one operation for each move."""

from functools import partial
from typing import Any, ClassVar

from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.api.moves import WorkflowViewSet, workflow_viewset
from apps.core.api.operations import Operation, text_parameter
from apps.core.api.serializers import input_serializer
from apps.core.idempotency import idempotent
from apps.core.registers import registry
from apps.credit.forms.repairs import COMMITMENT, REPAIR_FORMS, RepairForm
from apps.credit.registers.entries import CreditEntryRegister
from apps.credit.registers.listings import BlacklistingRegister
from apps.credit.registers.repairs import CreditRepairRegister
from apps.credit.services.repairs import APPLIES, apply, cannot_apply
from apps.credit.workflow import REPAIR

REPAIR_EXAMPLES: dict[str, dict[str, Any]] = {
    "accept": {},
    "decline": {"answer": "未附整改验收意见，请补充后重新申请"},
    "grant": {"answer": "经核实，义务已经履行，准予修复"},
    "refuse": {"answer": "经核实，罚款尚未缴清，不予修复"},
    "withdraw": {},
}
APPLIED: dict[str, Any] = {
    "correction": "2026年9月1日缴清罚款，9月20日完成整改并经监督机构复查合格",
    "commitment": COMMITMENT,
}

NewCreditRepair = input_serializer("NewCreditRepair", RepairForm.base_fields)


class RepairViewSet(WorkflowViewSet):
    """An application is made at the address of its finding; from then on it has its own."""

    move_forms = REPAIR_FORMS
    move_examples = REPAIR_EXAMPLES
    # By the action: the register of what is to be repaired.
    FINDINGS: ClassVar[dict[str, str]] = {
        "begin_of_entry": CreditEntryRegister.name,
        "begin_of_listing": BlacklistingRegister.name,
    }

    @idempotent
    def begin_of_entry(self, request: Request, number: str) -> Response:
        return self.applied_for(number)

    @idempotent
    def begin_of_listing(self, request: Request, number: str) -> Response:
        return self.applied_for(number)

    def applied_for(self, number: str) -> Response:
        """404 unseen, 403 without the right, 409 where it is not to be repaired, 422 incomplete, else applied for."""
        user = self.request.user
        finding = self.place(self.FINDINGS[self.action], APPLIES, cannot_apply, number=number)
        form = self.filled_in(partial(RepairForm, user=user, record=finding))
        return self.begun(apply(finding, by=user, **form.values()))

    def operation(self) -> Operation:
        return self.applying() if self.action in self.FINDINGS else super().operation()

    def applying(self) -> Operation:
        noun = str(registry[self.FINDINGS[self.action]].model._meta.verbose_name)
        return self.beginning(
            self.action,
            f"申请信用修复（{noun}）",
            NewCreditRepair,
            text_parameter("number", f"{noun}编号", "path", required=True),
            example=APPLIED,
            description="由被认定的企业申请；未满最短公示期等不能申请时为 409，并说明原因。证明材料在网页上提交。",
        )


VIEWSETS: dict[str, Any] = {
    CreditRepairRegister.name: workflow_viewset(registry[CreditRepairRegister.name], REPAIR, RepairViewSet)
}
urlpatterns = [
    path(
        f"{register}/<str:number>/repair/",
        VIEWSETS[CreditRepairRegister.name].as_view({"post": action}),
        name=f"api-{register}-repair",
    )
    for action, register in RepairViewSet.FINDINGS.items()
]
