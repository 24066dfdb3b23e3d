"""What PostgreSQL alone can say: its clock, and locks that end with the transaction."""

from datetime import datetime

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


def try_lock(name: str) -> bool:
    """Take the named advisory lock until the transaction ends; False when somebody else holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        return cursor.fetchone()[0]
