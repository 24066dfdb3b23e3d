"""The API of enterprises and of their merges, which begin at the address of the duplicate."""

from functools import partial
from typing import Any

from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.api.moves import WorkflowViewSet, workflow_viewset
from apps.core.api.operations import Operation, text_parameter
from apps.core.api.serializers import input_serializer
from apps.core.api.viewsets import register_viewset
from apps.core.idempotency import idempotent
from apps.core.registers import registry
from apps.enterprises.forms import MERGE_FORMS, ProposeMergeForm
from apps.enterprises.registers import EnterpriseRegister, MergeRegister
from apps.enterprises.services import propose_merge
from apps.enterprises.workflow import MERGE, PROPOSES

EXAMPLES: dict[str, dict[str, Any]] = {
    "merge": {"opinion": "经核对营业执照，系同一企业"},
    "refuse_merge": {"opinion": "两家为母子公司，分别持有许可证"},
    "withdraw_merge": {},
    "undo_merge": {"undo_reason": "经核实为两家企业，原合并有误"},
}
PROPOSED: dict[str, Any] = {
    "survivor": "91130102MA0ABCDE1W",
    "reason": "同一企业以旧信用代码和新信用代码各登记一次",
    "basis": "营业执照副本及登记机关的变更登记通知书",
}


class MergeViewSet(WorkflowViewSet):
    """A merge is proposed at the address of the duplicate; from then on it has its own."""

    @idempotent
    def propose(self, request: Request, uscc: str) -> Response:
        """404 unseen, 403 without the right, 422 incomplete or not to be merged, 409 where it changed meanwhile."""
        duplicate = self.place(EnterpriseRegister.name, PROPOSES, uscc=uscc)
        form = self.filled_in(partial(ProposeMergeForm, user=request.user, record=duplicate))
        return self.begun(propose_merge(duplicate, by=request.user, **form.cleaned_data))

    def operation(self) -> Operation:
        return self.proposing() if self.action == "propose" else super().operation()

    def proposing(self) -> Operation:
        return self.beginning(
            "propose",
            "提请合并重复企业",
            input_serializer("NewEnterpriseMerge", ProposeMergeForm.base_fields),
            text_parameter("uscc", "重复企业的统一社会信用代码", "path", required=True),
            example=PROPOSED,
            description="把这家企业并入另一家（survivor：名称或统一社会信用代码）；由他人确认后才合并。",
        )


VIEWSETS = {
    "enterprises": register_viewset(
        registry[EnterpriseRegister.name],
        create_example={
            "name": "河北示例建设集团有限公司",
            "short_name": "示例建设",
            "uscc": "91130102MA0ABCDE1W",
            "kind": "contractor",
            "region": "130102",
            "qualification": "建筑工程施工总承包一级",
            "safety_licence": "（冀）JZ安许证字〔2024〕000001",
            "safety_licence_until": "2027-06-30",
            "legal_representative": "张某",
        },
        change_example={"qualification": "建筑工程施工总承包特级"},
    ),
    "enterprise_merges": workflow_viewset(
        registry[MergeRegister.name], MERGE, MergeViewSet, move_forms=MERGE_FORMS, move_examples=EXAMPLES
    ),
}
urlpatterns = [
    path(
        "enterprises/<str:uscc>/merge/",
        VIEWSETS["enterprise_merges"].as_view({"post": "propose"}),
        name="api-enterprises-merge",
    )
]
