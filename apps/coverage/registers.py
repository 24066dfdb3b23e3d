"""Days of projects, people who are not covered, and the rule, as registers."""

from typing import Any

from django.db.models import Case, F, Func, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.urls import reverse
from django.utils import timezone

from apps.core.addresses import address_of
from apps.core.edition_registers import BegunStays
from apps.core.editions import in_force_today_of
from apps.core.registers import Column, Register, View, registry
from apps.core.templatetags import ui
from apps.coverage.forms import CoverageRuleForm
from apps.coverage.models import NAMELESS, REASONS, CoverageDay, CoverageGap, CoverageRule
from apps.regions.choices import region_column


def rate_cell(day: Any) -> str:
    return ui.state_dot("green", "100%") if day.is_whole else ui.state_dot("orange", f"{day.rate}%")


def today(user: Any) -> Q:
    return Q(day=timezone.localdate())


UNTRAINED = "今天有人未受训上岗"


def to_train(user: Any) -> Q:
    """The firm's own sites on which somebody is today who should not be; a regulator has none."""
    return Q(day=timezone.localdate(), project__enterprise=user.organisation_id, covered__lt=F("counted"))


@registry.add
class CoverageDayRegister(Register):
    """培训覆盖率: a project's day."""

    name = "coverage_days"
    label = "培训覆盖率明细"
    model = CoverageDay
    grows_daily = True
    related = ("project__region", "rule")
    search = ("project__name",)
    order = ("-day", "-id")
    is_long = True
    columns = (
        Column("day", "日期", filter="range", width=12),
        Column("project.name", "工程项目", filter="icontains", width=30),
        region_column(shown=False),
        Column("counted", "应培训人次", width=12),
        Column("covered", "已培训人次", width=12),
        Column("rate", "培训覆盖率（%）", cell=rate_cell, width=14),
        Column("is_whole", "达到100%", shown=False, width=10),
        Column("unexplained", "名册不能说明的人次", width=16),
        Column("disputed", "两地考勤人次", width=12),
        Column("absent", "在册长期无考勤人数", width=16),
        Column("rule.effective_from", "口径施行日期", shown=False, width=14),
        Column("computed_at", "计算时间", shown=False, width=18),
    )
    views = (
        View("today", "今天", today),
        View("short", "今天未达100%", lambda user: today(user) & Q(is_whole=False), hot=True),
        View("to_train", UNTRAINED, to_train, permission="roster.change_engagement", todo=UNTRAINED),
    )

    def row_url(self, record: Any) -> str:
        return str(record.get_absolute_url())

    def card(self, record: Any) -> dict[str, str]:
        return {
            "title": record.project.name,
            "sub": f"应培训{record.counted}　已培训{record.covered}",
            "state": rate_cell(record),
            "due": f"{record.day:%m-%d}",
        }


def told(column: str, otherwise: str) -> Any:
    """Of the person, or of the stranger as the source of the attendance gave it."""
    own, given = F(f"person__{column}"), NullIf(F(f"fault__{column}"), Value(""))
    return Coalesce(own, given, Value(otherwise), output_field=TextField())


REASONS_TOLD = Func(
    Value("、"),
    *(Case(When(**{name: True}, then=Value(words)), default=None) for name, words in REASONS.items()),
    function="concat_ws",
    output_field=TextField(),
)


@registry.add
class CoverageGapRegister(Register):
    """未覆盖人次: each with all its reasons."""

    name = "coverage_gaps"
    label = "未覆盖人次"
    model = CoverageGap
    grows_daily = True
    related = ("project__region", "person", "fault", "engagement__employer__organisation")
    search = ("person__name", "project__name")
    order = ("-day", "-id")
    is_long = True
    columns = (
        Column("day", "日期", filter="range", width=12),
        Column("name", "姓名", width=10, expression=told("name", NAMELESS)),
        Column("id_masked", "身份证号码", width=22, expression=told("id_masked", "")),
        Column("project.name", "工程项目", filter="icontains", width=30),
        region_column(shown=False),
        Column("engagement.employer.organisation.name", "用工单位", width=28),
        Column("engagement.job", "工种或岗位", width=14),
        *(Column(name, words, shown=False, width=12) for name, words in REASONS.items()),
        Column("reasons_in_words", "未覆盖原因", width=40, expression=REASONS_TOLD),
    )
    views = (View("today", "今天", today, hot=True),)

    def rows(self, user: Any) -> QuerySet:
        return super().rows(user).defer("person__id_number", "person__phone")

    def row_url(self, record: Any) -> str:
        if record.person_id:
            return reverse("coverage_person", args=[record.project.number, record.person_id])
        return address_of("attendance_faults:list") + f"{record.fault_id}/"

    def is_late(self, record: Any) -> bool:
        return record.day == timezone.localdate()

    def card(self, record: Any) -> dict[str, str]:
        return {
            "title": record.name,
            "sub": f"{record.project.name}　{record.reasons_in_words}",
            "state": ui.state_dot("red", "未覆盖"),
            "due": f"{record.day:%m-%d}",
        }


@registry.add
class CoverageRuleRegister(BegunStays):
    """培训覆盖率口径."""

    name = "coverage_rules"
    label = "培训覆盖率口径"
    model = CoverageRule
    scope_kind = "public"
    form_class = CoverageRuleForm
    order = ("-effective_from",)
    columns = (
        Column("effective_from", "施行日期", width=12),
        Column("denominator", "分母口径", width=24),
        Column("window_days", "近期天数", shown=False, width=10),
        Column("absent_days", "在册无考勤天数上限", shown=False, width=16),
        Column("needs_induction", "须完成三级教育", width=12),
        Column("needs_yearly", "须满足年度学时", width=12),
        Column("needs_certificate", "须持有效证书", width=12),
        Column("source", "依据", width=44),
        Column("certainty", "把握程度", width=20),
        Column("is_sample", "示例", width=8, cell=ui.sample_cell),
    )
    views = (View("in_force", "现行", in_force_today_of(CoverageRule)),)
