"""What a move of a hazard causes beside itself: the people around it are told, in the same transaction."""

from typing import Any

from django.dispatch import receiver

from apps.core.models import Event
from apps.core.workflow import Transition, transitioned
from apps.hazards.models import Hazard
from apps.hazards.recipients import ROLES, Recipients
from apps.hazards.services.digest import hands_of
from apps.notifications.services import notify, settle

MUST_DO = {"order", "reject", "return", "answer", "confirm", "verify", "request_void", "contest"}


@receiver(transitioned, sender=Hazard)
def tell_the_people(record: Hazard, move: Transition, event: Event, **kwargs: Any) -> None:
    """One message per person; the mover is not told what they have just done."""
    around = Recipients([record])
    settle_earlier(record, move, event, around)
    if not move.notify:
        return
    people = [user for user in around.all_of(record, move.notify) if user.pk != event.actor_id]
    notify(
        people,
        kind=f"hazard_{move.name}",
        title=f"{move.label}：{record.title}",
        body=f"{record.number}　{record.project.name}　现为“{record.get_state_display()}”",
        url=record.get_absolute_url(),
        level="must_do" if move.name in MUST_DO else "info",
        dedupe_key=f"hazard:{record.pk}:{event.step}",
    )


def settle_earlier(record: Hazard, move: Transition, event: Event, around: Recipients) -> None:
    """Once the hazard has passed into other hands, nobody has to do any more what they were told before."""
    if hands_of(event.before) != hands_of(event.after):
        settle(around.all_of(record, ROLES), record.get_absolute_url())
    elif move.name == "reject_void":
        settle(around.of(record, "approvers"), record.get_absolute_url(), kind="hazard_request_void")
