"""Proof that is sent with a form: kept while the form has to come back, so that nothing is lost.

What is kept is named by a draft of its sender; the clock throws away what was never handed in.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError, Q

from apps.core import files
from apps.core.db import db_now
from apps.core.models import Draft, StoredFile
from apps.core.scans import KINDS, MOST_BYTES

MOST_FILES = 9
KEPT_FOR = timedelta(days=2)
OF_REPAIR, OF_ENTRY = "repair-file-", "entry-file-"


def slot_of(finding: Any) -> str:
    """Where the one proof of an application for the repair of this finding waits."""
    return f"{OF_REPAIR}{finding.number}"


def kept(user: Any, slot: str) -> StoredFile | None:
    """The file that this user has sent there and not yet handed in."""
    return named_by(Draft.objects.filter(user=user, name=slot).first())


def named_by(draft: Draft | None) -> StoredFile | None:
    """Drafts may be written by anybody for themselves, so that it names only files of its owner."""
    key = next(iter(draft.data.get("file", ())), "") if draft else ""
    try:
        own = StoredFile.objects.filter(pk=key, created_by=draft.user_id if draft else None)
        return own.filter(content_type__in=KINDS).first()
    except (ValueError, ValidationError):
        return None


def keep(user: Any, slot: str, file: IO[bytes], name: str) -> StoredFile:
    """In place of what was kept there before.  Raises FileRefused."""
    before = kept(user, slot)
    stored = files.store(file, name=name, by=user, limit=MOST_BYTES)
    remember(user, slot, stored)
    throw_away(before)
    return stored


def remember(user: Any, slot: str, stored: StoredFile) -> None:
    Draft.objects.update_or_create(user=user, name=slot, defaults={"data": {"file": [str(stored.pk)]}})


def hand_in(user: Any, slot: str) -> None:
    """What it was sent for has it now."""
    Draft.objects.filter(user=user, name=slot).delete()


# Several at once, each in a place of its own: the form names those that it has.


def add(user: Any, file: IO[bytes], name: str) -> StoredFile:
    """Beside what is kept already.  Raises FileRefused."""
    stored = files.store(file, name=name, by=user, limit=MOST_BYTES)
    remember(user, f"{OF_ENTRY}{stored.pk}", stored)
    return stored


def named(user: Any, keys: Iterable[str]) -> list[StoredFile]:
    """Of the files that a form says it has, those that this user has sent and not yet handed in."""
    slots = [f"{OF_ENTRY}{key}" for key in dict.fromkeys(keys)][:MOST_FILES]
    drafts = {draft.name: draft for draft in Draft.objects.filter(user=user, name__in=slots)}
    found = [named_by(drafts.get(slot)) for slot in slots]
    return [stored for stored in found if stored]


def hand_in_all(user: Any, stored: Iterable[StoredFile]) -> None:
    Draft.objects.filter(user=user, name__in=[f"{OF_ENTRY}{one.pk}" for one in stored]).delete()


def throw_away(stored: StoredFile | None) -> None:
    """Its bytes go with the sweep of files that no row owns; what something else uses stays."""
    if stored is None:
        return
    try:
        with transaction.atomic():
            stored.delete()
    except ProtectedError:
        pass


def sweep(now: datetime | None = None) -> int:
    """Throw away what was sent and not handed in for two days; answers how many."""
    ours = Q(name__startswith=OF_REPAIR) | Q(name__startswith=OF_ENTRY)
    old = Draft.objects.filter(ours, saved_at__lt=(now or db_now()) - KEPT_FOR)
    drafts = list(old.order_by("pk"))
    for draft in drafts:
        throw_away(named_by(draft))
        draft.delete()
    return len(drafts)
