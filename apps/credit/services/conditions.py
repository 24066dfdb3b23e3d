"""When entries in effect ask whether a firm belongs on a list: proposals, which two officers decide or refuse."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from apps.core.models import Event
from apps.core.workflow import TransitionRefused
from apps.credit.clocks import months_after
from apps.credit.models import Blacklisting, CreditEntry, EntryState, ListType
from apps.credit.services.proposing import proposed, source_of


@dataclass(frozen=True)
class Needed:
    """So many entries, within so many months where `months` is not 0."""

    count: int
    months: int
    on_one_project: bool = False


ONCE = Needed(1, 0)
NEEDED = {"two_larger": Needed(2, 12), "dust": Needed(3, 12, on_one_project=True)}
"""A condition that is not named here is fulfilled by one entry."""


def propose_lists(entry: CreditEntry, event: Event) -> list[Blacklisting]:
    """A proposal for every list in force one of whose conditions this entry, with earlier ones, fulfils."""
    code = entry.item.list_condition
    found = entries_of(entry, code) if code else []
    if not found:
        return []
    lists = ListType.objects.in_force(found[-1].happened_on).filter(conditions__contains=[{"code": code}])
    subject = "person" if entry.person_id else "enterprise"
    made = (propose_one(kind, code, found, entry, event) for kind in lists.filter(subject=subject).order_by("pk"))
    return [listing for listing in made if listing is not None]


def propose_again(listing: Blacklisting, event: Event) -> list[Blacklisting]:
    """When the term is over: what took effect while the firm stood on the list asks for the list anew."""
    codes = [one["code"] for one in listing.list_type.conditions]
    rows = CreditEntry.objects.filter(
        enterprise=listing.enterprise_id,
        person=listing.person_id,
        state__in=EntryState.IN_FORCE,
        item__list_condition__in=codes,
        starts_on__gt=listing.listed_on,
    )
    return [made for entry in rows.select_related("item").order_by("pk") for made in propose_lists(entry, event)]


def entries_of(entry: CreditEntry, code: str) -> list[CreditEntry]:
    """The entries in effect that together fulfil the condition, or none while they are too few."""
    needed = NEEDED.get(code, ONCE)
    if needed.on_one_project and entry.project_id is None:
        return []
    same = CreditEntry.objects.filter(
        enterprise=entry.enterprise_id,
        person=entry.person_id,
        item__list_condition=code,
        state__in=EntryState.IN_FORCE,
    )
    if needed.on_one_project:
        same = same.filter(project=entry.project_id)
    if not needed.months:
        return list(same.filter(pk=entry.pk))
    return next((found for found in spans(same, entry, needed.months) if len(found) >= needed.count), [])


def spans(same: QuerySet[CreditEntry], entry: CreditEntry, months: int) -> Iterator[list[CreditEntry]]:
    """All that happened within so many months, from each day of which the entry is still within them.

    What happened last need not have been decided last.
    """
    day = entry.happened_on
    near = same.filter(happened_on__gt=months_after(day, -months), happened_on__lt=months_after(day, months))
    rows = list(near.order_by("happened_on", "pk"))
    for first in rows:
        if first.happened_on <= day:
            end = months_after(first.happened_on, months)
            yield [one for one in rows if first.happened_on <= one.happened_on < end]


def propose_one(
    kind: ListType, code: str, found: list[CreditEntry], entry: CreditEntry, event: Event
) -> Blacklisting | None:
    """None where the firm stands on this list already, or another proposal is under way."""
    words = next(one["text"] for one in kind.conditions if one["code"] == code)
    listing = Blacklisting(
        list_type=kind,
        condition=words,
        person=entry.person,
        project=entry.project,
        happened_on=found[-1].happened_on,
        facts="\n".join(one.facts for one in found)[:4000],
        evidence="\n".join(f"信用记录 {one.number}：{one.evidence}" for one in found)[:4000],
        legal_basis=kind.legal_basis,
        **source_of(entry, event),
    )
    also: dict[str, Any] = {"list_type": kind.pk, "condition": words}
    try:
        with transaction.atomic():
            return proposed(listing, enterprise=entry.enterprise, office=entry.organisation, by=None, also=also)
    except TransitionRefused:
        return None
