"""How merges are shown: their case files, and beside an enterprise."""

from typing import Any

from django.db.models import Q
from django.urls import reverse

from apps.core.cases import Case, Sections, line, moment
from apps.core.registers import registry
from apps.enterprises.forms import MERGE_FORMS
from apps.enterprises.hanging import keys
from apps.enterprises.models import Enterprise, EnterpriseMerge, MergeState
from apps.enterprises.registers import MergeRegister
from apps.enterprises.workflow import MERGE


def sections(merge: EnterpriseMerge, user: Any) -> Sections:
    firms = [
        *firm_lines("重复企业", merge.duplicate),
        *firm_lines("保留企业", merge.survivor),
    ]
    proposal = [
        line("提请人", merge.proposed_by and merge.proposed_by.name),
        line("提请时间", moment(merge.created_at)),
        line("提请理由", merge.reason, wide=True),
        line("认定依据", merge.basis, wide=True),
    ]
    told: Sections = [{"title": "两家企业", "facts": firms}, {"title": "提请", "facts": proposal}]
    if merge.state in MergeState.DECIDED:
        told.append({"title": "决定", "facts": decision(merge)})
    if merge.decided_at and merge.state != MergeState.REFUSED:
        told.append({"title": "移动的记录", "facts": moved_lines(merge)})
    if merge.kept:
        told.append({"title": "留在重复企业名下的记录", "facts": kept_lines(merge)})
    if merge.state == MergeState.UNDONE:
        told.append({"title": "撤销", "facts": undoing(merge)})
    return told


def firm_lines(label: str, firm: Enterprise) -> list[dict[str, Any]]:
    return [
        line(label, firm.name, url=reverse("enterprises:detail", args=[firm.uscc])),
        line("统一社会信用代码", firm.uscc),
    ]


def decision(merge: EnterpriseMerge) -> list[dict[str, Any]]:
    return [
        line("决定人", merge.decided_by and merge.decided_by.name),
        line("决定时间", moment(merge.decided_at)),
        line("决定意见", merge.opinion, wide=True),
    ]


def moved_lines(merge: EnterpriseMerge) -> list[dict[str, Any]]:
    told = [line(key.noun, f"{len(rows)} 条") for label, key in keys().items() if (rows := merge.moved.get(label))]
    return told or [line("合计", "没有需要移动的记录")]


def kept_lines(merge: EnterpriseMerge) -> list[dict[str, Any]]:
    return [
        line(key.noun, f"{len(left['rows'])} 条：{left['reason']}", wide=True)
        for label, key in keys().items()
        if (left := merge.kept.get(label))
    ]


def undoing(merge: EnterpriseMerge) -> list[dict[str, Any]]:
    left = merge.moved_count - merge.returned_count
    return [
        line("撤销人", merge.undone_by and merge.undone_by.name),
        line("撤销时间", moment(merge.undone_at)),
        line("退回记录数", merge.returned_count),
        line("未退回记录数", f"{left}（合并后已改动，仍在保留企业名下）" if left else 0),
        line("撤销理由", merge.undo_reason, wide=True),
    ]


MERGE_CASE = Case(
    registry[MergeRegister.name],
    MERGE,
    MERGE_FORMS,
    sections,
    (("提请", (MergeState.PROPOSED,)), ("合并", (MergeState.MERGED,))),
    move_templates={"merge": "enterprises/merge_decision.html"},
)


# On the page of an enterprise -----------------------------------------------------------------------------------------


def merges_of(enterprise: Enterprise, user: Any) -> Sections:
    """The block beside an enterprise: its merges, as far as this user sees both firms."""
    if not registry[MergeRegister.name].may(user, "view"):
        return []
    seen = registry[MergeRegister.name].rows(user)
    rows = seen.filter(Q(survivor=enterprise) | Q(duplicate=enterprise)).order_by("-pk")
    records = [
        {"title": str(merge), "url": merge.get_absolute_url(), "state": merge.get_state_display()} for merge in rows
    ]
    return [{"title": "企业合并", "records": records}] if records else []
