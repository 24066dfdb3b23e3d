"""The API of measures: the registers, one operation for each move, and one on a hazard for each way to begin."""

from functools import partial
from typing import Any, ClassVar

from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.api.moves import WorkflowViewSet, workflow_viewset
from apps.core.api.operations import Operation, text_parameter
from apps.core.api.serializers import input_serializer
from apps.core.cases import Case
from apps.core.idempotency import idempotent
from apps.supervision.beginning import BEGINNINGS, Beginning
from apps.supervision.presenting import LISTING_CASE, STOP_CASE, TRANSFER_CASE

EXAMPLES: dict[str, dict[str, dict[str, Any]]] = {
    "listings": {
        "list_publicly": {
            "content": "深基坑支护变形超过报警值，仍在坑边堆载",
            "demands": "立即停止坑边堆载，按专项方案加固支护",
            "deadline": "2099-12-30",
            "release_procedure": "提交治理报告，现场核查通过后解除",
        },
        "cancel_listing": {"reason": "经现场核实，隐患已消除"},
        "report_removal": {"report": "已按要求加固支护，监测数据稳定"},
        "release": {"opinion": "现场核查，已治理到位", "checked_on": "2026-11-01"},
        "go_on": {"opinion": "北侧支护仍未加固", "deadline": "2099-12-31"},
    },
    "stop_works": {
        "request_resume": {"report": "隐患已消除，具备复工条件"},
        "resume": {"opinion": "复核合格，同意复工", "resumed_on": "2026-11-01"},
        "refuse_resume": {"opinion": "防护仍不完整，不同意复工"},
        "withdraw_stop": {"opinion": "停工决定所依据的事实有误，予以撤销"},
    },
    "transfers": {
        "file": {"case_number": "示例立〔2026〕1号", "filed_on": "2026-11-01"},
        "decline": {"answer": "证据不足，不予立案", "answered_on": "2026-11-01"},
        "decide": {
            "decision_number": "示例罚〔2026〕1号",
            "decided_on": "2026-11-02",
            "decision": "责令改正并处罚款",
            "penalty": "30000.00",
        },
        "report_back": {"answer": "处罚决定已送达并执行", "answered_on": "2026-11-03"},
        "recall": {"answer": "移送材料有误，撤回补正"},
    },
}


BEGUN: dict[str, dict[str, Any]] = {
    "listing": {"level": "county", "basis": "整改期限已过仍未消除，坑边仍在堆载"},
    "stop-work": {
        "extent": "part",
        "part": "3号楼塔式起重机",
        "reason": "附着装置缺失，随时可能倾覆",
        "demands": "停止吊装，人员撤离塔机作业半径",
    },
    "transfer": {
        "kind": "enforcement",
        "addressee": "示例区城市管理综合执法局",
        "reason": "逾期未整改重大隐患",
        "evidence": "限期整改通知书及送达回证\n现场照片 3 张",
    },
}


class MeasureViewSet(WorkflowViewSet):
    """A measure is begun at the address of its hazard; from then on it has its own.  `way` is the key of BEGINNINGS."""

    way: ClassVar[str]

    @property
    def begins(self) -> Beginning:
        return BEGINNINGS[self.way]

    @idempotent
    def begin(self, request: Request, number: str) -> Response:
        """404 unseen, 403 without the right, 409 where the hazard does not allow it, 422 incomplete, else begun."""
        begins, user = self.begins, request.user
        hazard = self.place("hazards", begins.permission, begins.cannot, number=number)
        form = self.filled_in(partial(begins.form, user=user, record=hazard))
        return self.begun(begins.begin(hazard, by=user, **form.values()))

    def operation(self) -> Operation:
        return self.described_beginning() if self.action == "begin" else super().operation()

    def described_beginning(self) -> Operation:
        return self.beginning(
            "begin",
            self.begins.label,
            input_serializer(f"New{self.register.model.__name__}", self.begins.form.base_fields),
            text_parameter("number", "隐患编号", "path", required=True),
            example=BEGUN[self.way],
            description="在这条隐患上办理；隐患现在的情况不允许时为 409，并说明原因。",
        )


def viewset(case: Case, way: str) -> type[WorkflowViewSet]:
    name = case.register.name
    return workflow_viewset(
        case.register, case.workflow, MeasureViewSet, way=way, move_forms=case.forms, move_examples=EXAMPLES[name]
    )


WAYS = {"listing": LISTING_CASE, "stop-work": STOP_CASE, "transfer": TRANSFER_CASE}
VIEWSETS = {case.register.name: viewset(case, way) for way, case in WAYS.items()}
urlpatterns = [
    path(
        f"hazards/<str:number>/begin/{way}/",
        VIEWSETS[case.register.name].as_view({"post": "begin"}),
        name=f"api-hazards-begin-{way}",
    )
    for way, case in WAYS.items()
]
