"""Tables in partitions by time: one made ahead for each period, by a function of the owner.

The role of the application may not make tables; a function that the migration makes does it for one table alone.  A row
for which there is no partition lies in the default one and is moved when its own is made, so nothing is ever refused.
"""

from datetime import date
from typing import Any

from django.db import connection, transaction

from apps.core.db import try_lock

SUFFIX = {"month": "YYYY_MM", "quarter": 'YYYY"q"Q'}
STEP = {"month": "1 month", "quarter": "3 months"}

# Attached, not created as a partition: that locks others out of the default only, which is nearly always empty.  It
# gives up before a reader could run into a deadlock with it; the next run tries again.
MAKE_PARTITION = """
    CREATE FUNCTION {table}_make_partition(day date) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '500ms' AS $$
    DECLARE
        first date := date_trunc('{period}', day);
        following date := first + interval '{step}';
        part text := '{table}_' || to_char(first, '{suffix}');
    BEGIN
        IF to_regclass(part) IS NOT NULL THEN
            RETURN false;
        END IF;
        EXECUTE format('CREATE TABLE %I (LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part);
        EXECUTE format('WITH moved AS (DELETE FROM {table}_rest WHERE {key} >= %L AND {key} < %L RETURNING *)
                        INSERT INTO %I SELECT * FROM moved', first, following, part);
        EXECUTE format('ALTER TABLE {table} ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', part, first, following);
        RETURN true;
    END $$;
    REVOKE ALL ON FUNCTION {table}_make_partition FROM PUBLIC;
"""
MAKE_AHEAD = """
    SELECT count(*) FILTER (WHERE {table}_make_partition(first))
      FROM (SELECT generate_series(%(today)s::date, %(today)s::date + %(ahead)s * interval '{step}',
                                   interval '{step}')::date
            UNION SELECT DISTINCT date_trunc('{period}', {key})::date FROM {table}_rest) AS wanted (first)
"""


def function_sql(table: str, key: str, period: str) -> str:
    """For a migration: makes `<table>_make_partition(day)`; the table has a default partition called <table>_rest."""
    return MAKE_PARTITION.format(table=table, key=key, period=period, step=STEP[period], suffix=SUFFIX[period])


def make_ahead(table: str, key: str, period: str, today: date, ahead: int) -> int:
    """Make the partitions of this period, of those ahead and of what lies in the default one; answers how many."""
    sql = MAKE_AHEAD.format(table=table, key=key, period=period, step=STEP[period])
    return answer_alone(table, sql, today=today, ahead=ahead)


@transaction.atomic
def answer_alone(name: str, sql: str, **values: Any) -> int:
    """The one number that this statement answers; 0 while another worker is at it, as two would wait for each other."""
    if not try_lock(f"partitions of {name}"):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]
