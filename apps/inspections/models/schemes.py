"""What an office says again and again when it prepares a draw, under a name (抽查方案)."""

from datetime import time
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from apps.accounts.models import Organisation
from apps.core.models import Versioned
from apps.core.scoping import Scope, ScopedQuerySet
from apps.inspections.models.campaigns import Campaign

MOST_DAYS_AHEAD = 60


class DrawSchemeQuerySet(ScopedQuerySet[Any]):
    """Of the offices of one region, who draw together; offices above and below see a draw, but not what is planned."""

    enterprise_key = project_key = None

    def reached_by(self, scope: Scope) -> Q:
        return Q(region_path=scope.region_path) if scope.region_path else Q()


class DrawScheme(Versioned):
    """A saved scheme (抽查方案) of an office: what its next draw is prefilled with, days told from the day of drawing.

    Scope, matters, checklists and counts are those of `campaign`; once that is over, those of the newest running one
    of the same kind and theme.  `terms` are {"recent_days": int, "rates": {grade: percent}}, as in a draw.
    """

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="所属单位", editable=False
    )
    region_path = models.CharField("管辖路径", max_length=60, db_collation="C", editable=False)
    name = models.CharField("方案名称", max_length=40)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="+", verbose_name="检查任务")
    draw_after = models.PositiveSmallIntegerField("几天后抽取", default=1, help_text="遇非工作日顺延")
    draw_time = models.TimeField("抽取时刻", default=time(10))
    public_source = models.CharField("公开随机值来源", max_length=200)
    custodian_a = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="保管人甲", db_index=False
    )
    custodian_b = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="保管人乙", db_index=False
    )
    announces_itself = models.BooleanField("交存后自动公告", default=True)
    visits_after = models.PositiveSmallIntegerField("抽取几天后开始检查", default=1)
    visits_days = models.PositiveSmallIntegerField("检查期天数", default=10)
    terms = models.JSONField("抽取规则", default=dict, editable=False)

    objects = DrawSchemeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "抽查方案"
        constraints = [
            models.UniqueConstraint(
                fields=["region_path", "name"],
                name="scheme_named_once",
                violation_error_message="本级已有同名方案，请换一个名称",
            ),
            models.CheckConstraint(
                name="scheme_custodians_are_two",
                condition=~Q(custodian_a=F("custodian_b")),
                violation_error_message="两名保管人必须是不同的人",
            ),
            models.CheckConstraint(
                name="scheme_days_are_sensible",
                condition=Q(
                    draw_after__lte=MOST_DAYS_AHEAD, visits_after__lte=MOST_DAYS_AHEAD, visits_days__range=(1, 32)
                ),
                violation_error_message=f"抽取和检查都应在 {MOST_DAYS_AHEAD} 天内开始，检查期为 1 至 32 天",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("draws:scheme", args=[self.pk])
