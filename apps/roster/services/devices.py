"""Devices at the gates of sites: their keys, and the passes they send."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.services.tokens import digest_of
from apps.core.db import db_now
from apps.core.events import record_event
from apps.core.records import inserted
from apps.core.workflow import TransitionRefused, lock
from apps.people import identity
from apps.projects.models import Project
from apps.roster.models import AttendanceDevice, Source
from apps.roster.selectors import keeps_roster
from apps.roster.services.attendance import Line, Taken, stored_index, take_in
from apps.roster.services.engagements import NOT_YOURS

SLOW_CLOCK = timedelta(minutes=10)
"""A device's clock may run ahead by this much; what lies further ahead is refused."""


@transaction.atomic
def add_device(project: Project, name: str, *, by: Any) -> tuple[AttendanceDevice, str]:
    """A new device and its key in clear, for this one time."""
    if not keeps_roster(by, project):
        raise TransitionRefused(NOT_YOURS)
    clear = secrets.token_urlsafe(32)
    device = inserted(AttendanceDevice(project=project, name=name, key_sha256=digest_of(clear)))
    record_event(device, "registered", by=by, facts={"project": project.pk, "name": name})
    return device, clear


@transaction.atomic
def switch_device(device: AttendanceDevice, *, on: bool, by: Any) -> AttendanceDevice:
    fresh: Any = lock(device, by)
    if not keeps_roster(by, fresh.project):
        raise TransitionRefused(NOT_YOURS)
    fresh.is_active = on
    fresh.version += 1
    fresh.save(update_fields=["is_active", "version"])
    record_event(fresh, "switched_on" if on else "switched_off", by=by)
    return fresh


def find_device(clear: str) -> AttendanceDevice | None:
    """Whose key this is, switched off or not; None for a key that is nobody's."""
    rows = AttendanceDevice.objects.select_related("project")
    return rows.filter(key_sha256=digest_of(clear)).first() if clear else None


@transaction.atomic
def take_passes(device: AttendanceDevice, passes: Sequence[dict[str, Any]]) -> Taken:
    """Passes as (name, id_number, at); sent again they change nothing.  Numbers have been checked before."""
    device_time = db_now()
    lines = [line_of_pass(device.project_id, one) for one in passes]
    AttendanceDevice.objects.filter(pk=device.pk).update(last_heard_at=device_time)
    return take_in(lines)


def line_of_pass(project_id: int, told: dict[str, Any]) -> Line:
    number, at = identity.normalised(told["id_number"]), told["at"]
    day = timezone.localdate(at)
    mask = identity.masked(number)
    return Line(project_id, day, told["name"], mask, stored_index(number), at, at, Source.DEVICE)
