"""A province of people on sites, made by sets: rosters, trainings and attendance by the month.

A hundred people to a project, in five crews of twenty that follow each other for twenty days; 95 of a hundred have
been taught all that induction asks for.  Everything is copied from a row of the small demonstration, so that columns
that come later are filled too.  Triggers are off: what they keep is counted anew by what is measured.
"""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, models, transaction

from apps.coverage.models import CoverageDirty
from apps.dashboards.demo.loading import bare, reserve
from apps.people.models import Person
from apps.projects.models import Project
from apps.roster.models import Attendance, Engagement
from apps.training.models import Course, Level, Participation, Session

TO_A_PROJECT, TO_A_CREW, CREW_DAYS = 100, 20, 20
CREWS = TO_A_PROJECT // TO_A_CREW
DAYS = CREWS * CREW_DAYS
TRAINED = 95
"""Of a hundred."""
PREFIX = "BENCH"
COUNTIES = """
    counties AS (
        SELECT id, path, row_number() OVER (ORDER BY path) - 1 AS n, count(*) OVER () AS of
        FROM regions_region WHERE level IN ('county', 'zone') AND valid_to IS NULL
    )
"""


@dataclass(frozen=True)
class Crowd:
    """First keys and sizes; person number n works on project number n // 100."""

    people: int
    first_project: int
    first_person: int
    first_engagement: int
    first_session: int
    today: date

    @property
    def projects(self) -> int:
        return self.people // TO_A_PROJECT

    @property
    def begins(self) -> date:
        return self.today - timedelta(days=DAYS)


def fill(people: int, today: date) -> Crowd:
    """Everything up to yesterday's attendance."""
    projects = people // TO_A_PROJECT
    crowd = Crowd(
        people,
        reserve(Project, projects)[0],
        reserve(Person, people)[0],
        reserve(Engagement, people)[0],
        reserve(Session, 3 * projects)[0],
        today,
    )
    with connection.cursor() as cursor:
        for back in range(0, DAYS + 31, 28):
            cursor.execute("SELECT roster_attendance_make_partition(%s)", [today - timedelta(days=back)])
    tables = [m._meta.db_table for m in (Project, Person, Session, Engagement, Attendance, Participation)]
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        with quiet(*tables[:3]), bare(*tables[3:]):
            for write in (write_projects, write_persons, write_sessions, write_engagements, write_participations):
                write(crowd)
            for crew in range(CREWS):
                write_attendance(crowd, crew)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    CoverageDirty.objects.all().delete()
    return crowd


def quiet(*tables: str) -> ExitStack:
    """These tables without their triggers until the stack is left."""
    stack = ExitStack()
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            stack.callback(run, f"ALTER TABLE {table} ENABLE TRIGGER USER", {})
    return stack


def run(sql: str, given: Mapping[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return cursor.rowcount


def copied(model: type[models.Model], pattern: Any, own: Mapping[str, str], source: str, **given: Any) -> int:
    """One row for each row of `source`, like the pattern but for the columns that `own` says in SQL."""
    columns = [str(f.column) for f in model._meta.concrete_fields if not f.generated]
    values = ", ".join(own.get(column, f"pattern.{column}") for column in columns)
    table = model._meta.db_table
    ways = f"WITH {COUNTIES}" if "counties" in source else ""
    sql = f"""
        {ways} INSERT INTO {table} ({", ".join(columns)})
        SELECT {values} FROM {source} JOIN {table} pattern ON pattern.id = %(pattern)s
    """  # noqa: S608  (our own words)
    return run(sql, given | {"pattern": pattern.pk})


def write_projects(crowd: Crowd) -> None:
    own = {
        "id": "%(first)s + s.n",
        "number": f"'{PREFIX}-' || s.n",
        "name": "'测试工程' || s.n",
        "region_id": "c.id",
        "region_path": "c.path",
        "permit_number": "''",
        "supervision_number": "''",
    }
    source = "generate_series(0, %(last)s) AS s (n) JOIN counties c ON c.n = s.n %% c.of"
    copied(
        Project,
        some(Project, enterprise__isnull=False),
        own,
        source,
        first=crowd.first_project,
        last=crowd.projects - 1,
    )


def write_persons(crowd: Crowd) -> None:
    own = {"id": "%(first)s + s.n", "id_index": f"'{PREFIX}-' || s.n", "user_id": "NULL", "name": "'工人' || s.n"}
    source = "generate_series(0, %(last)s) AS s (n)"
    copied(Person, some(Person, id_index__isnull=False), own, source, first=crowd.first_person, last=crowd.people - 1)


def write_sessions(crowd: Crowd) -> None:
    """For each project one training of each level of induction, on the day before the first crew came."""
    own = {
        "id": "%(first)s + s.n",
        "course_id": "%(course)s",
        "makes_up_id": "NULL",
        "enterprise_id": "p.enterprise_id",
        "project_id": "p.id",
        "seat_id": "NULL",
        "region_path": "p.region_path",
        "level": "(ARRAY['company', 'project', 'team'])[s.n %% 3 + 1]",
        "hours": "20",
        "starts_at": "%(day)s::date + time '08:00' + s.n %% 3 * interval '2 hours'",
        "ends_at": "%(day)s::date + time '09:00' + s.n %% 3 * interval '2 hours'",
        "state": "'held'",
        "held_at": "%(day)s::date + time '18:00'",
        "reason": "''",
    }
    pattern = Session.objects.order_by("pk").first() or pattern_session()
    source = "generate_series(0, %(last)s) AS s (n) JOIN projects_project p ON p.id = %(project)s + s.n / 3"
    course = pattern.course_id
    given = {"first": crowd.first_session, "last": 3 * crowd.projects - 1, "project": crowd.first_project}
    copied(Session, pattern, own, source, **given, course=course, day=crowd.begins - timedelta(days=1))


def pattern_session() -> Session:
    """Where the demonstration has no training yet."""
    project = some(Project, enterprise__isnull=False)
    course, _ = Course.objects.get_or_create(
        name=f"{PREFIX}三级教育", enterprise=None, defaults={"level": Level.PROJECT, "hours": 20}
    )
    return Session.objects.create(
        course=course,
        enterprise_id=project.enterprise_id,
        project=project,
        region_path=project.region_path,
        level=course.level,
        hours=course.hours,
        starts_at=project.created_at,
        ends_at=project.created_at + timedelta(hours=1),
        place="会议室",
        trainer="示例",
    )


def write_engagements(crowd: Crowd) -> None:
    run(
        """
        INSERT INTO roster_engagement (id, version, person_id, project_id, region_path, employer_id, worker_class,
            trade, job, entered_on, left_on, contract_number, is_insured, created_at)
        SELECT %(engagement)s + s.n, 1, %(person)s + s.n, p.id, p.region_path, p.enterprise_id, 'worker', '', '木工',
            %(begins)s::date + crew * %(days)s,
            CASE WHEN crew < %(crews)s - 1 THEN %(begins)s::date + (crew + 1) * %(days)s - 1 END, '', true, now()
        FROM (SELECT n, n %% %(to_a_project)s / %(to_a_crew)s AS crew FROM generate_series(0, %(last)s) AS g (n)) s
        JOIN projects_project p ON p.id = %(project)s + s.n / %(to_a_project)s
        """,
        words_of(crowd),
    )


def write_participations(crowd: Crowd) -> None:
    """Who is trained is decided within each project, five of a hundred are not."""
    run(
        """
        INSERT INTO training_participation (version, session_id, person_id, region_path, level, hours, signed_in_at,
            signed_in_by, result, credited_on, is_late, created_at)
        SELECT 1, t.id, %(person)s + s.n, t.region_path, t.level, t.hours, t.starts_at, 'trainer', 'none',
            %(begins)s::date - 1, false, now()
        FROM generate_series(0, %(last)s) AS s (n)
        JOIN training_session t ON t.id BETWEEN %(session)s + s.n / %(to_a_project)s * 3
            AND %(session)s + s.n / %(to_a_project)s * 3 + 2
        WHERE s.n * 7 %% 100 < %(trained)s
        """,
        words_of(crowd),
    )


ATTENDANCE = """
    INSERT INTO roster_attendance (project_id, person_id, engagement_id, region_path, day, first_at, last_at, source)
    SELECT e.project_id, e.person_id, e.id, e.region_path, d.day, d.day + time '07:10', d.day + time '17:50', 'device'
    FROM roster_engagement e
    CROSS JOIN (SELECT %(from)s::date + n AS day FROM generate_series(0, %(more)s) AS g (n)) d
    WHERE e.id BETWEEN %(engagement)s AND %(engagement)s + %(last)s
        AND (e.id - %(engagement)s) %% %(to_a_project)s / %(to_a_crew)s = %(crew)s
"""


def write_attendance(crowd: Crowd, crew: int) -> int:
    """All days of one crew of every project."""
    begins = crowd.begins + timedelta(days=crew * CREW_DAYS)
    return run(ATTENDANCE, words_of(crowd) | {"from": begins, "more": CREW_DAYS - 1, "crew": crew})


def arrive_today(crowd: Crowd) -> int:
    """The last crew of every project comes to work; answers how many."""
    return run(ATTENDANCE, words_of(crowd) | {"from": crowd.today, "more": 0, "crew": CREWS - 1})


def words_of(crowd: Crowd) -> dict[str, Any]:
    return {
        "person": crowd.first_person,
        "project": crowd.first_project,
        "engagement": crowd.first_engagement,
        "session": crowd.first_session,
        "last": crowd.people - 1,
        "begins": crowd.begins,
        "days": CREW_DAYS,
        "crews": CREWS,
        "to_a_project": TO_A_PROJECT,
        "to_a_crew": TO_A_CREW,
        "trained": TRAINED,
    }


def some(model: type[models.Model], **wanted: Any) -> Any:
    return model._default_manager.filter(**wanted).order_by("pk")[0]
