"""What phones send when they are back on the net: batches in their order, photographs in pieces, single hazards."""

from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.hazards.models import Hazard
from apps.inspections.models.visits import OfVisitQuerySet, Visit


class SyncBatch(models.Model):
    """One batch of a phone's writes to one visit, done as a whole or not at all.

    The key is the client's.  The batches of a device for a visit are numbered from 1 without gaps: what comes out of
    order is refused.  What comes again under its key gets the same receipt, if its content is the same.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    visit = models.ForeignKey(Visit, models.PROTECT, related_name="batches", verbose_name="检查")
    device = models.UUIDField("设备")
    sequence = models.PositiveIntegerField("序号")
    sha256 = models.CharField("校验值", max_length=64)
    receipt = models.JSONField("回执", default=dict)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="用户")
    received_at = models.DateTimeField("收到时间", db_default=Now(), editable=False)

    objects = OfVisitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "离线提交批次"
        constraints = [models.UniqueConstraint(fields=["visit", "device", "sequence"], name="batches_in_order")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.device} #{self.sequence}"


class PhoneHazardQuerySet(models.QuerySet["PhoneHazard"]):
    def visible_to(self, user: Any) -> Self:
        """Who sees the hazard sees how it came."""
        return self.filter(hazard__in=Hazard.objects.visible_to(user))


class PhoneHazard(models.Model):
    """A hazard found outside of any visit (随手拍), kept on a phone until it had a net.

    The key is the phone's: what comes again under it, with the same content, gets the same receipt and makes no second
    hazard, however late.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    hazard = models.OneToOneField(Hazard, models.PROTECT, related_name="+", verbose_name="隐患")
    sha256 = models.CharField("校验值", max_length=64)
    receipt = models.JSONField("回执", default=dict)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="用户")
    received_at = models.DateTimeField("收到时间", db_default=Now(), editable=False)

    objects = PhoneHazardQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "手机登记的隐患"
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.hazard_id} {self.id}"


class ArrivalQuerySet(OfVisitQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Those of visible visits, and one's own that are for no visit."""
        return self.filter(Q(visit__in=Visit.objects.visible_to(user)) | Q(visit=None, user=user))


class PhotoArrival(models.Model):
    """A photograph on its way in pieces; it is whole when its pieces have the announced hash, and then goes.

    Without a visit it becomes a photograph that waits for the hazard which names it.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    visit = models.ForeignKey(Visit, models.CASCADE, null=True, related_name="+", verbose_name="检查")
    size = models.PositiveIntegerField("字节数")
    sha256 = models.CharField("校验值", max_length=64)
    piece_size = models.PositiveIntegerField("分片字节数")
    about = models.JSONField("说明", default=dict)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="用户")
    begun_at = models.DateTimeField("开始时间", db_default=Now(), editable=False)

    objects = ArrivalQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "上传中的照片"
        constraints = [
            models.CheckConstraint(
                name="photo_arrival_sizes", condition=Q(size__range=(1, 15 * 1024 * 1024), piece_size__gt=0)
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class PhotoPiece(models.Model):
    """One piece of a photograph that is not whole yet."""

    arrival = models.ForeignKey(PhotoArrival, models.CASCADE, related_name="pieces", verbose_name="照片")
    index = models.PositiveSmallIntegerField("序号")
    data = models.BinaryField("内容")

    class Meta:
        verbose_name = verbose_name_plural = "照片分片"
        constraints = [models.UniqueConstraint(fields=["arrival", "index"], name="piece_once")]

    def __str__(self) -> str:
        return f"{self.arrival_id} {self.index}"
