"""Photographs of a hazard, before, after and at verification."""

import uuid
from typing import Any, ClassVar, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from apps.core.models import StoredFile
from apps.hazards.models.hazard import Hazard


class PhotoStage(models.TextChoices):
    BEFORE = "before", "整改前"
    AFTER = "after", "整改后"
    VERIFICATION = "verification", "复查"


class PhotoQuerySet(models.QuerySet["Photo"]):
    def visible_to(self, user: Any) -> Self:
        """The photographs of visible hazards, and one's own that no hazard has yet."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(hazard__in=Hazard.objects.visible_to(user)) | Q(hazard=None, uploaded_by=user))

    def waiting(self, user: Any) -> Self:
        """Uploaded with a form that is not sent yet: kept, so that a mistake in a field costs no photograph."""
        return self.filter(hazard=None, uploaded_by=user)


class Photograph(models.Model):
    """One photograph as evidence: the original bytes, a copy to show, and what the picture says of itself.

    `taken_at_hint` and the position come from the picture (EXIF) or the browser and prove nothing; they are
    shown beside the upload time and the distance to the site.  `phash` is a perceptual hash (64 bits, signed).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    original = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="原图")
    shown = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="展示图")
    thumbnail = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name="缩略图")
    width = models.PositiveIntegerField("宽")
    height = models.PositiveIntegerField("高")
    taken_at_hint = models.DateTimeField("照片自带时间", null=True)
    longitude_hint = models.DecimalField("照片自带经度", max_digits=9, decimal_places=6, null=True)
    latitude_hint = models.DecimalField("照片自带纬度", max_digits=9, decimal_places=6, null=True)
    phash = models.BigIntegerField("感知哈希", db_index=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    uploaded_at = models.DateTimeField("上传时间", db_default=Now())

    SHARED: ClassVar = (
        "original_id",
        "shown_id",
        "thumbnail_id",
        "width",
        "height",
        "taken_at_hint",
        "longitude_hint",
        "latitude_hint",
        "phash",
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.id)

    @property
    def picture(self) -> dict[str, Any]:
        """What another record of the same picture says of it too: the same files, told once more."""
        return {name: getattr(self, name) for name in self.SHARED}


class Photo(Photograph):
    """A photograph of a hazard, or one that waits for the form it was uploaded with."""

    hazard = models.ForeignKey(Hazard, models.PROTECT, null=True, related_name="photos", verbose_name="隐患")
    stage = models.CharField("阶段", max_length=12, choices=PhotoStage)
    step = models.PositiveIntegerField("步骤", null=True)

    objects = PhotoQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "照片"
        indexes = [
            models.Index(fields=["uploaded_by", "uploaded_at"], condition=Q(hazard=None), name="photo_waiting"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="evidence_stays",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__hazard__isnull=False),
            ),
            pgtrigger.Protect(
                name="evidence_is_fixed",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__hazard__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} {self.id}"
