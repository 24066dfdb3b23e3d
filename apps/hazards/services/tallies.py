"""Keeping the tables of counts short."""

from django.db import connection, transaction

from apps.hazards.models.tally import SUMMARIES, Summary


def fold() -> int:
    """Fold the fresh rows of the counts; answers how many rows came out."""
    return sum(_fold(summary) for summary in SUMMARIES)


def _fold(summary: Summary) -> int:
    """All rows of, say, a county's month with a fresh one among them become one row per kind.

    Whoever reads meanwhile sees the rows of before or of after, and the sums are the same; two folds at a time share
    the rows between them.
    """
    table, columns = summary.table, summary.columns
    together = " AND ".join(f"t.{column} = d.{column}" for column in summary.folded_by)
    query = f"""
    WITH due AS (SELECT DISTINCT {", ".join(summary.folded_by)} FROM {table} WHERE fresh),
         gone AS (DELETE FROM {table} t USING due d WHERE {together} RETURNING t.*)
    INSERT INTO {table} ({columns}, count, fresh)
    SELECT {columns}, sum(count), false FROM gone GROUP BY {columns} HAVING sum(count) <> 0
    """  # noqa: S608  (no user's words)
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.rowcount


def recount() -> None:
    """Make the counts anew from the ledger; everybody who writes hazards waits until it is done."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE hazards_hazard IN SHARE ROW EXCLUSIVE MODE")
        for summary in SUMMARIES:
            cursor.execute(f"DELETE FROM {summary.table}")  # noqa: S608
            cursor.execute(
                f"INSERT INTO {summary.table} ({summary.columns}, count, fresh)"  # noqa: S608
                f" SELECT *, false FROM ({summary.counted}) counted"
            )
