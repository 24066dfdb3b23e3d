"""Whom a move concerns, told in the same transaction."""

from typing import Any

from django.dispatch import receiver

from apps.core.models import Event
from apps.core.workflow import Transition, transitioned
from apps.credit.models import Blacklisting, CreditEntry, CreditRepair, JointMeasure, PermitCase
from apps.credit.recipients import ROLES
from apps.notifications.services import notify, settle

# After these somebody has to act, and not only to know.
MUST_DO = {"check", "notify", "object", "ask_recheck", "fail_recheck", "accept", "suspend"}


def tell_the_people(record: Any, move: Transition, event: Event, **kwargs: Any) -> None:
    """One message per person; what asked for this move asks no more."""
    told = {person for role in move.notify for person in ROLES[role](record)}
    everybody = {person for name, role in ROLES.items() if name in usual(record) for person in role(record)}
    settle(everybody, record.get_absolute_url())
    subject = str(getattr(record, "subject", "") or getattr(record, "enterprise", "") or record)
    said = next((str(event.facts[name]) for name in SAID if event.facts.get(name)), "")
    notify(
        told - {event.actor_id},
        kind=f"{record._meta.model_name}_{move.name}",
        title=f"{move.label}：{record._meta.verbose_name} {subject}",
        body="　".join(filter(None, (str(record), f"现为“{record.get_state_display()}”", said[:200]))),
        url=record.get_absolute_url(),
        level="must_do" if move.name in MUST_DO else "info",
        dedupe_key=f"{record._meta.label_lower}:{record.pk}:{event.step}",
    )


SAID = ("answer", "reason", "objection", "recheck", "report", "feedback", "opinion")


def usual(record: Any) -> tuple[str, ...]:
    if isinstance(record, JointMeasure):
        return ("asked", "sender")
    if isinstance(record, CreditRepair):
        return ("applicant", "deciders", "acceptor")
    return ("firm", "checkers", "deciders", "maker")


for model in (CreditEntry, Blacklisting, PermitCase, CreditRepair, JointMeasure):
    receiver(transitioned, sender=model, dispatch_uid=f"credit.tell.{model.__name__}")(tell_the_people)
