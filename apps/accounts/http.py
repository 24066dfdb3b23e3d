"""What views may rely on."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from apps.accounts.models import User


class SignedInRequest(HttpRequest):
    """A request that LoginRequiredMiddleware has let through: its user is somebody."""

    user: User


def need(request: HttpRequest, permission: str) -> None:
    """403 for those who may see that the page exists, but not what is on it."""
    if not request.user.has_perm(permission):
        raise PermissionDenied
