"""Agencies for tenders and the tokens by which their programs say who they are."""

import secrets
from typing import Any

from django.db import transaction

from apps.accounts.services.tokens import digest_of
from apps.core.db import db_now
from apps.core.events import record_event
from apps.core.workflow import StaleRecord, TransitionRefused, lock
from apps.credit.models import Agency


@transaction.atomic
def make_token(agency: Agency, *, by: Any, version: int | None = None) -> str:
    """A new token in clear, for this one time; the one before is dead from now on."""
    fresh: Any = lock(agency, by)
    if version is not None and version != fresh.version:
        raise StaleRecord(fresh)
    if not fresh.is_active:
        raise TransitionRefused("该单位已停用，启用后才能生成令牌")
    clear = secrets.token_urlsafe(32)
    fresh.token_sha256, fresh.token_made_at = digest_of(clear), db_now()
    fresh.version += 1
    fresh.save(update_fields=["token_sha256", "token_made_at", "version"])
    record_event(fresh, "token_made", by=by, at=fresh.token_made_at)
    return clear


def find_agency(clear: str) -> Agency | None:
    """Whose token this is, switched off or not; None for a token that is nobody's."""
    return Agency.objects.filter(token_sha256=digest_of(clear)).first() if clear else None
