"""Exceptional access to single records."""

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length, Now
from django.db.models.lookups import GreaterThanOrEqual
from django.utils import timezone

REASON_MIN_LENGTH = 10


class GrantKind(models.TextChoices):
    ADOPTED_SITE = "adopted_site", "包联"
    JOINT_INSPECTION = "joint_inspection", "联合检查"
    INVITED_EXPERT = "invited_expert", "受邀专家"
    REFERRED_CASE = "referred_case", "案件移送"


class GrantQuerySet(models.QuerySet["Grant"]):
    def in_force(self, day: date) -> Self:
        return self.filter(revoked_at=None, starts_on__lte=day, ends_on__gte=day)

    def visible_to(self, user: Any) -> Self:
        """Those who grant or audit see all, everybody else what was granted to them."""
        if not user.is_active:
            return self.none()
        return self.all() if user.has_perm("accounts.view_grant") else self.filter(grantee=user)

    def lapsed(self, day: date) -> Self:
        return self.filter(revoked_at=None, ends_on__lt=day)


class Grant(models.Model):
    """Access to one record beyond the own jurisdiction (例外授权), for a reason and until a day.

    This row is the truth; the object permission of django-guardian follows it and alone opens nothing.
    """

    grantee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="grants", verbose_name="被授权人"
    )
    content_type = models.ForeignKey(ContentType, models.PROTECT, verbose_name="对象类型")
    object_id = models.BigIntegerField("对象")
    subject = GenericForeignKey("content_type", "object_id")
    kind = models.CharField("授权类型", max_length=20, choices=GrantKind)
    reason = models.CharField("授权理由", max_length=300)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("截止日期", help_text="当日仍然有效")
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="授权人")
    granted_at = models.DateTimeField("授权时间", db_default=Now(), editable=False)
    revoked_at = models.DateTimeField("撤销时间", null=True, blank=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="撤销人"
    )
    revoke_reason = models.CharField("撤销理由", max_length=300, blank=True)

    lapse_noted_at = models.DateTimeField("到期处理时间", null=True, editable=False)

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = "例外授权"
        verbose_name_plural = "例外授权"
        ordering = ("-granted_at", "-pk")
        indexes = [models.Index(fields=("grantee", "content_type", "ends_on"), name="grant_by_grantee")]
        constraints = [
            models.CheckConstraint(name="grant_ends_after_it_starts", condition=Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(
                name="nobody_grants_to_themselves",
                condition=~Q(grantee=F("granted_by")),
                violation_error_message="不能给自己授权。",
            ),
            models.CheckConstraint(
                name="grant_has_a_reason",
                condition=GreaterThanOrEqual(Length("reason"), REASON_MIN_LENGTH),
                violation_error_message="授权理由不少于10个字。",
            ),
            models.CheckConstraint(
                name="revocation_is_whole",
                condition=Q(revoked_at=None, revoked_by=None, revoke_reason="")
                | Q(revoked_at__isnull=False, revoked_by__isnull=False) & ~Q(revoke_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.grantee}（至{self.ends_on}）"

    @property
    def state(self) -> str:
        return self.state_on(timezone.localdate())

    def state_on(self, day: date) -> str:
        if self.revoked_at:
            return "已撤销"
        if day < self.starts_on:
            return "未生效"
        return "已到期" if day > self.ends_on else "有效"
