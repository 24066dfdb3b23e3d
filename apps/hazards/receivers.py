"""What a move of a hazard causes beside itself: the people around it are told, in the same transaction."""

from typing import Any

from django.dispatch import receiver

from apps.core.models import Event
from apps.core.workflow import Transition, transitioned
from apps.hazards.handlers import handlers_of
from apps.hazards.models import Hazard
from apps.hazards.recipients import ROLES, Recipients
from apps.hazards.services.digest import hands_of
from apps.notifications.services import notify, settle
from apps.projects.models import Project

MUST_DO = {
    "order",
    "reject",
    "return",
    "answer",
    "confirm",
    "verify",
    "request_void",
    "contest",
    "remind",
    "request_extension",
}

# Requests that a decision answers while the hazard stays in the same hands.
DECIDED = {
    "reject_void": "request_void",
    "approve_extension": "request_extension",
    "reject_extension": "request_extension",
}


@receiver(transitioned, sender=Hazard)
def tell_the_people(record: Hazard, move: Transition, event: Event, **kwargs: Any) -> None:
    """One message per person; the mover is not told what they have just done."""
    around = Recipients([record])
    settle_earlier(record, move, event, around)
    if not move.notify:
        return
    project = Project.objects.filter(pk=record.project_id).values_list("name", flat=True).get()
    where = f"{record.number}　{project}　现为“{record.get_state_display()}”"
    people = [user for user in around.all_of(record, move.notify) if user != event.actor_id]
    notify(
        people,
        kind=f"hazard_{move.name}",
        title=f"{move.label}：{record.title}",
        body="　".join(filter(None, (where, str(event.facts.get("remark") or event.facts.get("reason") or "")))),
        url=record.get_absolute_url(),
        level="must_do" if is_to_do(record, move) else "info",
        dedupe_key=f"hazard:{record.pk}:{event.step}",
    )


def is_to_do(record: Hazard, move: Transition) -> bool:
    """Being assigned asks for something once the hazard waits for its verification."""
    return move.name in MUST_DO or (move.name == "assign" and "recorder" in hands_of(record.state))


def settle_earlier(record: Hazard, move: Transition, event: Event, around: Recipients) -> None:
    """Once the hazard has passed into other hands, nobody has to do any more what they were told before."""
    if hands_of(event.before) != hands_of(event.after):
        settle(around.all_of(record, (*ROLES, "first_recorder")), record.get_absolute_url())
    elif move.name in DECIDED:
        settle(around.of(record, "approvers"), record.get_absolute_url(), kind=f"hazard_{DECIDED[move.name]}")
    elif move.name == "assign":
        for kind in ("hazard_confirm", "hazard_contest", "hazard_assign"):
            settle(handlers_of(record.organisation_id), record.get_absolute_url(), kind=kind)
