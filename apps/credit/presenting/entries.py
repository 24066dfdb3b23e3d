"""The case file of a credit entry."""

from datetime import timedelta
from typing import Any

from django.urls import reverse

from apps.core.cases import Case, Sections, line, moment
from apps.core.files import size_label
from apps.core.registers import registry
from apps.credit.cells import SAMPLE, points_in_words
from apps.credit.forms.entries import ENTRY_FORMS
from apps.credit.models import CreditEntry, CreditItem, EntryState
from apps.credit.papers import papers_block
from apps.credit.presenting.findings import about, heard, repairs_block, withheld
from apps.credit.registers.entries import CreditEntryRegister
from apps.credit.services.evidence import ADDS, cannot_add
from apps.credit.services.repairs import repairable_from
from apps.credit.workflow import ENTRY

S = EntryState


def sections(entry: CreditEntry, user: Any) -> Sections:
    item = entry.item
    head = [
        line("行为", f"{item.code} {item.name}", wide=True, url=item.get_absolute_url()),
        line("类别和性质", f"{entry.get_part_display()}·{entry.get_nature_display()}"),
        line("失信程度", entry.get_severity_display() if entry.severity else ""),
        line("分值", worth(entry)),
        line("最高等级", entry.caps_at and f"计分期间信用等级不高于 {entry.caps_at} 级"),
        line("文号", entry.decision_number),
    ]
    told: Sections = [
        {"title": "信用记录", "facts": [*head, *about(entry)], "note": sample_note(entry)},
        *heard(entry, user),
    ]
    return [*told, {"title": "计分与公示", "facts": lifetime(entry)}] if entry.starts_on else told


def worth(entry: CreditEntry) -> str:
    doubt = f"　{SAMPLE}" if entry.item.is_sample else ""
    way = f"{entry.get_decay_display()}，有效 {entry.item.valid_months} 个月"
    return f"{points_in_words(entry.points)} 分（{way}）{doubt}"


def sample_note(entry: CreditEntry) -> str:
    return "评价目录中的分值和期限为示例，由主管部门核定" if entry.item.is_sample else ""


def lifetime(entry: CreditEntry) -> list[dict[str, Any]]:
    last = entry.ends_on and entry.ends_on - timedelta(days=1)
    until = f"{entry.starts_on} 至 {last}" if last and entry.starts_on and last >= entry.starts_on else "未计分"
    repairable = repairable_from(entry)
    return [
        line("认定", f"{moment(entry.decided_at)}　{entry.decided_by}"),
        line("计分期间", until),
        line("公示期间", entry.published_on and f"{entry.published_on} 至 {entry.publish_until}"),
        line("可申请修复", repairable and entry.state in S.IN_FORCE and f"自 {repairable} 起"),
        line("撤销日期", entry.revoked_on),
        line("修复日期", entry.repaired_on),
    ]


def asked_for(item: CreditItem) -> Sections:
    """What an item asks of who records it, and what the firm can do about it: read before anything is saved."""
    months = f"{item.valid_months} 个月"
    return [
        line("项目", f"{item.code} {item.name}", wide=True),
        line("须有的证明材料", item.evidence, wide=True),
        line("申诉途径", item.appeal, wide=True),
        line("分值", f"{points_in_words(item.points)} 分{f'　{SAMPLE}' if item.is_sample else ''}"),
        line("计分有效期", f"{months}　{SAMPLE}" if item.is_sample else months),
        line("依据", item.legal_basis, wide=True),
    ]


def records_of_files(entry: CreditEntry) -> list[dict[str, Any]]:
    return [
        {
            "title": str(one.file),
            "url": reverse("credit_entries:file", args=[entry.number, one.pk]),
            "state": "",
            "note": f"{size_label(one.file.size)}，{moment(one.added_at)}",
        }
        for one in entry.files.select_related("file").order_by("added_at", "pk")
    ]


def files_block(entry: CreditEntry, user: Any) -> Sections:
    """The proof, and the way to add to it while nothing is decided."""
    records = records_of_files(entry)
    may = user.has_perm(ADDS) and not cannot_add(entry)
    actions = [{"label": "添加证据文件", "url": reverse("credit_entries:files", args=[entry.number])}] if may else []
    return [{"title": "证据文件", "records": records, "actions": actions}] if records or actions else []


def further(entry: CreditEntry, user: Any) -> Sections:
    return [*files_block(entry, user), *papers_block(entry, user), *repairs_block(entry, user)]


ENTRY_CASE = Case(
    registry[CreditEntryRegister.name],
    ENTRY,
    ENTRY_FORMS,
    sections,
    (
        ("提出", (S.PROPOSED,)),
        ("核实", (S.CHECKED,)),
        ("告知", (S.NOTIFIED, S.OBJECTED)),
        ("认定", (S.EFFECTIVE,)),
        ("公示", (S.PUBLISHED,)),
    ),
    further=further,
    withheld=withheld,
)
