"""Whom a cancelled training concerns, told in the same transaction."""

from typing import Any

from django.dispatch import receiver

from apps.core.cases import moment
from apps.core.models import Event
from apps.core.workflow import Transition, transitioned
from apps.notifications.services import notify
from apps.training.models import Session


@receiver(transitioned, sender=Session)
def tell_the_people(record: Session, move: Transition, event: Event, **kwargs: Any) -> None:
    """Those on the list who have an account, but for who made the move."""
    if "people" not in move.notify:
        return
    people = set(record.participations.filter(person__user__isnull=False).values_list("person__user", flat=True))
    notify(
        sorted(people - {event.actor_id}),
        kind="training_cancelled",
        title=f"培训取消：{record.course.name}",
        body=f"原定 {moment(record.starts_at)}，{record.place}。原因：{record.reason}",
        url=record.get_absolute_url(),
        level="info",
        dedupe_key=f"training:{record.pk}:cancelled",
    )
