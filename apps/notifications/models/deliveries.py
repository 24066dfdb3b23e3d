"""Messages on their way out of the platform, and each attempt at it."""

from typing import Any, Self

from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Now
from django.urls import reverse

from apps.notifications.models.messages import Message
from apps.notifications.models.ways import ChannelName


class Progress(models.TextChoices):
    WAITING = "waiting", "待发出"
    SENT = "sent", "已发出"
    RECEIVED = "received", "已送达"
    GIVEN_UP = "given_up", "已放弃"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, user: Any) -> Self:
        """Who looks after the channels sees that and when something went out, never what it says."""
        return self.all() if user.has_perm("notifications.view_delivery") else self.none()

    def waiting(self) -> Self:
        return self.filter(sent_at=None, given_up_at=None)


class Delivery(models.Model):
    """A message on its way out by one channel besides the inbox (外发), with its attempts.

    The row is the truth and the queue only a wake-up: an attempt takes the row by moving `due_at` on, so that
    two workers never try at once and an attempt that died with its worker is made again.  `receipt` is the word by
    which the gateway knows it, `received_at` when the gateway said that it had arrived.
    """

    # A key into a partitioned table would have to name the partition too; messages and deliveries expire together.
    message = models.ForeignKey(
        Message, models.CASCADE, related_name="deliveries", verbose_name="消息", db_constraint=False
    )
    channel = models.CharField("渠道", max_length=20, choices=ChannelName)
    due_at = models.DateTimeField("下次尝试时间", db_default=Now())
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    sent_at = models.DateTimeField("发出时间", null=True)
    given_up_at = models.DateTimeField("放弃时间", null=True)
    error = models.CharField("最近错误", max_length=300, blank=True)
    receipt = models.CharField("回执号", max_length=100, blank=True)
    received_at = models.DateTimeField("送达时间", null=True)
    progress = models.GeneratedField(
        expression=Case(
            When(given_up_at__isnull=False, then=Value(Progress.GIVEN_UP)),
            When(received_at__isnull=False, then=Value(Progress.RECEIVED)),
            When(sent_at__isnull=False, then=Value(Progress.SENT)),
            default=Value(Progress.WAITING),
        ),
        output_field=models.CharField("进度", max_length=10, choices=Progress),
        db_persist=True,
        verbose_name="进度",
    )

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "外发记录"
        constraints = [models.UniqueConstraint(fields=["message", "channel"], name="message_sent_once_per_channel")]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(sent_at=None, given_up_at=None), name="delivery_waiting"),
            models.Index(fields=["channel", "receipt"], condition=~Q(receipt=""), name="delivery_receipt"),
            models.Index(fields=["progress", "-id"], name="delivery_progress"),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("deliveries:detail", args=[self.pk])


class DeliveryAttempt(models.Model):
    """One attempt at a delivery (外发尝试): what the gateway answered, or why it could not be asked."""

    # The migration writes the key, so that attempts go with deliveries that the database clears by itself.
    delivery = models.ForeignKey(
        Delivery, models.CASCADE, related_name="tries", verbose_name="外发记录", db_constraint=False
    )
    made_at = models.DateTimeField("时间", db_default=Now())
    was_sent = models.BooleanField("成功")
    told = models.CharField("结果", max_length=300)

    class Meta:
        verbose_name = verbose_name_plural = "外发尝试"

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.told}"
