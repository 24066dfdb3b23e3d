"""The API of the lists: who stands on them and the joint measures, with one operation for each move."""

from typing import Any

from apps.core.api.moves import WorkflowViewSet, workflow_viewset
from apps.core.api.viewsets import EditableViewSet
from apps.core.registers import registry
from apps.credit.api.entries import SHARED_EXAMPLES
from apps.credit.forms.listings import JOINT_FORMS, LISTING_FORMS
from apps.credit.registers.listings import BlacklistingRegister, JointMeasureRegister
from apps.credit.workflow import JOINT, LISTING

PROPOSED: dict[str, Any] = {
    "list_type": "market",
    "condition": "利用虚假材料、以欺骗手段取得企业资质",
    "enterprise": "示例建设集团有限公司",
    "happened_on": "2026-11-01",
    "facts": "申请资质升级时提交的业绩合同系伪造",
    "evidence": "合同原件比对记录",
}
LISTING_EXAMPLES: dict[str, dict[str, Any]] = SHARED_EXAMPLES | {
    "reject": {"reason": "证据不足，不予列入"},
    "put_on_list": {"decision_number": "示例信黑〔2026〕1号", "months": 12, "password": "登录密码"},
    "revoke": {"reason": "列入所依据的处罚决定已被撤销", "password": "登录密码"},
}
JOINT_EXAMPLES = {"feed_back": {"feedback": "已在招标投标系统中限制投标，自2026-11-20起"}}


class ListingMoves(WorkflowViewSet, EditableViewSet):
    """Proposed over the register's form; what was proposed is not rewritten, so that nothing is patched."""

    http_method_names = ["get", "post", "head", "options"]
    move_forms = LISTING_FORMS


class JointMoves(WorkflowViewSet):
    move_forms = JOINT_FORMS


VIEWSETS: dict[str, Any] = {
    BlacklistingRegister.name: workflow_viewset(
        registry[BlacklistingRegister.name],
        LISTING,
        ListingMoves,
        move_examples=LISTING_EXAMPLES,
        optional=("legal_basis",),
        create_example=PROPOSED,
    ),
    JointMeasureRegister.name: workflow_viewset(
        registry[JointMeasureRegister.name], JOINT, JointMoves, move_examples=JOINT_EXAMPLES
    ),
}
