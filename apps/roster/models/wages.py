"""The separate account for wages of a project (农民工工资专用账户) and what moved on it."""

from datetime import date

import pgtrigger
from django.db import models
from django.db.models import Q

from apps.core.columns import known
from apps.core.models import Versioned
from apps.projects.models import Project
from apps.projects.models.parts import PartOfProjectQuerySet
from apps.roster.models.words import WageEntryKind


class WageAccount(Versioned):
    """Opened by the general contractor before work begins (《保障农民工工资支付条例》第二十六条); one for a project.

    The account's number is known by its last four digits alone: more of it nobody here needs.
    """

    project = models.OneToOneField(Project, models.PROTECT, related_name="wage_account", verbose_name="工程项目")
    bank = models.CharField("开户银行", max_length=100)
    last_digits = models.CharField("账号后四位", max_length=4)
    opened_on = models.DateField("开立日期")
    closed_on = models.DateField("销户日期", null=True, blank=True)

    objects = PartOfProjectQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "工资专用账户"
        constraints = [
            models.CheckConstraint(
                name="wage_account_four_digits",
                condition=Q(last_digits__regex=r"^[0-9]{4}$"),
                violation_error_message="账号后四位应为 4 位数字",
            ),
            models.CheckConstraint(
                name="wage_account_runs_forward",
                condition=Q(closed_on=None) | Q(closed_on__gte=models.F("opened_on")),
                violation_error_message="销户日期不能早于开立日期",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank}（尾号{self.last_digits}）"


class WageEntry(Versioned):
    """One movement for the wages of one month: what was due by contract, paid in by the owner, paid out to workers.

    `month` is its first day.  Amounts are in yuan; a correction is an entry of its own with the opposite sign.
    """

    account = models.ForeignKey(WageAccount, models.PROTECT, related_name="entries", verbose_name="工资专用账户")
    kind = models.CharField("类别", max_length=10, choices=WageEntryKind)
    month = models.DateField("所属月份")
    amount = models.DecimalField("金额（元）", max_digits=14, decimal_places=2)
    people = models.PositiveIntegerField("人数", null=True, blank=True)
    happened_on = models.DateField("发生日期")
    remark = models.CharField("备注", max_length=200, blank=True)

    class WageEntryQuerySet(PartOfProjectQuerySet):
        region_key = "account__project__region_path"
        enterprise_key = "account__project__enterprise_id"
        project_key = "account__project_id"

    objects = WageEntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "工资专用账户往来"
        ordering = ("-month", "-happened_on", "-pk")
        indexes = [models.Index(fields=["account", "-month"], name="wage_entry_month")]
        constraints = [
            known("kind", WageEntryKind, "wage_entry_kind_known"),
            models.CheckConstraint(
                name="wage_entry_says_something",
                condition=~Q(amount=0),
                violation_error_message="金额不能为零；更正请另记一笔负数",
            ),
            models.CheckConstraint(
                name="wage_entry_of_a_month",
                condition=Q(month__day=1),
                violation_error_message="所属月份请填该月 1 日",
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.get_kind_display()} {self.amount}"


def first_of(day: date) -> date:
    return day.replace(day=1)
