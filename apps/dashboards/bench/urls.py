"""The platform's addresses and one more: a view that does nothing but know who asks, the limit to measure against."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from hebei_safety.urls import urlpatterns as platform


def bare(request: HttpRequest) -> HttpResponse:
    """Session, user, one line of text."""
    return HttpResponse(request.user.name)  # type: ignore[union-attr]


urlpatterns = [path("bench/bare/", bare), *platform]
