"""The proof that a firm sends with its application: kept while the form has to come back, so that nothing is lost.

What is kept is named by a draft of its sender; the clock throws away what was never handed in.
"""

from datetime import datetime, timedelta
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError

from apps.core import files
from apps.core.db import db_now
from apps.core.files import MEGABYTE
from apps.core.models import Draft, StoredFile

MOST_BYTES = 10 * MEGABYTE
KINDS = frozenset({"application/pdf", "image/jpeg", "image/png"})
KEPT_FOR = timedelta(days=2)
PREFIX = "repair-file-"


def name_of(finding: Any) -> str:
    return f"{PREFIX}{finding.number}"


def kept(user: Any, finding: Any) -> StoredFile | None:
    """The file that this user has sent for this finding and not yet handed in."""
    return named_by(Draft.objects.filter(user=user, name=name_of(finding)).first())


def named_by(draft: Draft | None) -> StoredFile | None:
    """Drafts may be written by anybody for themselves, so that it names only files of its owner."""
    key = next(iter(draft.data.get("file", ())), "") if draft else ""
    try:
        own = StoredFile.objects.filter(pk=key, created_by=draft.user_id if draft else None)
        return own.filter(content_type__in=KINDS).first()
    except (ValueError, ValidationError):
        return None


def keep(user: Any, finding: Any, file: IO[bytes], name: str) -> StoredFile:
    """In place of what was kept before.  Raises FileRefused."""
    before = kept(user, finding)
    stored = files.store(file, name=name, by=user, limit=MOST_BYTES)
    Draft.objects.update_or_create(user=user, name=name_of(finding), defaults={"data": {"file": [str(stored.pk)]}})
    throw_away(before)
    return stored


def hand_in(user: Any, finding: Any) -> None:
    """The application has it now."""
    Draft.objects.filter(user=user, name=name_of(finding)).delete()


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
    old = Draft.objects.filter(name__startswith=PREFIX, saved_at__lt=(now or db_now()) - KEPT_FOR)
    drafts = list(old.order_by("pk"))
    for draft in drafts:
        throw_away(named_by(draft))
        draft.delete()
    return len(drafts)
