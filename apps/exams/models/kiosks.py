"""A device at which workers without an account take an examination one after another."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from apps.exams.models.exams import Exam


class KioskQuerySet(models.QuerySet["Kiosk"]):
    def visible_to(self, user: Any) -> "KioskQuerySet":
        """Those who opened it, and their colleagues."""
        return self.filter(opened_by__organisation=user.organisation_id) if user.is_active else self.none()


class Kiosk(models.Model):
    """An examination opened on the trainer's device (考试终端); the secret of its address is stored as its hash alone.

    `failures` counts names and numbers that were nobody's, one after another; too many of them close it.
    """

    exam = models.ForeignKey(Exam, models.PROTECT, related_name="kiosks", verbose_name="考试")
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="监考人")
    opened_at = models.DateTimeField("开启时间", db_default=Now())
    valid_until = models.DateTimeField("有效期至")
    closed_at = models.DateTimeField("关闭时间", null=True)
    failures = models.PositiveSmallIntegerField("连续核对失败次数", default=0)

    objects = KioskQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "考试终端"
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.exam_id} {self.pk}"
