"""What a move of a hazard causes beside itself: the people around it are told, in the same transaction."""

from typing import Any

from django.dispatch import receiver

from apps.core.models import Event
from apps.core.workflow import Transition, transitioned
from apps.hazards.models import Hazard
from apps.hazards.recipients import Recipients
from apps.notifications.services import notify

MUST_DO = {"order", "reject", "return", "answer", "confirm", "verify", "request_void", "contest"}


@receiver(transitioned, sender=Hazard)
def tell_the_people(record: Hazard, move: Transition, event: Event, **kwargs: Any) -> None:
    """One message per person; the mover is not told what they have just done."""
    if not move.notify:
        return
    people = [user for user in Recipients([record]).all_of(record, move.notify) if user.pk != event.actor_id]
    notify(
        people,
        kind=f"hazard_{move.name}",
        title=f"{move.label}：{record.title}",
        body=f"{record.number}　{record.project.name}　现为“{record.get_state_display()}”",
        url=record.get_absolute_url(),
        level="must_do" if move.name in MUST_DO else "info",
        dedupe_key=f"hazard:{record.pk}:{event.step}",
    )
