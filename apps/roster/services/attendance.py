"""Attendance taken in by sets, from devices, workbooks and pages alike: written, or kept as a fault with its reason.

Taking in the same lines again changes nothing, so a device may send as often as it likes.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.db import connection, transaction

from apps.core.copying import Copy
from apps.core.crypto import blind_index_candidates
from apps.core.db import db_now
from apps.people.models import Person
from apps.roster.models import Attendance, Source, StagedAttendance

CHUNK = 5_000
"""Lines to a statement: short enough to show progress and to notice that the work was called off."""
COLUMNS = ("stage", "row", "project_id", "day", "name", "id_masked", "id_index", "first_at", "last_at", "source")


class Line(NamedTuple):
    """One line as its source tells it: first and last pass, or neither; the number as mask and blind index alone."""

    project_id: int
    day: date
    name: str
    id_masked: str
    id_index: str
    first_at: datetime | None
    last_at: datetime | None
    source: Source


class Taken(NamedTuple):
    """Days of persons that are new, that were changed, that are not explained by the roster; and lines dealt with."""

    new: int = 0
    changed: int = 0
    faults: int = 0
    days: int = 0
    lines: int = 0

    @property
    def unchanged(self) -> int:
        return self.days - self.new - self.changed

    @classmethod
    def total(cls, parts: Iterable["Taken"]) -> "Taken":
        return cls(*map(sum, zip(cls(), *parts, strict=True)))


# Whether it was decided of a line `s` that the person was at another site that day; the same line decides nothing anew.
SET_ASIDE = """
    SELECT FROM roster_attendancefault f WHERE f.project_id = s.project_id AND f.day = s.day
        AND f.id_index = s.id_index AND f.kind = 'two_sites' AND f.settled_at IS NOT NULL AND NOT f.is_entered
"""
# Several lines of one person and day become one; the roster says whether they had to be there.
WRITE = f"""
    WITH told AS (
        SELECT s.*, p.region_path, person.id AS person_id, e.id AS engagement_id
        FROM roster_stagedattendance s
        JOIN projects_project p ON p.id = s.project_id
        LEFT JOIN people_person person ON person.id_index = s.id_index
        LEFT JOIN roster_engagement e ON e.person_id = person.id AND e.project_id = s.project_id
            AND s.day BETWEEN e.entered_on AND coalesce(e.left_on, 'infinity')
        WHERE s.stage = %(stage)s AND s.row BETWEEN %(first)s AND %(last)s
    ), written AS (
        INSERT INTO roster_attendance AS a
            (project_id, person_id, engagement_id, region_path, day, first_at, last_at, source)
        SELECT project_id, person_id, engagement_id, region_path, day, min(first_at), max(last_at), min(source)
        FROM told s WHERE engagement_id IS NOT NULL AND NOT EXISTS ({SET_ASIDE})
        GROUP BY project_id, person_id, engagement_id, region_path, day
        ORDER BY project_id, day, person_id
        ON CONFLICT (project_id, day, person_id) DO UPDATE
        SET first_at = least(a.first_at, excluded.first_at), last_at = greatest(a.last_at, excluded.last_at)
        WHERE (a.first_at, a.last_at) IS DISTINCT FROM
            (least(a.first_at, excluded.first_at), greatest(a.last_at, excluded.last_at))
        RETURNING old.id IS NULL AS is_new
    ), doubtful AS (
        SELECT project_id, region_path, day, id_index, min(name) AS name, min(id_masked) AS id_masked,
            min(first_at) AS first_at, max(last_at) AS last_at, min(source) AS source,
            CASE WHEN min(own.entered) IS NULL THEN 'not_on_roster'
                WHEN day < min(own.entered) THEN 'before_entry' ELSE 'after_exit' END AS kind
        FROM told LEFT JOIN LATERAL (
            SELECT min(entered_on) AS entered FROM roster_engagement e
            WHERE e.person_id = told.person_id AND e.project_id = told.project_id
        ) own ON true
        WHERE engagement_id IS NULL
        GROUP BY project_id, region_path, day, id_index
    ), kept AS (
        INSERT INTO roster_attendancefault AS f (version, project_id, region_path, day, kind, name, id_masked, id_index,
            first_at, last_at, source, is_entered, reason)
        SELECT 1, project_id, region_path, day, kind, name, id_masked, id_index, first_at, last_at, source, false, ''
        FROM doubtful d
        WHERE NOT EXISTS (
            SELECT FROM roster_attendancefault s WHERE s.project_id = d.project_id AND s.day = d.day
                AND s.id_index = d.id_index AND s.kind = d.kind AND s.settled_at IS NOT NULL AND NOT s.is_entered
        )
        ORDER BY project_id, day, id_index
        ON CONFLICT (project_id, day, id_index, kind) WHERE settled_at IS NULL DO UPDATE
        SET first_at = least(f.first_at, excluded.first_at), last_at = greatest(f.last_at, excluded.last_at)
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM written WHERE is_new), (SELECT count(*) FROM written WHERE NOT is_new),
        (SELECT count(*) FROM kept),
        (SELECT count(DISTINCT (project_id, person_id, day)) FROM told WHERE engagement_id IS NOT NULL),
        (SELECT count(*) FROM told)
"""  # noqa: S608  (our own words)
# What writing would do, as far as the roster says today; strangers that were set aside count as faults here.
FORECAST = f"""
    SELECT count(*) FILTER (WHERE d.engagement_id IS NOT NULL AND a.id IS NULL AND NOT d.is_set_aside),
        count(*) FILTER (WHERE a.first_at > d.first_at OR a.last_at < d.last_at
            OR a.id IS NOT NULL AND a.first_at IS NULL AND d.first_at IS NOT NULL),
        count(*) FILTER (WHERE d.engagement_id IS NULL)
    FROM (
        SELECT s.project_id, s.day, s.id_index, person.id AS person_id, e.id AS engagement_id,
            min(s.first_at) AS first_at, max(s.last_at) AS last_at, EXISTS ({SET_ASIDE}) AS is_set_aside
        FROM roster_stagedattendance s
        LEFT JOIN people_person person ON person.id_index = s.id_index
        LEFT JOIN roster_engagement e ON e.person_id = person.id AND e.project_id = s.project_id
            AND s.day BETWEEN e.entered_on AND coalesce(e.left_on, 'infinity')
        WHERE s.stage = %s
        GROUP BY s.project_id, s.day, s.id_index, person.id, e.id
    ) d
    LEFT JOIN roster_attendance a ON a.project_id = d.project_id AND a.day = d.day AND a.person_id = d.person_id
"""  # noqa: S608  (our own words)
# Whose attendance elsewhere may be written at this moment: two that write at once would not see each other's, and
# neither would tell of two sites.
HOLD = """
    SELECT FROM people_person WHERE id IN (
        SELECT e.person_id FROM roster_stagedattendance s
        JOIN people_person p ON p.id_index = s.id_index
        JOIN roster_engagement e ON e.person_id = p.id AND e.project_id <> s.project_id
            AND s.day BETWEEN e.entered_on AND coalesce(e.left_on, 'infinity')
        WHERE s.stage = %s
    ) ORDER BY id FOR NO KEY UPDATE
"""
# Of the attendance `a` and `b` of one person and day: times that lie one after the other are nothing strange.
AT_ONCE = "NOT coalesce(a.last_at <= b.first_at OR b.last_at <= a.first_at, false)"
# Both sites are told, each of its own.
TWO_SITES = f"""
    INSERT INTO roster_attendancefault (version, project_id, region_path, day, kind, name, id_masked, id_index,
        first_at, last_at, source, is_entered, reason)
    SELECT DISTINCT 1, x.project_id, x.region_path, x.day, 'two_sites', p.name, p.id_masked, p.id_index, x.first_at,
        x.last_at, x.source, false, ''
    FROM (
        SELECT DISTINCT a.person_id, a.day
        FROM roster_stagedattendance s
        JOIN people_person q ON q.id_index = s.id_index
        JOIN roster_attendance a ON a.person_id = q.id AND a.day = s.day
        JOIN roster_attendance b ON b.person_id = a.person_id AND b.day = a.day AND b.project_id > a.project_id
        WHERE s.stage = %(stage)s AND s.row BETWEEN %(first)s AND %(last)s
            AND {AT_ONCE}
    ) twice
    JOIN roster_attendance x ON x.person_id = twice.person_id AND x.day = twice.day
    JOIN people_person p ON p.id = x.person_id
    WHERE NOT EXISTS (
        SELECT FROM roster_attendancefault f WHERE f.project_id = x.project_id AND f.day = x.day
            AND f.id_index = p.id_index AND f.kind = 'two_sites' AND NOT f.is_entered
    )
    ON CONFLICT DO NOTHING
"""  # noqa: S608  (our own words)
EXPLAINED = """
    UPDATE roster_attendancefault f
    SET is_entered = true, settled_at = %(at)s, settled_by_id = %(by)s, version = f.version + 1
    FROM people_person p, roster_attendance a
    WHERE f.settled_at IS NULL AND f.kind <> 'two_sites' AND p.id_index = f.id_index
        AND a.project_id = f.project_id AND a.day = f.day AND a.person_id = p.id
        AND f.project_id IN (SELECT project_id FROM roster_stagedattendance WHERE stage = %(stage)s)
"""
# Those of the same person and day on other sites, where the attendance now speaks of one site at a time.
AGREED = f"""
    UPDATE roster_attendancefault f SET is_entered = true, settled_at = %(at)s, version = f.version + 1
    FROM people_person p
    WHERE f.settled_at IS NULL AND f.kind = 'two_sites' AND f.day = %(day)s AND f.id_index = %(index)s
        AND p.id_index = f.id_index AND NOT EXISTS (
            SELECT FROM roster_attendance a
            JOIN roster_attendance b ON b.person_id = a.person_id AND b.day = a.day AND b.project_id <> a.project_id
            WHERE a.person_id = p.id AND a.day = f.day AND a.project_id = f.project_id AND {AT_ONCE}
        )
"""  # noqa: S608  (our own words)
STAGE_FAULTS = """
    INSERT INTO roster_stagedattendance (stage, row, project_id, day, name, id_masked, id_index, first_at, last_at,
        source)
    SELECT %(stage)s, row_number() OVER (), project_id, day, name, id_masked, id_index, first_at, last_at, source
    FROM roster_attendancefault
    WHERE settled_at IS NULL AND kind <> 'two_sites' AND project_id = %(project)s AND id_index = %(index)s
"""


def stored_index(number: str) -> str:
    """The blind index under which the number stands; while keys are being rotated that may be an older one."""
    newest, *older = blind_index_candidates(number)
    known = Person.objects.filter(id_index__in=older).values_list("id_index", flat=True).first() if older else None
    return known or newest


def stage_lines(stage: UUID, lines: Iterable[Line], first: int = 0) -> int:
    """Put lines into the stage under this key, numbered from `first`; answers how many."""
    copy = Copy(StagedAttendance._meta.db_table, COLUMNS)
    row = first
    for row, line in enumerate(lines, first + 1):
        copy.add((str(stage), row, *line))
    copy.flush()
    return row - first


def merge(stage: UUID, *, by: Any = None) -> Iterator[Taken]:
    """Write what is staged, chunk by chunk, inside the caller's transaction; answers after each chunk."""
    at = db_now()
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [stage])
        cursor.execute("SELECT min(row), max(row) FROM roster_stagedattendance WHERE stage = %s", [stage])
        start, end = cursor.fetchone()
    for first in range(start or 0, (end or -1) + 1, CHUNK):
        given: dict[str, Any] = {"stage": stage, "first": first, "last": first + CHUNK - 1}
        with connection.cursor() as cursor:
            cursor.execute(WRITE, given)
            taken = Taken(*cursor.fetchone())
            cursor.execute(TWO_SITES, given)
        yield taken
    with connection.cursor() as cursor:
        cursor.execute(EXPLAINED, {"stage": stage, "at": at, "by": by and by.pk})


def forecast(stage: UUID) -> Taken:
    """What writing the stage would do: new, changed, faults."""
    with connection.cursor() as cursor:
        cursor.execute(FORECAST, [stage])
        return Taken(*cursor.fetchone())


@transaction.atomic
def take_in(lines: Iterable[Line], *, by: Any = None) -> Taken:
    """A few lines at once, such as a device sends."""
    stage = uuid4()
    stage_lines(stage, lines)
    return merged(stage, by)


@transaction.atomic
def take_in_explained(project_id: int, person: Person, *, by: Any) -> Taken:
    """Take up the faults of a person that the roster explains by now; the others stay as they are."""
    stage = uuid4()
    with connection.cursor() as cursor:
        cursor.execute(STAGE_FAULTS, {"stage": stage, "project": project_id, "index": person.id_index})
    return merged(stage, by)


def leave_out(project_id: int, person: Person, day: date, at: datetime) -> None:
    """Take a day out of the attendance of one of two sites; the other's fault is settled where nothing else stands
    against it.  The caller holds the person's row and keeps on record why, and that it is not to come again."""
    Attendance.objects.filter(project=project_id, person=person, day=day).delete()
    with connection.cursor() as cursor:
        cursor.execute(AGREED, {"at": at, "day": day, "index": person.id_index})


def merged(stage: UUID, by: Any) -> Taken:
    total = Taken.total(merge(stage, by=by))
    StagedAttendance.objects.filter(stage=stage)._raw_delete("default")
    return total
