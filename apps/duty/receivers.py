"""Whom the owner's answer to a leave concerns, told in the same transaction."""

from typing import Any

from django.dispatch import receiver

from apps.core.models import Event
from apps.core.workflow import Transition, transitioned
from apps.duty.models import Leave
from apps.duty.selectors import owners_people
from apps.notifications.services import notify, settle


@receiver(transitioned, sender=Leave)
def tell_the_asker(record: Leave, move: Transition, event: Event, **kwargs: Any) -> None:
    settle(owners_people(record.project), record.get_absolute_url())
    if "asker" in move.notify and record.asked_by_id and record.asked_by_id != event.actor_id:
        notify(
            [record.asked_by_id],
            kind="leave_decided",
            title=f"{record.get_state_display()}：{record.project.name} {record}",
            body=record.answer,
            url=record.get_absolute_url(),
            level="info",
            dedupe_key=f"leave:{record.pk}:{event.step}",
        )
