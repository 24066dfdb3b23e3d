"""Sessions in the database that carry the account, so that they can be listed and ended (SESSION_ENGINE)."""

from datetime import datetime
from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from apps.accounts.models import Session

# Keys inside the session data.
BEGAN, SEEN, ADDRESS, BROWSER = "began", "seen", "address", "browser"


def _moment(seconds: float | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, tz=timezone.get_default_timezone()) if seconds else None


class SessionStore(DatabaseStore):
    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast(Session, super().create_model_instance(data))
        row.user_id = data.get(SESSION_KEY)
        row.address = data.get(ADDRESS)
        row.browser = data.get(BROWSER, "")
        row.started_at = _moment(data.get(BEGAN))
        row.seen_at = _moment(data.get(SEEN))
        return row
