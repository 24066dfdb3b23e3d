"""Keys for programs: shown once, kept as a digest, dead after twelve hours or any change of the account."""

import hashlib
import secrets

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from apps.accounts.models import ApiToken, User
from apps.core.events import record_event


def digest_of(token: str) -> str:
    """SHA-256 suffices for 256 random bits; a slow hash is for what people think up."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def issue_token(*, user: User) -> tuple[str, ApiToken]:
    """A new token in clear, for this one time, and its row."""
    clear = secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        user=user,
        digest=digest_of(clear),
        prefix=clear[:8],
        auth_hash=user.get_session_auth_hash(),
        expires_at=timezone.now() + settings.TOKEN_LIFETIME,
    )
    record_event(row, "issued", by=user, facts={"prefix": row.prefix, "expires_at": row.expires_at})
    return clear, row


def find_token(clear: str) -> ApiToken | None:
    """The live token of an account that has not changed since, or None."""
    row = (
        ApiToken.objects.filter(digest=digest_of(clear), revoked_at=None, expires_at__gt=timezone.now())
        .select_related("user__organisation")
        .first()
    )
    if row is None or not row.user.is_active:
        return None
    return row if constant_time_compare(row.auth_hash, row.user.get_session_auth_hash()) else None


@transaction.atomic
def revoke_token(*, token: ApiToken, by: User) -> None:
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
        record_event(token, "revoked", by=by, facts={"prefix": token.prefix})
