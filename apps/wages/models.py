"""Wages of migrant workers kept apart from other money (分账制).

《保障农民工工资支付条例》（国令第724号，2020-05-01 起施行）;
《工程建设领域农民工工资专用账户管理暂行办法》（人社部发〔2021〕53号）.
"""

from decimal import Decimal
from typing import Any

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse

from apps.core.columns import known
from apps.core.crypto import EncryptedTextField
from apps.core.editions import EditionQuerySet, begins_later, begun_stays
from apps.core.models import StoredFile, Versioned
from apps.core.scoping import ScopedQuerySet
from apps.projects.models import Project

DIGITS_SHOWN = 4
"""So many digits of an account's number are shown at each end at most; of a short one fewer, so that half is hidden."""


class WarningKind(models.TextChoices):
    """What is not as the law wants it; the worst first."""

    SHORT = "short", "代发不足"
    NOT_PAID_IN = "not_paid_in", "人工费未到账"
    FEWER = "fewer", "代发人数少于考勤人数"
    NO_ACCOUNT = "no_account", "未开专户"
    NO_REPORT = "no_report", "未报工资月报"


class WarningLevel(models.TextChoices):
    YELLOW = "yellow", "黄色（提醒）"
    ORANGE = "orange", "橙色（预警）"
    RED = "red", "红色（严重）"


class WageRule(Versioned):
    """From which day on something is warned of and how gravely, in one edition.

    `days` count from the end of the month that is spoken of; for a missing account from the day when building began.
    """

    SAME = ("kind",)

    kind = models.CharField("预警事项", max_length=12, choices=WarningKind)
    days = models.PositiveSmallIntegerField("宽限天数")
    level = models.CharField("预警等级", max_length=6, choices=WarningLevel)
    effective_from = models.DateField("施行日期")
    source = models.CharField("依据", max_length=300)
    certainty = models.CharField("把握程度", max_length=200, blank=True)
    is_sample = models.BooleanField("样例", default=True, help_text="没有主管部门文件依据的，保留“样例”")

    objects = EditionQuerySet["WageRule"].as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "工资预警规则"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "effective_from"],
                name="wage_rule_begins_once",
                violation_error_message="该预警事项已有同一天施行的版本",
            ),
            known("kind", WarningKind, "wage_rule_kind_known"),
            known("level", WarningLevel, "wage_rule_level_known"),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            begins_later("wage_rule_begins_later", "wages_wagerule", ("kind",)),
            begun_stays("wage_rule_stays", ("kind", "days", "level", "effective_from")),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.days}天"

    def get_absolute_url(self) -> str:
        return reverse("wage_rules:detail", args=[self.pk])


class OfProjectQuerySet(ScopedQuerySet[Any]):
    """The region stands on the row; a firm reaches what belongs to its projects."""

    enterprise_key = "project__enterprise_id"


class WageAccount(Versioned):
    """The special account for wages of one project (农民工工资专用账户), of which one is open at a time.

    The number stands encrypted; what lists and exports show is `number_masked`.  Agreed is a share of each payment in
    per cent, or the labour money of each month in yuan (条例 第二十四条).
    """

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="wage_accounts", verbose_name="工程项目", db_constraint=False
    )
    region_path = models.CharField("管辖路径", max_length=60, db_collation="C", editable=False)
    bank = models.CharField("开户银行", max_length=100)
    account_number = EncryptedTextField("账号")
    number_masked = models.CharField("专户账号", max_length=40, editable=False)
    opened_on = models.DateField("开户日期")
    closed_on = models.DateField("销户日期", null=True, blank=True)
    agreement_number = models.CharField("专户协议编号", max_length=60, blank=True)
    agreed_share = models.DecimalField(
        "约定人工费比例（%）",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    agreed_monthly = models.DecimalField("约定每月人工费（元）", max_digits=14, decimal_places=2, null=True, blank=True)

    objects = OfProjectQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "工资专用账户"
        ordering = ("-pk",)
        indexes = [models.Index(fields=["region_path", "-id"], name="wage_account_region")]
        constraints = [
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(closed_on=None),
                name="wage_account_open_once",
                violation_error_message="本项目已有未销户的工资专用账户，请先填写原账户的销户日期",
            ),
            models.CheckConstraint(
                name="wage_account_runs_forward",
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                violation_error_message="销户日期不能早于开户日期",
            ),
            models.CheckConstraint(
                name="wage_account_share_is_one",
                condition=Q(agreed_share=None) | Q(agreed_share__gt=0, agreed_share__lte=100),
                violation_error_message="约定人工费比例须大于 0，不超过 100",
            ),
            models.CheckConstraint(
                name="wage_account_money_agreed",
                condition=Q(agreed_share__isnull=False) | Q(agreed_monthly__isnull=False, agreed_monthly__gt=0),
                violation_error_message="请填写约定的人工费比例，或者约定的每月人工费",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="closed_not_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="wage_account_stays_the_same", fields=["project"]),
        ]

    def __str__(self) -> str:
        return f"{self.bank} {self.number_masked}"

    def get_absolute_url(self) -> str:
        return reverse("wage_accounts:detail", args=[self.pk])


def number_masked(number: str) -> str:
    """1305…0088, with as many stars between as there are further digits."""
    ends = min(DIGITS_SHOWN, len(number) // 4)
    return f"{number[:ends]}{'*' * (len(number) - 2 * ends)}{number[-ends:]}"


def money(label: str, **options: Any) -> models.DecimalField:
    return models.DecimalField(
        label, max_digits=14, decimal_places=2, default=Decimal(0), validators=[MinValueValidator(0)], **options
    )


class WageMonth(Versioned):
    """What was due and paid for one month on one site, in yuan; `month` is its first day.

    The owner pays labour money into the account (拨付人工费), the general contractor pays the workers out of it
    (总包代发, 条例 第三十一条); `paid_elsewhere` is what others have paid to workers directly.
    """

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="wage_months", verbose_name="工程项目", db_constraint=False
    )
    region_path = models.CharField("管辖路径", max_length=60, db_collation="C", editable=False)
    month = models.DateField("月份")
    labour_due = money("应拨人工费（元）")
    paid_in = money("到账人工费（元）", blank=True)
    paid_in_on = models.DateField("到账日期", null=True, blank=True)
    wages_due = money("应发工资（元）")
    paid_out = money("代发工资（元）", blank=True)
    paid_out_on = models.DateField("代发日期", null=True, blank=True)
    people_paid = models.PositiveIntegerField("代发人数", default=0, blank=True)
    paid_elsewhere = money("其他方支付（元）", blank=True)
    note = models.CharField("备注", max_length=200, blank=True)
    proof = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, related_name="+", verbose_name="支付凭证", editable=False
    )

    objects = OfProjectQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "工资月报"
        ordering = ("-month", "-pk")
        indexes = [models.Index(fields=["region_path", "-month", "-id"], name="wage_month_region")]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "month"],
                name="wage_month_once",
                violation_error_message="本项目该月已有工资月报，请修改原记录",
            ),
            models.CheckConstraint(
                name="wage_month_is_a_first_day",
                condition=Q(month__day=1),
                violation_error_message="月份须为该月的第一天",
            ),
            models.CheckConstraint(
                name="wage_money_not_negative",
                condition=Q(
                    labour_due__gte=0, paid_in__gte=0, wages_due__gte=0, paid_out__gte=0, paid_elsewhere__gte=0
                ),
                violation_error_message="金额不能为负数",
            ),
            models.CheckConstraint(
                name="wage_paid_in_with_its_day",
                condition=Q(paid_in=0, paid_in_on=None)
                | Q(paid_in__gt=0, paid_in_on__isnull=False, paid_in_on__gte=F("month")),
                violation_error_message="到账人工费和到账日期须同时填写，到账日期不能早于该月",
            ),
            models.CheckConstraint(
                name="wage_paid_out_with_its_day",
                condition=Q(paid_out=0, paid_out_on=None, people_paid=0)
                | Q(paid_out__gt=0, paid_out_on__isnull=False, paid_out_on__gte=F("month"), people_paid__gt=0),
                violation_error_message="代发工资、代发日期和代发人数须同时填写，代发日期不能早于该月",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="wages_stay", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="wage_month_stays_the_same", fields=["project", "month"]),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

    def get_absolute_url(self) -> str:
        return reverse("wages:detail", args=[self.pk])


class NextMonth(Func):
    """The first day of the month after a day, by the database."""

    template = "(date_trunc('month', %(expressions)s) + interval '1 month')::date"
    output_field = models.DateField()
