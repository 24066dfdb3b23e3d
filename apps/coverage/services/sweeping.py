"""Counting again what the queue says may have changed.

A sweep takes rows of the queue and counts in the same transaction: a statement after the one that took them sees at
least everything that wrote them.  What commits later has rows of its own and is counted again.  One sweep is at it at
a time, so that no older figure is written over a newer one.

The same rows say whose training has to be judged again for the lists of people: those without an end, for what comes
and goes with days (attendance, certificates) changes nobody's training.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import connection, transaction

from apps.core.db import try_lock
from apps.coverage.judging import LOOK, WRITE
from apps.coverage.models.queue import BEGINNING, END
from apps.training.services.standing import judge_again, judge_by_new_rules

CHUNK = 200
"""Rows of the queue to a transaction."""
BATCH = 1_000
"""Days of projects to a statement: about a second for sites of twenty people."""
LOCK = "coverage.sweep"

TAKE = """
    DELETE FROM coverage_coveragedirty WHERE id IN (SELECT id FROM coverage_coveragedirty ORDER BY id LIMIT %s)
    RETURNING project_id, person_id, first_day, last_day
"""
# All projects, each as a row of its own, so that no transaction holds a province.
SPREAD = """
    INSERT INTO coverage_coveragedirty (project_id, first_day, last_day)
    SELECT id, %s, %s FROM projects_project ORDER BY id
"""
# Days on which somebody was there or that have a figure.  A person is also counted on days on which they were not there
# where the roster says who counts.  Each part is asked row by row (OFFSET 0): joined at once, the planner takes all of
# the attendance of a province into memory for rows of the queue that name no person.
EXPAND = """
    WITH told AS (
        SELECT project_id, person_id, min(first_day) AS first_day, max(last_day) AS last_day
        FROM unnest(%(projects)s::bigint[], %(people)s::bigint[], %(firsts)s::date[], %(lasts)s::date[])
            AS t (project_id, person_id, first_day, last_day)
        GROUP BY project_id, person_id
    ), of_projects AS (SELECT * FROM told WHERE project_id IS NOT NULL),
    of_people AS (SELECT * FROM told WHERE person_id IS NOT NULL)
    SELECT t.project_id, a.day FROM of_projects t CROSS JOIN LATERAL (
        SELECT DISTINCT day FROM roster_attendance
        WHERE project_id = t.project_id AND day BETWEEN t.first_day AND t.last_day OFFSET 0
    ) a
    UNION
    SELECT t.project_id, f.day FROM of_projects t CROSS JOIN LATERAL (
        SELECT DISTINCT day FROM roster_attendancefault
        WHERE project_id = t.project_id AND day BETWEEN t.first_day AND t.last_day AND settled_at IS NULL OFFSET 0
    ) f
    UNION
    SELECT t.project_id, d.day FROM of_projects t CROSS JOIN LATERAL (
        SELECT day FROM coverage_coverageday
        WHERE project_id = t.project_id AND day BETWEEN t.first_day AND t.last_day OFFSET 0
    ) d
    UNION
    SELECT a.project_id, a.day FROM of_people t CROSS JOIN LATERAL (
        SELECT project_id, day FROM roster_attendance
        WHERE person_id = t.person_id AND day BETWEEN t.first_day AND t.last_day OFFSET 0
    ) a
    UNION
    SELECT d.project_id, d.day FROM of_people t CROSS JOIN LATERAL (
        SELECT d.project_id, d.day FROM roster_engagement e
        JOIN coverage_coverageday d ON d.project_id = e.project_id AND d.day BETWEEN t.first_day AND t.last_day
        WHERE e.person_id = t.person_id OFFSET 0
    ) d
    WHERE EXISTS (SELECT FROM coverage_coveragerule WHERE denominator = 'rostered')
    ORDER BY 1, 2
"""
ProjectDay = tuple[int, date]


class Swept(NamedTuple):
    """Rows taken from the queue, days of projects and of persons counted, and days whose figure has changed.

    With nothing waiting people may be judged anew instead, whom other hours are asked of from this day on.
    """

    taken: int = 0
    days: int = 0
    people: int = 0
    changed: int = 0

    def plus(self, other: "Swept") -> "Swept":
        return Swept(*map(sum, zip(self, other, strict=True)))


def sweep() -> Swept:
    """Count until nothing waits; leaves the rest to another sweep that is at it."""
    total = Swept()
    while (swept := sweep_chunk()) is not None and swept.taken:
        total = total.plus(swept)
    return total


@transaction.atomic
def sweep_chunk() -> Swept | None:
    """One transaction of it; None while another holds the lock."""
    if not try_lock(LOCK):
        return None
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [CHUNK])
        taken = cursor.fetchall()
    if not taken:
        return Swept(taken=judge_by_new_rules())
    for _, _, first, last in (row for row in taken if row[0] is None and row[1] is None):
        with connection.cursor() as cursor:
            cursor.execute(SPREAD, [first, last])
    narrow = [row for row in taken if row[0] is not None or row[1] is not None]
    lasting = [row for row in narrow if row[3] == END]
    judge_again({row[0] for row in lasting} - {None}, {row[1] for row in lasting} - {None})
    people, days, changed = 0, expanded(narrow), 0
    for start in range(0, len(days), BATCH):
        counted, written = count_days(days[start : start + BATCH])
        people, changed = people + counted, changed + written
    return Swept(len(taken), len(days), people, changed)


def expanded(taken: Sequence[tuple[Any, ...]]) -> list[ProjectDay]:
    """Which days of which projects these rows of the queue bear on, in order."""
    if not taken:
        return []
    projects, people, firsts, lasts = map(list, zip(*taken, strict=True))
    given = {"projects": projects, "people": people, "firsts": firsts, "lasts": lasts}
    with connection.cursor() as cursor:
        cursor.execute(EXPAND, given)
        return cursor.fetchall()


def count_days(days: Iterable[ProjectDay]) -> tuple[int, int]:
    """Write figures and gaps of these days anew: persons counted, and days whose figure has changed."""
    with connection.cursor() as cursor:
        cursor.execute(WRITE, given_for(days))
        return cursor.fetchone()


def look(project_id: int, day: date, denominator: str | None = None) -> tuple[int, ...]:
    """counted, covered, unexplained, disputed, absent of one day as they would be counted now, by this denominator."""
    with connection.cursor() as cursor:
        cursor.execute(LOOK, given_for([(project_id, day)], denominator))
        return cursor.fetchone()


def given_for(days: Iterable[ProjectDay], denominator: str | None = None) -> dict[str, Any]:
    projects, own = map(list, zip(*days, strict=True))
    return {
        "projects": projects,
        "days": own,
        "first": min(own),
        "last": max(own),
        "denominator": denominator,
    }


@transaction.atomic
def mark_all(first: date = BEGINNING, last: date = END) -> None:
    """Have everything counted again."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO coverage_coveragedirty (first_day, last_day) VALUES (%s, %s)", [first, last])
