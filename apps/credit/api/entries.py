"""The API of credit entries, of the catalogue, and of how firms and persons stand."""

from typing import Any

from apps.core.api.moves import WorkflowViewSet, workflow_viewset
from apps.core.api.viewsets import EditableViewSet, RegisterViewSet, register_viewset
from apps.core.registers import registry
from apps.credit.forms.entries import ENTRY_FORMS
from apps.credit.registers.appeals import AppealRegister
from apps.credit.registers.catalogue import CreditItemRegister, CreditProfileRegister
from apps.credit.registers.entries import CreditEntryRegister
from apps.credit.registers.standings import PersonStandingRegister, StandingRegister
from apps.credit.workflow import ENTRY

SHARED_EXAMPLES: dict[str, dict[str, Any]] = {
    "check": {"opinion": "证据充分，事实和依据相符"},
    "notify": {"served_on": "2026-11-26", "served_how": "直接送达，安全总监签收"},
    "object": {"objection": "当日并未施工，附考勤记录"},
    "dismiss": {"answer": "监控录像显示当日施工，异议不成立"},
    "uphold": {"answer": "经核实，责任主体为分包单位，异议成立"},
    "reject": {"reason": "证据不足，不予认定"},
}


class EntryMoves(WorkflowViewSet, EditableViewSet):
    move_forms = ENTRY_FORMS


VIEWSETS: dict[str, Any] = {
    CreditEntryRegister.name: workflow_viewset(
        registry[CreditEntryRegister.name],
        ENTRY,
        EntryMoves,
        move_examples=SHARED_EXAMPLES | {"publish": {"months": 12}, "revoke": {"reason": "认定所依据的事实有误"}},
        optional=("person", "project", "decision_number", "legal_basis"),
        create_example={
            "enterprise": "示例建设集团有限公司",
            "item": "E-B06",
            "happened_on": "2026-11-20",
            "facts": "安全生产许可证被暂扣 60 日",
            "evidence": "暂扣决定书",
            "decision_number": "示例安扣〔2026〕3号",
        },
        change_example={"evidence": "暂扣决定书及送达回证"},
    ),
    CreditItemRegister.name: register_viewset(
        registry[CreditItemRegister.name],
        EditableViewSet,
        optional=(
            "severity",
            "caps_at",
            "publish_months",
            "trigger",
            "list_condition",
            "appeal",
            "certainty",
            "effective_to",
        ),
        create_example={
            "code": "P-G09",
            "name": "项目获得市级安全文明工地",
            "subject": "enterprise",
            "part": "project",
            "nature": "good",
            "points": "1.00",
            "valid_months": 12,
            "publish_months": 12,
            "decay": "none",
            "evidence": "公布文件",
            "legal_basis": "《河北省建筑施工企业信用评价管理办法》（2024）项目信用信息",
            "effective_from": "2026-12-01",
        },
        change_example={"evidence": "公布文件和证书"},
    ),
    CreditProfileRegister.name: register_viewset(registry[CreditProfileRegister.name], RegisterViewSet),
    AppealRegister.name: register_viewset(registry[AppealRegister.name], RegisterViewSet),
    StandingRegister.name: register_viewset(registry[StandingRegister.name], RegisterViewSet),
    PersonStandingRegister.name: register_viewset(registry[PersonStandingRegister.name], RegisterViewSet),
}
