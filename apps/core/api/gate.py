"""What an API request must satisfy before anything of its body is read."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from apps.core.api.parsers import MAX_JSON, MAX_UPLOAD
from apps.core.problems import envelope

PREFIX = "/api/"
# Multipart wraps the file in boundaries and headers.
WRAPPING = 64 * 1024
AS_RENDERED = {"ensure_ascii": False, "separators": (",", ":")}


class ApiGate:
    """Refuses packed bodies, which could unpack to anything, and bodies over the limit of their kind."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_api(request):
            return self.get_response(request)
        if request.headers.get("Content-Encoding", "identity").lower() != "identity":
            return problem(415)
        if content_length(request) > limit(request):
            return problem(413)
        response = self.get_response(request)
        response.setdefault("Cache-Control", "private, no-store")
        return response


def is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith(PREFIX)


def limit(request: HttpRequest) -> int:
    return MAX_UPLOAD + WRAPPING if request.content_type == "multipart/form-data" else MAX_JSON


def content_length(request: HttpRequest) -> int:
    """A length that is no number counts as none; nothing is then read from the body."""
    given = request.META.get("CONTENT_LENGTH") or "0"
    return int(given) if given.isascii() and given.isdigit() else 0


def problem(status: int, **parts: Any) -> JsonResponse:
    """The envelope outside of DRF, to the byte as DRF's renderer writes it."""
    return JsonResponse(envelope(status, **parts), status=status, json_dumps_params=AS_RENDERED)
