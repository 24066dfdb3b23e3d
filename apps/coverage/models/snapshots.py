"""The figures of a month as they were known when it had ended."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.coverage.models.rules import CoverageRule
from apps.projects.models import Project
from apps.roster.models.attendance import OnSiteQuerySet


class CoverageSnapshot(models.Model):
    """A project's month as it stood when it was frozen (培训覆盖率月度快照), in the region it lay in then.

    Sums over the days of the month; `whole_days` of `days` stood at 100 %.  The rule is that of the last day.  Rows
    are only added: what becomes known later shows as the difference between this and the figure of today.
    """

    month = models.DateField("月份", help_text="当月第一天")
    project = models.ForeignKey(
        Project, models.PROTECT, related_name="+", verbose_name="工程项目", db_constraint=False, db_index=False
    )
    region_path = models.CharField("管辖路径", max_length=60, db_collation="C")
    days = models.PositiveSmallIntegerField("有考勤的天数")
    whole_days = models.PositiveSmallIntegerField("达到100%的天数")
    counted = models.PositiveIntegerField("应培训人次")
    covered = models.PositiveIntegerField("已培训人次")
    unexplained = models.PositiveIntegerField("名册不能说明的人次")
    disputed = models.PositiveIntegerField("两地考勤人次")
    absent = models.PositiveIntegerField("在册长期无考勤人次")
    rule = models.ForeignKey(CoverageRule, models.PROTECT, related_name="+", verbose_name="口径", db_index=False)
    taken_at = models.DateTimeField("固定时间", db_default=Now())

    objects = OnSiteQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "培训覆盖率月度快照"
        ordering = ("-month", "-pk")
        indexes = [models.Index(fields=["month", "region_path"], name="coverage_snapshot_region")]
        constraints = [
            models.UniqueConstraint(fields=["project", "month"], name="coverage_frozen_once"),
            models.CheckConstraint(name="coverage_frozen_by_month", condition=Q(month__day=1)),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
