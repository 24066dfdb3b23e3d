"""The card of a person as a page to print or show, and the public pages that verify one, also without a net."""

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.addresses import client_address
from apps.core import signing
from apps.core.workers import Worker
from apps.documents.public import may_try
from apps.documents.rendering.pdf import qr_svg
from apps.people.cards import LONGEST_TOKEN, STATES, certificates_of, read, revoked_serials, state_of
from apps.people.consenting import way_of
from apps.people.models import Card, Person
from apps.people.selectors import certificate_lines
from apps.people.services import issue_card, revoke_card
from apps.people.views.persons import frame

TRIES = 600
"""A gate may ask for so many cards in ten minutes."""
SCRIPTS = ("js/cards/tweetnacl/nacl-1.0.3.min.js", "js/cards/verify.js")
SCOPE, PAGE = "/m/cards/", "/m/cards/verify/"
WORKER = Worker("cards", SCOPE, PAGE, r"^\/m\/cards\/verify\/$")


@never_cache
@require_http_methods(["GET", "POST"])
def card_page(request: HttpRequest, key: str) -> HttpResponse:
    """The card that stands, drawn to print; whoever keeps the person, or is it, makes and revokes it."""
    context = frame(request, key, "overview")
    person: Person = context["person"]
    may_make = way_of(person, request.user) is not None
    if request.method == "POST":
        if not may_make:
            raise PermissionDenied
        return move(request, person)
    card = person.cards.filter(revoked_at=None).first()
    today = timezone.localdate()
    context |= {
        "card": card,
        "may_make": may_make,
        "actions": [],
        "certificates": certificate_lines(certificates_of(person, today), today),
        "is_current": card is not None and state_of(card.token, today) == "valid",
        "qr": qr_of(request, card) if card else "",
        "title": f"{person.name}的电子证卡",
    }
    return render(request, "people/card.html", context)


def move(request: HttpRequest, person: Person) -> HttpResponse:
    """Make a card, or revoke the one that stands."""
    if "revoke" in request.POST:
        for card in person.cards.filter(revoked_at=None):
            revoke_card(card, by=request.user)
        messages.success(request, "证卡已注销，联网核验时即可看到。")
    else:
        try:
            issue_card(person, by=request.user)
            messages.success(request, "证卡已生成；以前的证卡同时注销。")
        except ValidationError as refusal:
            messages.error(request, refusal.messages[0])
    return redirect("people:card", person.pk)


def qr_of(request: HttpRequest, card: Card) -> str:
    """The token stands behind #, so that no server and no log on the way reads it."""
    link = f"{request.build_absolute_uri(reverse('cards:verify'))}#{card.token}"
    return mark_safe(qr_svg(link, any_size=True))


def assets() -> list[str]:
    return [static(path) for path in ("css/hebei.css", "img/favicon.svg", "img/icons.svg", "js/forms.js", *SCRIPTS)]


@login_not_required
@require_GET
def verify_page(request: HttpRequest) -> HttpResponse:
    """One page for all cards, which the browser keeps: it holds the public keys and nothing of anybody."""
    keys = json.dumps(signing.public_keys())
    return render(request, "people/verify_card.html", {"keys": keys, "scripts": SCRIPTS, "scope": SCOPE})


@login_not_required
@require_GET
def service_worker(request: HttpRequest) -> HttpResponse:
    """Another key, another worker."""
    return WORKER.answer(assets(), *signing.public_keys().values())


@csrf_exempt
@login_not_required
@require_POST
def card_state(request: HttpRequest) -> JsonResponse:
    """How a card stands now; who sends no signed token learns nothing.  It changes nothing, so it needs no token of
    a form."""
    if not may_try(client_address(request), "card", TRIES):
        return JsonResponse({"message": "核验太频繁，请十分钟后再试"}, status=429, headers={"Retry-After": "600"})
    token = request.POST.get("card", "")[: LONGEST_TOKEN + 1]
    state = state_of(token, timezone.localdate())
    told: dict[str, Any] = {"state": state, "words": STATES[state]}
    if said := read(token):
        told |= {"name": said.name, "last_four": said.last_four}
    return JsonResponse(told)


@login_not_required
@require_GET
def revoked_cards(request: HttpRequest) -> JsonResponse:
    """The serials that a gate without a net should know of; those of certificates that have run out need no telling."""
    return JsonResponse({"serials": revoked_serials(timezone.localdate())})
