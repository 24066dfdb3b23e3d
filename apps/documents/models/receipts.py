"""Proof that a paper was served (送达回证)."""

from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.documents.models.papers import Paper


class Manner(models.TextChoices):
    DIRECT = "direct", "直接送达"
    LEFT = "left", "留置送达"
    POST = "post", "邮寄送达"
    ELECTRONIC = "electronic", "电子送达"
    PUBLIC = "public", "公告送达"


class ServiceQuerySet(models.QuerySet["Service"]):
    def visible_to(self, user: Any) -> Self:
        """Who sees the paper sees to whom it was served."""
        return self.filter(paper__in=Paper.objects.visible_to(user))


class Service(models.Model):
    """One service of a paper (送达回证): who received it, when and how, or refused to.  Rows are only ever added."""

    paper = models.ForeignKey(Paper, models.PROTECT, related_name="services", verbose_name="文书")
    addressee = models.CharField("受送达人", max_length=100)
    recipient = models.CharField("收件人", max_length=50, blank=True)
    manner = models.CharField("送达方式", max_length=10, choices=Manner)
    served_on = models.DateField("送达日期")
    is_refused = models.BooleanField("拒绝签收", default=False)
    witnesses = models.CharField("见证人", max_length=100, blank=True)
    remark = models.CharField("备注", max_length=500, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="送达人")
    recorded_at = models.DateTimeField("登记时间", db_default=Now())

    objects = ServiceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "送达回证"
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(name="service_manner_known", condition=Q(manner__in=Manner.values)),
            models.CheckConstraint(
                name="service_left_has_witnesses",
                condition=(Q(is_refused=False) & ~Q(manner=Manner.LEFT)) | ~Q(witnesses=""),
                violation_error_message="拒绝签收或者留置送达的，须写明见证人",
            ),
            models.CheckConstraint(
                name="service_has_recipient",
                condition=Q(is_refused=True) | Q(manner__in=[Manner.LEFT, Manner.PUBLIC]) | ~Q(recipient=""),
                violation_error_message="须写明收件人",
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_manner_display()} {self.addressee}"
