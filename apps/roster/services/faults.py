"""Setting attendance aside that is none."""

from typing import Any

from django.db import transaction

from apps.core.db import db_now
from apps.core.events import record_event
from apps.core.workflow import TransitionRefused, lock
from apps.people.models import Person
from apps.roster.models import AttendanceFault, FaultKind
from apps.roster.selectors import keeps_roster
from apps.roster.services.attendance import leave_out
from apps.roster.services.engagements import NOT_YOURS

SETTLED = "这一条已经处理"


@transaction.atomic
def set_aside(fault: AttendanceFault, *, by: Any, reason: str) -> AttendanceFault:
    """Leave the line out of the attendance for good, with the reason; it stays on record and is not opened again.

    Of somebody at two sites at once the attendance had been written, and is taken out of this one.
    """
    at_two = held(fault) if fault.kind == FaultKind.TWO_SITES else None
    fresh: Any = lock(fault, by)
    if not keeps_roster(by, fresh.project):
        raise TransitionRefused(NOT_YOURS)
    if fresh.settled_at is not None:
        raise TransitionRefused(SETTLED)
    fresh.reason, fresh.settled_at, fresh.settled_by = reason, db_now(), by
    fresh.version += 1
    fresh.save()
    if at_two:
        leave_out(fresh.project_id, at_two, fresh.day, fresh.settled_at)
    record_event(fresh, "set_aside", by=by, facts={"reason": reason, "day": fresh.day}, at=fresh.settled_at)
    return fresh


def held(fault: AttendanceFault) -> Person | None:
    """Whom the fault is about, before any fault is locked: two sites that decide at once wait for each other here."""
    return Person.objects.select_for_update(no_key=True).filter(id_index=fault.id_index).first()
