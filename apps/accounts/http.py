"""What views may rely on."""

from django.http import HttpRequest

from apps.accounts.models import User


class SignedInRequest(HttpRequest):
    """A request that LoginRequiredMiddleware has let through: its user is somebody."""

    user: User
