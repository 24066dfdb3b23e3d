"""The case before and after this one in the list that its reader came from.

The list is its own address: the browser names it on the way in (Referer), and the links to the neighbours carry
it on as `?from=`.  Only lists that are known here are followed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from apps.core.keyset import Place, place_of, rows_after
from apps.core.listing import Listing
from apps.core.registers import registry
from apps.hazards.models import Hazard
from apps.hazards.registers import HazardRegister

Sequence = Callable[[Any, QueryDict], QuerySet[Hazard]]
WAY = "from"
LONGEST = 2000

sequences: dict[str, Sequence] = {}
"""The lists by the names of their addresses; apps above add theirs when they are ready."""


def ledger(user: Any, query: QueryDict) -> QuerySet[Hazard]:
    return Listing(registry[HazardRegister.name], user, query).sorted


sequences["hazards:list"] = ledger


@dataclass(frozen=True)
class Neighbours:
    """Addresses to go to; `origin` is that of the list, and all are empty where none is known."""

    origin: str = ""
    before: str = ""
    after: str = ""


def origin_of(request: HttpRequest) -> str:
    """The list that this reader works through: named by the page or its form, else where they came from."""
    named = request.POST.get(WAY) or request.GET.get(WAY, "")
    return named_list(named) or came_from(request)


def address_of(hazard: Hazard, origin: str) -> str:
    """The case file with the way back to the list."""
    address = hazard.get_absolute_url()
    return f"{address}?{urlencode({WAY: origin})}" if origin else address


def neighbours(request: HttpRequest, hazard: Hazard) -> Neighbours:
    """By the place where this case stands in the order, also when it has left the list because it was dealt with."""
    origin = origin_of(request)
    sequence = of_address(origin)
    if sequence is None:
        return Neighbours()
    rows = sequence(request.user, QueryDict(urlsplit(origin).query))
    place = place_of(Hazard.objects.visible_to(request.user), hazard.pk, rows)
    if place is None:
        return Neighbours(origin)
    return Neighbours(origin, beside(rows.reverse(), place, origin), beside(rows, place, origin))


def beside(rows: QuerySet[Hazard], place: Place, origin: str) -> str:
    """The address of the next case after this place."""
    found = rows_after(rows, place, 1, fetch=lambda piece: list(piece.values_list("number", flat=True)))
    return f"{reverse('hazards:detail', args=found)}?{urlencode({WAY: origin})}" if found else ""


def came_from(request: HttpRequest) -> str:
    """The list behind the Referer: itself one, or a case that was reached from one."""
    try:
        parts = urlsplit(request.headers.get("Referer", "")[:LONGEST])
    except ValueError:
        return ""
    if parts.netloc != request.get_host():
        return ""
    carried = parse_qs(parts.query).get(WAY, [""])[0]
    return named_list(f"{parts.path}?{parts.query}" if parts.query else parts.path) or named_list(carried)


def named_list(address: str) -> str:
    return address if len(address) <= LONGEST and of_address(address) else ""


def of_address(address: str) -> Sequence | None:
    path = urlsplit(address).path if address.startswith("/") and not address.startswith("//") else ""
    return next((sequence for name, sequence in sequences.items() if path == reverse(name)), None)
