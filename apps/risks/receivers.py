"""What a move of a risk point causes beside itself: the people around it are told, in the same transaction."""

from collections.abc import Callable
from typing import Any

from django.dispatch import receiver

from apps.core.models import Event
from apps.core.workflow import Transition, transitioned
from apps.notifications.services import notify, settle
from apps.risks.models import RiskPoint
from apps.risks.selectors import directors_of, engineers_of, people_on_site

PEOPLE: dict[str, Callable[[RiskPoint], list[int]]] = {
    "directors": directors_of,
    "engineers": engineers_of,
    "site": people_on_site,
}
"""What a person may be to a risk point; transitions name these in `notify`."""


@receiver(transitioned, sender=RiskPoint)
def tell_the_people(record: RiskPoint, move: Transition, event: Event, **kwargs: Any) -> None:
    """A check is news only when a measure has failed; the mover is not told what they have just done.

    Once nothing fails any more, or nobody controls it any more, what was told of it asks for nothing.
    """
    is_check = move.name == "check"
    if not record.is_failing:
        settle({*directors_of(record), *people_on_site(record)}, record.get_absolute_url(), kind="risk_check")
    if not move.notify or (is_check and not record.is_failing):
        return
    people = {user for role in move.notify for user in PEOPLE[role](record)} - {event.actor_id}
    label = "管控措施失效" if is_check else move.label
    notify(
        sorted(people),
        kind=f"risk_{move.name}",
        title=f"{label}：{record.name}",
        body=f"{record.number}　{record.project.name}　{event.facts.get('failed', '')}".rstrip("　"),
        url=record.get_absolute_url(),
        level="must_do" if is_check else "info",
        dedupe_key=f"risk:{record.pk}:{event.step}",
    )
