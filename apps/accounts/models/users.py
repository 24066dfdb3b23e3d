"""People who sign in."""

from functools import cached_property
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import Group
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from apps.accounts.managers import UserManager
from apps.accounts.models.organisations import Organisation
from apps.accounts.models.signin import LoginAttempt
from apps.accounts.roles import NO_ROLE, ROLES, Role, role_choices
from apps.accounts.scopes import scope_of
from apps.core.crypto import EncryptedTextField
from apps.core.keyset import order_indexes
from apps.core.masks import masked_phone
from apps.core.models import Versioned
from apps.core.scoping import Scope
from apps.core.search import text_index

# A name stands in addresses beside words such as “new”.
USERNAME_FORM = RegexValidator(
    r"^(?!(?:new|columns|export|import|views)$)[A-Za-z0-9][A-Za-z0-9._-]{2,49}$",
    "用户名由3至50个字母、数字、点、横线或下划线组成，以字母或数字开头。",
)


class User(Versioned, AbstractBaseUser):
    """An account of one person (用户).  It has one role, or none yet; there is no superuser."""

    username = models.CharField(
        "用户名",
        max_length=50,
        unique=True,
        validators=[USERNAME_FORM],
        error_messages={"unique": "该用户名已被使用。"},
    )
    name = models.CharField("姓名", max_length=50)
    phone = EncryptedTextField("手机号码", blank=True)
    email = models.EmailField("电子邮箱", blank=True)
    role = models.CharField("角色", max_length=30, choices=role_choices, blank=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="users", verbose_name="所属机构")
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("下次登录须修改密码", default=False)
    password_changed_at = models.DateTimeField("密码修改时间", null=True, blank=True, editable=False)
    last_seen_at = models.DateTimeField("最近使用时间", null=True, blank=True, editable=False)
    totp_secret = EncryptedTextField("动态口令密钥", blank=True, editable=False)
    last_totp_step = models.BigIntegerField("已用动态口令步", default=0, editable=False)

    # django-guardian asks every user for these two; nobody here is a superuser or in a group.
    is_superuser = False
    is_staff = False
    # Of this request: the attempt at the own password, asked for once more, that was wrong.
    wrong_guess: LoginAttempt | None = None

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name", "role", "organisation"]

    class Meta:
        verbose_name = "用户"
        verbose_name_plural = "用户"
        ordering = ("organisation", "name", "pk")
        constraints = [
            models.UniqueConstraint(
                Lower("username"), name="username_differs_beyond_case", violation_error_message="该用户名已被使用。"
            ),
            models.CheckConstraint(name="user_role_is_known", condition=Q(role__in=(NO_ROLE.code, *ROLES))),
        ]
        indexes = [
            text_index("username", "name", name="account_text"),
            *order_indexes("account", "name", "last_login", "created_at"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def role_definition(self) -> Role:
        return ROLES.get(self.role, NO_ROLE)

    @property
    def own_firm_id(self) -> int | None:
        """The firm whose own records this user keeps; None for authorities, whose are everybody's."""
        return self.organisation_id if self.role_definition.side == "enterprise" else None

    @property
    def groups(self) -> QuerySet[Group]:
        return Group.objects.none()

    @cached_property
    def scope(self) -> Scope:
        """Kept for the life of this instance, that is one request or one task."""
        return scope_of(self)

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """What the role may do at all; whether it reaches `obj` is `visible_to`, never this."""
        return self.is_active and perm in self.role_definition.permissions

    def has_perms(self, perms: Any, obj: object = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and any(perm.startswith(f"{app_label}.") for perm in self.role_definition.permissions)

    def get_full_name(self) -> str:
        return self.name

    @property
    def masked_phone(self) -> str:
        """138****2046, for those who do not look after this account."""
        return masked_phone(self.phone)

    @property
    def has_second_factor(self) -> bool:
        return bool(self.totp_secret)

    def _get_session_auth_hash(self, secret: str | bytes | None = None) -> str:
        """Stands in every session and token: they die with the next request after any of these changes.

        Django's own covers the password alone; its public method and the one for old keys both end here.
        """
        standing = f"{self.password}|{self.role}|{self.organisation_id}|{self.is_active}|{self.totp_secret}"
        return salted_hmac("apps.accounts.standing", standing, secret=secret, algorithm="sha256").hexdigest()
