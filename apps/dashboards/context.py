"""What every page's frame shows: menu, name, unread messages.  Asked for only when a template draws the frame."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from apps.dashboards import selectors
from apps.dashboards.menu import dock_for, menu_for
from apps.dashboards.todos import waiting


def shell(request: HttpRequest) -> dict[str, Any]:
    """Nothing for those who have not signed in."""
    user = getattr(request, "user", None)
    common = {"demo": settings.SEED_DEMO, "font_scale": scale_of(request)}
    if user is None or not user.is_authenticated:
        return common
    news = selectors.News(user)
    return common | {
        "me": user,
        "menu": SimpleLazyObject(lambda: menu_for(user, request.path, waiting(user))),
        "dock": SimpleLazyObject(lambda: dock_for(user, request.path)),
        "unread": SimpleLazyObject(lambda: news.unread),
        "running_job": SimpleLazyObject(lambda: news.job),
    }


def scale_of(request: HttpRequest) -> str:
    scale = request.COOKIES.get("font_scale", "")
    return scale if scale in ("large", "larger") else ""
