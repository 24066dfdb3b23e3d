"""Who took part, and what those on the rosters have been taught."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.core.pages import whole
from apps.core.registers import Column, Register, View, registry
from apps.core.templatetags import ui
from apps.regions.choices import region_column
from apps.roster.models import Engagement
from apps.training.counting import DONE, with_hours
from apps.training.importing import ClassImporter
from apps.training.models import Participation, Result, SessionState
from apps.training.registers.links import PROJECT_LINK

RESULT_TONES: dict[str, str] = {Result.PASSED: "green", Result.FAILED: "red", Result.WAITING: "orange"}


def credit_cell(line: Any) -> str:
    if line.credited_on:
        return ui.state_dot("green", f"{line.credited_on}")
    return ui.state_dot("grey", "未计入")


def result_cell(line: Any) -> str:
    return ui.state_dot(RESULT_TONES.get(line.result, "grey"), line.get_result_display())


# That nothing is credited follows from each condition; said, it lets the index of those rows answer.
WAITS = Q(result=Result.WAITING, signed_in_at__isnull=False, credited_on=None)


def absent(user: Any) -> Q:
    return Q(session__state=SessionState.HELD, signed_in_at=None, credited_on=None)


@registry.add
class ParticipationRegister(Register):
    """参训记录: one line for a person's part in a training."""

    name = "participations"
    label = "参训记录"
    model = Participation
    related = ("person", "session__course", "session__project__region", "session__enterprise__organisation")
    search = ("person__name", "person__initials")
    importer = ClassImporter
    is_long = True
    columns = (
        Column("person.name", "姓名", width=10),
        Column("person.id_masked", "身份证号码", width=22),
        Column("session.course.name", "课程", filter="icontains", width=26),
        Column("level", "培训类型", filter="exact", width=14),
        Column("session.starts_at", "开始时间", filter="range", width=18),
        Column("hours", "学时", width=8),
        Column("session.enterprise.organisation.name", "组织单位", filter="icontains", width=28),
        Column("session.project.name", "工程项目", filter="icontains", width=28),
        region_column("session.project.region.name", shown=False),
        Column("signed_in_at", "签到时间", width=18),
        Column("signed_in_by", "签到方式", filter="exact", shown=False, width=10),
        Column("is_late", "补录", filter="exact", shown=False, width=8),
        Column("result", "考核结果", filter="exact", width=10, cell=result_cell),
        Column("score", "考核成绩", width=8),
        Column("credited_on", "计入日期", filter="range", width=12, cell=credit_cell),
    )
    links = (Column("of_session", "班次", filter="hidden", narrow=whole("session")),)
    views = (
        View("credited", "已计入学时", lambda user: Q(credited_on__isnull=False)),
        View("waiting", "待考核", lambda user: WAITS, hot=True),
        View("failed", "不合格", lambda user: Q(result=Result.FAILED, credited_on=None)),
        View("absent", "缺勤", absent),
    )

    def rows(self, user: Any) -> QuerySet:
        return super().rows(user).defer("person__id_number")

    def card(self, record: Any) -> dict[str, str]:
        return {
            "title": f"{record.person.name}　{record.session.course.name}",
            "sub": record.session.project.name if record.session.project else record.session.enterprise.name,
            "state": credit_cell(record),
            "due": f"{timezone.localtime(record.session.starts_at):%m-%d}",
        }


def level_cell(name: str) -> Any:
    def cell(engagement: Any) -> str:
        told = getattr(engagement, name)
        return ui.state_dot("green" if told == DONE else "red", told)

    return cell


def hours_cell(engagement: Any) -> str:
    told = f"{engagement.hours_year.normalize():f}/{engagement.hours_required.normalize():f}"
    return ui.state_dot("red" if engagement.lacks_hours else "green", told)


def no_induction(user: Any) -> Q:
    return Q(left_on=None, standing__is_inducted=False)


def few_hours(user: Any) -> Q:
    return Q(left_on=None, standing__enough_until__lt=timezone.localdate())


@registry.add
class TraineeRegister(Register):
    """人员培训情况: of everybody on a roster, the three levels of induction and the hours of twelve months.

    Columns say how it is now; tabs find rows by what was written down of it, some seconds ago at most.
    """

    name = "trainees"
    label = "人员培训情况"
    model = Engagement
    related = ("person", "project__region", "employer__organisation", "team")
    search = ("person__name", "person__initials", "project__name")
    is_long = True
    columns = (
        Column("person.name", "姓名", width=10),
        Column("person.id_masked", "身份证号码", width=22),
        Column("project.name", "工程项目", filter="icontains", width=28),
        region_column(shown=False),
        Column("employer.organisation.name", "用工单位", filter="icontains", shown=False, width=28),
        Column("team.name", "班组", filter="icontains", width=14),
        Column("worker_class", "人员类别", filter="exact", width=14),
        Column("entered_on", "进场日期", filter="range", shown=False, width=12),
        Column("is_company", "公司级", width=10, cell=level_cell("is_company")),
        Column("is_project", "项目级", width=10, cell=level_cell("is_project")),
        Column("is_team", "班组级", width=10, cell=level_cell("is_team")),
        Column("hours_year", "近12个月学时", width=12, cell=hours_cell),
        Column("hours_required", "应有学时", shown=False, width=10),
        Column("enough_until", "学时有效至", width=12),
    )
    links = (PROJECT_LINK,)
    views = (
        View("present", "在场", lambda user: Q(left_on=None)),
        View("no_induction", "三级教育未完成", no_induction, hot=True),
        View("few_hours", "学时不足", few_hours, hot=True),
    )

    def rows(self, user: Any) -> QuerySet:
        return with_hours(super().rows(user).defer("person__id_number"), timezone.localdate())

    def is_late(self, record: Any) -> bool:
        return record.left_on is None and not record.is_inducted

    def card(self, record: Any) -> dict[str, str]:
        return {
            "title": f"{record.person.name}　{record.job}",
            "sub": record.project.name,
            "state": ui.state_dot("green", "三级教育已完成")
            if record.is_inducted
            else ui.state_dot("red", "三级教育未完成"),
            "due": f"{record.hours_year.normalize():f}/{record.hours_required.normalize():f}学时",
        }
