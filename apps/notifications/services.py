"""Telling people something once, and remembering what they have read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now

from apps.core.outbox import enqueue
from apps.notifications import channels
from apps.notifications.models import Level, Message

BATCH = 1000
TITLE_LENGTH = 200

TELL = """
    SELECT * FROM notifications_tell(
        %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
"""
HAND_OVER = "SELECT notifications_hand_over(%s::bigint[], %s::text[], %s::text[])"


@dataclass(frozen=True)
class Notice:
    """News for one person; `url` is a path of this site, `dedupe_key` the occasion it is told on."""

    recipient_id: int
    kind: str
    title: str
    url: str
    dedupe_key: str
    level: str = Level.REMINDER
    body: str = ""


def notify(
    recipients: Iterable[Any], *, kind: str, title: str, url: str, level: str, dedupe_key: str, body: str = ""
) -> int:
    """Tell each of these users (or keys of users) once and return how many had not been told on this occasion."""
    return notify_all(Notice(key, kind, title, url, dedupe_key, level, body) for key in keys_of(recipients))


@transaction.atomic(savepoint=False)
def notify_all(notices: Iterable[Notice]) -> int:
    """Tell many people many things in one statement, and return how many messages are new.

    Written in the caller's transaction, so that a message exists exactly when its cause does.  Accounts that
    are switched off are told nothing.
    """
    wanted = list(notices)
    columns = [list(column) for column in zip(*map(_row, wanted), strict=True)]
    if not columns:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(TELL, columns)
        new = [pk for (pk,) in cursor.fetchall()]
    hand_over(new)
    return len(new)


def _row(notice: Notice) -> tuple[int, str, str, str, str, str, str]:
    """The values in the order of TELL."""
    title = notice.title if len(notice.title) <= TITLE_LENGTH else f"{notice.title[: TITLE_LENGTH - 1]}…"
    return notice.recipient_id, notice.kind, notice.level, title, notice.body, notice.url, notice.dedupe_key


def hand_over(messages: Sequence[int]) -> None:
    """Write a delivery for each channel that carries these new messages, and wake the sender once."""
    ways = channels.configured()
    if not messages or not ways:
        return
    with connection.cursor() as cursor:
        cursor.execute(HAND_OVER, [list(messages), [way.name for way in ways], [way.address for way in ways]])
        (written,) = cursor.fetchone()
    if written:
        enqueue("notifications.deliver")


def settle(recipients: Iterable[Any], url: str, *, kind: str = "") -> int:
    """What earlier messages asked for at this address is done: unread they stay, but they ask for nothing more.

    Without this a step that was taken from the list of what is to do would stand in the next digest as open.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT notifications_settle(%s::bigint[], %s, %s)", [list(keys_of(recipients)), url, kind])
        return cursor.fetchone()[0]


def keys_of(recipients: Iterable[Any]) -> set[int]:
    """Of users or of keys of users."""
    return {getattr(recipient, "pk", recipient) for recipient in recipients}


def unread_count(user: Any) -> int:
    return Message.objects.visible_to(user).unread().count()


def mark_read(user: Any, keys: Iterable[int]) -> int:
    """Mark the user's own messages among these as read; how many were unread till now."""
    return Message.objects.visible_to(user).unread().filter(pk__in=list(keys)).update(read_at=Now())


def mark_all_read(user: Any) -> int:
    return Message.objects.visible_to(user).unread().update(read_at=Now())
