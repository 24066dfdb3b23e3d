"""What is written of duties: leaders' days, leave, logs, commitments."""

from datetime import timedelta
from typing import Any

from django.db.models import CharField, Func, Q, QuerySet
from django.utils import timezone

from apps.core.addresses import address_of
from apps.core.months import first_of
from apps.core.registers import Column, Register, View, registry
from apps.core.templatetags import ui
from apps.duty.models import Commitment, DutyDay, DutyKind, Leave, LeaveState, SafetyLog
from apps.duty.workflow import DECIDES
from apps.projects.models import PartyRole, ProjectParty
from apps.regions.choices import region_column

LEAVE_TONES: dict[str, str] = {LeaveState.ASKED: "ring", LeaveState.AGREED: "green", LeaveState.REFUSED: "red"}
SOON = 30
"""Days within which something is said to run out."""


class Clock(Func):
    """A time of day as pages show it."""

    template = "to_char(%(expressions)s, 'HH24:MI')"
    output_field = CharField()


def this_month(user: Any) -> Q:
    return Q(day__gte=first_of(timezone.localdate()))


def duty_cell(record: Any) -> str:
    if record.withdrawn_at:
        return ui.state_dot("grey", "已撤销")
    return ui.state_dot("orange", "补记") if record.is_late else ui.state_dot("green", "按时")


@registry.add
class DutyDayRegister(Register):
    """带班记录: one row for a leader's day on a site."""

    name = "duty_days"
    label = "带班记录"
    model = DutyDay
    related = ("person", "project__region", "enterprise__organisation", "written_by")
    search = ("project__name", "person__name")
    order = ("-day", "-id")
    is_long = True
    columns = (
        Column("day", "日期", filter="range", width=12),
        Column("kind", "类别", filter="exact", width=16),
        Column("person.name", "带班人", width=10),
        Column("project.name", "工程项目", filter="icontains", width=30),
        region_column(shown=False),
        Column("enterprise.organisation.name", "施工总承包单位", filter="icontains", width=28),
        Column("began", "到场时间", width=10, expression=Clock("began")),
        Column("ended", "离场时间", width=10, expression=Clock("ended")),
        Column("is_late", "补记", filter="exact", width=10, cell=duty_cell),
        Column("looked_at", "检查内容", shown=False, width=40),
        Column("problems", "发现的问题", shown=False, width=40),
        Column("handled", "处理情况", shown=False, width=40),
        Column("note", "备注", shown=False, width=30),
        Column("written_by.name", "记录人", shown=False, width=10),
        Column("created_at", "登记时间", shown=False, width=18),
        Column("reason", "撤销理由", shown=False, width=30),
    )
    views = (
        View("month", "本月", this_month),
        View("heads", "企业负责人", lambda user: Q(kind=DutyKind.HEAD)),
        View("late", "补记", lambda user: Q(is_late=True, withdrawn_at=None)),
        View("withdrawn", "已撤销", lambda user: Q(withdrawn_at__isnull=False)),
    )

    def rows(self, user: Any) -> QuerySet:
        return super().rows(user).defer("person__id_number")

    def further_links(self, user: Any, query: str) -> list[dict[str, Any]]:
        if not self.may(user, "add"):
            return []
        return [{"label": "写带班记录", "url": address_of("site_duty:today"), "icon": "plus", "primary": True}]

    def card(self, record: Any) -> dict[str, str]:
        return {
            "title": f"{record.person.name}　{record.get_kind_display()}",
            "sub": record.project.name,
            "state": duty_cell(record),
            "due": f"{record.day:%m-%d}",
        }


def leave_cell(leave: Any) -> str:
    return ui.state_dot(LEAVE_TONES.get(leave.state, "grey"), leave.get_state_display())


def to_agree(user: Any) -> Q:
    owned = ProjectParty.objects.current(timezone.localdate()).filter(
        role=PartyRole.OWNER, enterprise=user.organisation_id
    )
    return Q(state=LeaveState.ASKED, project__in=owned.order_by().values("project"))


@registry.add
class LeaveRegister(Register):
    """带班请假."""

    name = "leaves"
    label = "带班请假"
    model = Leave
    related = ("person", "deputy", "project__region", "project__enterprise__organisation", "asked_by", "decided_by")
    search = ("project__name", "person__name")
    columns = (
        Column("person.name", "请假人", width=10),
        Column("project.name", "工程项目", filter="icontains", width=30),
        region_column(of="project__region_path", shown=False),
        Column("starts_on", "开始日期", filter="range", width=12),
        Column("ends_on", "结束日期", width=12),
        Column("deputy.name", "代理人", width=10),
        Column("reason", "请假事由", width=30),
        Column("state", "状态", filter="exact", width=14, cell=leave_cell),
        Column("answer", "建设单位意见", shown=False, width=30),
        Column("decided_at", "答复时间", shown=False, width=18),
    )
    views = (
        View("asked", "待同意", lambda user: Q(state=LeaveState.ASKED)),
        View("agreed", "已同意", lambda user: Q(state=LeaveState.AGREED)),
        View("to_agree", "待我同意", to_agree, hot=True, permission=DECIDES, todo="带班请假待同意"),
    )

    def rows(self, user: Any) -> QuerySet:
        return super().rows(user).defer("person__id_number", "deputy__id_number")

    def card(self, record: Any) -> dict[str, str]:
        return {
            "title": f"{record.person.name}　代理人 {record.deputy.name}",
            "sub": record.project.name,
            "state": leave_cell(record),
            "due": f"{record.starts_on:%m-%d}至{record.ends_on:%m-%d}",
        }


def problems_cell(log: Any) -> str:
    return ui.state_dot("orange", f"{log.problems} 项") if log.problems else "0"


@registry.add
class SafetyLogRegister(Register):
    """施工安全日志."""

    name = "safety_logs"
    label = "施工安全日志"
    model = SafetyLog
    related = ("project__region", "enterprise__organisation", "written_by")
    search = ("project__name",)
    order = ("-day", "-id")
    is_long = True
    columns = (
        Column("day", "日期", filter="range", width=12),
        Column("project.name", "工程项目", filter="icontains", width=30),
        region_column(shown=False),
        Column("enterprise.organisation.name", "施工总承包单位", filter="icontains", width=28),
        Column("weather", "天气", width=12),
        Column("headcount", "出勤人数", width=10),
        Column("problems", "发现问题", width=10, cell=problems_cell),
        Column("written_by.name", "记录人", width=10),
        Column("written_at", "签署时间", width=18),
        Column("summary", "当日施工和安全工作", shown=False, width=50),
    )
    views = (
        View("month", "本月", this_month),
        View("problems", "发现问题", lambda user: Q(problems__gt=0), hot=True),
    )

    def further_links(self, user: Any, query: str) -> list[dict[str, Any]]:
        if not self.may(user, "add"):
            return []
        return [{"label": "写安全日志", "url": address_of("site_duty:today"), "icon": "plus", "primary": True}]

    def card(self, record: Any) -> dict[str, str]:
        return {
            "title": record.project.name,
            "sub": f"{record.written_by.name}　出勤 {record.headcount or 0} 人",
            "state": problems_cell(record) if record.problems else ui.state_dot("green", "无问题"),
            "due": f"{record.day:%m-%d}",
        }


def validity_cell(commitment: Any) -> str:
    left = (commitment.valid_until - timezone.localdate()).days
    if left < 0:
        return ui.state_dot("red", f"已过期{-left}天")
    return ui.state_dot("orange", f"剩{left}天") if left <= SOON else ui.state_dot("green", "有效")


def until(least: int, most: int | None) -> Any:
    """Valid until a day so many days from today."""

    def condition(user: Any) -> Q:
        today = timezone.localdate()
        told = Q(valid_until__gte=today + timedelta(days=least))
        return told if most is None else told & Q(valid_until__lte=today + timedelta(days=most))

    return condition


@registry.add
class CommitmentRegister(Register):
    """安全生产承诺书."""

    name = "commitments"
    label = "安全生产承诺书"
    model = Commitment
    related = ("enterprise__organisation", "project__region", "person", "wording")
    search = ("project__name", "person__name")
    columns = (
        Column("level", "层级", filter="exact", width=10),
        Column("person.name", "承诺人", width=10),
        Column("post", "职务或岗位", width=16),
        Column("project.name", "工程项目", filter="icontains", width=30),
        Column("enterprise.organisation.name", "企业", filter="icontains", width=28),
        Column("wording.title", "范本", shown=False, width=28),
        Column("signed_on", "签署日期", filter="range", width=12),
        Column("valid_until", "有效期至", filter="range", sortable=True, width=16, cell=validity_cell),
    )
    views = (
        View("valid", "有效", until(0, None)),
        View("expiring", f"{SOON} 天内到期", until(0, SOON), hot=True),
        View("expired", "已过期", lambda user: Q(valid_until__lt=timezone.localdate()), hot=True),
        View("broken", "有违诺", lambda user: Q(pk__in=Commitment.objects.filter(breaches__isnull=False).values("pk"))),
    )

    def rows(self, user: Any) -> QuerySet:
        return super().rows(user).defer("person__id_number")

    def further_links(self, user: Any, query: str) -> list[dict[str, Any]]:
        if not self.may(user, "add"):
            return []
        return [{"label": "签署承诺书", "url": address_of("commitments:new"), "icon": "plus", "primary": True}]

    def card(self, record: Any) -> dict[str, str]:
        return {
            "title": f"{record.person.name}　{record.post}",
            "sub": record.project.name if record.project else record.enterprise.name,
            "state": validity_cell(record),
            "due": f"{record.valid_until}",
        }
