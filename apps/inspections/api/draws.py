"""The API of draws: the register, preparing one, and one operation for each move."""

from typing import Any

from apps.core.api.moves import WorkflowViewSet, workflow_viewset
from apps.core.api.viewsets import EditableViewSet
from apps.core.registers import registry
from apps.inspections.drawing.drawing import commitment_of
from apps.inspections.forms.draws import DRAW_FORMS
from apps.inspections.registers.draws import DrawRegister
from apps.inspections.workflow.draw import DRAW

KEPT = "example-secret-of-one-keeper"
EXAMPLES: dict[str, dict[str, Any]] = {
    "commit_secret": {"commitment": commitment_of(KEPT)},
    "reveal_secret": {"secret": KEPT},
    "hold_draw": {"public_value": "3871.05"},
    "request_void_draw": {"void_reason": "公告的公开随机值来源当日没有公布"},
    "refuse_void_draw": {"opinion": "来源次日已补充公布，照常抽取"},
}


class DrawMoves(WorkflowViewSet, EditableViewSet):
    move_forms = DRAW_FORMS


DrawViewSet = workflow_viewset(
    registry[DrawRegister.name],
    DRAW,
    DrawMoves,
    move_examples=EXAMPLES,
    create_example={
        "campaign": "DC-2020-000001",
        "round": 1,
        "draw_at": "2099-12-01T10:00:00+08:00",
        "public_source": "2099-11-30 上证指数收盘值",
        "custodian_a": "keeper-a",
        "custodian_b": "keeper-b",
        "visits_from": "2099-12-02",
        "visits_until": "2099-12-11",
    },
    change_example={"public_source": "2099-12-01 上证指数收盘值"},
)
VIEWSETS = {DrawRegister.name: DrawViewSet}
