"""Accounts, months and rules of wages as registers, and the projects that lack an account."""

from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.core.edition_registers import BegunStays
from apps.core.editions import in_force_today_of
from apps.core.registers import Column, Register, View, registry
from apps.core.templatetags import ui
from apps.projects.models import UNDERWAY
from apps.projects.registers import ProjectRegister
from apps.regions.choices import region_column
from apps.wages.forms import AccountForm, MonthForm, RuleForm
from apps.wages.importing import WageImporter
from apps.wages.models import WageAccount, WageMonth, WageRule, WarningKind
from apps.wages.selectors import any_warning, lacks_account, warned_of, with_warning
from apps.wages.services import save_account, save_month

PROJECT = (
    Column("project.name", "工程项目", filter="icontains", width=30, synonyms=("项目", "项目名称", "工程名称")),
    Column("project.number", "项目编号", width=22, shown=False),
    region_column(),
    Column("project.enterprise.organisation.name", "施工总承包单位", filter="icontains", width=28, shown=False),
)
RELATED = ("project__region", "project__enterprise__organisation")


def of_kind(kind: str) -> Any:
    return lambda user: warned_of(kind, timezone.localdate())


def state_cell(account: Any) -> str:
    return ui.state_dot("grey", f"{account.closed_on}") if account.closed_on else ui.state_dot("green", "在用")


def warning_cell(record: Any) -> str:
    return ui.state_dot("red", record.warning) if record.warning else ""


class OfProject(Register):
    """What the pages of accounts and months have in common."""

    def prefilled(self, query: Any) -> dict[str, Any]:
        return {"project": query["project"]} if query.get("project") else {}


@registry.add
class AccountRegister(OfProject):
    """工资专用账户: one open account a project."""

    name = "wage_accounts"
    label = "工资专用账户"
    model = WageAccount
    add_label = "登记专户"
    related = RELATED
    search = ("project__name", "bank")
    form_class = AccountForm
    save = staticmethod(save_account)
    columns = (
        *PROJECT,
        Column("bank", "开户银行", filter="icontains", width=24, synonyms=("银行",)),
        Column("number_masked", "专户账号", width=22),
        Column("opened_on", "开户日期", filter="range", sortable=True, width=12),
        Column("closed_on", "销户日期", cell=state_cell, width=12),
        Column("agreement_number", "专户协议编号", shown=False, width=20),
        Column("agreed_share", "约定人工费比例（%）", shown=False, width=14),
        Column("agreed_monthly", "约定每月人工费（元）", shown=False, width=16),
    )
    views = (
        View("open", "在用", lambda user: Q(closed_on=None)),
        View("underway", "在建项目在用", lambda user: Q(closed_on=None, project__stage__in=UNDERWAY)),
        View("closed", "已销户", lambda user: Q(closed_on__isnull=False)),
    )

    def rows(self, user: Any) -> QuerySet:
        return super().rows(user).defer("account_number")

    def card(self, record: Any) -> dict[str, str]:
        return {
            "title": record.project.name,
            "sub": f"{record.bank}　{record.number_masked}",
            "state": state_cell(record),
            "due": f"{record.opened_on}开户",
        }


@registry.add
class WageRegister(OfProject):
    """工资月报: what was due and paid for a month on a site."""

    name = "wages"
    label = "工资月报"
    model = WageMonth
    add_label = "登记月报"
    related = RELATED
    search = ("project__name", "project__number")
    order = ("-month", "-pk")
    form_class = MonthForm
    importer = WageImporter
    save = staticmethod(save_month)
    columns = (
        Column("month", "月份", filter="range", sortable=True, cell=ui.month_cell, width=12),
        *PROJECT,
        Column("labour_due", "应拨人工费（元）", width=16, synonyms=("应拨人工费",)),
        Column("paid_in", "到账人工费（元）", width=16, synonyms=("到账人工费",)),
        Column("paid_in_on", "到账日期", shown=False, width=12),
        Column("wages_due", "应发工资（元）", width=16, synonyms=("应发工资",)),
        Column("paid_out", "代发工资（元）", width=16, synonyms=("代发工资", "实发工资")),
        Column("paid_out_on", "代发日期", shown=False, width=12),
        Column("people_paid", "代发人数", width=10),
        Column("people_seen", "考勤人数", width=10),
        Column("paid_elsewhere", "其他方支付（元）", shown=False, width=16),
        Column("note", "备注", shown=False, width=24),
        Column("warning", "预警", cell=warning_cell, width=20),
    )
    views = (
        View("warned", "欠薪预警", lambda user: any_warning(timezone.localdate()), hot=True),
        *(View(kind.value, str(kind.label), of_kind(kind)) for kind in (WarningKind.NOT_PAID_IN, WarningKind.SHORT)),
        View(WarningKind.FEWER.value, "代发人数不足", of_kind(WarningKind.FEWER)),
    )

    @cached_property
    def kinds(self) -> dict[str, str]:
        """The count of those who attended is no field of the table."""
        return super().kinds | {"people_seen": "integer"}

    def rows(self, user: Any) -> QuerySet:
        return with_warning(super().rows(user))

    def is_late(self, record: Any) -> bool:
        return bool(record.warning)

    def card(self, record: Any) -> dict[str, str]:
        return {
            "title": f"{ui.month_cell(record)}　{record.project.name}",
            "sub": f"应发 {record.wages_due}　代发 {record.paid_out}",
            "state": warning_cell(record),
            "due": "",
        }


@registry.add
class WageRuleRegister(BegunStays):
    """The editions of what is warned of."""

    name = "wage_rules"
    label = "工资预警规则"
    model = WageRule
    scope_kind = "public"
    add_label = "新增规则版本"
    form_class = RuleForm
    order = ("kind", "-effective_from")
    columns = (
        Column("kind", "预警事项", filter="exact", width=20),
        Column("days", "宽限天数", width=10),
        Column("level", "预警等级", width=14),
        Column("effective_from", "施行日期", width=12),
        Column("is_sample", "样例", width=8, cell=ui.sample_cell),
        Column("source", "依据", width=40),
        Column("certainty", "把握程度", width=34),
    )
    views = (View("in_force", "现行", in_force_today_of(WageRule)),)


def add_tab_of_projects() -> None:
    """未开专户 among the tabs of projects, for those who read wages."""
    without = View(
        "no_wage_account",
        str(WarningKind.NO_ACCOUNT.label),
        lambda user: lacks_account(timezone.localdate()),
        hot=True,
        permission="wages.view_wageaccount",
    )
    projects: type[Register] = ProjectRegister
    projects.views = (*projects.views, without)


add_tab_of_projects()
