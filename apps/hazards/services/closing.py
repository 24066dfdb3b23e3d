"""The end of a hazard in one press where one officer may do both."""

from typing import Any

from django.db import transaction

from apps.hazards.models import Hazard
from apps.hazards.workflow import HAZARD


@transaction.atomic
def verify_and_close(hazard: Hazard, *, by: Any, version: int | None = None, **facts: Any) -> Hazard:
    """Verify and, where the table lets the same person, close.  Both moves stand in the event ledger.

    A major hazard stays at 待销号 for the second officer.
    """
    hazard = HAZARD.perform(hazard, "verify", by=by, version=version, **facts)
    if HAZARD.refusal(hazard, "close", by):
        return hazard
    return HAZARD.perform(hazard, "close", by=by)
