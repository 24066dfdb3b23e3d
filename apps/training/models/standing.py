"""How everybody on a roster stands with their training, kept so that lists find who lacks something."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Q

from apps.core.scoping import ScopedQuerySet
from apps.roster.models import Engagement

NOT_ENOUGH, NOTHING_ASKED = date(1900, 1, 1), date(9999, 12, 31)


class OfEngagementQuerySet(ScopedQuerySet["TrainingStanding"]):
    region_key = "engagement__region_path"
    enterprise_key = "engagement__project__enterprise_id"
    project_key = "engagement__project_id"

    def visible_to(self, user: Any) -> Self:
        """With the roster."""
        return self.filter(engagement__in=Engagement.objects.visible_to(user).order_by().values("pk"))


class TrainingStanding(models.Model):
    """What `counting.with_hours` says of somebody who is on site (培训状态), written by `services.standing` alone.

    `enough_until` is the last day on which today's hours are enough: a day that comes changes nothing here, and who
    has fallen short is found by it.  1900-01-01 where they are not enough, 9999-12-31 where none are asked for.
    `rules_from` is the day on which the newest edition of hours began by which this was judged.  Who has left has no
    row.
    """

    engagement = models.OneToOneField(
        Engagement, models.CASCADE, primary_key=True, related_name="standing", verbose_name="进退场登记"
    )
    is_inducted = models.BooleanField("三级教育已完成")
    enough_until = models.DateField("学时有效至")
    rules_from = models.DateField("学时标准施行日期")

    objects = OfEngagementQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "培训状态"
        indexes = [
            models.Index(fields=["engagement"], condition=Q(is_inducted=False), name="standing_not_inducted"),
            models.Index(fields=["enough_until"], name="standing_enough_until"),
            models.Index(fields=["rules_from"], name="standing_rules_from"),
        ]

    def __str__(self) -> str:
        return f"{self.engagement_id}"
