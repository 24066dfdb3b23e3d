"""The registers of papers and of their templates."""

from typing import Any

from django.db.models import Q
from django.http import QueryDict

from apps.core.addresses import address_of
from apps.core.bulk import BulkAction
from apps.core.conditions import in_state
from apps.core.registers import Column, Register, View, registry
from apps.core.templatetags.ui import state_dot
from apps.documents.forms import PaperForm, TemplateForm
from apps.documents.kinds import KINDS
from apps.documents.models import UNSERVED, Paper, PaperState, PaperTemplate, TemplateState
from apps.documents.printing import not_printable, print_answer
from apps.documents.services import save_paper, save_template
from apps.regions.choices import region_column

TONES = {PaperState.DRAFT: "ring", PaperState.ISSUED: "green", PaperState.REPLACED: "grey", PaperState.VOID: "red"}


def state_cell(paper: Paper) -> str:
    return state_dot(TONES[PaperState(paper.state)], paper.get_state_display())


def number_cell(paper: Paper) -> str:
    return paper.number or "（未编号）"


@registry.add
class PaperRegister(Register):
    """执法文书台账."""

    name = "papers"
    label = "执法文书"
    model = Paper
    related = ("organisation__region",)
    search = ("number", "title", "addressee_names", "record_label")
    form_class = PaperForm
    save = staticmethod(save_paper)
    add_label = "起草文书"
    form_template = "documents/form.html"
    columns = (
        Column("number", "文号", sortable=True, width=28, cell=number_cell),
        Column("kind", "文书种类", filter="exact", width=20),
        Column("addressee_names", "受送达人", filter="icontains", width=36),
        Column("record_label", "事由", filter="icontains", width=22),
        Column("organisation.name", "发文机关", filter="icontains", width=30),
        region_column("organisation.region.name", "所属区域", shown=False),
        Column("issued_on", "成文日期", filter="range", sortable=True),
        Column("first_served_on", "送达日期", filter="range", sortable=True),
        Column("state", "状态", filter="exact", cell=state_cell),
        Column("copies", "份数", shown=False),
        Column("created_at", "起草时间", sortable=True, shown=False, width=18),
    )
    views = (
        View("issued", "有效", in_state(PaperState.ISSUED)),
        View("not_served", "未送达", lambda user: UNSERVED, hot=True),
        View("drafts", "草稿", in_state(PaperState.DRAFT), permission="documents.add_paper"),
        View("ended", "替换和作废", in_state(PaperState.REPLACED, PaperState.VOID)),
        View(
            "to_serve",
            "待我送达",
            lambda user: UNSERVED & Q(organisation=user.organisation_id),
            hot=True,
            permission="documents.serve_paper",
            todo="执法文书待送达",
        ),
    )
    actions = (
        BulkAction(
            "print",
            "合并打印",
            "documents.view_paper",
            not_printable,
            answer=print_answer,
        ),
    )

    def further_links(self, user: Any, query: str) -> list[dict[str, Any]]:
        if not user.has_perm("documents.change_issuingoffice"):
            return []
        return [{"label": "发文字号", "url": address_of("papers:prefix"), "icon": "key"}]

    def prefilled(self, query: QueryDict) -> dict[str, Any]:
        kind = query.get("kind", "")
        return {"kind": kind} if kind in KINDS else {}

    def locked(self, record: Paper) -> str | None:
        return (
            None
            if record.state == PaperState.DRAFT
            else "文书已编号，不能修改；内容有误时请另行起草并登记替换，或者作废"
        )

    def card(self, record: Paper) -> dict[str, str]:
        served = record.state == PaperState.ISSUED and record.first_served_on is None
        return {
            "title": str(record),
            "sub": f"{record.get_kind_display()}　{record.addressee_names}",
            "state": state_cell(record),
            "due": "未送达" if served else "",
        }


@registry.add
class PaperTemplateRegister(Register):
    """文书模板: the wording of each kind of paper, in editions."""

    name = "paper_templates"
    label = "文书模板"
    model = PaperTemplate
    scope_kind = "system"
    search = ("title", "note")
    order = ("kind", "-edition")
    form_class = TemplateForm
    save = staticmethod(save_template)
    add_label = "新拟模板"
    form_template = "documents/form.html"
    columns = (
        Column("kind", "文书种类", filter="exact", width=20),
        Column("edition", "版次", width=8),
        Column("title", "标题", width=28),
        Column("effective_from", "启用日期", sortable=True),
        Column("state", "状态", filter="exact"),
        Column("note", "说明", width=40),
    )
    views = (
        View("in_force", "已启用", lambda user: Q(state=TemplateState.IN_FORCE)),
        View("drafts", "草稿", lambda user: Q(state=TemplateState.DRAFT)),
    )

    def prefilled(self, query: QueryDict) -> dict[str, Any]:
        kind = query.get("kind", "")
        return {"kind": kind, "title": KINDS[kind].label} if kind in KINDS else {}

    def card(self, record: PaperTemplate) -> dict[str, str]:
        sub = f"《{record.title}》　{record.effective_from} 起启用"
        return {"title": str(record), "sub": sub, "state": record.get_state_display(), "due": ""}

    def locked(self, record: PaperTemplate) -> str | None:
        return None if record.state == TemplateState.DRAFT else "模板已启用，不能修改；请另拟新版"
