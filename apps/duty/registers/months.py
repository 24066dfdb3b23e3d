"""The months of projects and of firms, as folding.py has counted them."""

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from apps.core.markup import drawn
from apps.core.months import first_of
from apps.core.registers import Column, Register, View, registry
from apps.core.templatetags import ui
from apps.duty.models import DutyMonth, FirmDutyMonth
from apps.duty.selectors import within
from apps.projects.models import Post, ProjectMember
from apps.regions.choices import region_column


def rate_cell(record: Any) -> str:
    if record.rate is None:
        return ""
    return ui.state_dot("red" if record.is_below else "green", f"{record.rate}%")


def now(user: Any) -> Q:
    return Q(month=first_of(timezone.localdate()))


def own_logs(user: Any) -> Q:
    """This month's sites of which the user is the safety officer and which lack a log."""
    posts = ProjectMember.objects.current(timezone.localdate()).filter(user=user, post=Post.PROJECT_SAFETY_OFFICER)
    return now(user) & Q(missing_logs__gt=0, project__in=posts.order_by().values("project"))


@registry.add
class DutyMonthRegister(Register):
    """项目履职月报: each row opens the days of its month."""

    name = "duty_months"
    label = "项目履职月报"
    model = DutyMonth
    related = ("project__region", "project__enterprise__organisation")
    search = ("project__name",)
    order = ("-month", "-id")
    columns = (
        Column("month", "月份", filter="range", width=10, cell=ui.month_cell),
        Column("project.name", "工程项目", filter="icontains", width=30),
        region_column(shown=False),
        Column("project.enterprise.organisation.name", "施工总承包单位", width=28),
        Column("site_days", "施工天数", width=10),
        Column("leader_days", "带班天数", width=10),
        Column("rate", "带班比例（%）", sortable=True, width=12, cell=rate_cell),
        Column("limit", "下限（%）", shown=False, width=10),
        Column("is_below", "低于下限", filter="exact", shown=False, width=10),
        Column("must_days", "须到场天数", width=10),
        Column("must_missed", "未到场天数", width=10),
        Column("missing_logs", "缺日志天数", width=10),
        Column("counted_at", "统计时间", shown=False, width=18),
    )
    views = (
        View("now", "本月", now),
        View("below", "本月低于下限", lambda user: now(user) & Q(is_below=True), hot=True),
        View("missed", "本月须到场未到", lambda user: now(user) & Q(must_missed__gt=0), hot=True),
        View("logs", "本月缺日志", lambda user: now(user) & Q(missing_logs__gt=0), hot=True),
        View("to_log", "我的日志缺漏", own_logs, hot=True, permission="duty.add_safetylog", todo="安全日志缺漏"),
    )

    def row_url(self, record: Any) -> str:
        return str(record.get_absolute_url())

    def is_late(self, record: Any) -> bool:
        return record.is_below

    def card(self, record: Any) -> dict[str, str]:
        return {
            "title": record.project.name,
            "sub": f"带班 {record.leader_days}/{record.site_days} 天　缺日志 {record.missing_logs} 天",
            "state": rate_cell(record),
            "due": ui.month_cell(record),
        }


def head_days_cell(record: Any) -> str:
    """The rows behind the figure: the firm's visits of the month."""
    if not record.head_days:
        return "0"
    asked = {"view": "heads", "enterprise__organisation__name": record.enterprise.name, **within(record.month)}
    return drawn('<a href="{}">{}</a>', f"{reverse('duty_days:list')}?{urlencode(asked)}", record.head_days)


@registry.add
class FirmDutyMonthRegister(Register):
    """企业负责人带班月报."""

    name = "firm_duty_months"
    label = "企业负责人带班月报"
    model = FirmDutyMonth
    related = ("enterprise__organisation__region",)
    search = ("enterprise__organisation__name",)
    order = ("-month", "-id")
    columns = (
        Column("month", "月份", filter="range", width=10, cell=ui.month_cell),
        Column("enterprise.organisation.name", "企业", filter="icontains", width=30),
        Column("working_days", "工作日", width=10),
        Column("head_days", "带班检查天数", width=12, cell=head_days_cell),
        Column("rate", "带班比例（%）", sortable=True, width=12, cell=rate_cell),
        Column("limit", "下限（%）", shown=False, width=10),
        Column("is_below", "低于下限", filter="exact", shown=False, width=10),
        Column("counted_at", "统计时间", shown=False, width=18),
    )
    views = (
        View("now", "本月", now),
        View("below", "本月低于下限", lambda user: now(user) & Q(is_below=True), hot=True),
    )

    def is_late(self, record: Any) -> bool:
        return record.is_below

    def card(self, record: Any) -> dict[str, str]:
        return {
            "title": record.enterprise.name,
            "sub": f"带班检查 {record.head_days} 天，工作日 {record.working_days} 天",
            "state": rate_cell(record),
            "due": ui.month_cell(record),
        }
