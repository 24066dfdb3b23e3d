"""Answers Django's questions about permissions from the roles in code."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from apps.accounts.models import User


class RoleBackend(BaseBackend):
    """Passwords against accounts, permissions against roles; no table of permissions and no superuser."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **extra: Any
    ) -> User | None:
        if username is None or password is None:
            return None
        user = User.objects.filter(username__iexact=username).select_related("organisation").first()
        if user is None:
            # The same work as for a known name, so that the time of the answer does not tell names.
            get_user_model()().set_password(password)
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).select_related("organisation").first()

    def has_perm(self, user_obj: Any, perm: str, obj: object = None) -> bool:
        return bool(user_obj.is_active) and perm in user_obj.role_definition.permissions
