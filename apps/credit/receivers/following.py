"""Moves of findings: the score follows at once, lists are proposed, other offices are asked."""

from typing import Any

from django.dispatch import receiver

from apps.core.models import Event
from apps.core.workflow import Transition, transitioned
from apps.credit.models import Blacklisting, CreditEntry, PermitCase, Proceeding
from apps.credit.services import conditions, joint, standings
from apps.enterprises.models import EnterpriseMerge

COUNTS = {"take_effect", "revoke", "repair", "expire"}
LISTS = {"put_on_list", "revoke", "remove", "end_term"}
HOLDS = {"suspend", "revoke", "release"}


def renew_subject(record: Proceeding) -> None:
    """The score of whom the finding is about."""
    if record.person_id:
        standings.renew(persons=[record.person_id])
    else:
        standings.renew(enterprises=[record.enterprise_id])


@receiver(transitioned, sender=CreditEntry, dispatch_uid="credit.entry")
def entry_moved(record: CreditEntry, move: Transition, event: Event, **kwargs: Any) -> None:
    if move.name in COUNTS:
        renew_subject(record)
    if move.name == "take_effect":
        conditions.propose_lists(record, event)


@receiver(transitioned, sender=Blacklisting, dispatch_uid="credit.listing")
def listing_moved(record: Blacklisting, move: Transition, event: Event, **kwargs: Any) -> None:
    if move.name == "put_on_list":
        joint.send_measures(record, by=event.actor)
    if move.name == "end_term":
        conditions.propose_again(record, event)
    if move.name in LISTS:
        renew_subject(record)


@receiver(transitioned, sender=PermitCase, dispatch_uid="credit.permit")
def permit_moved(record: PermitCase, move: Transition, **kwargs: Any) -> None:
    if move.name in HOLDS:
        standings.renew(enterprises=[record.enterprise_id])


@receiver(transitioned, sender=EnterpriseMerge, dispatch_uid="credit.merge")
def firms_merged(record: EnterpriseMerge, move: Transition, **kwargs: Any) -> None:
    """What was found of the duplicate counts for the survivor, and after undoing for the duplicate again."""
    if move.name in ("merge", "undo_merge"):
        standings.renew(enterprises=[record.survivor_id, record.duplicate_id])
