"""The clockwork of the ledger: reminders before a deadline, escalation after it, answers that wait too long.

A sweep looks only at hazards whose alarm has come, so that nothing due costs one look into an index.  What a plan
asks for is computed here, once for each day that plans count from; the rows are then moved in one statement per
chunk, which claims each step by a unique row, so that two workers say it once.  After an outage only the latest
step is said; those it overtook are recorded as skipped.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from apps.core.deadlines import reminder_plan
from apps.core.workdays import days_after, is_working
from apps.hazards.calendar import CALENDAR
from apps.hazards.models import Plan
from apps.hazards.recipients import HANDLER, STANDING
from apps.notifications.services import hand_over, telling

# Rows that are locked at once: about a tenth of a second's work.
CHUNK = 2000
ASK_AGAIN_AFTER = timedelta(days=3)


@dataclass(frozen=True)
class Speech:
    """How a step is said: in which words, how urgently, and to whom."""

    words: str
    level: str
    hearers: tuple[str, ...]


# How many working days an answer may wait for each hand before its holder is reminded.  Sample values: no
# source fixes them; the office's own rules decide.
MAY_WAIT: dict[str, int] = {Plan.ANSWERED: 1, Plan.CONFIRMED: 2, Plan.VERIFIED: 2}
SPEECHES: dict[str, Speech] = {
    "due_in_3": Speech("整改期限还剩 3 天", "reminder", ("firm", "site")),
    "due_in_1": Speech("整改期限还剩 1 天", "reminder", ("firm", "site")),
    "due_today": Speech("整改期限今天到期", "must_do", ("firm", "site")),
    "escalate_station": Speech("整改超期 1 天", "must_do", ("firm", "site", "head")),
    "escalate_county": Speech("整改超期 3 天", "must_do", ("firm", "head", "county")),
    "escalate_city": Speech("整改超期 7 天", "must_do", ("firm", "head", "county", "city")),
    "waits_answered": Speech("整改回复待监理确认", "must_do", ("supervising_engineer", "head")),
    "waits_confirmed": Speech("整改回复待复查", "must_do", ("recorder", "head")),
    "waits_verified": Speech("复查合格待销号", "must_do", ("closers", "head")),
}


@dataclass(frozen=True)
class Outlook:
    """What a plan says on a day: the steps it has reached, oldest first, and when to look again, if ever."""

    reached: tuple[tuple[date, str], ...]
    following: date | None


@dataclass(frozen=True)
class Done:
    """What a chunk did: alarms taken, steps said, and the last alarm, so that the next one need not pass it again."""

    found: int
    said: int
    last_day: date
    last_hazard: int


OutlookOf = Callable[[date, date], Outlook]


def deadline_outlook(deadline: date, today: date) -> Outlook:
    """The steps of the reminder plan up to today."""
    plan = reminder_plan(deadline, CALENDAR)
    return Outlook(tuple(step for step in plan if step[0] <= today), next((d for d, _ in plan if d > today), None))


def waiting_outlook(plan: str) -> OutlookOf:
    """Whether an answer has waited longer than the holder of this plan may take."""

    def outlook(began: date, today: date) -> Outlook:
        limit = began
        for _ in range(MAY_WAIT[plan]):
            limit = next(day for day in days_after(limit) if is_working(CALENDAR, day))
        if today <= limit:
            return Outlook((), limit + timedelta(days=1))
        return Outlook(((today, f"waits_{plan}"),), today + ASK_AGAIN_AFTER)

    return outlook


def sweep_deadlines(today: date | None = None) -> int:
    """Remind firms of what is due and escalate what is overdue; answers how many steps were said."""
    return _sweep(Plan.DEADLINE, deadline_outlook, today or timezone.localdate())


def sweep_closures(today: date | None = None) -> int:
    """Find answers that wait too long for confirmation, verification or closing."""
    day = today or timezone.localdate()
    return sum(_sweep(plan, waiting_outlook(plan), day) for plan in MAY_WAIT)


DUE_DAYS = "SELECT DISTINCT counted_from FROM hazards_alarm WHERE plan = %s AND day <= %s"


def _sweep(plan: str, outlook_of: OutlookOf, today: date) -> int:
    """Chunk by chunk; what falls due from a day that nobody had asked about at the start is left to the next sweep."""
    with connection.cursor() as cursor:
        cursor.execute(DUE_DAYS, [plan, today])
        days = [day for (day,) in cursor.fetchall()]
    if not days:
        return 0
    outlooks = {day: outlook_of(day, today) for day in days}
    asked = {"plan": plan, "today": today, "chunk": CHUNK, **_columns(outlooks)}
    said, done = 0, Done(CHUNK, 0, date.min, 0)
    while done.found == CHUNK:
        done = _sweep_chunk(asked | {"after_day": done.last_day, "after_hazard": done.last_hazard})
        said += done.said
    return said


def _columns(outlooks: dict[date, Outlook]) -> dict[str, list[Any]]:
    """The outlooks and the speeches of their steps as the columns that SWEEP reads."""
    steps = [(day, n, *step) for day, outlook in outlooks.items() for n, step in enumerate(outlook.reached)]
    hearers = [(kind, role) for kind, speech in SPEECHES.items() for role in speech.hearers]
    return {
        "days": list(outlooks),
        "following": [outlook.following for outlook in outlooks.values()],
        "step_from": [step[0] for step in steps],
        "step_number": [step[1] for step in steps],
        "step_day": [step[2] for step in steps],
        "step_kind": [step[3] for step in steps],
        "kinds": list(SPEECHES),
        "words": [speech.words for speech in SPEECHES.values()],
        "levels": [speech.level for speech in SPEECHES.values()],
        "heard": [kind for kind, _ in hearers],
        "hearer": [role for _, role in hearers],
    }


# `Hazard.title` in SQL: the first line with something on it, cut to the length of a heading.
FIRST_LINE = r"\S[^\n\r\v\f\u001c-\u001e\u0085\u2028\u2029]*"
TITLE = rf"left(regexp_replace(substring(hazard.description FROM '{FIRST_LINE}'), '\s+$', ''), 60)"

# An alarm that somebody else holds is left to them: it is another sweep's, or the hazard is moving.
SWEEP = rf"""
WITH outlook AS (
        SELECT * FROM unnest(%(days)s::date[], %(following)s::date[]) AS outlook (counted_from, following)),
    step AS (
        SELECT * FROM unnest(%(step_from)s::date[], %(step_number)s::int[], %(step_day)s::date[], %(step_kind)s::text[])
            AS step (counted_from, number, day, kind)),
    speech AS (
        SELECT * FROM unnest(%(kinds)s::text[], %(words)s::text[], %(levels)s::text[]) AS speech (kind, words, level)),
    hearing AS (
        SELECT * FROM unnest(%(heard)s::text[], %(hearer)s::text[]) AS hearing (kind, role)),
    due AS MATERIALIZED (
        SELECT hazard_id, day, counted_from, began_on
          FROM hazards_alarm
         WHERE plan = %(plan)s AND day <= %(today)s AND (day, hazard_id) > (%(after_day)s, %(after_hazard)s)
           AND counted_from = ANY(%(days)s::date[])
         ORDER BY day, hazard_id LIMIT %(chunk)s
           FOR NO KEY UPDATE SKIP LOCKED),
    moved AS (
        UPDATE hazards_alarm SET day = outlook.following
          FROM due JOIN outlook USING (counted_from) WHERE hazards_alarm.hazard_id = due.hazard_id),
    reached AS (
        SELECT hazard_id, max(step.day) AS day, array_agg(kind ORDER BY number) AS kinds
          FROM due JOIN step USING (counted_from) WHERE step.day >= due.began_on
         GROUP BY hazard_id),
    claimed AS (
        INSERT INTO hazards_reminder (hazard_id, day, kind, skipped)
        SELECT hazard_id, day, kinds[cardinality(kinds)], kinds[:cardinality(kinds) - 1] FROM reached ORDER BY hazard_id
            ON CONFLICT DO NOTHING RETURNING hazard_id, day, kind),
    said AS MATERIALIZED (
        SELECT claimed.hazard_id, claimed.kind, claimed.day, hazard.number, coalesce({TITLE}, '') AS title,
               hazard.deadline, hazard.enterprise_id, hazard.project_id, projects_project.name AS project,
               hazard.region_path, hazard.recorded_by_id, {HANDLER}, hazard.by_authority,
               hazard.grade = 'major' AS is_major
          FROM claimed
          JOIN hazards_hazard AS hazard ON hazard.id = claimed.hazard_id
          JOIN projects_project ON projects_project.id = hazard.project_id),
    asked AS (
        SELECT hazard_id, role, enterprise_id, project_id, region_path, recorded_by_id, handler_id, by_authority,
               is_major
          FROM said JOIN hearing USING (kind)),
    {STANDING},
    news AS (
        SELECT listener.user_id AS recipient_id, 'hazard_' || said.kind AS kind, speech.level,
               speech.words || '：' || said.title AS title,
               said.number || '　' || said.project || '　期限 ' || coalesce(said.deadline::text, '未定') AS body,
               '/hazards/' || said.number || '/' AS url,
               'hazard:' || hazard_id || ':' || said.kind || ':' || said.day AS dedupe_key
          FROM said
          JOIN speech USING (kind)
          JOIN (SELECT DISTINCT hazard_id, user_id FROM standing) AS listener USING (hazard_id)),
    told AS ({telling("news")} RETURNING id)
SELECT (SELECT count(*) FROM due), (SELECT count(*) FROM said), (SELECT array_agg(id) FROM told),
       (SELECT max(day) FROM due), (SELECT max(hazard_id) FROM due WHERE day = (SELECT max(day) FROM due))
"""  # noqa: S608  (no user's words)


@transaction.atomic
def _sweep_chunk(asked: dict[str, Any]) -> Done:
    """One statement and one transaction."""
    with connection.cursor() as cursor:
        cursor.execute(SWEEP, asked)
        found, said, messages, *last = cursor.fetchone()
    hand_over(messages or [])
    return Done(found, said, *last)
