"""What the frame of the pages remembers must not outlive what the user has just done."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from apps.dashboards.todos import forget_waiting

HARMLESS = ("GET", "HEAD", "OPTIONS")


class FreshBadges:
    """After anything that may have changed something, the counts beside the menu are taken anew."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method not in HARMLESS and request.user.is_authenticated:
            forget_waiting(request.user)
        return response
