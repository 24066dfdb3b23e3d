"""The risk list (风险清单) and the rules of grading as registers."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import F, Func, OuterRef, Q, QuerySet, Subquery, TextField
from django.utils import timezone

from apps.core.addresses import address_of
from apps.core.markup import drawn
from apps.core.registers import Column, Register, View, registry
from apps.core.templatetags import ui
from apps.core.today import today
from apps.regions.choices import region_column
from apps.risks.colours import own_path
from apps.risks.dictionaries import accident_types
from apps.risks.forms import RiskForm, RiskRuleForm
from apps.risks.grading import plain
from apps.risks.models import MEASURE_FIELDS, ControlMeasure, RiskLevel, RiskPoint, RiskRule, State, is_overdue
from apps.risks.selectors import controls
from apps.risks.services import save_risk, save_rule
from apps.risks.words import LEVEL_WORDS, SCALE_WORDS
from apps.risks.workflow import APPROVE_RED, red_to_approve

TONES = {State.PROPOSED: "ring", State.IN_FORCE: "green", State.LIFTED: "grey"}


def measures_of(kind: str) -> Subquery:
    """The current measures of one kind, one a line, for the rows of a page or an export."""
    current = ControlMeasure.objects.filter(risk=OuterRef("pk"), kind=kind, is_retired=False)
    joined = StringAgg("text", delimiter="\n", order_by="position")
    return Subquery(current.order_by().values("risk").values(told=joined))


@lru_cache
def level_chip(level: int, suffix: str = "") -> str:
    """Colour, shape and word."""
    return ui.risk_chip(RiskLevel(level).name.lower(), suffix)


def number_cell(risk: RiskPoint) -> str:
    return drawn('<span class="mono no-wrap">{}</span>', risk.number)


def state_cell(risk: RiskPoint) -> str:
    return state_mark(risk.state, risk.is_failing)


@lru_cache
def state_mark(state: str, is_failing: bool) -> str:
    return ui.state_dot("red", "管控失效") if is_failing else ui.state_dot(TONES[State(state)], State(state).label)


def next_check_cell(risk: RiskPoint) -> str:
    return next_check_mark(risk.next_check_on, today())


@lru_cache(maxsize=1024)
def next_check_mark(day: date | None, day_now: date) -> str:
    if day is None:
        return drawn('<span class="sub">{}</span>', "—")
    shown = f"{day:%m-%d}" if day.year == day_now.year else f"{day}"
    return drawn('{}<span class="sub">{}</span>', shown, ui.due(day, day_now))


def at_level(level: int) -> Any:
    return lambda user: Q(level=level, state__in=State.OPEN)


def in_state(rows: QuerySet, value: str) -> QuerySet:
    return rows.filter(state=value)


@registry.add
class RiskRegister(Register):
    name = "risks"
    label = "风险清单"
    model = RiskPoint
    key = "number"
    form_class = RiskForm
    add_label = "登记风险点"
    save = staticmethod(save_risk)
    related = ("project__region", "enterprise__organisation", "dangerous_work")
    search = ("number", "name")
    order = ("-level", "next_check_on", "-id")
    columns = (
        Column("number", "风险点编号", filter="icontains", sortable=True, width=18, cell=number_cell),
        Column(
            "level",
            "风险等级",
            filter="exact",
            sortable=True,
            width=10,
            cell=lambda r: level_chip(r.level),
            synonyms=("等级",),
        ),
        Column("name", "风险点名称", width=30, synonyms=("风险点", "风险名称")),
        Column("project.number", "项目编号", shown=False, width=20, reference="number"),
        Column("project.name", "工程项目", filter="icontains", width=30, synonyms=("项目名称",)),
        region_column(shown=False),
        Column("dangerous_work.name", "危大工程", shown=False, width=24, reference="name"),
        Column("kind", "类型", filter="exact", shown=False, width=10),
        Column("activity", "作业活动或设备", shown=False, width=20, synonyms=("作业活动", "设备设施")),
        Column("place", "部位", width=16, synonyms=("部位/区域", "区域", "位置")),
        Column("nature", "动静态", filter="exact", shown=False, width=10, synonyms=("动态/静态",)),
        Column("factors", "危险因素", shown=False, width=36, synonyms=("风险因素", "主要危险因素")),
        Column(
            "accident_type",
            "可能事故类型",
            filter="choice",
            width=12,
            choices=lambda user: accident_types(),
            narrow=lambda rows, value: rows.filter(accident_type=value),
            synonyms=("事故类型", "可能导致的事故"),
        ),
        Column("method", "评价方法", filter="exact", shown=False, width=14),
        Column("likelihood", "可能性（L）", shown=False, width=8, synonyms=("L", "可能性")),
        Column("exposure", "暴露频次（E）", shown=False, width=8, synonyms=("E", "暴露频率", "暴露频率（E）")),
        Column("consequence", "后果（C）或严重性（S）", shown=False, width=8, synonyms=("C", "S", "后果", "严重性")),
        Column("score", "风险值", sortable=True, width=8, cell=lambda r: plain(r.score), synonyms=("D", "分值")),
        Column("raised_reason", "提高理由", shown=False, width=24),
        Column("control_level", "管控层级", filter="exact", shown=False, width=12, synonyms=("管控级别",)),
        *(
            Column(name, kind.label, shown=False, width=36, synonyms=(kind.label.removesuffix("措施"),))
            for name, kind in MEASURE_FIELDS.items()
        ),
        Column("measure_count", "措施条数", shown=False, width=8),
        Column("enterprise.organisation.name", "责任单位", filter="icontains", shown=False, width=28, reference="uscc"),
        Column("responsible_person", "责任人", width=10, synonyms=("管控责任人",)),
        Column("check_every_days", "检查频次（天）", shown=False, width=8, synonyms=("检查频次",)),
        Column("last_checked_on", "最近检查日期", shown=False, width=12),
        Column("next_check_on", "下次检查", filter="range", sortable=True, width=12, cell=next_check_cell),
        Column(
            "state",
            "状态",
            filter="choice",
            width=10,
            cell=state_cell,
            choices=lambda user: list(State.choices),
            narrow=in_state,
        ),
        Column("starts_on", "开始日期", filter="range", sortable=True, shown=False, width=12),
        Column("ends_on", "预计解除日期", shown=False, width=12, synonyms=("解除日期", "结束日期")),
    )
    views = (
        View("in_force", "管控中", lambda user: Q(state=State.IN_FORCE)),
        View("major", "重大（红）", at_level(RiskLevel.MAJOR), hot=True),
        View("considerable", "较大（橙）", at_level(RiskLevel.CONSIDERABLE)),
        View("overdue", "逾期未检查", lambda user: is_overdue(), hot=True),
        View("failing", "管控失效", lambda user: Q(state=State.IN_FORCE, is_failing=True), hot=True),
        View("unmeasured", "缺措施", lambda user: Q(state__in=State.OPEN, measure_count=0), hot=True),
        View("proposed", "待批准", lambda user: Q(state=State.PROPOSED)),
        View("to_approve", "待我批准", red_to_approve, hot=True, permission=APPROVE_RED, todo="重大（红色）风险待批准"),
        View(
            "outlived",
            "到期未解除",
            lambda user: Q(state=State.IN_FORCE, ends_on__lt=timezone.localdate()),
        ),
    )

    def rows(self, user: Any) -> QuerySet:
        return super().rows(user).annotate(**{name: measures_of(kind) for name, kind in MEASURE_FIELDS.items()})

    def further_links(self, user: Any, query: str) -> list[dict[str, Any]]:
        if not own_path(user):
            return []
        return [{"label": "四色统计", "url": address_of("risks:overview"), "icon": "chart-bar", "more": True}]

    def is_late(self, record: RiskPoint) -> bool:
        return record.is_overdue

    def locked(self, record: RiskPoint) -> str | None:
        if record.state == State.PROPOSED:
            return None
        return f"{record.number} {record.get_state_display()}，修改前请先“重新评价”"

    def ops(self, record: RiskPoint, user: Any) -> list[dict[str, str]]:
        view = {"label": "查看", "url": record.get_absolute_url()}
        if record.state == State.IN_FORCE and user.has_perm("risks.check_riskpoint") and controls(user, record):
            return [{"label": "检查", "url": f"{record.get_absolute_url()}check/"}, view]
        return [view]

    def card(self, record: RiskPoint) -> dict[str, str]:
        return {
            "title": record.name,
            "sub": f"{record.number}　{record.project.name}",
            "state": drawn("{} {}", level_chip(record.level), state_cell(record)),
            "due": next_check_cell(record),
        }


def labels(words: Mapping[Any, str], code: str) -> str:
    """In SQL, the word for a code that is SQL."""
    whens = " ".join(f"WHEN '{key}' THEN '{word}'" for key, word in words.items())
    return f"CASE {code} {whens} END"


class BandsInWords(Func):
    """`Tables.bands_in_words` in SQL."""

    template = """(
        SELECT string_agg(CASE WHEN (band ->> 0)::numeric > 0
                               THEN concat('≥', trim_scale((band ->> 0)::numeric), ' ') ELSE '其余 ' END
                          || %(level)s, '，' ORDER BY (band ->> 0)::numeric DESC)
          FROM jsonb_array_elements(%(expressions)s) AS told (band))"""
    output_field = TextField()


class FloorsInWords(Func):
    """`Tables.floors_in_words` in SQL."""

    template = """coalesce((
        SELECT string_agg(concat(%(scale)s, '不低于', %(level)s), '，' ORDER BY n)
          FROM jsonb_each_text(%(expressions)s) WITH ORDINALITY AS told (scale, level, n)), '')"""
    output_field = TextField()


def bands_in_words() -> Func:
    return BandsInWords(F("bands"), level=labels(LEVEL_WORDS, "band ->> 1"))


def floors_in_words() -> Func:
    return FloorsInWords(F("floors"), scale=labels(SCALE_WORDS, "scale"), level=labels(LEVEL_WORDS, "level"))


@registry.add
class RiskRuleRegister(Register):
    """The editions of the value tables; added to, never changed."""

    name = "risk_rules"
    label = "风险评价规则"
    model = RiskRule
    form_class = RiskRuleForm
    add_label = "新增规则版本"
    save = staticmethod(save_rule)
    search = ("name",)
    order = ("method", "-effective_from", "-pk")
    scope_kind = "public"
    columns = (
        Column("name", "名称", width=30),
        Column("method", "评价方法", filter="exact", width=24),
        Column("effective_from", "施行日期", width=12),
        Column("bands_in_words", "分级界限", width=40, expression=bands_in_words()),
        Column("floors_in_words", "直接判定", width=40, expression=floors_in_words()),
        Column("is_sample", "样例", filter="exact", width=8, cell=ui.sample_cell),
        Column("source", "来源", shown=False, width=40),
        Column("certainty", "把握程度", shown=False, width=30),
    )

    def locked(self, record: RiskRule) -> str | None:
        return "评价规则登记后不再修改，已评价的风险点以它为据；请新增版本并写明施行日期"

    def card(self, record: RiskRule) -> dict[str, str]:
        return {
            "title": record.name,
            "sub": record.bands_in_words,
            "state": ui.sample_cell(record),
            "due": f"{record.effective_from} 起",
        }
