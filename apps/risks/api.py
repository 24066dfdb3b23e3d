"""The API of risk points: the register and one operation per move; rules are read."""

from typing import Any

from apps.core.api.moves import WorkflowViewSet, workflow_viewset
from apps.core.api.viewsets import EditableViewSet, RegisterViewSet, register_viewset
from apps.core.registers import registry
from apps.risks.forms import MOVE_FORMS
from apps.risks.registers import RiskRegister, RiskRuleRegister
from apps.risks.workflow import RISK

EXAMPLES: dict[str, dict[str, Any]] = {
    "put_in_force": {"remark": "措施已交底"},
    "check": {
        "checked_on": "2026-11-20",
        "effective": ["按方案支护，分层开挖"],
        "failed": [],
        "remark": "现场逐条查看",
    },
    "confirm": {"remark": "与现场一致"},
    "reassess": {"reason": "开挖深度增加，重新评价"},
    "lift": {"lift_reason": "基坑已回填"},
}


class RiskMoves(WorkflowViewSet, EditableViewSet):
    move_forms = MOVE_FORMS


RiskViewSet = workflow_viewset(
    registry[RiskRegister.name],
    RISK,
    RiskMoves,
    move_examples=EXAMPLES,
    optional=("control_level", "exposure", "enterprise", "check_every_days", "starts_on", "method"),
    create_example={
        "project": "130102-2026-0001",
        "name": "3号楼深基坑开挖",
        "place": "3号楼",
        "factors": "边坡失稳、坑边堆载",
        "accident_type": "坍塌",
        "method": "lec",
        "likelihood": "3",
        "exposure": "6",
        "consequence": "15",
        "responsible_person": "李某",
        "measures_engineering": "按方案支护，分层开挖\n坑边 2 米内不堆载",
        "measures_management": "每日巡视，专人监测",
        "check_every_days": 1,
        "starts_on": "2026-11-01",
    },
    change_example={"place": "3号楼北侧"},
)

VIEWSETS = {
    "risks": RiskViewSet,
    "risk_rules": register_viewset(registry[RiskRuleRegister.name], RegisterViewSet),
}
