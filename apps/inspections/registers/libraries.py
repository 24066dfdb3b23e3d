"""一单两库 as registers: matters, risk classes, inspectors; the objects are the projects under way."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Func, Q, QuerySet, TextField
from django.http import QueryDict
from django.utils import timezone

from apps.core.conditions import in_force_today
from apps.core.registers import Column, Register, View, registry
from apps.core.templatetags import ui
from apps.inspections.forms.libraries import InspectorForm, MatterForm, RiskClassForm
from apps.inspections.models import Inspector, Matter, RiskClass, RiskGrade, Theme
from apps.inspections.services.libraries import save_inspector
from apps.people.models import EXPIRY_STEPS
from apps.regions.choices import all_regions, region_column

GRADE_TONES = {
    RiskGrade.A: "green",
    RiskGrade.B: "green",
    RiskGrade.C: "blue",
    RiskGrade.D: "orange",
    RiskGrade.E: "red",
}
THEMES = [(theme.value, str(theme.label)) for theme in Theme]


class JoinedList(Func):
    """A JSON list of texts in one cell, with 、 between; of codes their words."""

    template = """(SELECT coalesce(string_agg(coalesce(%(words)s, told), '、' ORDER BY n), '')
                     FROM jsonb_array_elements_text(%(expressions)s) WITH ORDINALITY AS list (told, n))"""
    output_field = TextField()

    def __init__(self, expression: str, words: Iterable[tuple[str, str]] = ()) -> None:
        whens = " ".join(f"WHEN '{code}' THEN '{word}'" for code, word in words)
        super().__init__(expression, words=f"CASE told {whens} END" if whens else "NULL")


@registry.add
class MatterRegister(Register):
    """随机抽查事项清单."""

    name = "matters"
    label = "抽查事项清单"
    model = Matter
    key = "code"
    scope_kind = "public"
    form_class = MatterForm
    search = ("code", "name")
    order = ("code",)
    columns = (
        Column("code", "事项编码", width=12, synonyms=("编码", "事项代码")),
        Column("name", "抽查事项", width=28, synonyms=("事项名称", "检查事项")),
        Column("target", "抽查对象", width=20, synonyms=("检查对象",)),
        Column("method", "检查方式", width=14, synonyms=("抽查方式",)),
        Column("basis", "依据", width=44, synonyms=("检查依据", "法律依据")),
        Column(
            "checklists_in_words",
            "检查表",
            shown=False,
            width=24,
            expression=JoinedList("checklists"),
            synonyms=("检查表编码",),
        ),
        Column("effective_from", "施行日期", width=12),
        Column("effective_to", "失效日期", width=12),
        Column("is_sample", "样例", filter="exact", width=8, cell=ui.sample_cell),
    )
    views = (
        View("in_force", "现行", in_force_today),
        View("samples", "样例，待确认", lambda user: Q(is_sample=True), hot=True),
    )

    def card(self, record: Matter) -> dict[str, str]:
        return {
            "title": record.name,
            "sub": f"{record.code}　{record.target}",
            "state": ui.sample_cell(record),
            "due": f"{record.effective_from} 起",
        }


def grade_cell(record: RiskClass) -> str:
    return grade_mark(record.grade)


def grade_mark(grade: str) -> str:
    return ui.state_dot(GRADE_TONES[RiskGrade(grade)], RiskGrade(grade).label)


def of_grades(*grades: str) -> Callable[[Any], Q]:
    return lambda user: Q(grade__in=grades)


def out_of_date(user: Any) -> Q:
    """Two months without a new one: the province hands them over each month."""
    return Q(assessed_on__lt=timezone.localdate() - timedelta(days=62))


@registry.add
class RiskClassRegister(Register):
    """企业信用风险分类, handed over each month as a workbook; a row for a firm that has one corrects it."""

    name = "risk_classes"
    label = "企业信用风险分类"
    model = RiskClass
    form_class = RiskClassForm
    once = ("enterprise",)
    related = ("enterprise__organisation__region",)
    search = ("enterprise__organisation__name", "enterprise__uscc")
    columns = (
        Column(
            "enterprise.organisation.name",
            "企业名称",
            width=34,
            reference="uscc",
            synonyms=("企业", "单位名称", "市场主体名称", "统一社会信用代码", "信用代码"),
        ),
        Column("enterprise.uscc", "统一社会信用代码", width=22),
        region_column(
            "enterprise.organisation.region.name", "注册地", of="enterprise__region_path", choices=all_regions
        ),
        Column(
            "grade",
            "信用风险类别",
            filter="exact",
            sortable=True,
            width=14,
            cell=grade_cell,
            synonyms=("风险类别", "风险等级", "分类", "信用风险等级"),
        ),
        Column(
            "assessed_on",
            "评定日期",
            filter="range",
            sortable=True,
            width=14,
            synonyms=("评定时间", "分类日期", "推送日期"),
        ),
        Column("source", "来源", shown=False, width=24, synonyms=("数据来源",)),
    )
    views = (
        View("high", "较高和高风险（D、E）", of_grades(RiskGrade.D, RiskGrade.E), hot=True),
        View("usual", "一般（C）", of_grades(RiskGrade.C)),
        View("low", "低和较低（A、B）", of_grades(RiskGrade.A, RiskGrade.B)),
        View("old", "超过两个月未更新", out_of_date),
    )

    def card(self, record: RiskClass) -> dict[str, str]:
        return {
            "title": record.enterprise.name,
            "sub": record.enterprise.uscc,
            "state": grade_cell(record),
            "due": f"{record.assessed_on} 评定",
        }


def valid(user: Any) -> Q:
    return Q(is_active=True, valid_until__gte=timezone.localdate())


def expiring(days: int) -> Callable[[Any], Q]:
    def condition(user: Any) -> Q:
        today = timezone.localdate()
        return Q(is_active=True, valid_until__range=(today, today + timedelta(days=days)))

    return condition


def expired(user: Any) -> Q:
    return Q(is_active=True, valid_until__lt=timezone.localdate())


def own_office(user: Any) -> Q:
    return Q(organisation=user.organisation_id, is_active=True)


def validity_cell(inspector: Inspector) -> str:
    return ui.due(inspector.valid_until, timezone.localdate()) if inspector.is_active else str(inspector.valid_until)


def knowing(rows: QuerySet, theme: str) -> QuerySet:
    return rows.filter(fields__contains=[theme])


@registry.add
class InspectorRegister(Register):
    """执法检查人员名录库."""

    name = "inspectors"
    label = "检查人员库"
    model = Inspector
    form_class = InspectorForm
    save = staticmethod(save_inspector)
    once = ("user", "certificate")
    related = ("user", "organisation__region")
    search = ("user__name", "certificate")
    order = ("region_path", "user__name", "pk")
    columns = (
        Column("user.name", "姓名", width=12),
        Column("user.username", "平台账号", shown=False, width=16, reference="username", synonyms=("账号", "用户名")),
        Column("organisation.name", "所在单位", width=28),
        region_column("organisation.region.name", shown=False),
        Column("certificate", "行政执法证号", width=20, synonyms=("执法证号", "证件编号")),
        Column("valid_until", "执法证有效期至", filter="range", sortable=True, width=16, synonyms=("有效期至",)),
        Column(
            "fields_in_words",
            "专业",
            filter="choice",
            width=24,
            expression=JoinedList("fields", THEMES),
            choices=lambda user: THEMES,
            narrow=knowing,
            synonyms=("专业领域", "业务专长"),
        ),
        Column("longitude", "出发地经度", shown=False, width=12, synonyms=("经度",)),
        Column("latitude", "出发地纬度", shown=False, width=12, synonyms=("纬度",)),
        Column("is_active", "在库", filter="exact", width=8),
    )
    views = (
        View("valid", "可用", valid),
        View("own", "本单位", own_office),
        *(View(f"within_{d}", f"{d} 天内到期", expiring(d), hot=d == EXPIRY_STEPS[-1]) for d in EXPIRY_STEPS),
        View("expired", "执法证已过期", expired, hot=True),
        View("inactive", "已出库", lambda user: Q(is_active=False)),
    )

    def is_late(self, record: Inspector) -> bool:
        return record.is_active and record.valid_until < timezone.localdate()

    def prefilled(self, query: QueryDict) -> dict[str, Any]:
        return {"user": query["user"]} if query.get("user", "").isascii() and query.get("user") else {}

    def card(self, record: Inspector) -> dict[str, str]:
        return {
            "title": record.user.name,
            "sub": f"{record.organisation.name}　{record.certificate}",
            "state": record.fields_in_words,
            "due": validity_cell(record),
        }
