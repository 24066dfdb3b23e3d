"""What people do with their own account."""

from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services.accounts import change_account
from apps.accounts.totp import matching_step


def change_password(*, user: User, new: str) -> User:
    """Replace the own password, which the form has asked for; all other sessions and all tokens die of it."""
    if user.check_password(new):
        raise ValidationError({"new": "新密码不能与原密码相同。"})
    _apply_rules(new, user)
    return change_account(
        user,
        "password_changed",
        by=user,
        password=make_password(new),
        password_changed_at=timezone.now(),
        must_change_password=False,
    )


def _apply_rules(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as problem:
        raise ValidationError({"new": problem.messages}) from problem


def turn_on_second_factor(*, user: User, secret: str, code: str) -> User:
    """From now on sign-in asks for a code; the one that proves the app works is thereby used."""
    step = matching_step(secret, code, now=timezone.now().timestamp())
    if step is None:
        raise ValidationError({"code": "动态口令不正确，请核对手机时间后重试。"})
    return change_account(user, "second_factor_on", by=user, totp_secret=secret, last_totp_step=step)


def turn_off_second_factor(*, user: User) -> User:
    """For somebody whose password has been asked for once more."""
    return change_account(user, "second_factor_off", by=user, totp_secret="")


def update_contact(*, user: User, phone: str, email: str) -> User:
    facts: dict[str, Any] = {"fields": ["phone", "email"]}
    return change_account(user, "contact_changed", by=user, facts=facts, phone=phone, email=email)
