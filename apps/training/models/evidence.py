"""What shows that a training took place, and who tried to sign in without an account."""

from typing import Any, Self

from django.db import models
from django.db.models.functions import Now

from apps.core.scans import Proof, never_changed
from apps.hazards.models.photo import Photograph
from apps.training.models.sessions import Session


class OfSessionQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """With the training."""
        return self.filter(session__in=Session.objects.visible_to(user).order_by().values("pk"))


class SessionPhoto(Photograph):
    """A photograph of a training (培训照片): the bytes stand under their hash and are never replaced."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="photos", verbose_name="培训")

    objects = OfSessionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "培训照片"
        indexes = [models.Index(fields=["session", "uploaded_at"], name="photo_of_training")]
        triggers = [never_changed()]


class SessionFile(Proof):
    """A paper of a training (培训附件), such as the signed list or what was handed out."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="files", verbose_name="培训")

    objects = OfSessionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "培训附件"
        triggers = [never_changed()]


class SignInFailure(models.Model):
    """A try to sign in by name and number that found nobody on the list; neither of the two is kept.

    Counted by training and address, so that numbers cannot be tried out; forgotten after a day.
    """

    session = models.ForeignKey(Session, models.CASCADE, related_name="+", verbose_name="培训")
    address = models.GenericIPAddressField("网络地址")
    at = models.DateTimeField("时间", db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = "签到失败记录"
        indexes = [models.Index(fields=["session", "address", "at"], name="sign_in_failures")]

    def __str__(self) -> str:
        return f"{self.session_id} {self.at:%Y-%m-%d %H:%M}"
