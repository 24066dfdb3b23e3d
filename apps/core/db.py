"""What PostgreSQL alone can say: its clock, and locks that end with the transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models


class ClockTimestamp(models.Func):
    """clock_timestamp(): the moment itself, where now() is the start of the transaction."""

    function = "CLOCK_TIMESTAMP"
    template = "%(function)s()"
    output_field = models.DateTimeField()


def db_now() -> datetime:
    """The database's clock: the only legal time of a move, whatever the web host believes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def capped_counts(found: Mapping[str, models.QuerySet], cap: int) -> dict[str, int]:
    """How many rows each of these finds, counted no further than the cap, in one query."""
    parts: list[str] = []
    values: list[Any] = []
    for rows in found.values():
        try:
            sql, own = rows.values("pk")[:cap].query.sql_with_params()
        except EmptyResultSet:
            sql, own = "SELECT WHERE false", ()
        parts.append(f"(SELECT count(*) FROM ({sql}) capped)")  # noqa: S608  (made by Django)
        values += own
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return dict(zip(found, cursor.fetchone(), strict=True))


def wait_for_lock(name: str) -> None:
    """Take the named advisory lock until the transaction ends, after whoever holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def try_lock(name: str) -> bool:
    """Take the named advisory lock until the transaction ends; False when somebody else holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        return cursor.fetchone()[0]
