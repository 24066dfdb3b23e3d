"""What is taught, what is planned, and how much of it the law asks for."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from apps.core.edition_registers import BegunStays
from apps.core.editions import in_force_today_of
from apps.core.pages import whole
from apps.core.registers import Column, Register, View, registry
from apps.core.templatetags import ui
from apps.core.words import words_of
from apps.regions.choices import region_column
from apps.roster.models import WorkerClass
from apps.training.counting import with_progress
from apps.training.forms import CourseForm, HoursRuleForm, PlanForm
from apps.training.models import Course, HoursRule, TrainingPlan
from apps.training.models.courses import EVERYBODY
from apps.training.registers.links import PROJECT_LINK
from apps.training.selectors import runs_training
from apps.training.services.courses import not_yours, save_course, save_plan
from apps.training.workflow import NOT_YOURS

ClassesInWords = words_of(WorkerClass, none=EVERYBODY)
"""`in_words` of the models in SQL."""


@registry.add
class CourseRegister(Register):
    """培训课程: the authority's for everybody, and each firm's own."""

    name = "courses"
    label = "培训课程"
    model = Course
    form_class = CourseForm
    add_label = "新增课程"
    save = staticmethod(save_course)
    related = ("enterprise__organisation",)
    search = ("name",)
    order = ("level", "name", "pk")
    columns = (
        Column("name", "课程名称", width=30),
        Column("level", "培训类型", filter="exact", width=14),
        Column("hours", "学时", width=8),
        Column("classes_in_words", "适用人员", width=24, expression=ClassesInWords("classes")),
        Column("needs_exam", "需要考核", filter="exact", width=8),
        Column("pass_mark", "合格分数", shown=False, width=8),
        Column("enterprise.organisation.name", "所属企业", width=28, cell=lambda course: course.owner),
        Column("is_active", "在用", filter="exact", width=8),
        Column("content", "课程内容", shown=False, width=50),
    )
    views = (
        View("active", "在用", lambda user: Q(is_active=True)),
        View("common", "通用", lambda user: Q(is_active=True, enterprise=None)),
        View("own", "企业课程", lambda user: Q(is_active=True, enterprise__isnull=False)),
    )

    def locked_for(self, record: Course, user: Any) -> str | None:
        return not_yours(record, user)


def progress_cell(plan: Any) -> str:
    if plan.is_done:
        return ui.state_dot("green", "已完成")
    return ui.state_dot("red", "逾期未完成") if plan.is_late else ui.state_dot("ring", "未完成")


@registry.add
class PlanRegister(Register):
    """培训计划: what is to be taught in each month, beside what was."""

    name = "training_plans"
    label = "培训计划"
    model = TrainingPlan
    form_class = PlanForm
    add_label = "新增计划"
    save = staticmethod(save_plan)
    related = ("course", "project__region", "enterprise__organisation")
    search = ("course__name", "project__name")
    order = ("-year", "-month", "-pk")
    columns = (
        Column("year", "年度", width=8),
        Column("month", "月份", width=8),
        Column("course.name", "课程", filter="icontains", width=28),
        Column("project.name", "工程项目", filter="icontains", width=28),
        Column("enterprise.organisation.name", "组织单位", filter="icontains", width=28),
        region_column(shown=False),
        Column("classes_in_words", "培训对象", shown=False, width=24, expression=ClassesInWords("classes")),
        Column("people_planned", "计划人数", width=10),
        Column("sessions_held", "已办班次", width=10),
        Column("people_credited", "已培训人数", width=10),
        Column("is_done", "完成情况", width=12, cell=progress_cell),
        Column("remark", "备注", shown=False, width=30),
    )
    counted = {"sessions_held": "integer", "people_credited": "integer", "is_done": "boolean"}
    links = (
        PROJECT_LINK,
        Column("of_year", "年度", filter="hidden", narrow=whole("year")),
    )
    views = (
        View("open", "未完成", lambda user: Q(is_done=False, is_late=False)),
        View("late", "逾期", lambda user: Q(is_late=True), hot=True),
        View("done", "已完成", lambda user: Q(is_done=True)),
    )

    def rows(self, user: Any) -> QuerySet:
        return with_progress(super().rows(user), timezone.localdate())

    def locked_for(self, record: TrainingPlan, user: Any) -> str | None:
        return None if runs_training(user, record.enterprise_id, record.project) else NOT_YOURS

    def prefilled(self, query: QueryDict) -> dict[str, Any]:
        day = timezone.localdate()
        told = {"year": day.year, "month": day.month}
        return told | ({"project": query["project"]} if query.get("project") else {})

    def is_late(self, record: Any) -> bool:
        return record.is_late

    def card(self, record: Any) -> dict[str, str]:
        return {
            "title": record.course.name,
            "sub": record.project.name if record.project else record.enterprise.name,
            "state": progress_cell(record),
            "due": f"{record.year}年{record.month}月　{record.people_credited}/{record.people_planned}人",
        }


@registry.add
class HoursRuleRegister(BegunStays):
    """学时标准: editions of the hours by class of workers and by level of induction."""

    name = "hours_rules"
    label = "学时标准"
    model = HoursRule
    form_class = HoursRuleForm
    add_label = "新增标准"
    order = ("subject", "-effective_from")
    scope_kind = "public"
    columns = (
        Column("subject", "对象", filter="exact", width=20),
        Column("hours", "学时", width=8),
        Column("effective_from", "施行日期", width=12),
        Column("source", "依据", width=40),
        Column("certainty", "把握程度", width=30),
        Column("is_sample", "样例", shown=False, width=8, cell=ui.sample_cell),
    )
    views = (View("in_force", "现行", in_force_today_of(HoursRule)),)

    def card(self, record: Any) -> dict[str, str]:
        return {
            "title": str(record),
            "sub": record.source,
            "state": f"{record.hours.normalize():f}学时",
            "due": f"{record.effective_from} 起",
        }
