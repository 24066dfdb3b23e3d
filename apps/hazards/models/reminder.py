"""What has been reminded and escalated, so that nothing is said twice."""

from django.db import models
from django.db.models.functions import Now

from apps.hazards.models.hazard import Hazard


class Reminder(models.Model):
    """One step of a hazard's reminder plan: the claim that makes two workers send one message.

    `skipped` steps lay behind a later one when the sweep caught up after an outage: recorded, not sent.
    """

    hazard = models.ForeignKey(Hazard, models.CASCADE, related_name="reminders", verbose_name="隐患")
    kind = models.CharField("提醒类别", max_length=20)
    day = models.DateField("日期")
    skipped = models.BooleanField("补扫时略过", default=False)
    created_at = models.DateTimeField("生成时间", db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = "期限提醒"
        constraints = [models.UniqueConstraint(fields=["hazard", "kind", "day"], name="reminder_once")]

    def __str__(self) -> str:
        return f"{self.hazard_id} {self.kind} {self.day}"
