"""Whom a move of an accident concerns, told in the same transaction."""

from collections.abc import Callable
from typing import Any

from django.dispatch import receiver

from apps.accidents.models import Accident
from apps.accidents.selectors import deciders_of, people_of_firm, people_of_the_liable
from apps.core.models import Event
from apps.core.workflow import Transition, transitioned
from apps.notifications.services import notify, settle

PEOPLE: dict[str, Callable[[Accident], list[int]]] = {
    "deciders": deciders_of,
    "firm": people_of_firm,
    "liable": people_of_the_liable,
    "reporter": lambda accident: [accident.reported_by_id],
}
"""What a person may be to an accident; transitions name these in `notify`."""


@receiver(transitioned, sender=Accident)
def tell_the_people(record: Accident, move: Transition, event: Event, **kwargs: Any) -> None:
    """One message per person, and none to who made the move; what waits for nobody any more asks for nothing."""
    if move.target:
        settle(deciders_of(record), record.get_absolute_url())
    people = {user for role in move.notify for user in PEOPLE[role](record)} - {event.actor_id}
    said = next((str(event.facts[name]) for name in ("liable_named", "reason", "remark") if event.facts.get(name)), "")
    notify(
        sorted(people),
        kind=f"accident_{move.name}",
        title=f"{move.label}：{record.title}",
        body="　".join(filter(None, (record.number, record.toll, f"现为“{record.get_state_display()}”", said))),
        url=record.get_absolute_url(),
        level="info",
        dedupe_key=f"accident:{record.pk}:{event.step}",
    )
