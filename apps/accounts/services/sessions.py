"""What people see and end of their own browser sessions."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import ApiToken, LoginAttempt, Session, User
from apps.accounts.services.accounts import change_account

# 《网络安全法》第二十一条: logs are kept for at least six months.
ATTEMPTS_KEPT = timedelta(days=190)


@dataclass(frozen=True)
class OpenSession:
    """`number` stands for the session in addresses, for its key would open it."""

    number: str
    address: str | None
    browser: str
    started_at: datetime | None
    seen_at: datetime | None
    is_this: bool


def number_of(session_key: str) -> str:
    return hashlib.sha256(session_key.encode()).hexdigest()[:16]


def open_sessions(user: User, current_key: str | None) -> list[OpenSession]:
    """The own sessions, the one in use first."""
    rows = Session.objects.filter(user=user, expire_date__gt=timezone.now()).order_by("-seen_at")
    shown = [
        OpenSession(
            number_of(row.session_key), row.address, row.browser, row.started_at, row.seen_at, row.pk == current_key
        )
        for row in rows
    ]
    return sorted(shown, key=lambda session: not session.is_this)


@transaction.atomic
def end_sessions(*, user: User, keep: str | None = None, only: str | None = None) -> int:
    """End the user's sessions except the one with key `keep`, or `only` the one with that number; say how many."""
    rows = Session.objects.filter(user=user).exclude(session_key=keep)
    keys = [row.session_key for row in rows if only is None or number_of(row.session_key) == only]
    Session.objects.filter(session_key__in=keys).delete()
    if keys:
        change_account(user, "sessions_ended", by=user, facts={"count": len(keys)})
    return len(keys)


def tidy(now: datetime) -> None:
    """Remove what has run out: sessions, tokens, and attempts older than the law wants them kept."""
    Session.objects.filter(expire_date__lt=now).delete()
    ApiToken.objects.filter(expires_at__lt=now - ATTEMPTS_KEPT).delete()
    LoginAttempt.objects.filter(at__lt=now - ATTEMPTS_KEPT).delete()
