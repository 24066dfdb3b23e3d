"""What a person was told, and how far it has got.  Knows recipients and links, nothing of what the links show."""

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse

DIGEST = "digest"
"""The kind of the message that announces a person's digest."""


class Level(models.TextChoices):
    """How much a message asks of its reader; each has its word on the button and its colour on the chip."""

    MUST_DO = "must_do", "必办"
    REMINDER = "reminder", "提醒"
    INFO = "info", "知会"

    @property
    def step(self) -> str:
        return "去办理" if self is Level.MUST_DO else "查看"

    @property
    def chip(self) -> str:
        return {Level.MUST_DO: "chip-red", Level.REMINDER: "chip-orange", Level.INFO: "chip-blue"}[self]


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, user: Any) -> Self:
        """Nobody reads another person's messages, whatever their role."""
        return self.filter(recipient=user) if user.is_authenticated else self.none()

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def pressing(self) -> Self:
        """News that asks for something to be done; digests only repeat it."""
        return self.filter(level__in=(Level.MUST_DO, Level.REMINDER)).exclude(kind=DIGEST)


class ThisQuarter(models.Func):
    """The first day of the quarter in which the database writes the row, in China."""

    template = "(date_trunc('quarter', now() AT TIME ZONE 'Asia/Shanghai'))::date"
    output_field = models.DateField()


class Message(models.Model):
    """One piece of news for one person (消息): what, and the address of the exact step.

    `dedupe_key` names the occasion, such as a hazard's reminder of one day; the same occasion reaches a person once
    in a `quarter`, and what causes it (a step, a reminder, a digest) has a unique row of its own for good.  The table
    is partitioned by quarters, so that old messages go with their partition (`shelves.py`).
    """

    # Found by message_own; an index of its own would only make writing slower.
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="messages", verbose_name="收件人", db_index=False
    )
    kind = models.CharField("类别", max_length=60)
    level = models.CharField("级别", max_length=10, choices=Level)
    title = models.CharField("标题", max_length=200)
    body = models.TextField("内容", blank=True)
    url = models.CharField("链接", max_length=300)
    dedupe_key = models.CharField("去重键", max_length=200)
    created_at = models.DateTimeField("时间", db_default=Now())
    read_at = models.DateTimeField("阅读时间", null=True)
    quarter = models.DateField("季度", db_default=ThisQuarter(), editable=False)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "消息"
        constraints = [
            models.UniqueConstraint(fields=["recipient", "dedupe_key", "quarter"], name="message_told_once"),
            models.CheckConstraint(name="message_level_is_known", condition=Q(level__in=Level.values)),
            # A path of this site: neither another host (//host, /\host) nor another scheme.
            models.CheckConstraint(name="message_links_within_the_site", condition=Q(url__regex=r"^/($|[^/\\])")),
        ]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="message_own"),
            models.Index(fields=["recipient", "-id"], condition=Q(read_at=None), name="message_unread"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The address that marks the message as read on the way to its link."""
        return reverse("messages:open", args=[self.pk])

    @property
    def step(self) -> str:
        return Level(self.level).step

    @property
    def chip(self) -> str:
        return Level(self.level).chip


class DigestQuerySet(models.QuerySet["Digest"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(recipient=user) if user.is_authenticated else self.none()


class Digest(models.Model):
    """What was open for one person on the morning of one day (每日汇总), as it was told then.

    `items` are {title, url, level} and may be cut off; `total` counts them all.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="digests", verbose_name="收件人"
    )
    day = models.DateField("日期")
    items = models.JSONField("事项", default=list)
    total = models.PositiveIntegerField("事项数")
    covers_from = models.DateField("并入自", null=True)
    created_at = models.DateTimeField("生成时间", db_default=Now())

    objects = DigestQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "每日汇总"
        constraints = [models.UniqueConstraint(fields=["recipient", "day"], name="one_digest_per_person_and_day")]

    def __str__(self) -> str:
        return digest_title(self.day, self.total)

    def get_absolute_url(self) -> str:
        return reverse("messages:digest", args=[self.day])

    def described_items(self) -> list[dict[str, str]]:
        """The items with the words and colours of their levels."""
        return [item | _described(Level(item["level"])) for item in self.items]

    @property
    def left_out(self) -> int:
        """How many items the list does not show."""
        return self.total - len(self.items)


def _described(level: Level) -> dict[str, str]:
    return {"label": str(level.label), "step": level.step, "chip": level.chip}


def digest_title(day: date, total: int) -> str:
    return f"{day.month} 月 {day.day} 日待办汇总：{total} 项"
