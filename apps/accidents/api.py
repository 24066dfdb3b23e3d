"""The API of accidents: the register, reporting one, and one operation for each move."""

from functools import partial
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from apps.accidents.forms import MOVE_FORMS, ReportForm
from apps.accidents.registers import AccidentRegister
from apps.accidents.services import report
from apps.accidents.workflow import ACCIDENT
from apps.core.api.moves import WorkflowViewSet, workflow_viewset
from apps.core.api.operations import Operation
from apps.core.api.serializers import input_serializer
from apps.core.idempotency import idempotent
from apps.core.registers import registry

REPORTED: dict[str, Any] = {
    "project": "130102-2026-0001",
    "occurred_at": "2026-11-01T09:30:00+08:00",
    "place": "3号楼东侧塔式起重机",
    "category": "lifting",
    "deaths": 1,
    "serious_injuries": 2,
    "direct_loss": "1200000.00",
    "summary": "吊装钢筋时吊索断裂，已停止作业并封闭现场",
}
EXAMPLES: dict[str, dict[str, Any]] = {
    "supplement": {"deaths": 2, "serious_injuries": 1, "remark": "一名重伤人员经抢救无效死亡"},
    "determine": {
        "determination_number": "示例调〔2026〕1号",
        "determined_on": "2026-11-20",
        "is_liability": True,
        "concealment": "none",
        "main": "91130102MA0ABCDE1W",
        "determination": "总承包单位未按方案检查吊索具，负主要责任",
    },
    "withdraw": {"reason": "经核实，伤者系突发疾病，不构成生产安全事故"},
}


class AccidentMoves(WorkflowViewSet):
    move_forms = MOVE_FORMS
    move_examples = EXAMPLES

    @idempotent
    def create(self, request: Request) -> Response:
        """403 without the right, 422 incomplete or on a project out of sight, else reported."""
        self.need("add")
        form = self.filled_in(partial(ReportForm, user=request.user))
        return self.begun(report(by=request.user, **form.values()))

    def operation(self) -> Operation:
        return self.reporting() if self.action == "create" else super().operation()

    def reporting(self) -> Operation:
        return self.beginning(
            "create",
            "上报事故",
            input_serializer("NewAccident", ReportForm.base_fields),
            example=REPORTED,
            description="事故等级由伤亡人数和直接经济损失得出。",
        )


VIEWSETS = {AccidentRegister.name: workflow_viewset(registry[AccidentRegister.name], ACCIDENT, AccidentMoves)}
