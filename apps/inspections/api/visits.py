"""Visits over the API: the register and one operation per move; checklists are read and added."""

from typing import Any

from django.urls import URLPattern

from apps.core.api.moves import WorkflowViewSet, workflow_viewset
from apps.core.registers import registry
from apps.inspections.forms.moves import MOVE_FORMS
from apps.inspections.registers.visits import VisitRegister
from apps.inspections.workflow.visit import VISIT

EXAMPLES: dict[str, dict[str, Any]] = {
    "publish": {"public_result": "汇总得分 82.5 分，评定优良；发现问题 2 条，已责令整改。"},
    "cancel": {"cancel_reason": "项目已停工，改期检查"},
}

VISIT_VIEWSET = workflow_viewset(
    registry[VisitRegister.name], VISIT, WorkflowViewSet, move_forms=MOVE_FORMS, move_examples=EXAMPLES
)
VIEWSETS = {"visits": VISIT_VIEWSET}
urlpatterns: list[URLPattern] = []
