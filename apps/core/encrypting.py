"""Encrypting what stood in clear in a column, for migrations that turn it into an `EncryptedTextField`."""

from collections.abc import Iterator
from typing import Any

from apps.core.crypto import ALGORITHM, encrypt

BATCH = 2_000


def encrypt_column(connection: Any, table: str, column: str, *, context: str, batch: int = BATCH) -> None:
    """Each batch is one statement, and what is encrypted already is left alone: it may be broken off and run again.

    `context` is that of the field, `app.model.field` in small letters.
    """
    for rows in batches(connection, table, column, batch):
        told = [(encrypt(clear, context=context), key, clear) for key, clear in rows]
        with connection.cursor() as cursor:
            cursor.execute(
                f'UPDATE "{table}" p SET "{column}" = t.sealed'  # noqa: S608  (names of our own)
                " FROM unnest(%s::text[], %s::bigint[], %s::text[]) t (sealed, id, clear)"
                f' WHERE p.id = t.id AND p."{column}" = t.clear',
                [list(values) for values in zip(*told, strict=True)],
            )


def batches(connection: Any, table: str, column: str, size: int) -> Iterator[list[tuple[int, str]]]:
    after = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f'SELECT id, "{column}" FROM "{table}" WHERE id > %s AND "{column}" <> \'\''  # noqa: S608
                f' AND NOT starts_with("{column}", %s) ORDER BY id LIMIT %s',
                [after, f"{ALGORITHM}$", size],
            )
            rows = cursor.fetchall()
        if not rows:
            return
        yield rows
        after = rows[-1][0]
