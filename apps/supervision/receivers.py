"""Whom a move of a measure concerns, told in the same transaction."""

from typing import Any

from django.dispatch import receiver

from apps.core.models import Event
from apps.core.workflow import Transition, transitioned
from apps.hazards.models import Hazard
from apps.hazards.recipients import ROLES, Recipients
from apps.notifications.services import notify, settle
from apps.supervision.models import Listing, Measure, StopWork, Transfer
from apps.supervision.officers import Officers
from apps.supervision.workflow.guards import OFFICE_OF_LEVEL

# After these somebody has to act, and not only to know.
MUST_DO = {"list_publicly", "report_removal", "go_on", "stop", "request_resume", "refuse_resume", "decide"}


@receiver(transitioned, sender=Listing)
@receiver(transitioned, sender=StopWork)
@receiver(transitioned, sender=Transfer)
def tell_the_people(record: Any, move: Transition, event: Event, **kwargs: Any) -> None:
    """One message per person; who made the move is not told of it, and what asked for it asks no more."""
    hazard: Hazard = record.hazard
    around = Recipients([hazard])
    told = set(around.all_of(hazard, [role for role in move.notify if role in ROLES]))
    if "lister" in move.notify:
        told.add(record.listed_by_id)
    settle(everybody(around, record), record.get_absolute_url())
    said = next(
        (str(event.facts[name]) for name in ("opinion", "reason", "report", "answer") if event.facts.get(name)), ""
    )
    notify(
        told - {event.actor_id, None},
        kind=f"{type(record).__name__.lower()}_{move.name}",
        title=f"{move.label}：{hazard.title}",
        body="　".join(
            filter(None, (f"{record.number}　{record.project.name}", f"现为“{record.get_state_display()}”", said))
        ),
        url=record.get_absolute_url(),
        level="must_do" if move.name in MUST_DO else "info",
        dedupe_key=f"{record._meta.label_lower}:{record.pk}:{event.step}",
    )


def everybody(around: Recipients, record: Measure) -> set[int]:
    officers = Officers([record])
    deciding = [pk for level in OFFICE_OF_LEVEL for pk in officers.of_level(record, level)]
    return {*around.all_of(record.hazard, ROLES), *deciding}
