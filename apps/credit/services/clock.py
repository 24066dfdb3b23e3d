"""What time alone brings about: publication and validity run out, terms end.  Run as often as one likes."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from apps.core.workflow import Workflow
from apps.credit.models import Blacklisting, CreditEntry, EntryState, ListState
from apps.credit.services import kept_files, permit_reminders
from apps.credit.services.self_found import propose_left_open
from apps.credit.services.standings import renew
from apps.credit.workflow import ENTRY, LISTING


def tick(today: date | None = None) -> int:
    """Make the moves that are due, then fold everybody; answers how many moves were made.

    Public pages ask the days themselves, so that nobody is shown a day too long where this comes late.
    """
    day = today or timezone.localdate()
    made = sum(
        happen(workflow, name, rows)
        for workflow, name, rows in (
            (ENTRY, "end_publication", CreditEntry.objects.filter(state=EntryState.PUBLISHED, publish_until__lt=day)),
            (ENTRY, "expire", CreditEntry.objects.filter(state=EntryState.EFFECTIVE, ends_on__lte=day)),
            (LISTING, "end_term", Blacklisting.objects.filter(state=ListState.LISTED, listed_until__lt=day)),
        )
    )
    propose_left_open(day)
    renew()
    permit_reminders.remind(day)
    kept_files.sweep()
    return made


def happen(workflow: Workflow, name: str, rows: QuerySet[Any]) -> int:
    """One by one, each in a transaction of its own, so that one that fails keeps none of the others."""
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    records = (rows.model(pk=key) for key in keys)
    return sum(workflow.happen(record, name) is not None for record in records)
