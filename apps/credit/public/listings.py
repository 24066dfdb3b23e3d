"""What anybody may read of lists and credit records without signing in: the fields that are named here, no more.

The days themselves are asked, so that nobody is shown a day too long where the task of the night comes late.  Nothing
about a person is here (《个人信息保护法》).
"""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from apps.core.public_lists import Choice, Question, public_list
from apps.credit.models import (
    Blacklisting,
    CreditEntry,
    CreditProfile,
    EntryState,
    ListState,
    ListType,
    Nature,
    Subject,
)

NAMED = ("enterprise__organisation__name", "enterprise__uscc")
BY_FIRM: dict[str, Any] = {
    "text_label": "企业名称或统一社会信用代码",
    "columns": ("organisation__name", "uscc"),
    "through": "enterprise",
}
LISTING_FIELDS = (
    *NAMED,
    "list_type__name",
    "condition",
    "legal_basis",
    "decision_number",
    # Lists are decided by another office than the one that proceeds.
    "decided_by__organisation__name",
    "listed_on",
    "listed_until",
)
ENTRY_FIELDS = (
    *NAMED,
    "item__name",
    "nature",
    "decision_number",
    "organisation__name",
    "published_on",
    "publish_until",
)

Rows = QuerySet[Any, dict[str, Any]]


def public_listings() -> Rows:
    """The door of the public: enterprises that stand on a list today, and only the columns that are allowed."""
    today = timezone.localdate()
    rows = Blacklisting.objects.filter(state=ListState.LISTED, person=None, listed_on__lte=today)
    return rows.filter(listed_until__gte=today).order_by("-listed_on", "-pk").values(*LISTING_FIELDS)


def public_entries() -> Rows:
    """Published records of enterprises within their term; none while the method of evaluation publishes nothing."""
    today = timezone.localdate()
    profile = CreditProfile.objects.in_force(Subject.ENTERPRISE, today)
    rows = CreditEntry.objects.filter(state=EntryState.PUBLISHED, person=None)
    rows = rows.filter(published_on__lte=today, publish_until__gte=today)
    shown = rows if profile is not None and profile.is_public else rows.none()
    return shown.order_by("-published_on", "-pk").values(*ENTRY_FIELDS)


@require_GET
@login_not_required
def blacklist_page(request: HttpRequest) -> HttpResponse:
    """By firm and list, newest first."""
    lists = ListType.objects.newest().order_by("effective_from", "pk").values_list("code", "name")
    question = Question(request, Choice("list", "名单", list(lists), "全部名单", "list_type__code"), **BY_FIRM)
    return public_list(request, "credit/public_blacklist.html", public_listings(), question)


@require_GET
@login_not_required
def credit_page(request: HttpRequest) -> HttpResponse:
    """By firm and nature, newest first."""
    question = Question(request, Choice("nature", "性质", Nature.choices, column="nature"), **BY_FIRM)
    return public_list(request, "credit/public_credit.html", public_entries(), question)
