"""Yearly plans and campaigns: what is to be inspected, how often, by whom how much."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse

from apps.accounts.models import Organisation
from apps.core.models import Versioned
from apps.core.scoping import Scope, ScopedQuerySet, lineage
from apps.inspections.models.words import (
    CAMPAIGN_CHANGES,
    CampaignState,
    Kind,
    PlanState,
    Theme,
    ZeroReportEvery,
)
from apps.regions.models import Region


class OrderedBelowQuerySet(ScopedQuerySet[Any]):
    """What an office orders is its region's, and that of the offices it orders it of: those above and below see it."""

    enterprise_key = None
    project_key = None

    def reached_by(self, scope: Scope) -> Q:
        reached = super().reached_by(scope)
        return reached | Q(**{f"{self.region_key}__in": lineage(scope.region_path)}) if reached else reached


class PlanQuerySet(OrderedBelowQuerySet):
    """Plans; those of an office above only once they are published."""

    def reached_by(self, scope: Scope) -> Q:
        own = ScopedQuerySet.reached_by(self, scope)
        above = Q(region_path__in=lineage(scope.region_path), state=PlanState.PUBLISHED)
        return own | above if own else own


class Plan(Versioned):
    """A yearly plan of inspections (年度检查计划), published before it is carried out."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="制定单位", editable=False
    )
    region_path = models.CharField("管辖路径", max_length=60, db_collation="C", editable=False)
    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("名称", max_length=100)
    text = models.TextField("内容", max_length=8000)
    coverage_rounds = models.PositiveSmallIntegerField("全覆盖轮次", default=2)
    state = models.CharField("状态", max_length=10, choices=PlanState, default=PlanState.DRAFT, editable=False)
    published_at = models.DateTimeField("公布时间", null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="公布人", editable=False
    )

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "年度检查计划"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "year", "title"],
                name="plan_named_once",
                violation_error_message="本年度已有同名计划",
            ),
            models.CheckConstraint(name="plan_state_known", condition=Q(state__in=PlanState.values)),
            models.CheckConstraint(
                name="plan_rounds_are_sensible",
                condition=Q(coverage_rounds__range=(1, 12)),
                violation_error_message="全覆盖轮次为 1 至 12",
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("inspection_plans:detail", args=[self.pk])


class CampaignQuerySet(OrderedBelowQuerySet):
    """Campaigns; those of an office above only once they run."""

    def reached_by(self, scope: Scope) -> Q:
        own = ScopedQuerySet.reached_by(self, scope)
        above = Q(region_path__in=lineage(scope.region_path)) & ~Q(state=CampaignState.DRAFT)
        return own | above if own else own


class Campaign(Versioned):
    """A piece of inspecting with a beginning and an end (检查任务): a double-random draw or a special campaign.

    `scope` says which projects it is about: {"stages": [...], "kinds": [...], "categories": [...]}, codes of stages and
    kinds of projects and of dangerous works; an empty list narrows nothing.  `checklists` are codes: each visit takes
    the editions of its day.
    """

    number = models.CharField("编号", max_length=40, unique=True, db_collation="C", editable=False)
    plan = models.ForeignKey(
        Plan, models.PROTECT, null=True, blank=True, related_name="campaigns", verbose_name="年度计划"
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="组织单位", editable=False
    )
    region_path = models.CharField("管辖路径", max_length=60, db_collation="C", editable=False)
    kind = models.CharField("检查类型", max_length=10, choices=Kind, default=Kind.RANDOM)
    theme = models.CharField("主题", max_length=10, choices=Theme, default=Theme.GENERAL)
    title = models.CharField("名称", max_length=100)
    basis = models.TextField("依据和要求", max_length=2000, blank=True)
    matters = models.ManyToManyField("inspections.Matter", blank=True, related_name="+", verbose_name="抽查事项")
    scope = models.JSONField("检查范围", default=dict, blank=True)
    checklists = ArrayField(models.CharField(max_length=40), verbose_name="检查表", default=list)
    rounds = models.PositiveSmallIntegerField("轮次", default=1)
    inspectors_each = models.PositiveSmallIntegerField("每组检查人员数", default=2)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    zero_report = models.CharField("零报告", max_length=5, choices=ZeroReportEvery, blank=True, default="")
    state = models.CharField("状态", max_length=10, choices=CampaignState, default=CampaignState.DRAFT, editable=False)
    summary = models.TextField("总结", max_length=4000, blank=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="制定人", editable=False
    )

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "检查任务"
        indexes = [models.Index(fields=["region_path", "-id"], name="campaign_region")]
        constraints = [
            models.CheckConstraint(name="campaign_state_known", condition=Q(state__in=CampaignState.values)),
            models.CheckConstraint(name="campaign_kind_known", condition=Q(kind__in=Kind.values)),
            models.CheckConstraint(name="campaign_theme_known", condition=Q(theme__in=Theme.values)),
            models.CheckConstraint(
                name="campaign_runs_forward",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message="结束日期不能早于开始日期",
            ),
            models.CheckConstraint(
                name="campaign_numbers_are_sensible",
                condition=Q(rounds__range=(1, 12), inspectors_each__range=(2, 6)),
                violation_error_message="轮次为 1 至 12，每组检查人员不少于 2 人、不多于 6 人",
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="legal_moves", field="state", transitions=list(CAMPAIGN_CHANGES)),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("campaigns:detail", args=[self.number])


class OfCampaignQuerySet(OrderedBelowQuerySet):
    region_key = "campaign__region_path"


class Quota(models.Model):
    """How many projects of a county, or of a city, are to be inspected in one round of a campaign."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="quotas", verbose_name="检查任务")
    round = models.PositiveSmallIntegerField("轮次", default=1)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="行政区划")
    count = models.PositiveIntegerField("应查项目数")

    objects = OfCampaignQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "检查数量"
        constraints = [
            models.UniqueConstraint(fields=["campaign", "round", "region"], name="quota_once"),
            models.CheckConstraint(name="quota_is_something", condition=Q(count__range=(1, 10_000))),
        ]

    def __str__(self) -> str:
        return f"{self.region} {self.count}"


class ZeroReport(models.Model):
    """An office says what it has done in a period of a campaign, also that there was nothing to find (零报告).

    `period` is the round's number or the ISO week, 2026-W48.  Rows are only ever added: a later one stands in the place
    of an earlier one of the same period.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="zero_reports", verbose_name="检查任务")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="报告单位")
    region_path = models.CharField("管辖路径", max_length=60, db_collation="C")
    period = models.CharField("报告期", max_length=10)
    visits = models.PositiveIntegerField("检查项目数")
    hazards = models.PositiveIntegerField("发现隐患数")
    note = models.TextField("说明", max_length=1000, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="报告人")
    made_at = models.DateTimeField("报告时间", db_default=Now(), editable=False)

    objects = OrderedBelowQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "零报告"
        indexes = [models.Index(fields=["campaign", "organisation", "period"], name="zero_report_period")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.organisation} {self.period}"
