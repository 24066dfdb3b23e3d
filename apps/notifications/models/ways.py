"""Which messages leave the platform, by which channel and at which hours: data, not code.

The inbox needs no setting: every message is there at once.
"""

from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from apps.core.models import Versioned
from apps.core.scoping import OpenQuerySet


class ChannelName(models.TextChoices):
    EMAIL = "email", "电子邮件"
    SMS = "sms", "短信"
    WECOM = "wecom", "政务微信"


class MessageKind(Versioned):
    """What a message is about, and the channels besides the inbox that carry it (消息类别)."""

    kind = models.SlugField("代码", max_length=60, unique=True, editable=False)
    label = models.CharField("类别", max_length=60, editable=False)
    channels = ArrayField(
        models.CharField(max_length=20, choices=ChannelName), verbose_name="外发渠道", default=list, blank=True
    )

    objects = OpenQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "消息类别"
        constraints = [
            models.CheckConstraint(
                name="kind_channels_known", condition=Q(channels__contained_by=list(ChannelName.values))
            )
        ]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return reverse("message_kinds:detail", args=[self.kind])


class ChannelSetting(Versioned):
    """Whether a channel is used at all, and its quiet hours (外发渠道).

    In quiet hours nothing goes out; what waits goes out when they end.  Hours of Asia/Shanghai, over midnight where
    `quiet_from` is the later one.  The hours that ship are samples.
    """

    channel = models.CharField("渠道", max_length=20, choices=ChannelName, unique=True, editable=False)
    is_on = models.BooleanField("启用", default=True)
    quiet_from = models.TimeField("免打扰开始", null=True, blank=True)
    quiet_until = models.TimeField("免打扰结束", null=True, blank=True)
    is_sample = models.BooleanField("样例值", default=True, editable=False)

    objects = OpenQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "外发渠道"
        constraints = [
            models.CheckConstraint(name="channel_known", condition=Q(channel__in=ChannelName.values)),
            models.CheckConstraint(
                name="quiet_hours_are_a_span",
                condition=Q(quiet_from=None, quiet_until=None)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False) & ~Q(quiet_from=F("quiet_until")),
                violation_error_message="免打扰时段须同时填写开始和结束时间，且两者不同",
            ),
        ]

    def __str__(self) -> str:
        return self.get_channel_display()

    def get_absolute_url(self) -> str:
        return reverse("channels:detail", args=[self.channel])

    def is_quiet(self, clock: time) -> bool:
        """Whether nothing may go out at this hour of Asia/Shanghai."""
        if self.quiet_from is None or self.quiet_until is None:
            return False
        if self.quiet_from < self.quiet_until:
            return self.quiet_from <= clock < self.quiet_until
        return clock >= self.quiet_from or clock < self.quiet_until
