"""The API of credit repair: applying at the address of the finding, and one operation for each move."""

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.urls import path, reverse
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.api.moves import WorkflowViewSet, workflow_viewset
from apps.core.api.operations import IDEMPOTENCY, Operation, text_parameter
from apps.core.api.serializers import input_serializer, posted
from apps.core.api.viewsets import texts
from apps.core.idempotency import idempotent
from apps.core.problems import Problem
from apps.core.registers import registry
from apps.core.scoping import get_visible_or_404
from apps.core.workflow import TransitionRefused
from apps.credit.forms.repairs import COMMITMENT, REPAIR_FORMS, RepairForm
from apps.credit.models import Blacklisting, CreditEntry
from apps.credit.registers.repairs import CreditRepairRegister
from apps.credit.services.repairs import APPLIES, Finding, apply, cannot_apply
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
    # By the action: what is to be repaired.
    FINDINGS: ClassVar[dict[str, type[CreditEntry] | type[Blacklisting]]] = {
        "begin_of_entry": CreditEntry,
        "begin_of_listing": Blacklisting,
    }

    @idempotent
    def begin_of_entry(self, request: Request, number: str) -> Response:
        return self.begun(request, number)

    @idempotent
    def begin_of_listing(self, request: Request, number: str) -> Response:
        return self.begun(request, number)

    def begun(self, request: Request, number: str) -> Response:
        """403 without the right, 404 unseen, 409 where it is not to be repaired, 422 incomplete, else applied for."""
        if not request.user.has_perm(APPLIES):
            raise PermissionDenied
        finding: Any = get_visible_or_404(self.FINDINGS[self.action], request.user, number=number)
        if reason := cannot_apply(finding, request.user):
            raise TransitionRefused(reason)
        repair = apply(finding, by=request.user, **self.told(finding))
        return Response(self.shown(self.fresh(repair)), 201)

    def told(self, finding: Finding) -> dict[str, Any]:
        blank = RepairForm(None, user=self.request.user, record=finding)
        given = posted(blank, self.body(blank.fields), keep=False)
        form = RepairForm(given, user=self.request.user, record=finding)
        if not form.is_valid():
            raise Problem(422, fields=texts(form))
        return form.values()

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        if "Location" in answer:
            answer["Location"] = reverse(f"api-{self.register.name}-detail", args=[answer.data["key"]])
        return answer

    def operation(self) -> Operation:
        return self.beginning() if self.action in self.FINDINGS else super().operation()

    def beginning(self) -> Operation:
        noun = str(self.FINDINGS[self.action]._meta.verbose_name)
        return Operation(
            f"{self.register.name}_{self.action}",
            f"申请信用修复（{noun}）",
            self.detail_class(),
            status=201,
            request=NewCreditRepair,
            parameters=(text_parameter("number", f"{noun}编号", "path", required=True), IDEMPOTENCY),
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
    for register, action in (("credit_entries", "begin_of_entry"), ("blacklistings", "begin_of_listing"))
]
