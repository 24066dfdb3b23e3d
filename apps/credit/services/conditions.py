"""When entries in effect ask whether a firm belongs on a list: proposals, which two officers decide or refuse."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

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
    lists = ListType.objects.in_force(entry.happened_on).filter(conditions__contains=[{"code": code}])
    subject = "person" if entry.person_id else "enterprise"
    made = (propose_one(kind, code, found, entry, event) for kind in lists.filter(subject=subject).order_by("pk"))
    return [listing for listing in made if listing is not None]


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
        happened_on__lte=entry.happened_on,
    )
    span: dict[str, Any] = {"pk": entry.pk}
    if needed.months:
        span = {"happened_on__gt": months_after(entry.happened_on, -needed.months)}
    if needed.on_one_project:
        span["project"] = entry.project_id
    found = list(same.filter(**span).order_by("happened_on", "pk"))
    return found if len(found) >= needed.count else []


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
        happened_on=entry.happened_on,
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
