"""The roster, attendance and what in it the roster does not explain, as registers."""

from datetime import date
from typing import Any

from django.db.models import DateField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from apps.core.addresses import address_of
from apps.core.months import first_of
from apps.core.registers import Column, Register, View, registry
from apps.core.templatetags import ui
from apps.people.models import Certificate
from apps.regions.choices import region_column
from apps.roster.forms import EngagementForm
from apps.roster.importing import AttendanceImporter, RosterImporter
from apps.roster.models import Attendance, AttendanceFault, Engagement, WorkerClass
from apps.roster.services.engagements import save_engagement

PROJECT_SYNONYMS = ("项目", "项目名称", "工程名称")


def place_cell(engagement: Any) -> str:
    if engagement.left_on is None:
        return ui.state_dot("green", "在场")
    return ui.state_dot("grey", f"{engagement.left_on}")


def lacks_certificate(user: Any) -> Q:
    """On site for special work without a certificate of that trade in force today."""
    held = Certificate.objects.in_force(timezone.localdate())
    own = held.filter(person=OuterRef("person"), kind="special", trade=OuterRef("trade"))
    return Q(~Exists(own), worker_class=WorkerClass.SPECIAL, left_on=None)


def on_two_sites(user: Any) -> Q:
    """Special workers who stand on another site's roster for the same days.

    A certificate may serve one site after another, and nothing forbids two on one day; it is shown, not refused.
    """
    elsewhere = Engagement.objects.filter(
        Q(left_on=None) | Q(left_on__gte=OuterRef("entered_on")),
        person=OuterRef("person"),
        worker_class=WorkerClass.SPECIAL,
    ).exclude(project=OuterRef("project"))
    begun_before_this_ended = elsewhere.filter(
        entered_on__lte=Coalesce(OuterRef("left_on"), Value(date.max, output_field=DateField()))
    )
    return Q(Exists(begun_before_this_ended), worker_class=WorkerClass.SPECIAL)


@registry.add
class EngagementRegister(Register):
    """花名册: who works on which site, with teams, contracts and days."""

    name = "roster"
    label = "花名册"
    model = Engagement
    add_label = "登记进场人员"
    related = ("person", "project__region", "employer__organisation", "team")
    search = ("person__name", "person__initials", "project__name", "job")
    form_class = EngagementForm
    importer = RosterImporter
    forgets_uploads = True
    save = staticmethod(save_engagement)
    is_long = True
    columns = (
        Column("person.name", "姓名", width=10, synonyms=("人员姓名", "工人姓名")),
        Column("person.id_masked", "身份证号码", width=22, synonyms=("身份证", "身份证号", "证件号码")),
        Column("project.name", "工程项目", filter="icontains", width=30, synonyms=PROJECT_SYNONYMS),
        region_column(shown=False),
        Column(
            "employer.organisation.name",
            "用工单位",
            filter="icontains",
            width=28,
            synonyms=("所在企业", "分包单位", "参建单位"),
        ),
        Column("team.name", "班组", filter="icontains", width=14, synonyms=("班组名称", "所在班组")),
        Column("worker_class", "人员类别", filter="exact", width=14, synonyms=("人员类型", "工人类型")),
        Column("trade", "特种作业类别", shown=False, width=12, synonyms=("特种作业", "特种工种")),
        Column("job", "工种或岗位", filter="icontains", width=14, synonyms=("工种", "岗位", "职务")),
        Column("entered_on", "进场日期", filter="range", sortable=True, width=12, synonyms=("进场时间", "入场日期")),
        Column("left_on", "退场日期", filter="range", cell=place_cell, width=12, synonyms=("退场时间", "离场日期")),
        Column("contract_number", "劳动合同编号", shown=False, width=20, synonyms=("合同编号",)),
        Column("contract_signed_on", "合同签订日期", shown=False, width=12, synonyms=("合同日期",)),
        Column("is_insured", "已参加工伤保险", shown=False, width=10, synonyms=("工伤保险",)),
    )
    views = (
        View("present", "在场", lambda user: Q(left_on=None)),
        View("left", "已退场", lambda user: Q(left_on__isnull=False)),
        View("no_certificate", "特种作业无有效证书", lacks_certificate, hot=True),
        View("on_two_sites", "特种作业同期多处在场", on_two_sites),
    )

    def rows(self, user: Any) -> QuerySet:
        return super().rows(user).defer("person__id_number", "person__phone")

    def prefilled(self, query: Any) -> dict[str, Any]:
        return {"project": query["project"]} if query.get("project") else {}

    def card(self, record: Any) -> dict[str, str]:
        return {
            "title": f"{record.person.name}　{record.job}",
            "sub": f"{record.project.name}　{record.employer.name}",
            "state": place_cell(record),
            "due": f"{record.entered_on:%m-%d}进场",
        }


@registry.add
class AttendanceRegister(Register):
    """考勤台账: one row for a person's day on a site."""

    name = "attendance"
    label = "考勤"
    model = Attendance
    grows_daily = True
    related = ("person", "project__region", "engagement__team", "engagement__employer__organisation")
    search = ("person__name", "project__name")
    order = ("-day", "-id")
    importer = AttendanceImporter
    forgets_uploads = True
    is_long = True
    columns = (
        Column("day", "日期", filter="range", width=12),
        Column("person.name", "姓名", width=10),
        Column("person.id_masked", "身份证号码", width=22),
        Column("project.name", "工程项目", filter="icontains", width=30),
        region_column(shown=False),
        Column("engagement.employer.organisation.name", "用工单位", width=28),
        Column("engagement.team.name", "班组", width=14),
        Column("engagement.job", "工种或岗位", width=14),
        Column("first_at", "最早考勤时间", width=18),
        Column("last_at", "最晚考勤时间", width=18),
        Column("source", "来源", filter="exact", width=10),
    )
    views = (
        View("today", "今天", lambda user: Q(day=timezone.localdate())),
        View("month", "本月", lambda user: Q(day__gte=first_of(timezone.localdate()))),
    )

    def rows(self, user: Any) -> QuerySet:
        return super().rows(user).defer("person__id_number", "person__phone")

    def row_url(self, record: Any) -> str:
        return address_of("roster:detail", record.engagement_id)


def fault_cell(fault: Any) -> str:
    if fault.settled_at is None:
        return ui.state_dot("orange", "待处理")
    return ui.state_dot("green", "已计入考勤") if fault.is_entered else ui.state_dot("grey", "不计入")


@registry.add
class FaultRegister(Register):
    """考勤与名册不一致的记录."""

    name = "attendance_faults"
    label = "考勤差异"
    model = AttendanceFault
    related = ("project__region", "settled_by")
    search = ("name", "project__name")
    columns = (
        Column("day", "日期", filter="range", width=12),
        Column("kind", "问题", filter="exact", width=16),
        Column("name", "姓名", width=10),
        Column("id_masked", "身份证号码", width=22),
        Column("project.name", "工程项目", filter="icontains", width=30),
        region_column(shown=False),
        Column("first_at", "最早考勤时间", width=18),
        Column("last_at", "最晚考勤时间", width=18, shown=False),
        Column("source", "来源", filter="exact", width=10),
        Column("is_entered", "已计入考勤", shown=False, cell=fault_cell, width=12),
        Column("reason", "不计入考勤的理由", shown=False, width=30),
        Column("settled_at", "处理时间", shown=False, width=18),
    )
    views = (
        View("open", "待处理", lambda user: Q(settled_at=None), hot=True),
        View("settled", "已处理", lambda user: Q(settled_at__isnull=False)),
    )

    def is_late(self, record: Any) -> bool:
        return record.settled_at is None

    def card(self, record: Any) -> dict[str, str]:
        return {
            "title": f"{record.name or '未填姓名'}　{record.get_kind_display()}",
            "sub": record.project.name,
            "state": fault_cell(record),
            "due": f"{record.day:%m-%d}",
        }
