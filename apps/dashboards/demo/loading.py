"""Writing very many rows at once: COPY, with indexes and foreign keys made anew afterwards."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any
from uuid import UUID

from django.db import connection, models

from apps.core.copying import Copy, as_json

HISTORY = UUID("5eed0000-0000-4000-8000-000000000000")
"""The context under which the history of everything loaded here stands."""

# What can be made again from its definition; the primary key stays, and how closely an index looks at its texts.
MAKINGS = """
SELECT conname, pg_get_constraintdef(oid), 'constraint' FROM pg_constraint
 WHERE conrelid = %(table)s::regclass AND contype = 'u'
UNION ALL
SELECT indexrelid::regclass::text, concat(replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON '), (
           SELECT string_agg(format('; ALTER INDEX %%s ALTER COLUMN %%s SET STATISTICS %%s',
                                    attrelid::regclass, attnum, attstattarget), '')
             FROM pg_attribute WHERE attrelid = indexrelid AND attstattarget >= 0)), 'index' FROM pg_index
 WHERE indrelid = %(table)s::regclass AND NOT indisprimary
   AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
UNION ALL
SELECT conname, pg_get_constraintdef(oid), 'constraint' FROM pg_constraint
 WHERE conrelid = %(table)s::regclass AND contype = 'f'
"""


def reserve(model: type[models.Model], count: int) -> range:
    """So many keys taken from the model's sequence, which then goes on behind them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(s, nextval(s) + %s - 1) FROM pg_get_serial_sequence(%s, 'id') s",
            [count, model._meta.db_table],
        )
        last = cursor.fetchone()[0]
    return range(last - count + 1, last + 1)


def load(records: Iterable[models.Model]) -> None:
    """COPY unsaved records of one model that already have their keys; the database's triggers run as always."""
    stream = iter(records)
    first = next(stream, None)
    if first is None:
        return
    table = first._meta.db_table
    fields = [f for f in first._meta.concrete_fields if not f.generated and not f.has_db_default()]
    copy = Copy(table, [str(f.column) for f in fields])
    for record in chain([first], stream):
        copy.add([stored(f, record) for f in fields])
    copy.flush()
    # Triggers and foreign keys keep the plans they made when the tables were all but empty, until this.
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {table}")


def stored(field: Any, record: models.Model) -> Any:
    """The value as it goes into the table; what a field makes of it when it is saved, it makes here too."""
    value = field.pre_save(record, add=True)
    if value is None:
        return None
    if isinstance(field, models.JSONField):
        return as_json(value)
    return field.get_db_prep_save(value, connection)


def prepare() -> None:
    """Make the rest of this transaction fit for very many rows.

    Without a context every tracked row catches an error inside PostgreSQL, and each of these looks through all the
    checks that are still deferred: the time would grow with the square of the rows.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL maintenance_work_mem = '512MB'")
        cursor.execute(
            "SELECT set_config('pghistory.context_id', %s, true), set_config('pghistory.context_metadata', %s, true)",
            [str(HISTORY), json.dumps({"command": "seed_demo"})],
        )


@contextmanager
def bare(*tables: str) -> Iterator[None]:
    """The tables without secondary indexes, foreign keys and triggers, all of which come back at the end.

    Making an index of a million rows is ten times quicker than adding to it a million times, and a foreign key that
    is made anew checks every row.  Triggers do not look back: the caller keeps what they keep.
    """
    with connection.cursor() as cursor:
        made = [(table, *row) for table in tables for row in makings(cursor, table)]
        for table, name, _, kind in reversed(made):
            cursor.execute(f"DROP INDEX {name}" if kind == "index" else f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        for table, name, definition, kind in made:
            cursor.execute(
                definition if kind == "index" else f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}'
            )


def makings(cursor: Any, table: str) -> list[tuple[str, str, str]]:
    cursor.execute(MAKINGS, {"table": table})
    return cursor.fetchall()
