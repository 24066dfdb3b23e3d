"""Error answers outside of views: a page in Chinese for people, the envelope for programs."""

import sys

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from apps.core.api.gate import is_api, problem
from apps.core.middleware import request_id
from apps.core.problems import RETRY_AFTER_S, is_passing

TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 413 if isinstance(exception, TOO_LARGE) else 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The same for a foreign record, a record that never was and an address that never was."""
    return _answer(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """A lock or a time limit of the database passes by itself, so that one is asked to come again."""
    if not is_passing(sys.exc_info()[1]):
        return _answer(request, 500)
    response = _answer(request, 503)
    response["Retry-After"] = RETRY_AFTER_S
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW: mostly a page left open for longer than the session."""
    if is_api(request):
        return problem(403, code="csrf_failed", message="页面已过期，请刷新后重试")
    return _page("csrf", 403)


def _answer(request: HttpRequest, status: int) -> HttpResponse:
    return problem(status) if is_api(request) else _page(str(status), status)


def _page(name: str, status: int) -> HttpResponse:
    """Drawn without the request: what failed may be the very database that a user's menu is read from."""
    page = render_to_string(f"core/errors/{name}.html", {"request_number": request_id.get()})
    return HttpResponse(page, status=status)
