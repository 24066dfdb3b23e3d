"""One moment of the database, read on a connection of its own, while the usual one stays free for progress."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction


@contextmanager
def snapshot(*, seconds: int) -> Iterator[str]:
    """The database alias whose queries all see the same moment; a single one may take so many seconds.

    Inside a transaction it is the usual connection, as no other would see what the transaction has written; nothing
    else may then be asked while a COPY runs.
    """
    if connection.in_atomic_block:
        yield DEFAULT_DB_ALIAS
        return
    alias = f"snapshot-{uuid4().hex}"
    own = connection.copy(alias)
    connections[alias] = own
    try:
        with transaction.atomic(using=alias):
            with own.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{seconds}s"])
            try:
                yield alias
            except BaseException:
                # A COPY that was broken off would be received to its end before the rollback is heard.
                own.close()
                raise
    finally:
        own.close()
        del connections[alias]
