"""What anybody may read of listed supervision, without signing in: the fields that the notice makes public, no more."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.hazards.models import ListedLevel
from apps.supervision.models import Listing, ListingState

SIZE = 20
PUBLIC_FIELDS = (
    "number",
    "level",
    "project_name",
    "content",
    "demands",
    "deadline",
    "listed_at",
    "state",
    "released_at",
)
STATES = {"": "全部", "in_force": "督办中", "released": "已解除"}


def public_rows() -> QuerySet[Listing]:
    """The door of the public: listed ones, and only the columns that are allowed."""
    rows = Listing.objects.filter(state__in=ListingState.PUBLIC).exclude(state=ListingState.RAISED)
    return rows.only(*PUBLIC_FIELDS, "organisation__name").select_related("organisation")


@require_GET
@login_not_required
def listings_page(request: HttpRequest) -> HttpResponse:
    """By level and state, newest first; wrong values of the address find everything."""
    level, state = request.GET.get("level", ""), request.GET.get("state", "")
    rows = public_rows().order_by("-listed_at", "-pk")
    if level in ListedLevel.values:
        rows = rows.filter(level=level)
    if state == "in_force":
        rows = rows.filter(state__in=ListingState.IN_FORCE)
    elif state == "released":
        rows = rows.filter(state=ListingState.RELEASED)
    page = Paginator(rows, SIZE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page": page,
        "level": level,
        "state": state,
        "levels": [("", "全部层级"), *ListedLevel.choices],
        "states": list(STATES.items()),
    }
    return render(request, "supervision/public_listings.html", context)
