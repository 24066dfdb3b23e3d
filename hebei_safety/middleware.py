from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from apps.core import health

PROBES = {"/livez": health.livez, "/readyz": health.readyz, "/metrics": health.metrics}
POLICY = "geolocation=(self), camera=(self), microphone=(), payment=(), usb=(), display-capture=()"


class Probes:
    """Answers those who look whether we are well. They call us by address, without TLS and without signing in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return PROBES.get(request.path_info, self.get_response)(request)


class PermissionsPolicy:
    """Pages may ask the browser for place and camera, which evidence needs, and for nothing else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["Permissions-Policy"] = POLICY
        return response


class NoStore:
    """What a signed-in person was shown stays neither in the browser nor in a proxy, unless the view says otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # Only a user that was asked for on the way: the page that says the database is away must not ask it again.
        user = getattr(request, "_cached_user", None)
        is_page = response.get("Content-Type", "").startswith("text/html")
        if is_page and user is not None and user.is_authenticated:
            response.setdefault("Cache-Control", "no-store")
        return response
