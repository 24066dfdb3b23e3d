"""The API of permits: how they stand, the cases with one operation for each move, and the standard."""

from typing import Any

from apps.core.api.moves import WorkflowViewSet, workflow_viewset
from apps.core.api.serializers import row_serializer
from apps.core.api.viewsets import EditableViewSet, RegisterViewSet, register_viewset
from apps.core.registers import registry
from apps.credit.api.entries import SHARED_EXAMPLES
from apps.credit.forms.permits import PERMIT_FORMS
from apps.credit.registers.permits import PermitCaseRegister, PermitRegister
from apps.credit.workflow import PERMIT

PERMIT_EXAMPLES: dict[str, dict[str, Any]] = SHARED_EXAMPLES | {
    "suspend": {"decision_number": "示例安扣〔2026〕3号", "days": 45},
    "revoke": {"decision_number": "示例安吊〔2026〕1号", "password": "登录密码"},
    "ask_recheck": {"report": "已补充专职安全员，整改全部项目的临边防护"},
    "fail_recheck": {"recheck": "两个项目专职安全员仍未到岗，不具备安全生产条件", "rechecked_on": "2026-11-26"},
    "release": {"recheck": "各项安全生产条件均已具备", "rechecked_on": "2026-11-26"},
}


class CaseMoves(WorkflowViewSet, EditableViewSet):
    """Proposed by hand over the register's form; what an accident asks for is proposed by itself."""

    move_forms = PERMIT_FORMS


PERMITS = registry[PermitRegister.name]
# Enterprises have a row of their own; this one says how their permits stand.
PermitRow = type("PermitRow", (row_serializer(PERMITS),), {})

VIEWSETS: dict[str, Any] = {
    PermitCaseRegister.name: workflow_viewset(
        registry[PermitCaseRegister.name],
        PERMIT,
        CaseMoves,
        move_examples=PERMIT_EXAMPLES,
        create_example={
            "enterprise": "示例建设集团有限公司",
            "measure": "suspend",
            "happened_on": "2026-11-20",
            "facts": "动态核查发现专职安全生产管理人员配备不足，已不具备安全生产条件",
            "evidence": "核查记录及人员名册",
            "legal_basis": "《安全生产许可证条例》第十四条",
        },
        change_example={"evidence": "核查记录、人员名册和社保证明"},
    ),
    PermitRegister.name: register_viewset(PERMITS, RegisterViewSet, row_class=PermitRow),
}
