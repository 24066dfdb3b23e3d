"""Records of the platform propose entries and permit cases, in the transaction of their move."""

from typing import Any

from django.dispatch import receiver

from apps.accidents.models import Accident
from apps.core.models import Event
from apps.core.workflow import Transition, transitioned
from apps.credit.services import feeding, permits


@receiver(transitioned, dispatch_uid="credit.feed")
def feed(record: Any, move: Transition, event: Event, facts: dict[str, Any], **kwargs: Any) -> None:
    feeding.propose(record, move.name, event, facts)


@receiver(transitioned, sender=Accident, dispatch_uid="credit.permits")
def examine_permits(record: Accident, move: Transition, event: Event, facts: dict[str, Any], **kwargs: Any) -> None:
    """Liable firms: the authority that issues permits is asked what becomes of theirs."""
    if move.name == "determine":
        permits.propose_for(record, [one["enterprise"] for one in facts["liable"]], event)
