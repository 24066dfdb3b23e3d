"""Accounts: making, correcting, giving a role, disabling, unlocking."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from apps.accounts.models import LoginAttempt, LoginLock, Organisation, Session, User
from apps.accounts.passwords import make_password_for_paper
from apps.accounts.roles import NO_ROLE, ROLES, fits
from apps.core.events import record_event
from apps.core.records import save_form


@transaction.atomic
def change_account(
    user: User,
    name: str,
    *,
    by: User | None,
    before: str = "",
    after: str = "",
    facts: Mapping[str, Any] | None = None,
    **fields: Any,
) -> User:
    """Set fields of an account together with the event that says so; every event takes one version."""
    fresh = User.objects.select_for_update().get(pk=user.pk)
    for field, value in fields.items():
        setattr(fresh, field, value)
    fresh.version += 1
    fresh.save(update_fields=[*fields, "version"])
    record_event(fresh, name, by=by, before=before, after=after, facts=facts)
    return fresh


def may_manage(by: User, user: User) -> bool:
    """Whether `by` looks after this account: of a role beneath the own one, in an organisation of the own house.

    Nobody looks after the own account, so nobody can raise it; and who may set a password could sign in with it,
    so the system administrator has no hand on those who check him.
    """
    in_house = Organisation.objects.managed_by(by).filter(pk=user.organisation_id)
    return by.pk != user.pk and user.role in by.role_definition.manages and in_house.exists()


def need_to_manage(by: User, permission: str, user: User) -> None:
    if not by.has_perm(permission) or not may_manage(by, user):
        raise PermissionDenied


def refuse_misfit(role: str, organisation: Organisation) -> None:
    if role and not fits(ROLES[role], organisation.kind):
        raise ValidationError(f"{organisation.get_kind_display()}的人员不能担任“{ROLES[role].label}”。")


def save_account(form: Any, *, by: User, version: int | None = None) -> User:
    """Create or correct an account from its form; a new one has no password until one is issued.

    The role is only taken for a new account, and only one that `by` may assign: later changes are `change_role`.
    """
    user: User = form.instance
    if not user._state.adding:
        need_to_manage(by, "accounts.change_user", User.objects.get(pk=user.pk))
    elif user.role not in ("", *by.role_definition.assigns):
        raise PermissionDenied
    if not Organisation.objects.managed_by(by).filter(pk=user.organisation_id).exists():
        raise PermissionDenied
    refuse_misfit(user.role, user.organisation)
    if user._state.adding:
        user.set_unusable_password()
    return save_form(form, by=by, version=version)


def create_user(
    *, username: str, name: str, role: str, organisation: Organisation, by: User | None, **fields: Any
) -> tuple[User, str]:
    """An account with a first password, returned in clear for this one time; for commands that set up a system."""
    refuse_misfit(role, organisation)
    password = make_password_for_paper()
    with transaction.atomic():
        user = User(username=username, name=name, role=role, organisation=organisation, must_change_password=True)
        for field, value in fields.items():
            setattr(user, field, value)
        user.set_password(password)
        user.full_clean()
        user.save()
        facts = {"username": username, "role": role, "organisation": organisation}
        record_event(user, "registered", by=by, facts=facts)
    return user, password


def reset_password(*, user: User, by: User) -> str:
    """A new password for one sign-in, returned in clear for this one time; the holder must replace it."""
    need_to_manage(by, "accounts.reset_user", user)
    password = make_password_for_paper()
    change_account(
        user, "password_reset", by=by, password=make_password(password), must_change_password=True, totp_secret=""
    )
    _end_all_sessions(user)
    return password


def change_role(*, user: User, role: str, reason: str, by: User) -> User:
    """Give another role, or none.  Two persons: nobody changes the own role."""
    if by.pk == user.pk or not by.has_perm("accounts.assign_role_user"):
        raise PermissionDenied
    if role not in ("", *by.role_definition.assigns):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError({"reason": "请填写变更理由。"})
    refuse_misfit(role, user.organisation)
    changed = change_account(
        user, "role_changed", by=by, before=user.role, after=role, facts={"reason": reason}, role=role
    )
    _end_all_sessions(user)
    return changed


def disable_user(*, user: User, reason: str, by: User) -> User:
    """Accounts are never deleted: what they did stays theirs."""
    need_to_manage(by, "accounts.disable_user", user)
    if not reason.strip():
        raise ValidationError({"reason": "请填写停用理由。"})
    changed = change_account(
        user, "disabled", by=by, before="active", after="disabled", facts={"reason": reason}, is_active=False
    )
    _end_all_sessions(user)
    return changed


def enable_user(*, user: User, by: User) -> User:
    need_to_manage(by, "accounts.disable_user", user)
    return change_account(user, "enabled", by=by, before="disabled", after="active", is_active=True)


@transaction.atomic
def unlock(*, user: User, by: User) -> User:
    """Let the name try again now; the lock of an address stays."""
    if not by.has_perm("accounts.unlock_user") or by.pk == user.pk:
        raise PermissionDenied
    name = user.username.lower()
    LoginLock.objects.filter(kind=LoginLock.Kind.USERNAME, value=name).delete()
    LoginAttempt.objects.filter(username=name, counts=True).update(counts=False)
    return change_account(user, "unlocked", by=by)


def is_locked(user: User) -> bool:
    held = LoginLock.objects.filter(kind=LoginLock.Kind.USERNAME, value=user.username.lower())
    return held.filter(until__gt=timezone.now()).exists()


def follow_organisation(keys: Sequence[int], *, old: int, new: int, by: User, at: datetime) -> None:
    """Tell of accounts that have gone over to another organisation with all that it has, each in its own history.

    Their sessions would end with the next request (`User._get_session_auth_hash`); this also clears them from the list.
    """
    User.objects.filter(pk__in=keys).update(version=F("version") + 1)
    for user in User.objects.filter(pk__in=keys).order_by("pk"):
        record_event(user, "changed", by=by, facts={"organisation": [old, new]}, at=at)
    Session.objects.filter(user__in=keys).delete()


def role_label(code: str) -> str:
    return ROLES.get(code, NO_ROLE).label


def _end_all_sessions(user: User) -> None:
    """The changed account would end them with their next request; this also clears them from the list."""
    Session.objects.filter(user=user).delete()
