"""The register of credit entries."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from apps.core.conditions import in_state
from apps.core.registers import Column, Register, View, registry
from apps.credit import waiting
from apps.credit.cells import number_cell, points_cell, points_in_words, state_cell
from apps.credit.forms.entries import CreditEntryForm
from apps.credit.models import CreditEntry, EntryState, Nature
from apps.credit.services.entries import save_entry
from apps.regions.choices import all_regions, region_column

CHECKS, DECIDES = "credit.check_creditentry", "credit.decide_creditentry"
OBJECTS = "credit.object_creditentry"
SEAT = "enterprise.organisation.region.name"
# What all findings have in common, with the headings under which it comes in by Excel.
FIRM = Column(
    "enterprise.organisation.name",
    "企业",
    filter="icontains",
    width=30,
    reference="uscc",
    synonyms=("企业名称", "单位名称", "统一社会信用代码", "信用代码"),
)
PROJECT = Column("project.name", "工程项目", shown=False, width=30, reference="number", synonyms=("项目编号", "项目"))
GROUNDS = (
    Column("facts", "事实", shown=False, width=50, synonyms=("行为描述", "违法事实")),
    Column("evidence", "证据", shown=False, width=40, synonyms=("证明材料",)),
    Column("legal_basis", "依据", shown=False, width=40, synonyms=("法律依据", "处罚依据")),
)


def to_notify(user: Any) -> Q:
    return waiting.to_notify(user) & Q(nature=Nature.BAD)


def to_decide(user: Any) -> Q:
    """Who did well needs not be heard."""
    return waiting.to_decide(user) | Q(state=EntryState.CHECKED, nature=Nature.GOOD) & waiting.not_by_hand_of(user)


def of_firm(rows: QuerySet, uscc: str) -> QuerySet:
    return rows.filter(enterprise__uscc=uscc)


@registry.add
class CreditEntryRegister(Register):
    """信用记录台账: whatever was proposed, decided, or given up, with every point."""

    name = "credit_entries"
    label = "信用记录"
    model = CreditEntry
    key = "number"
    related = ("enterprise__organisation__region", "person", "project", "item", "organisation")
    search = ("number", "enterprise__organisation__name", "enterprise__uscc", "decision_number", "source_label")
    form_class = CreditEntryForm
    save = staticmethod(save_entry)
    columns = (
        Column("number", "编号", width=18, sortable=True, cell=number_cell),
        Column("item.name", "行为", width=34, reference="code", synonyms=("评价项目", "代码", "项目代码", "行为代码")),
        FIRM,
        Column("person.name", "人员", width=10, synonyms=("姓名",)),
        region_column(SEAT, "注册地", of="region_path", choices=all_regions, shown=False),
        Column("part", "类别", filter="exact", width=14),
        Column("nature", "性质", filter="exact", width=8),
        Column("severity", "失信程度", filter="exact", width=10, shown=False),
        Column("points", "分值", sortable=True, width=9, cell=points_cell),
        Column("happened_on", "行为发生日期", filter="range", sortable=True, width=12, synonyms=("发生日期",)),
        Column("starts_on", "计分开始", filter="range", sortable=True, width=12),
        Column("ends_on", "停止计分", width=12),
        Column("state", "状态", filter="exact", width=12, cell=state_cell),
        Column("publish_until", "公示截止", shown=False, width=12),
        Column("decision_number", "文号", shown=False, width=24, synonyms=("处罚文号", "决定文号", "处罚决定书文号")),
        PROJECT,
        *GROUNDS,
        Column("source_label", "来源", shown=False, width=30),
        Column("organisation.name", "认定单位", shown=False, width=24),
    )
    links = (Column("enterprise.uscc", "企业", filter="hidden", narrow=of_firm),)
    is_long = True
    views = (
        View("in_force", "计分中", in_state(*EntryState.IN_FORCE)),
        View("open", "办理中", in_state(*EntryState.OPEN)),
        View("objected", "异议处理中", in_state(EntryState.OBJECTED), hot=True),
        View("public", "公示中", in_state(EntryState.PUBLISHED)),
        View("ended", "已到期、修复或撤销", in_state("expired", "repaired", "revoked")),
        View("to_check", "待我核实", waiting.to_check, hot=True, permission=CHECKS, todo="信用记录待核实"),
        View("to_notify", "待告知", to_notify, hot=True, permission=CHECKS, todo="信用记录待告知"),
        View("to_decide", "待我认定", to_decide, hot=True, permission=DECIDES, todo="信用记录待认定"),
        View(
            "to_object", "可提出异议", waiting.to_object, hot=True, permission=OBJECTS, todo="收到信用告知，可提出异议"
        ),
    )

    def locked(self, record: CreditEntry) -> str | None:
        if record.state != EntryState.PROPOSED:
            return f"该记录{record.get_state_display()}，不能再修改"
        return "系统按平台记录提出的，不能修改；有误的不予认定" if record.source_event else None

    def prefilled(self, query: QueryDict) -> dict[str, Any]:
        """From the page of a firm: its code; and the item, for who has chosen that already."""
        return {name: query.get(name, "").replace("\0", "") for name in ("enterprise", "item")}

    def is_late(self, record: CreditEntry) -> bool:
        overdue = record.answer_by is not None and record.answer_by < timezone.localdate()
        return record.state == EntryState.OBJECTED and overdue

    def card(self, record: CreditEntry) -> dict[str, str]:
        return {
            "title": record.item.name,
            "sub": f"{record.subject}　{record.happened_on}",
            "state": state_cell(record),
            "due": f"{points_in_words(record.points)} 分",
        }
