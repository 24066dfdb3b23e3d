"""What anybody may read of lists and credit records without signing in: the fields that are named here, no more.

The days themselves are asked, so that nobody is shown a day too long where the task of the night comes late.  Nothing
about a person is here (《个人信息保护法》).
"""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from apps.core.forms import clean_text
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

SIZE = 20
LONGEST = 50
NAMED = ("enterprise__organisation__name", "enterprise__uscc")
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
    """By firm and list, newest first; wrong values of the address find everything."""
    text, rows = asked(request), public_listings()
    lists = [("", "全部名单"), *ListType.objects.order_by("effective_from", "pk").values_list("code", "name")]
    chosen = request.GET.get("list", "")
    kind = chosen if chosen in dict(lists) else ""
    rows = rows.filter(list_type__code=kind) if kind else rows
    return page_of(request, "credit/public_blacklist.html", rows, text, {"kind": kind, "lists": lists})


@require_GET
@login_not_required
def credit_page(request: HttpRequest) -> HttpResponse:
    """By firm and nature, newest first."""
    text, rows = asked(request), public_entries()
    chosen = request.GET.get("nature", "")
    nature = chosen if chosen in Nature.values else ""
    rows = rows.filter(nature=nature) if nature else rows
    natures = [("", "全部"), *Nature.choices]
    return page_of(request, "credit/public_credit.html", rows, text, {"nature": nature, "natures": natures})


def asked(request: HttpRequest) -> str:
    return clean_text(request.GET.get("q", "").replace("\x00", ""))[:LONGEST]


def page_of(request: HttpRequest, template: str, rows: Rows, text: str, further: dict[str, Any]) -> HttpResponse:
    if text:
        named = Q(enterprise__organisation__name__icontains=text) | Q(enterprise__uscc__icontains=text)
        rows = rows.filter(named)
    page = Paginator(rows, SIZE).get_page(request.GET.get("page"))
    return render(request, template, {"page": page, "q": text} | further)
