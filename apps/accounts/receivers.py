"""What happens when a session begins."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from apps.accounts.addresses import client_address
from apps.accounts.sessions import ADDRESS, BEGAN, BROWSER, SEEN


@receiver(user_logged_in)
def note_beginning(sender: type, request: HttpRequest, **kwargs: Any) -> None:
    now = int(timezone.now().timestamp())
    request.session[BEGAN] = request.session[SEEN] = now
    request.session[ADDRESS] = client_address(request)
    request.session[BROWSER] = request.META.get("HTTP_USER_AGENT", "")[:200]
