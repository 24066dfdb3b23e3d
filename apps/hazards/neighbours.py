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

from apps.core.listing import SIZES, Listing
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
    origin = origin_of(request)
    sequence = of_address(origin)
    if sequence is None:
        return Neighbours()
    query = QueryDict(urlsplit(origin).query, mutable=True)
    size = int(query.get("size", "")) if query.get("size", "") in {str(n) for n in SIZES} else SIZES[0]
    first = max(0, (page_of(query) - 1) * size - 1)
    rows = sequence(request.user, query).values_list("number", flat=True)
    return around(origin, hazard.number, list(rows[first : first + size + 2]), first, size)


def around(origin: str, number: str, numbers: list[str], first: int, size: int) -> Neighbours:
    """The neighbours among the numbers of one page and a row beyond at either end; `first` is the place of the first.

    A case that has left the list, since it was just dealt with, is followed by what is now on top.
    """
    if number not in numbers:
        return Neighbours(origin, "", step(origin, numbers, 0, first, size))
    at = numbers.index(number)
    return Neighbours(origin, step(origin, numbers, at - 1, first, size), step(origin, numbers, at + 1, first, size))


def step(origin: str, numbers: list[str], at: int, first: int, size: int) -> str:
    if not 0 <= at < len(numbers):
        return ""
    page = (first + at) // size + 1
    return f"{reverse('hazards:detail', args=[numbers[at]])}?{urlencode({WAY: on_page(origin, page)})}"


def on_page(origin: str, page: int) -> str:
    """The same list on another page; the first page needs no saying."""
    parts = urlsplit(origin)
    query = QueryDict(parts.query, mutable=True)
    query.pop("page", None)
    if page > 1:
        query["page"] = str(page)
    return f"{parts.path}?{query.urlencode()}" if query else parts.path


def page_of(query: QueryDict) -> int:
    asked = query.get("page", "")
    return max(1, int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 1


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
