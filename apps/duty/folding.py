"""A month's figures, counted by the database in one statement for however many projects."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from apps.core.months import first_of, last_of, month_before, next_month
from apps.core.workdays import is_working
from apps.duty.models import Term
from apps.duty.terms import number_on
from apps.hazards.calendar import CALENDAR

OF_PROJECTS = """
    WITH site AS (
        SELECT a.project_id, a.day FROM roster_attendance a
        WHERE a.day >= %(first)s AND a.day < %(after)s AND (%(all)s OR a.project_id = ANY(%(projects)s))
        GROUP BY a.project_id, a.day
    ), told AS (
        SELECT s.project_id, s.day,
            EXISTS (SELECT FROM duty_dutyday d WHERE d.project_id = s.project_id AND d.day = s.day
                AND d.withdrawn_at IS NULL AND d.kind = 'leader') AS is_led,
            EXISTS (SELECT FROM duty_dutyday d WHERE d.project_id = s.project_id AND d.day = s.day
                AND d.withdrawn_at IS NULL AND d.kind = 'head') AS is_headed,
            EXISTS (SELECT FROM projects_dangerouswork w WHERE w.project_id = s.project_id AND w.is_super
                AND w.started_on <= s.day AND (w.ended_on IS NULL OR w.ended_on >= s.day))
            OR EXISTS (SELECT FROM hazards_hazard h WHERE h.project_id = s.project_id AND h.grade = 'major'
                AND h.found_on <= s.day AND h.state NOT IN ('draft', 'void') AND CASE
                    WHEN h.closed_at IS NULL THEN h.state <> 'closed'
                    ELSE (h.closed_at AT TIME ZONE 'Asia/Shanghai')::date >= s.day END)
            OR EXISTS (SELECT FROM duty_safetylog l JOIN duty_safetyloganswer r ON r.log_id = l.id
                JOIN duty_logitem i ON i.id = r.item_id
                WHERE l.project_id = s.project_id AND l.day = s.day AND r.answer = 'problem' AND i.asks_time)
            AS is_must,
            EXISTS (SELECT FROM duty_safetylog l WHERE l.project_id = s.project_id AND l.day = s.day) AS is_logged
        FROM site s
    )
    INSERT INTO duty_dutymonth (project_id, region_path, month, site_days, leader_days, "limit", must_days, must_missed,
        missing_logs, counted_at)
    SELECT p.id, p.region_path, %(first)s, count(*), count(*) FILTER (WHERE is_led), %(leaders)s,
        count(*) FILTER (WHERE is_must), count(*) FILTER (WHERE is_must AND NOT is_headed),
        count(*) FILTER (WHERE NOT is_logged AND day < %(today)s), clock_timestamp()
    FROM told JOIN projects_project p ON p.id = told.project_id
    GROUP BY p.id, p.region_path
    ON CONFLICT (project_id, month) DO UPDATE SET
        site_days = excluded.site_days, leader_days = excluded.leader_days, "limit" = excluded."limit",
        must_days = excluded.must_days, must_missed = excluded.must_missed, missing_logs = excluded.missing_logs,
        counted_at = excluded.counted_at
"""
# Every firm that builds somewhere in the month, and every one of which a head's day was told.
OF_FIRMS = """
    INSERT INTO duty_firmdutymonth (enterprise_id, month, working_days, head_days, "limit", counted_at)
    SELECT f.id, %(first)s, %(working)s, (
            SELECT count(DISTINCT d.day) FROM duty_dutyday d
            WHERE d.enterprise_id = f.id AND d.kind = 'head' AND d.withdrawn_at IS NULL
                AND d.day >= %(first)s AND d.day < %(after)s
        ), %(heads)s, clock_timestamp()
    FROM (
        SELECT p.enterprise_id AS id FROM duty_dutymonth m JOIN projects_project p ON p.id = m.project_id
        WHERE m.month = %(first)s AND p.enterprise_id IS NOT NULL AND (%(all)s OR p.id = ANY(%(projects)s))
        UNION
        SELECT d.enterprise_id FROM duty_dutyday d WHERE d.day >= %(first)s AND d.day < %(after)s
            AND d.kind = 'head' AND (%(all)s OR d.project_id = ANY(%(projects)s))
    ) f
    ON CONFLICT (enterprise_id, month) DO UPDATE SET
        working_days = excluded.working_days, head_days = excluded.head_days, "limit" = excluded."limit",
        counted_at = excluded.counted_at
"""
# A day told in error leaves no month behind of a firm that builds nowhere in it.
NOT_ANY_MORE = """
    DELETE FROM duty_firmdutymonth f
    WHERE f.month = %(first)s AND f.head_days = 0 AND (%(all)s OR f.enterprise_id IN (
        SELECT d.enterprise_id FROM duty_dutyday d WHERE d.project_id = ANY(%(projects)s)
    )) AND NOT EXISTS (
        SELECT FROM duty_dutymonth m JOIN projects_project p ON p.id = m.project_id
        WHERE m.month = f.month AND p.enterprise_id = f.enterprise_id
    )
"""


def working_days(first: date, last: date) -> int:
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return sum(is_working(CALENDAR, day) for day in days)


@transaction.atomic
def fold(month: date, projects: Sequence[int] | None = None) -> None:
    """Count the month of this day anew, of all projects or of these, and of the firms that build them."""
    first, today = first_of(month), timezone.localdate()
    after = next_month(first)
    given: dict[str, Any] = {
        "first": first,
        "after": after,
        "today": today,
        "all": projects is None,
        "projects": list(projects or ()),
        "leaders": number_on(Term.LEADER_SHARE, first),
        "heads": number_on(Term.HEAD_SHARE, first),
        "working": working_days(first, min(today, last_of(first))),
    }
    with connection.cursor() as cursor:
        cursor.execute(OF_PROJECTS, given)
        cursor.execute(OF_FIRMS, given)
        cursor.execute(NOT_ANY_MORE, given)


def fold_recent() -> None:
    """The current month and the one before, into which late records and attendance still come."""
    first = first_of(timezone.localdate())
    fold(month_before(first))
    fold(first)
