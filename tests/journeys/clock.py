"""A clock that stands and is moved by the test: the same day for the platform's process and for its database."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import time_machine
from django.db import connection
from django.utils import timezone

# PostgreSQL finds a function of this name before its own where the path says so; what was bound when a table was made,
# such as a default, goes on with the real time.
SHADOW = """
    CREATE SCHEMA IF NOT EXISTS test_clock;
    CREATE OR REPLACE FUNCTION test_clock.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
        AS 'SELECT pg_catalog.clock_timestamp() + interval ''{days} days'''"""
PATH = "test_clock, pg_catalog, public"


class Clock:
    """`forward(days)` lets time pass; sessions of before have ended then, as they would have."""

    def __init__(self) -> None:
        self.days = 0
        self.traveller: time_machine.travel | None = None

    def forward(self, days: int) -> None:
        self.stop()
        self.days += days
        with connection.cursor() as cursor:
            cursor.execute(SHADOW.format(days=self.days))
        self.traveller = time_machine.travel(timezone.now() + timedelta(days=self.days), tick=True)
        self.traveller.start()

    def stop(self) -> None:
        if self.traveller is not None:
            self.traveller.stop()
        self.traveller = None


@contextmanager
def moved_clock() -> Iterator[Clock]:
    """Also lets events be told at other times than the real one, which a trigger refuses everywhere else."""
    name = connection.settings_dict["NAME"]
    clock = Clock()
    with connection.cursor() as cursor:
        cursor.execute(SHADOW.format(days=0))
        cursor.execute(f'ALTER DATABASE "{name}" SET search_path = {PATH}')
        cursor.execute(f"SET search_path = {PATH}")
        (trigger,) = found(cursor)
        cursor.execute(f"ALTER TABLE core_event DISABLE TRIGGER {trigger}")
    try:
        yield clock
    finally:
        clock.stop()
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE core_event ENABLE TRIGGER {trigger}")
            cursor.execute(f'ALTER DATABASE "{name}" RESET search_path')
            cursor.execute("RESET search_path")
            cursor.execute("DROP SCHEMA test_clock CASCADE")


def found(cursor: Any) -> list[str]:
    cursor.execute(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = 'core_event'::regclass AND tgname LIKE 'pgtrigger_clock%'"
    )
    return [name for (name,) in cursor.fetchall()]
