"""Ending the use of a checklist."""

from datetime import date
from typing import Any

from django.db import transaction

from apps.core.events import record_event
from apps.inspections.models import Checklist


@transaction.atomic
def withdraw(edition: Checklist, day: date, by: Any) -> None:
    """From this day on no visit is planned with it; what was judged by it stays."""
    edition.withdrawn_from = day
    edition.save(update_fields=["withdrawn_from"])
    record_event(edition, "withdrawn", by=by, facts={"withdrawn_from": day})
