"""A month's figures of duty, counted by the database (folding.py); never written by hand."""

from typing import Any

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Cast, Round
from django.db.models.lookups import LessThan
from django.urls import reverse

from apps.core.scoping import ScopedQuerySet
from apps.enterprises.models import Enterprise
from apps.projects.models import Project


class OfSiteQuerySet(ScopedQuerySet[Any]):
    """The region stands on the row; a firm reaches what belongs to its projects."""

    enterprise_key = "project__enterprise_id"


class OfFirmQuerySet(ScopedQuerySet[Any]):
    """The region is that of the firm's seat."""

    region_key = "enterprise__region_path"
    project_key = None


def percent(part: str, whole: str) -> models.GeneratedField:
    """`part` of `whole` in per cent, to one decimal; empty where there is no whole."""
    share = Round(Cast(F(part), models.DecimalField(max_digits=8, decimal_places=3)) * 100 / F(whole), precision=1)
    return models.GeneratedField(
        expression=Case(When(Q(**{f"{whole}__gt": 0}), then=share), default=Value(None)),
        output_field=models.DecimalField(max_digits=5, decimal_places=1, null=True),
        db_persist=True,
        verbose_name="带班比例（%）",
    )


def below(part: str, whole: str) -> models.GeneratedField:
    return models.GeneratedField(
        expression=models.ExpressionWrapper(
            Q(**{f"{whole}__gt": 0}) & LessThan(F(part) * 100, F("limit") * F(whole)),
            output_field=models.BooleanField(),
        ),
        output_field=models.BooleanField(),
        db_persist=True,
        verbose_name="低于下限",
    )


class DutyMonth(models.Model):
    """A project's month (项目履职月报).

    本月施工时间 is counted as `site_days`, those with attendance; `leader_days` are those of them on which the leader
    or, on agreed leave, the deputy was on duty.  `must_days` are site days with an over-scale work under way, a major
    hazard open, or an accident or near miss in the log; `must_missed` those of them on which no head of the enterprise
    came (建质〔2011〕111号第七条、第八条).  `limit` is the least share in per cent on the first of the month.
    """

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="duty_months", verbose_name="工程项目", db_constraint=False
    )
    region_path = models.CharField("管辖路径", max_length=60, db_collation="C")
    month = models.DateField("月份")
    site_days = models.PositiveSmallIntegerField("施工天数")
    leader_days = models.PositiveSmallIntegerField("带班天数")
    limit = models.PositiveSmallIntegerField("下限（%）")
    rate = percent("leader_days", "site_days")
    is_below = below("leader_days", "site_days")
    must_days = models.PositiveSmallIntegerField("须到场天数")
    must_missed = models.PositiveSmallIntegerField("未到场天数")
    missing_logs = models.PositiveSmallIntegerField("缺日志天数")
    counted_at = models.DateTimeField("统计时间")

    objects = OfSiteQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "项目履职月报"
        ordering = ("-month", "-pk")
        constraints = [models.UniqueConstraint(fields=["project", "month"], name="duty_month_once")]
        indexes = [models.Index(fields=["region_path", "-month", "-id"], name="duty_month_region")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.project.name}"

    def get_absolute_url(self) -> str:
        return f"{reverse('project_duty', args=[self.project.number])}?month={self.month:%Y-%m}"


class FirmDutyMonth(models.Model):
    """An enterprise's month (企业负责人带班月报): on how many of the month's working days a head of it was on a site.

    While the month lasts its working days are those up to the day of counting.
    """

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="duty_months", verbose_name="企业")
    month = models.DateField("月份")
    working_days = models.PositiveSmallIntegerField("工作日")
    head_days = models.PositiveSmallIntegerField("带班检查天数")
    limit = models.PositiveSmallIntegerField("下限（%）")
    rate = percent("head_days", "working_days")
    is_below = below("head_days", "working_days")
    counted_at = models.DateTimeField("统计时间")

    objects = OfFirmQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "企业负责人带班月报"
        ordering = ("-month", "-pk")
        constraints = [models.UniqueConstraint(fields=["enterprise", "month"], name="firm_duty_month_once")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.enterprise}"
