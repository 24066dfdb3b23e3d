"""Work for later, written in the transaction that causes it."""

import json
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from apps.core.canonical import plain
from apps.core.models import OutboxEntry

LEASE = timedelta(seconds=120)
MAX_ATTEMPTS = 5

LEASE_NEXT = """
    UPDATE core_outboxentry
       SET leased_until = clock_timestamp() + make_interval(secs => %(lease_s)s), attempts = attempts + 1
     WHERE id IN (SELECT id FROM core_outboxentry
                   WHERE done_at IS NULL AND dead_at IS NULL AND leased_until <= clock_timestamp()
                   ORDER BY leased_until, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
    RETURNING id, task, arguments, attempts
"""
BURY = """
    UPDATE core_outboxentry SET dead_at = clock_timestamp()
     WHERE done_at IS NULL AND dead_at IS NULL AND attempts >= %s AND leased_until <= clock_timestamp()
"""


def enqueue(task_name: str, **arguments: Any) -> OutboxEntry:
    """Promise that the task will run after this transaction commits; arguments are keys and plain values only."""
    return OutboxEntry.objects.create(task=task_name, arguments=plain(arguments))


@transaction.atomic
def lease(limit: int = 100) -> list[tuple[int, str, dict[str, Any]]]:
    """Take waiting entries for a while: (id, task, arguments).  Two relays never take the same entry."""
    with connection.cursor() as cursor:
        cursor.execute(BURY, [MAX_ATTEMPTS])
        cursor.execute(LEASE_NEXT, {"lease_s": LEASE.total_seconds(), "limit": limit})
        rows = cursor.fetchall()
    return [(pk, task, _loaded(arguments)) for pk, task, arguments, _ in sorted(rows)]


def release(pks: list[int]) -> None:
    """Give entries back that could not be handed over, as if they had not been tried."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_outboxentry SET leased_until = clock_timestamp(), attempts = attempts - 1 WHERE id = ANY(%s)",
            [pks],
        )


def _loaded(arguments: Any) -> dict[str, Any]:
    return json.loads(arguments) if isinstance(arguments, str) else arguments
