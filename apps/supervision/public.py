"""What anybody may read of listed supervision, without signing in: the fields that the notice makes public, no more."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from apps.core.public_lists import Choice, Question, public_list
from apps.hazards.models import ListedLevel
from apps.supervision.models import Listing, ListingState

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
STATES = [("in_force", "督办中"), ("released", "已解除")]
SHOWN = {"in_force": ListingState.IN_FORCE, "released": (ListingState.RELEASED,)}


def public_rows() -> QuerySet[Listing]:
    """The door of the public: listed ones, and only the columns that are allowed."""
    rows = Listing.objects.filter(state__in=ListingState.PUBLIC).exclude(state=ListingState.RAISED)
    return rows.only(*PUBLIC_FIELDS, "organisation__name").select_related("organisation")


@require_GET
@login_not_required
def listings_page(request: HttpRequest) -> HttpResponse:
    """By level and state, newest first."""
    levels = Choice("level", "督办层级", ListedLevel.choices, "全部层级", "level")
    question = Question(request, levels, Choice("state", "状态", STATES))
    rows = public_rows().order_by("-listed_at", "-pk")
    if question.chosen("state"):
        rows = rows.filter(state__in=SHOWN[question.chosen("state")])
    return public_list(request, "supervision/public_listings.html", rows, question)
