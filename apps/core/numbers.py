"""Numbers of records: letters, year, and a serial of the whole province, so that no two offices ever meet."""

from django.db import connection
from django.utils import timezone

DIGITS = 6


def next_numbers(prefix: str, sequence: str, count: int = 1, digits: int = DIGITS) -> list[str]:
    """So many new numbers, such as YH-2026-113047, off a sequence.  A number taken and not used stays unused."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [sequence, count])
        year = timezone.localdate().year
        return [f"{prefix}-{year}-{serial:0{digits}d}" for (serial,) in cursor.fetchall()]
