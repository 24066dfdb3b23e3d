"""What the morning digest says of frozen lists: those that await a signature."""

from collections.abc import Iterator
from datetime import date
from itertools import islice

from apps.lists.models import ListSnapshot, SnapshotState
from apps.lists.services.freezing import signers
from apps.notifications.digests import OpenItem, digest_source
from apps.notifications.models import Level

BATCH = 500
HEAVY = ("rows", "columns", "reach")


@digest_source
def unsigned_lists(day: date) -> Iterator[OpenItem]:
    waiting = ListSnapshot.objects.exclude(state__in=(SnapshotState.APPROVED, SnapshotState.VOID))
    found = waiting.defer(*HEAVY).order_by("end", "pk").iterator(BATCH)
    while snapshots := list(islice(found, BATCH)):
        people = signers(snapshots)
        for snapshot in snapshots:
            for person in people[snapshot.pk]:
                yield OpenItem(person, f"待签字：{snapshot}", snapshot.get_absolute_url(), Level.REMINDER)
