"""The API of measures: the registers, and one operation for each move."""

from typing import Any

from apps.core.api.moves import WorkflowViewSet, workflow_viewset
from apps.core.cases import Case
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


def viewset(case: Case) -> type[WorkflowViewSet]:
    name = case.register.name
    return workflow_viewset(
        case.register, case.workflow, WorkflowViewSet, move_forms=case.forms, move_examples=EXAMPLES[name]
    )


VIEWSETS = {case.register.name: viewset(case) for case in (LISTING_CASE, STOP_CASE, TRANSFER_CASE)}
