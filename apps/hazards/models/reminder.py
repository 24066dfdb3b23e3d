"""When a sweep looks at a hazard next, and what it has said there, so that nothing is said twice."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.hazards.models.hazard import Hazard


class Plan(models.TextChoices):
    """Which plan a hazard's alarm follows: its deadline's, or that of the hand which its answer waits for."""

    DEADLINE = "deadline", "整改期限"
    ANSWERED = "answered", "待监理确认"
    CONFIRMED = "confirmed", "待复查"
    VERIFIED = "verified", "待销号"


class Alarm(models.Model):
    """The next day on which a sweep has something to do with a hazard (下次提醒).

    A row of its own, as a sweep moves it on for thousands of hazards at once, and the ledger's wide row with all
    its indexes costs ten times as much to write.  A trigger of the database keeps it: each change of a hazard
    sets it from `Hazard.next_reminder_on` and says what the plan counts from.  Without a day there is nothing
    more to say until the hazard changes.
    """

    hazard = models.OneToOneField(Hazard, models.CASCADE, primary_key=True, related_name="alarm", verbose_name="隐患")
    plan = models.CharField("计划", max_length=10, choices=Plan)
    day = models.DateField("下次提醒日", null=True)
    counted_from = models.DateField("起算日")
    # The day of the order, or that of the answer: steps of the plan that lie before it are never said.
    began_on = models.DateField("开始日")

    class Meta:
        verbose_name = verbose_name_plural = "下次提醒"
        indexes = [models.Index(fields=["plan", "day", "hazard"], condition=Q(day__isnull=False), name="alarm_due")]

    def __str__(self) -> str:
        return f"{self.hazard_id} {self.plan} {self.day}"


class Reminder(models.Model):
    """One step of a hazard's reminder plan that a sweep claimed, so that two workers send one message.

    `settled_at` is when it was said, or found to have been left behind by the hazard, for which it must still follow
    the plan from the day it was `counted_from`.  `skipped` are the kinds of the steps that it overtook when the sweep
    caught up after an outage: never sent.
    """

    # Found by the unique constraint.  Neither an index of its own nor a check of the key, which together are half of
    # what a row costs: hazards are never deleted, and a sweep writes only keys that it has just read.
    hazard = models.ForeignKey(
        Hazard, models.CASCADE, related_name="reminders", verbose_name="隐患", db_index=False, db_constraint=False
    )
    kind = models.CharField("提醒类别", max_length=20)
    day = models.DateField("日期")
    counted_from = models.DateField("起算日", null=True)
    skipped = ArrayField(models.CharField(max_length=20), verbose_name="补扫时略过的步骤", default=list)
    created_at = models.DateTimeField("生成时间", db_default=Now())
    settled_at = models.DateTimeField("处理时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "期限提醒"
        constraints = [models.UniqueConstraint(fields=["hazard", "kind", "day"], name="reminder_once")]
        indexes = [models.Index(fields=["kind", "id"], condition=Q(settled_at=None), name="reminder_unsaid")]

    def __str__(self) -> str:
        return f"{self.hazard_id} {self.kind} {self.day}"
