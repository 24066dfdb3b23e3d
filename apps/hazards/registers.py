"""The hazard ledger as a register."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import NullIf
from django.urls import reverse
from django.utils import timezone

from apps.core.addresses import address_of
from apps.core.bulk import of_move
from apps.core.listed import light
from apps.core.markup import drawn
from apps.core.models import ImportBatch
from apps.core.registers import Column, Register, View, field_at, registry
from apps.core.templatetags import ui
from apps.core.today import today
from apps.hazards import dictionaries
from apps.hazards.comparing import changed_since
from apps.hazards.counting import COUNTED_AS_FOUND, counts_in_region
from apps.hazards.exporting import LEDGER
from apps.hazards.forms import HandlerForm, HazardForm, UrgingForm
from apps.hazards.importing.importer import HazardImporter
from apps.hazards.models import Grade, Hazard, RiskLevel, State
from apps.hazards.models.hazard import is_overdue
from apps.hazards.services import save_draft
from apps.hazards.statutory import in_plan
from apps.hazards.workflow import HAZARD
from apps.regions.choices import region_column

TONES = {
    State.DRAFT: "grey",
    State.ORDERED: "blue",
    State.RECEIVED: "blue",
    State.RECTIFYING: "orange",
    State.ANSWERED: "ring",
    State.CONFIRMED: "ring",
    State.VERIFIED: "ring",
    State.CLOSED: "green",
    State.VOID: "grey",
}


ISSUED = "issued"

# The next step of a hazard by state, as the short word of a link.
NEXT_STEPS: dict[str, tuple[str, str]] = {
    State.DRAFT: ("order", "下达"),
    State.ORDERED: ("receive", "签收"),
    State.RECEIVED: ("answer", "回复"),
    State.RECTIFYING: ("answer", "回复"),
    State.ANSWERED: ("confirm", "确认"),
    State.CONFIRMED: ("verify", "复查"),
    State.VERIFIED: ("close", "销号"),
}


# What the usual cells, the phone's card and the next step of a row are made of.
LISTED = (
    "number",
    "risk_level",
    "grade",
    "description",
    "category",
    "responsible_person",
    "deadline",
    "state",
    "source",
    "by_authority",
    "recorded_by",
    "answered_by",
    "verified_by",
    "closed_at",
    "listed_level",
    "work_stopped",
    "void_requested_by",
    "organisation",
    "project__name",
    "project__enterprise",
    "enterprise__organisation__name",
)


def two_lines(first: str, second: str) -> str:
    return drawn('<span class="cell-wide" title="{}">{}</span><span class="sub">{}</span>', first, first, second)


def number_cell(hazard: Hazard) -> str:
    return drawn('<span class="mono no-wrap">{}</span>', hazard.number)


def risk_cell(hazard: Hazard) -> str:
    """The risk level; the grade, a field of its own, beside it where it says more."""
    return risk_chips(hazard.risk_level, hazard.grade)


@lru_cache
def risk_chips(risk_level: int, grade: str) -> str:
    chip = ui.risk_chip(RiskLevel(risk_level).name.lower())
    if grade != Grade.MAJOR or risk_level == RiskLevel.MAJOR:
        return chip
    return drawn("{} {}", chip, ui.grade_chip(grade))


def deadline_cell(hazard: Hazard) -> str:
    return deadline_mark(hazard.deadline, hazard.state, today())


@lru_cache(maxsize=4096)
def deadline_mark(deadline: date | None, state: str, day_now: date) -> str:
    if deadline is None:
        return drawn('<span class="sub">{}</span>', "未定期限" if state in State.OPEN else "—")
    day = f"{deadline:%m-%d}" if deadline.year == day_now.year else f"{deadline}"
    left = ui.due(deadline, day_now) if state in State.WITH_FIRM else ""
    return drawn('{}<span class="sub">{}</span>', day, left)


def state_cell(hazard: Hazard) -> str:
    return state_mark(hazard.state, hazard.is_overdue)


@lru_cache
def state_mark(state: str, overdue: bool) -> str:
    return ui.state_dot("red", "超期未改") if overdue else ui.state_dot(TONES[State(state)], State(state).label)


def full_place() -> Func:
    """`Hazard.full_place` in SQL."""
    parts = [NullIf(F(name), Value("")) for name in ("building", "floor", "axis", "place")]
    return Func(Value(" "), *parts, function="CONCAT_WS", output_field=TextField())


def in_state(rows: QuerySet, value: str) -> QuerySet:
    """One state, or all that stand in the ledger for good: what statistics count as found."""
    return rows.filter(COUNTED_AS_FOUND) if value == ISSUED else rows.filter(state=value)


def of_import(rows: QuerySet, key: str) -> QuerySet:
    """The rows that came in with one import; the page of the import leads here."""
    try:
        return rows.filter(import_batch=UUID(key))
    except ValueError:
        return rows.none()


def of_risk_point(rows: QuerySet, number: str) -> QuerySet:
    """What was recorded of one risk point; its page leads here."""
    return rows.filter(risk_point__number=number)


@registry.add
class HazardRegister(Register):
    name = "hazards"
    label = "隐患台账"
    model = Hazard
    key = "number"
    form_class = HazardForm
    add_label = "登记隐患"
    save = staticmethod(save_draft)
    importer = HazardImporter
    layouts: ClassVar = {"ledger": LEDGER}
    actions = (
        of_move(HAZARD, "receive"),
        of_move(HAZARD, "remind", form=UrgingForm, consequence="企业安全总监和项目人员各收到一条必办消息。"),
        of_move(HAZARD, "assign", label="批量指派", form=HandlerForm),
        of_move(HAZARD, "approve_extension", consequence="整改期限改为各条申请延至的日期。"),
        of_move(HAZARD, "approve_void"),
    )
    related = ("project__region", "enterprise__organisation", "handler")
    search = ("number", "description", "project__name")
    order = ("-risk_level", "deadline", "-id")
    columns = (
        Column("number", "隐患编号", filter="icontains", sortable=True, width=18, cell=number_cell),
        Column(
            "risk_level",
            "风险等级",
            filter="exact",
            sortable=True,
            width=10,
            cell=risk_cell,
            synonyms=("风险级别", "风险分级"),
        ),
        Column(
            "description",
            "隐患描述",
            filter="",
            width=50,
            cell=lambda h: two_lines(h.title, h.project.name),
            synonyms=("隐患问题描述", "存在问题", "问题描述", "隐患内容", "存在的问题", "隐患情况"),
        ),
        Column("project.number", "项目编号", shown=False, width=20),
        Column("project.name", "工程项目", filter="icontains", shown=False, width=30, reference="name"),
        region_column(shown=False),
        Column("full_place", "部位", shown=False, width=24, expression=full_place()),
        Column(
            "category",
            "隐患类别",
            filter="choice",
            width=12,
            choices=lambda user: dictionaries.label_choices(dictionaries.CATEGORY),
            narrow=lambda rows, value: rows.filter(category=value),
            synonyms=("隐患类型", "类别", "专业"),
        ),
        Column(
            "enterprise.organisation.name",
            "整改企业",
            filter="icontains",
            width=28,
            cell=lambda h: two_lines(
                h.enterprise.name, f"责任人 {h.responsible_person}" if h.responsible_person else ""
            ),
        ),
        Column("enterprise.uscc", "统一社会信用代码", shown=False, width=20),
        Column("responsible_person", "整改责任人", shown=False, width=12),
        Column("grade", "隐患等级", filter="exact", shown=False, width=10, synonyms=("等级", "隐患级别")),
        Column(
            "deadline",
            "整改期限",
            filter="range",
            sortable=True,
            width=12,
            cell=deadline_cell,
            synonyms=("整改时限", "限期"),
        ),
        Column(
            "state",
            "状态",
            filter="choice",
            width=12,
            cell=state_cell,
            choices=lambda user: [*State.choices, (ISSUED, "在册（不含草稿和作废）")],
            narrow=in_state,
        ),
        Column("source", "来源", filter="exact", width=12),
        Column(
            "found_on",
            "检查日期",
            filter="range",
            sortable=True,
            shown=False,
            width=12,
            synonyms=("检查时间", "排查时间"),
        ),
        Column("listed_level", "挂牌督办", filter="exact", shown=False, width=10),
        Column("work_stopped", "停工中", filter="exact", shown=False, width=8),
        Column("inspecting_body", "检查单位", filter="icontains", shown=False, width=24),
        Column("inspectors", "检查人", filter="icontains", shown=False, width=14, synonyms=("检查人员", "排查人员")),
        Column("clause", "违反条款", shown=False, width=30),
        Column("demands", "整改要求", shown=False, width=50, synonyms=("整改要求（措施）", "整改措施要求")),
        Column("measures", "整改措施", shown=False, width=40),
        Column("funds", "整改资金（元）", shown=False, width=14),
        Column(
            "rectified_on", "整改完成日期", filter="range", shown=False, width=14, synonyms=("完成日期", "整改完成时间")
        ),
        Column("ordered_at", "下达时间", shown=False, width=18),
        Column("closed_at", "销号时间", filter="range", sortable=True, shown=False, width=18),
        Column("rounds", "退回次数", shown=False, width=10),
        Column("handler.name", "经办人", filter="icontains", shown=False, width=12),
        Column("extensions", "延期次数", shown=False, width=10),
        Column("urged_on", "最近催办日", filter="range", shown=False, width=12),
        Column(
            "import_batch.file.original_name",
            "导入文件",
            filter="hidden",
            shown=False,
            width=24,
            narrow=of_import,
        ),
    )
    links = (
        Column("since", "与某日相比", filter="hidden", narrow=changed_since),
        Column("risk_point", "风险点", filter="hidden", narrow=of_risk_point),
        Column("plan", "治理计划", filter="hidden", narrow=in_plan),
    )
    views = (
        View("open", "未销号", lambda user: Q(state__in=State.OPEN)),
        View("overdue", "超期", lambda user: is_overdue(), hot=True),
        View("major", "重大", lambda user: Q(grade=Grade.MAJOR, state__in=State.OPEN), hot=True),
        View(
            "week",
            "本周到期",
            lambda user: Q(
                state__in=State.WITH_FIRM,
                deadline__range=(timezone.localdate(), timezone.localdate() + timedelta(days=7)),
            ),
        ),
        View("answered", "待复查", lambda user: Q(state__in=State.ANSWER_IN)),
        View("drafts", "草稿", lambda user: Q(state=State.DRAFT)),
        View("mine", "我登记的", lambda user: Q(recorded_by=user)),
    )

    def rows(self, user: Any) -> QuerySet:
        """Texts that no list shows stay in the database."""
        return super().rows(user).defer("source_columns", "deadline_basis", "commitments", "opinion")

    def sorted(self, rows: QuerySet, sort: str, view: View | None = None) -> QuerySet:
        """What must be done first on top; of everything, which is mostly done, the newest."""
        match sort:
            case "-risk_level":
                return rows.order_by(*self.order)
            case "risk_level":
                return rows.order_by(*self.order).reverse()
            case "" if view is None:
                return rows.order_by("-id")
        return super().sorted(rows, sort, view)

    def view_counts(self, user: Any) -> dict[str, int]:
        return counts_in_region(user) or super().view_counts(user)

    def listed(self, rows: QuerySet, columns: Sequence[Column]) -> list[Hazard]:
        """Only what is shown: a hazard and what hangs on it have more than a hundred columns."""
        places = ("building", "floor", "axis", "place") if any(c.path == "full_place" for c in columns) else ()
        return light(rows, [*LISTED, *places, *(c.name for c in columns if field_at(Hazard, c.path))])

    def imported_url(self, batch: ImportBatch) -> str:
        return f"{reverse('hazards:list')}?import_batch__file__original_name={batch.pk}"

    def further_links(self, user: Any, query: str) -> list[dict[str, Any]]:
        address = f"{address_of('hazards:compare')}{query}"
        return [{"label": "与某日相比", "url": address, "icon": "history", "more": True}]

    def is_late(self, record: Hazard) -> bool:
        return record.is_overdue

    def locked(self, record: Hazard) -> str | None:
        return None if record.state == State.DRAFT else f"{record.number} 已下达，不能再修改"

    def ops(self, record: Hazard, user: Any) -> list[dict[str, str]]:
        view = {"label": "查看", "url": record.get_absolute_url()}
        move, label = NEXT_STEPS.get(record.state, ("", ""))
        if not move or HAZARD.refusal(record, move, user):
            return [view]
        return [{"label": label, "url": f"{record.get_absolute_url()}{move}/"}, view]

    def card(self, record: Hazard) -> dict[str, str]:
        return {
            "title": record.title,
            "sub": f"{record.number}　{record.project.name}",
            "state": drawn("{} {}", risk_cell(record), state_cell(record)),
            "due": deadline_cell(record),
        }
