"""The files by which an entry is proved: handed in with it, and more while nothing is decided."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from apps.core.events import record_event
from apps.core.models import StoredFile
from apps.core.workflow import TransitionRefused, lock
from apps.credit.models import CreditEntry, EntryEvidence, EntryState
from apps.credit.services.kept_files import MOST_FILES, hand_in_all

ADDS = "credit.add_creditentry"


def cannot_add(entry: CreditEntry) -> str | None:
    if entry.state not in EntryState.OPEN:
        return f"该记录{entry.get_state_display()}，不能再添加证据文件"
    if entry.files.count() >= MOST_FILES:
        return f"每条信用记录最多 {MOST_FILES} 个证据文件"
    return None


def in_words(files: Sequence[StoredFile]) -> str:
    return "\n".join(f"{file}（SHA-256 {file.sha256}）" for file in files)


def attach(entry: CreditEntry, files: Sequence[StoredFile], *, by: Any) -> None:
    """Hang uploaded files on an entry; part of the transaction that calls."""
    EntryEvidence.objects.bulk_create(EntryEvidence(entry=entry, file=file, added_by=by) for file in files)
    hand_in_all(by, files)


@transaction.atomic
def add_evidence(entry: CreditEntry, files: Sequence[StoredFile], *, by: Any) -> CreditEntry:
    """More files for an entry that is not decided.

    Raises Http404 where `by` does not see the entry, TransitionRefused with the reason against it.
    """
    fresh: CreditEntry = lock(entry, by)
    if reason := cannot_add(fresh):
        raise TransitionRefused(reason)
    if fresh.files.count() + len(files) > MOST_FILES:
        raise TransitionRefused(f"每条信用记录最多 {MOST_FILES} 个证据文件，已有 {fresh.files.count()} 个")
    attach(fresh, files, by=by)
    fresh.version += 1
    fresh.save(update_fields=["version"])
    record_event(fresh, "evidence_added", by=by, after=fresh.state, facts={"proof": in_words(files)})
    return fresh
