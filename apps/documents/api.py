"""The API of papers and templates: the registers, and one operation per move."""

from typing import Any

from apps.core.api.moves import WorkflowViewSet, workflow_viewset
from apps.core.api.viewsets import EditableViewSet
from apps.core.forms import RecordForm
from apps.core.registers import registry
from apps.documents.forms import PAPER_FORMS
from apps.documents.registers import PaperRegister, PaperTemplateRegister
from apps.documents.workflow import PAPER, TEMPLATE

EXAMPLES: dict[str, dict[str, Any]] = {
    "serve": {"addressee": "示例建设集团有限公司", "manner": "direct", "served_on": "2026-11-20", "recipient": "李某"},
    "replace": {"replaced_by": "冀示例改〔2026〕000002号", "reason": "整改期限写错，另行出具"},
    "void": {"void_reason": "受送达人写错，文书收回"},
    "discard": {"void_reason": "与另一份草稿重复"},
}
CREATE = {
    "kind": "rectification_notice",
    "addressees": "示例建设集团有限公司",
    "project": "示例家园二期",
    "items": "3号楼12层临边未设防护栏杆｜JGJ 80-2016第4.1.1条｜立即设置防护栏杆",
    "deadline": "2099-12-30",
}
BODY = "经检查，{工程名称}存在下列问题：\n\n{问题清单}\n\n请于{整改期限}前完成整改。"
CREATE_TEMPLATE = {
    "kind": "rectification_notice",
    "title": "限期整改通知书",
    "effective_from": "2099-01-01",
    "note": "示例",
    "body": BODY,
}


class PaperMoves(WorkflowViewSet, EditableViewSet):
    move_forms = PAPER_FORMS


class TemplateMoves(WorkflowViewSet, EditableViewSet):
    move_forms = {"enforce": RecordForm}


VIEWSETS = {
    "papers": workflow_viewset(
        registry[PaperRegister.name],
        PAPER,
        PaperMoves,
        move_examples=EXAMPLES,
        create_example=CREATE,
        change_example={"copies": 5},
    ),
    "paper_templates": workflow_viewset(
        registry[PaperTemplateRegister.name],
        TEMPLATE,
        TemplateMoves,
        create_example=CREATE_TEMPLATE,
        change_example={"note": "示例，第二稿"},
    ),
}
