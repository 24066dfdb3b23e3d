"""Which ledger and lists each side keeps, and what each of them shows."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from apps.core.models import Versioned
from apps.core.scoping import OpenQuerySet


class Side(models.TextChoices):
    """Who keeps the lists: 主管部门 has one ledger and four lists, 施工企业 one ledger and three."""

    AUTHORITY = "authority", "主管部门"
    ENTERPRISE = "enterprise", "施工企业"


class Period(models.TextChoices):
    """How often a list is frozen; what is real-time is frozen on demand alone."""

    REALTIME = "realtime", "实时"
    WEEK = "week", "每周"
    MONTH = "month", "每月"
    QUARTER = "quarter", "每季"


STEPS: dict[str, str] = {"prepare": "编制", "review": "审核", "approve": "批准"}
"""The signatures under a frozen list, in their order."""


class ListSetQuerySet(OpenQuerySet["ListSet"]):
    def active(self, side: str) -> "ListSet | None":
        return self.filter(side=side, is_active=True).first()


class ListSet(Versioned):
    """One side's ledger and lists under one reading of the order (清单体系).

    The order of 2020 says 一个台账、四个清单 and 一个台账、三个清单 and names none of them, so readings are data:
    `code` joins the sets of both sides that belong together, one of which is active on each side.  `name_confirmed`
    stays false until the authority has said that these are the names.
    """

    code = models.SlugField("代码", max_length=20)
    side = models.CharField("适用对象", max_length=12, choices=Side)
    name = models.CharField("名称", max_length=60)
    edition = models.CharField("版本", max_length=20)
    is_active = models.BooleanField("启用", default=False)
    active_since = models.DateField("启用日期", null=True, blank=True)
    legal_basis = models.CharField("依据", max_length=300, blank=True)
    name_confirmed = models.BooleanField("名称已确认", default=False)

    objects = ListSetQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "清单体系"
        ordering = ("code", "side")
        constraints = [
            models.CheckConstraint(name="list_set_side_is_known", condition=Q(side__in=Side.values)),
            models.UniqueConstraint(name="one_set_per_code_and_side", fields=["code", "side", "edition"]),
            models.UniqueConstraint(
                name="one_active_set_per_side",
                fields=["side"],
                condition=Q(is_active=True),
                violation_error_message="每一方只能启用一个清单体系",
            ),
            models.CheckConstraint(
                name="active_list_set_has_a_day", condition=Q(is_active=False) | Q(active_since__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.get_side_display()}）"


class ListTypeQuerySet(OpenQuerySet["ListType"]):
    def in_use(self, day: date) -> Self:
        """Not yet closed on that day, in the order of their tabs: the ledger first."""
        begun = Q(effective_from=None) | Q(effective_from__lte=day)
        lasts = Q(effective_to=None) | Q(effective_to__gt=day)
        return self.filter(begun & lasts).order_by("-is_ledger", "order", "pk")


class ListType(Versioned):
    """A ledger or list (台账、清单): rows of a register, cut by a query, under columns with headings of their own.

    `register` names the base ledger and need not exist yet; `query` is a query string of its page, in which the words
    period_start and period_end stand for the days of the period shown.  `columns` are [{"field", "label", "width"}].
    `sign_off_roles` name by step (STEPS) the roles that may sign; a step without roles is not asked for.
    """

    list_set = models.ForeignKey(ListSet, models.PROTECT, related_name="lists", verbose_name="清单体系")
    code = models.SlugField("代码", max_length=40)
    name = models.CharField("名称", max_length=40)
    short_name = models.CharField("简称", max_length=12)
    is_ledger = models.BooleanField("台账", default=False)
    order = models.PositiveSmallIntegerField("次序", default=1)
    register = models.CharField("底层台账", max_length=40)
    query = models.CharField("筛选条件", max_length=1000, blank=True)
    columns = models.JSONField("列", default=list)
    period = models.CharField("周期", max_length=10, choices=Period, default=Period.MONTH)
    sign_off_roles = models.JSONField("签批角色", default=dict)
    legal_basis = models.CharField("依据", max_length=300, blank=True)
    effective_from = models.DateField("启用日期", null=True, blank=True)
    effective_to = models.DateField("停用日期", null=True, blank=True)

    objects = ListTypeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "清单"
        ordering = ("list_set", "-is_ledger", "order", "pk")
        constraints = [
            models.UniqueConstraint(
                name="list_code_once_in_its_set",
                fields=["list_set", "code"],
                violation_error_message="该体系中已有这个代码的清单",
            ),
            models.UniqueConstraint(
                name="one_ledger_per_list_set",
                fields=["list_set"],
                condition=Q(is_ledger=True, effective_to=None),
                violation_error_message="一个体系只能有一个台账",
            ),
            models.CheckConstraint(name="list_period_is_known", condition=Q(period__in=Period.values)),
            models.CheckConstraint(
                name="list_ends_after_it_begins",
                condition=Q(effective_from=None) | Q(effective_to=None) | Q(effective_to__gte=F("effective_from")),
                violation_error_message="停用日期不能早于启用日期",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def owner_kind(self) -> str:
        """主管部门 or 施工企业, as its set says."""
        return self.list_set.side


class ListPeriod(models.Model):
    """A period that has ended and whose drafts are due (到期的清单期次): the work list of the clock.

    `completed_at` is set when every office has its draft, so that an outage is caught up with and nothing made twice.
    """

    list_type = models.ForeignKey(ListType, models.PROTECT, related_name="+", verbose_name="清单")
    start = models.DateField("起")
    end = models.DateField("止")
    due_at = models.DateTimeField("应生成时间")
    completed_at = models.DateTimeField("完成时间", null=True)
    created_at = models.DateTimeField("登记时间", db_default=Now(), editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "清单期次"
        constraints = [
            models.UniqueConstraint(name="list_period_once", fields=["list_type", "start", "end"]),
            models.CheckConstraint(name="list_period_ends_after_it_begins", condition=Q(end__gte=F("start"))),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(completed_at=None), name="list_period_waiting")]

    def __str__(self) -> str:
        return f"{self.list_type} {self.start}—{self.end}"
