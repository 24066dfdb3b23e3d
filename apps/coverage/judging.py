"""Who of a day is covered and who is not: one statement for any number of projects and days.

Every day is judged as of that day: what was credited and which certificate was in force by then, and the roster as it
stands now.  The company's level counts from the employer or the general contractor, the other two from the project;
within a year everything counts but the talk before work.  A stranger at the gate counts once a day and is not covered;
nor is who was at two sites at once.
"""

from apps.people.models import OFFICERS, CertificateKind
from apps.roster.models import FaultKind, WorkerClass
from apps.training.models import INDUCTION, Level

# Hours of a level of induction or of a class in a year by the edition of the day; nothing where none was set.
HOURS = """
    coalesce((SELECT h.hours FROM training_hoursrule h WHERE h.subject = {subject} AND h.effective_from <= d.day
        ORDER BY h.effective_from DESC LIMIT 1), 0)
"""
SUBJECTS = (*INDUCTION, *WorkerClass)
LEVELS = ", ".join(f"{HOURS.format(subject=repr(one.value))} AS {one.value}_hours" for one in SUBJECTS)
OF_CLASS = " ".join(f"WHEN '{one.value}' THEN p.{one.value}_hours" for one in WorkerClass)
CARRIED = ", ".join(
    f"r.{column}"
    for column in (
        *("region_path", "enterprise_id", "rule_id", "counts", "window_days", "absent_days"),
        *("needs_induction", "needs_yearly", "needs_certificate"),
        *(f"{one.value}_hours" for one in SUBJECTS),
    )
)
"""What a row takes along, so that no later step joins by project and day: of a day that has just come the planner knows
no row, and would compare each with each."""
ANY_REASON = "(is_disputed OR lacks_company OR lacks_project OR lacks_team OR lacks_hours OR lacks_certificate)"
FLAGS = "is_disputed, lacks_company, lacks_project, lacks_team, lacks_hours, lacks_certificate"
# What somebody in this class has to hold on the day.
CERTIFICATE = f"""
    e.worker_class IN ('{WorkerClass.SPECIAL}', '{WorkerClass.SAFETY_OFFICER}', '{WorkerClass.LEADER}')
    AND NOT EXISTS (
        SELECT FROM people_certificate c
        WHERE c.person_id = p.person_id AND p.day BETWEEN c.issued_on AND c.valid_until AND CASE e.worker_class
            WHEN '{WorkerClass.SPECIAL}' THEN c.kind = '{CertificateKind.SPECIAL}' AND c.trade = e.trade
            WHEN '{WorkerClass.SAFETY_OFFICER}' THEN c.kind IN ({", ".join(repr(one.value) for one in OFFICERS)})
            ELSE c.kind = '{CertificateKind.PROJECT_LEADER}' END
    )
"""
# `asked` are the projects and days.  The rule is that in force on the day, the first for the days before it; another
# denominator may be asked for, to show what the figure would be.
JUDGED = f"""
    asked AS (
        SELECT project_id, day FROM unnest(%(projects)s::bigint[], %(days)s::date[]) AS a (project_id, day)
    ), ruled AS MATERIALIZED (
        SELECT a.project_id, a.day, p.region_path, p.enterprise_id, r.*,
            coalesce(%(denominator)s, r.denominator) AS counts, r.id AS rule_id
        FROM asked a JOIN projects_project p ON p.id = a.project_id
        JOIN (
            SELECT d.day AS of_day, {LEVELS}, found.* FROM (SELECT DISTINCT day FROM asked) d CROSS JOIN LATERAL (
                SELECT * FROM coverage_coveragerule
                ORDER BY effective_from > d.day, abs(effective_from - d.day) LIMIT 1
            ) found
        ) r ON r.of_day = a.day
    ), strangers AS MATERIALIZED (
        SELECT a.project_id, a.day, min(f.id) AS fault_id
        FROM asked a JOIN roster_attendancefault f ON f.project_id = a.project_id AND f.day = a.day
        WHERE f.settled_at IS NULL AND f.kind <> '{FaultKind.TWO_SITES}'
        GROUP BY a.project_id, a.day, f.id_index
    ), disputed AS MATERIALIZED (
        SELECT DISTINCT a.project_id, a.day, q.id AS person_id
        FROM asked a JOIN roster_attendancefault f ON f.project_id = a.project_id AND f.day = a.day
        JOIN people_person q ON q.id_index = f.id_index
        WHERE f.settled_at IS NULL AND f.kind = '{FaultKind.TWO_SITES}'
    ), present AS MATERIALIZED (
        SELECT r.project_id, r.day, t.person_id, t.engagement_id, {CARRIED}
        FROM ruled r JOIN roster_attendance t ON t.project_id = r.project_id AND t.day = r.day
        WHERE r.counts = 'attended' AND t.day BETWEEN %(first)s AND %(last)s
        UNION ALL
        SELECT r.project_id, r.day, e.person_id, e.id, {CARRIED}
        FROM ruled r JOIN roster_engagement e ON e.project_id = r.project_id
            AND r.day BETWEEN e.entered_on AND coalesce(e.left_on, 'infinity')
        WHERE r.counts = 'rostered'
            AND (EXISTS (SELECT FROM roster_attendance t WHERE t.project_id = r.project_id AND t.day = r.day)
                OR EXISTS (SELECT FROM strangers s WHERE s.project_id = r.project_id AND s.day = r.day))
            AND EXISTS (SELECT FROM roster_attendance t WHERE t.person_id = e.person_id
                AND t.project_id = e.project_id AND t.day > r.day - r.window_days AND t.day <= r.day)
    ), judged AS MATERIALIZED (
        SELECT p.project_id, p.day, p.person_id, p.engagement_id, p.region_path,
            d.person_id IS NOT NULL AS is_disputed,
            p.needs_induction AND coalesce(l.company, 0) < p.company_hours AS lacks_company,
            p.needs_induction AND coalesce(l.project, 0) < p.project_hours AS lacks_project,
            p.needs_induction AND coalesce(l.team, 0) < p.team_hours AS lacks_team,
            p.needs_yearly AND coalesce(l.year, 0) < CASE e.worker_class {OF_CLASS} END AS lacks_hours,
            p.needs_certificate AND {CERTIFICATE} AS lacks_certificate
        FROM present p JOIN roster_engagement e ON e.id = p.engagement_id
        LEFT JOIN disputed d ON d.project_id = p.project_id AND d.day = p.day AND d.person_id = p.person_id
        LEFT JOIN LATERAL (
            SELECT sum(t.hours) FILTER (WHERE t.level = '{Level.COMPANY}'
                    AND s.enterprise_id IN (e.employer_id, p.enterprise_id)) AS company,
                sum(t.hours) FILTER (WHERE t.level = '{Level.PROJECT}' AND s.project_id = p.project_id) AS project,
                sum(t.hours) FILTER (WHERE t.level = '{Level.TEAM}' AND s.project_id = p.project_id) AS team,
                sum(t.hours) FILTER (WHERE t.credited_on > p.day - interval '12 months'
                    AND t.level <> '{Level.BRIEFING}') AS year
            FROM training_participation t JOIN training_session s ON s.id = t.session_id
            WHERE t.person_id = p.person_id AND t.credited_on <= p.day
        ) l ON p.needs_induction OR p.needs_yearly
    )
"""  # noqa: S608
# Those of the roster who should have come and have not; who came on the day needs no further look.
TOTALS = f"""
    missing AS (
        SELECT r.project_id, r.day, count(*) AS n
        FROM ruled r JOIN roster_engagement e ON e.project_id = r.project_id
            AND e.entered_on <= r.day - r.absent_days AND coalesce(e.left_on, 'infinity') >= r.day
        WHERE r.absent_days > 0
            AND NOT EXISTS (SELECT FROM roster_attendance t
                WHERE t.project_id = r.project_id AND t.day = r.day AND t.person_id = e.person_id)
            AND NOT EXISTS (SELECT FROM roster_attendance t WHERE t.person_id = e.person_id
                AND t.project_id = e.project_id AND t.day > r.day - r.absent_days AND t.day <= r.day)
        GROUP BY r.project_id, r.day
    ), totals AS MATERIALIZED (
        SELECT r.project_id, r.day, r.region_path, r.rule_id, coalesce(j.counted, 0) + coalesce(s.n, 0) AS counted,
            coalesce(j.covered, 0) AS covered, coalesce(s.n, 0) AS unexplained, coalesce(j.disputed, 0) AS disputed,
            coalesce(m.n, 0) AS absent
        FROM ruled r
        LEFT JOIN (
            SELECT project_id, day, count(*) AS counted, count(*) FILTER (WHERE NOT {ANY_REASON}) AS covered,
                count(*) FILTER (WHERE is_disputed) AS disputed
            FROM judged GROUP BY project_id, day
        ) j USING (project_id, day)
        LEFT JOIN (SELECT project_id, day, count(*) AS n FROM strangers GROUP BY project_id, day) s
            USING (project_id, day)
        LEFT JOIN missing m USING (project_id, day)
    )
"""  # noqa: S608
# Rows that stay are not touched, so that their keys stay and nothing is written where nothing has changed.
WRITE = f"""
    WITH {JUDGED}, {TOTALS},
    lacking AS MATERIALIZED (
        SELECT project_id, day, region_path, person_id, engagement_id, NULL::bigint AS fault_id, false AS off_roster,
            {FLAGS}
        FROM judged WHERE {ANY_REASON}
        UNION ALL
        SELECT s.project_id, s.day, r.region_path, NULL, NULL, s.fault_id, true,
            false, false, false, false, false, false
        FROM strangers s JOIN ruled r USING (project_id, day)
    ), closed AS (
        DELETE FROM coverage_coveragegap g USING asked a
        WHERE g.project_id = a.project_id AND g.day = a.day AND NOT EXISTS (
            SELECT FROM lacking k WHERE k.project_id = g.project_id AND k.day = g.day
                AND coalesce(k.person_id, 0) = coalesce(g.person_id, 0)
                AND coalesce(k.fault_id, 0) = coalesce(g.fault_id, 0)
        )
    ), opened AS (
        INSERT INTO coverage_coveragegap AS g
            (project_id, day, region_path, person_id, engagement_id, fault_id, off_roster, {FLAGS})
        SELECT * FROM lacking ORDER BY project_id, day, person_id, fault_id
        ON CONFLICT (project_id, day, person_id, fault_id) DO UPDATE
        SET (engagement_id, {FLAGS}) = (excluded.engagement_id, {{excluded}})
        WHERE (g.engagement_id, {{own}}) IS DISTINCT FROM (excluded.engagement_id, {{excluded}})
    ), emptied AS (
        DELETE FROM coverage_coverageday d USING totals t
        WHERE d.project_id = t.project_id AND d.day = t.day AND t.counted = 0
    ), kept AS (
        INSERT INTO coverage_coverageday AS d
            (project_id, day, region_path, rule_id, counted, covered, unexplained, disputed, absent, version)
        SELECT t.*, 1 FROM (
            SELECT project_id, day, region_path, rule_id, counted, covered, unexplained, disputed, absent FROM totals
        ) t WHERE t.counted > 0 ORDER BY t.project_id, t.day
        ON CONFLICT (project_id, day) DO UPDATE
        SET (rule_id, counted, covered, unexplained, disputed, absent) = (excluded.rule_id, excluded.counted,
                excluded.covered, excluded.unexplained, excluded.disputed, excluded.absent),
            version = d.version + 1, computed_at = clock_timestamp()
        WHERE (d.rule_id, d.counted, d.covered, d.unexplained, d.disputed, d.absent) IS DISTINCT FROM
            (excluded.rule_id, excluded.counted, excluded.covered, excluded.unexplained, excluded.disputed,
                excluded.absent)
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM judged) + (SELECT count(*) FROM strangers), (SELECT count(*) FROM kept)
""".format(  # noqa: S608
    excluded=", ".join(f"excluded.{name}" for name in FLAGS.split(", ")),
    own=", ".join(f"g.{name}" for name in FLAGS.split(", ")),
)
LOOK = f"WITH {JUDGED}, {TOTALS} SELECT counted, covered, unexplained, disputed, absent FROM totals"  # noqa: S608
"""The same figures with nothing written."""
