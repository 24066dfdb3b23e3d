"""What a session must keep to, at every request."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import get_user
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.services.signin import keep_wrong_guess
from apps.accounts.sessions import BEGAN, SEEN
from apps.core.api.gate import is_api, problem

# Writing the time of every click would cost a write per page; a minute is close enough for half an hour.
SEEN_EVERY_SECONDS = 60
CHANGE_PASSWORD_FIRST = "请先登录网页修改初始密码"  # noqa: S105  a sentence
ALLOWED_WITH_FIRST_PASSWORD = {"accounts:password", "accounts:logout"}


class SessionRules:
    """Ends sessions that rest or last too long, and lets nobody guess a password or work with one somebody else set.

    That a session dies of a changed password, role or standing is Django's doing: see `User._get_session_auth_hash`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # The account itself from here on: Django's lazy one costs a detour at each of the hundreds of looks at it.
        request.user = get_user(request)
        if request.user.is_authenticated:
            if self.has_run_out(request):
                logout(request)
            elif request.user.must_change_password and not self.may_pass(request):
                return self.ask_for_password(request)
            else:
                self.note(request)
        answer = self.get_response(request)
        keep_wrong_guess(request.user)
        return answer

    def has_run_out(self, request: HttpRequest) -> bool:
        now, session = timezone.now().timestamp(), request.session
        rested, lasted = now - session.get(SEEN, 0), now - session.get(BEGAN, 0)
        return rested > settings.SESSION_IDLE_SECONDS or lasted > settings.SESSION_ABSOLUTE_SECONDS

    def note(self, request: HttpRequest) -> None:
        now = timezone.now()
        if now.timestamp() - request.session[SEEN] > SEEN_EVERY_SECONDS:
            request.session[SEEN] = int(now.timestamp())
            User.objects.filter(pk=request.user.pk).update(last_seen_at=now)

    def may_pass(self, request: HttpRequest) -> bool:
        try:
            return resolve(request.path_info).view_name in ALLOWED_WITH_FIRST_PASSWORD
        except Resolver404:
            return False

    def ask_for_password(self, request: HttpRequest) -> HttpResponse:
        if is_api(request):
            return problem(403, code="password_change_required", message=CHANGE_PASSWORD_FIRST)
        return redirect("accounts:password")
