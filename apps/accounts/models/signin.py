"""Traces of signing in.  They stand in PostgreSQL: a wiped cache neither unlocks an account nor ends a session."""

from importlib import import_module

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Now


class LoginAttempt(models.Model):
    """An attempt to sign in that was let through to the password, known account or not (登录记录).

    It is written before the password is looked at, so that a thousand parallel attempts cannot all be tried;
    a success takes it, and the failures before it, out of the count.  Without an address it is of somebody signed in
    who was asked for the password once more.
    """

    username = models.CharField("用户名", max_length=50)
    address = models.GenericIPAddressField("来源地址", null=True)
    at = models.DateTimeField("时间")
    succeeded = models.BooleanField("成功", default=False)
    counts = models.BooleanField("计入锁定", default=True)

    class Meta:
        verbose_name = "登录记录"
        verbose_name_plural = "登录记录"
        indexes = [
            models.Index(fields=("username", "at"), name="attempt_by_username"),
            models.Index(fields=("address", "at"), name="attempt_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.username} {self.address}"


class LoginLock(models.Model):
    """A name or an address that may not try for a while (登录锁定).

    Names that belong to no account are locked alike, so that a lock does not tell which names exist.
    """

    class Kind(models.TextChoices):
        USERNAME = "username", "用户名"
        ADDRESS = "address", "来源地址"

    kind = models.CharField("锁定对象", max_length=10, choices=Kind)
    value = models.CharField("取值", max_length=50)
    until = models.DateTimeField("锁定至")

    class Meta:
        verbose_name = "登录锁定"
        verbose_name_plural = "登录锁定"
        constraints = [models.UniqueConstraint(name="one_lock_per_name_or_address", fields=("kind", "value"))]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.value}"


class Session(AbstractBaseSession):
    """A browser session that knows whose it is, so that its owner can see and end it (登录会话)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="sessions", verbose_name="用户"
    )
    address = models.GenericIPAddressField("来源地址", null=True)
    browser = models.CharField("浏览器", max_length=200, blank=True)
    started_at = models.DateTimeField("登录时间", null=True)
    seen_at = models.DateTimeField("最近使用时间", null=True)

    class Meta(AbstractBaseSession.Meta):
        verbose_name = "登录会话"
        verbose_name_plural = "登录会话"

    @classmethod
    def get_session_store_class(cls) -> type:
        return import_module(settings.SESSION_ENGINE).SessionStore


class ApiToken(models.Model):
    """A key for programs, of which only the SHA-256 digest is kept (接口令牌)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="tokens", verbose_name="用户")
    digest = models.CharField("摘要", max_length=64, unique=True)
    prefix = models.CharField("前缀", max_length=8)
    auth_hash = models.CharField("账户状态摘要", max_length=128)
    created_at = models.DateTimeField("签发时间", db_default=Now())
    expires_at = models.DateTimeField("到期时间")
    revoked_at = models.DateTimeField("撤销时间", null=True, blank=True)

    class Meta:
        verbose_name = "接口令牌"
        verbose_name_plural = "接口令牌"
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.prefix}…"
