"""How the pages of a paper are put together: its way, what it says, its receipts, and the moves that are open."""

from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from apps.core.history import history
from apps.core.templatetags import ui
from apps.core.workflow import Transition
from apps.documents.composing import compose, in_words, value_of
from apps.documents.models import Paper, PaperState
from apps.documents.numbering import office_of
from apps.documents.registers import TONES
from apps.documents.workflow import PAPER

Facts = list[dict[str, Any]]

HEADINGS = {
    "issue": "核对后编号",
    "serve": "登记送达",
    "replace": "登记替换",
    "void": "作废文书",
    "discard": "作废草稿",
}
CONSEQUENCES = {
    "issue": "编号后内容不能再修改，文号不重复使用；请逐项核对。",
    "void": "作废后文号保留、不再使用，公开核验页显示“已作废”。",
    "replace": "替换后本文书不再有效，公开核验页显示“已被替换”。",
    "discard": "作废的草稿不能再编号。",
    "serve": "送达回证一经登记不能修改或删除；期限从送达之日起算。",
}


def title_of(paper: Paper) -> str:
    return f"{paper.get_kind_display()}　{paper.number}" if paper.number else f"{paper.get_kind_display()}（草稿）"


def frame(paper: Paper, user: Any) -> dict[str, Any]:
    """What all pages of one paper have: title, marks, way, facts, history."""
    return {
        "paper": paper,
        "record": paper,
        "title": title_of(paper),
        "marks": [ui.state_dot(TONES[PaperState(paper.state)], paper.get_state_display())],
        "crumbs": [{"label": "执法文书", "url": reverse("papers:list")}, {"label": str(paper)}],
        "steps": way(paper),
        "facts": facts(paper),
        "contents": contents(paper),
        "receipts": receipts(paper),
        "notices": notices(paper, user),
        "moves": PAPER.open_to(paper, user),
        "timeline": history([paper]),
    }


def way(paper: Paper) -> list[dict[str, str]]:
    """起草, 编号, 送达; of a paper that is no longer valid, also how it ended."""
    issued = f"{paper.issued_on:%m-%d}" if paper.issued_on else ""
    served = f"{paper.first_served_on:%m-%d}" if paper.first_served_on else ""
    steps = [
        {"label": "起草", "note": f"{timezone.localtime(paper.created_at):%m-%d}", "who": name_of(paper.drafted_by)},
        {"label": "核对编号", "note": issued, "who": name_of(paper.issued_by)},
        {"label": "送达", "note": served, "who": ""},
    ]
    if paper.state in (PaperState.REPLACED, PaperState.VOID):
        steps.append({"label": paper.get_state_display(), "note": "　", "who": ""})
    reached = [True, paper.number is not None, paper.first_served_on is not None, True][: len(steps)]
    open_ones = [number for number, done in enumerate(reached) if not done]
    for number, step in enumerate(steps):
        is_now = paper.state in (PaperState.DRAFT, PaperState.ISSUED) and open_ones[:1] == [number]
        step["state"] = "done" if reached[number] else "now" if is_now else "todo"
    return steps


def name_of(user: Any) -> str:
    return user.name if user else ""


def facts(paper: Paper) -> Facts:
    lines: Facts = [
        {"label": "文号", "value": paper.number or "（编号后生成）"},
        {"label": "发文机关", "value": paper.organisation.name},
        {"label": "受送达人", "value": paper.addressee_names, "wide": True},
        {"label": "抄送", "value": paper.copy_to},
        {"label": "份数", "value": paper.copies},
        {"label": "成文日期", "value": in_words(paper.issued_on) if paper.issued_on else ""},
        {"label": "送达日期", "value": in_words(paper.first_served_on) if paper.first_served_on else ""},
    ]
    if paper.record_label:
        lines.append({"label": "事由", "value": paper.record_label, "url": paper.record_url})
    if paper.template:
        lines.append({"label": "模板", "value": str(paper.template)})
    if paper.replaced_by:
        lines.append(
            {"label": "替换文书", "value": str(paper.replaced_by), "url": paper.replaced_by.get_absolute_url()}
        )
    if paper.void_reason:
        lines.append({"label": "作废理由", "value": paper.void_reason, "wide": True})
    return [*lines, {"label": "依据", "value": paper.definition.basis, "wide": True}]


def contents(paper: Paper) -> list[dict[str, Any]]:
    """What the paper says, field by field, with those that are still missing."""
    return [
        {
            "label": field.label,
            "value": value_of(paper.contents.get(field.name), field.kind),
            "is_list": field.kind == "items",
            "needed": field.required,
        }
        for field in paper.definition.fields
    ]


def receipts(paper: Paper) -> list[Any]:
    return list(paper.services.select_related("recorded_by"))


def notices(paper: Paper, user: Any) -> list[dict[str, str]]:
    told = []
    if paper.state == PaperState.DRAFT and paper.missing:
        told.append({"tone": "note-warn", "words": f"编号前还须填写：{'、'.join(paper.missing)}"})
    if paper.state == PaperState.REPLACED:
        told.append({"tone": "note-warn", "words": f"本文书已被 {paper.replaced_by} 替换，不再有效。"})
    if paper.state == PaperState.VOID:
        told.append({"tone": "note-warn", "words": f"本文书已作废：{paper.void_reason}"})
    if paper.state == PaperState.DRAFT and paper.organisation_id == user.organisation_id:
        told += prefix_notice(paper)
    return told


def prefix_notice(paper: Paper) -> list[dict[str, str]]:
    office = office_of(paper.organisation)
    if not office.is_sample:
        return []
    words = f"本机关还没有设定发文字号，文号将用样例字号“{office.prefix}”。"
    return [{"tone": "note-warn", "words": words, "url": reverse("papers:prefix"), "link": "设定发文字号"}]


def preview(paper: Paper) -> dict[str, Any]:
    """The words of the paper as they will stand on it, or why there are none."""
    try:
        return {"document": compose(paper)}
    except ValidationError as error:
        return {"document": None, "no_document": "；".join(error.messages)}


def move_context(move: Transition) -> dict[str, Any]:
    return {
        "move": move,
        "move_label": HEADINGS[move.name],
        "consequence": CONSEQUENCES[move.name],
        "submit_label": "核对无误，编号" if move.name == "issue" else move.label,
    }
