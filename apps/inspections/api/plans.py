"""The API of plans, campaigns and libraries: the registers, their forms and the moves of plans and campaigns."""

from typing import Any

from apps.core.api.moves import WorkflowViewSet, workflow_viewset
from apps.core.api.serializers import row_serializer
from apps.core.api.viewsets import EditableViewSet, RegisterViewSet, register_viewset
from apps.core.registers import registry
from apps.inspections.forms.plans import CAMPAIGN_FORMS, PLAN_FORMS
from apps.inspections.workflow.campaign import CAMPAIGN
from apps.inspections.workflow.plan import PLAN

EXAMPLES: dict[str, dict[str, dict[str, Any]]] = {
    "inspection_plans": {"publish_plan": {}},
    "campaigns": {
        "start_campaign": {},
        "cancel_campaign": {"reason": "与省级专项检查合并开展"},
        "finish_campaign": {"summary": "共检查 20 个项目，发现隐患 35 条，已全部责令整改"},
    },
}


class Moving(WorkflowViewSet, EditableViewSet):
    """Records that are edited while drafted, and moved on."""


PlanViewSet = workflow_viewset(
    registry["inspection_plans"],
    PLAN,
    Moving,
    move_forms=PLAN_FORMS,
    move_examples=EXAMPLES["inspection_plans"],
    optional=("coverage_rounds",),
    create_example={
        "year": 2026,
        "title": "2026 年建筑施工安全监督检查计划",
        "coverage_rounds": 2,
        "text": "对在建项目每年完整检查两轮，突出起重机械、深基坑、高支模和脚手架。",
    },
    change_example={"coverage_rounds": 3},
)
CampaignViewSet = workflow_viewset(
    registry["campaigns"],
    CAMPAIGN,
    Moving,
    move_forms=CAMPAIGN_FORMS,
    move_examples=EXAMPLES["campaigns"],
    optional=("rounds", "inspectors_each"),
    create_example={
        "title": "建筑起重机械专项检查",
        "kind": "special",
        "theme": "lifting",
        "starts_on": "2026-11-02",
        "ends_on": "2026-12-31",
        "basis": "建办质〔2018〕31号",
        "matters": ["AQ-03"],
        "categories": ["lifting_installation"],
        "rounds": 1,
        "zero_report": "week",
    },
    change_example={"rounds": 2},
)
OBJECTS = registry["inspection_objects"]
# Projects have a row of their own; this one says what inspections know of them.
ObjectRow = type("InspectionObjectRow", (row_serializer(OBJECTS),), {})

VIEWSETS = {
    "inspection_plans": PlanViewSet,
    "campaigns": CampaignViewSet,
    "inspection_objects": register_viewset(OBJECTS, RegisterViewSet, row_class=ObjectRow),
    "matters": register_viewset(
        registry["matters"],
        optional=("method",),
        create_example={
            "code": "AQ-90",
            "name": "扬尘污染防治情况",
            "target": "施工单位",
            "basis": "地方性法规，待核",
            "effective_from": "2026-11-01",
            "is_sample": True,
        },
        change_example={"target": "施工、建设单位"},
    ),
    "risk_classes": register_viewset(
        registry["risk_classes"],
        create_example={
            "enterprise": "91130102MA0ABCDE1W",
            "grade": "D",
            "assessed_on": "2026-11-01",
            "source": "省双随机监管工作平台",
        },
        change_example={"grade": "C"},
    ),
    "inspectors": register_viewset(
        registry["inspectors"],
        optional=("is_active",),
        create_example={
            "user": "inspector-of-the-example",
            "certificate": "冀A00001",
            "valid_until": "2099-12-31",
            "fields_known": ["lifting", "pit"],
            "longitude": "114.502461",
            "latitude": "38.045474",
        },
        change_example={"valid_until": "2099-12-30"},
    ),
}
