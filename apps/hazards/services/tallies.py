"""Keeping the tally short."""

from django.db import connection, transaction

from apps.hazards.models.tally import COLUMNS, COUNTED

# All rows of a county's month with a fresh one among them become one row per kind.  Whoever reads meanwhile sees the
# rows of before or of after, and the sums are the same; two folds at a time share the rows between them.
FOLD = f"""
WITH due AS (SELECT DISTINCT region_path, found_month FROM hazards_tally WHERE fresh),
     gone AS (DELETE FROM hazards_tally t USING due d
               WHERE t.region_path = d.region_path AND t.found_month = d.found_month RETURNING t.*)
INSERT INTO hazards_tally ({COLUMNS}, count, fresh)
SELECT {COLUMNS}, sum(count), false FROM gone GROUP BY {COLUMNS} HAVING sum(count) <> 0
"""  # noqa: S608


def fold() -> int:
    """Fold the fresh rows of the tally; answers how many rows came out."""
    with connection.cursor() as cursor:
        cursor.execute(FOLD)
        return cursor.rowcount


def recount() -> None:
    """Make the tally anew from the ledger; everybody who writes hazards waits until it is done."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE hazards_hazard IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("DELETE FROM hazards_tally")
        cursor.execute(f"INSERT INTO hazards_tally ({COLUMNS}, count, fresh) SELECT *, false FROM ({COUNTED}) counted")  # noqa: S608
