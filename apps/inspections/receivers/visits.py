"""Whom a move of a visit concerns, told in the same transaction."""

from typing import Any

from django.dispatch import receiver

from apps.core.models import Event
from apps.core.workflow import Transition, transitioned
from apps.inspections.models import Visit
from apps.inspections.recipients import ROLES, team_of
from apps.notifications.services import notify, settle


@receiver(transitioned, sender=Visit)
def tell_the_people(record: Visit, move: Transition, event: Event, **kwargs: Any) -> None:
    """One message per person; what the team was told to do is settled once it is done or called off."""
    if move.name in ("submit", "cancel", "call_off"):
        settle(team_of(record), record.get_absolute_url())
    told = {person for role in move.notify for person in ROLES[role](record)}
    notify(
        told - {event.actor_id},
        kind=f"visit_{move.name}",
        title=f"{move.label}：{record.project.name}",
        body=f"{record.number}　{record.get_kind_display()}　现为“{record.get_state_display()}”",
        url=record.get_absolute_url(),
        level="info",
        dedupe_key=f"visit:{record.pk}:{event.step}",
    )
