"""The clockwork of the ledger: reminders before a deadline, escalation after it, answers that wait too long.

A sweep looks only at hazards whose alarm has come, so that nothing due costs one look into an index.  What the rules
of a plan (ladder.py) ask for is computed once for each day that plans count from; the rows are then moved in one
statement per chunk, which claims each step by a unique row, so that two workers claim it once.  What was claimed is
said afterwards (reminding.py), when the alarms are free again.  After an outage only the latest step is claimed; those
it overtook are recorded as skipped.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from apps.hazards.models import Plan, ReminderRule
from apps.hazards.services.ladder import Outlook, outlook
from apps.hazards.services.reminding import say_what_is_claimed

# Rows that are locked at once: some hundredths of a second's work.
CHUNK = 2000


@dataclass(frozen=True)
class Done:
    """What a chunk did: alarms taken, steps claimed, and the last alarm, which the next one need not pass again."""

    found: int
    claimed: int
    last_day: date
    last_hazard: int


def sweep_deadlines(today: date | None = None) -> int:
    """Remind firms of what is due and escalate what is overdue; answers how many steps were claimed."""
    claimed = _claim(Plan.DEADLINE, today or timezone.localdate())
    say_what_is_claimed()
    return claimed


def sweep_closures(today: date | None = None) -> int:
    """Find answers that wait too long for confirmation, verification or closing."""
    day = today or timezone.localdate()
    claimed = sum(_claim(plan, day) for plan in (Plan.ANSWERED, Plan.CONFIRMED, Plan.VERIFIED))
    say_what_is_claimed()
    return claimed


DUE_DAYS = "SELECT DISTINCT counted_from FROM hazards_alarm WHERE plan = %s AND day <= %s"


def _claim(plan: str, today: date) -> int:
    """Chunk by chunk; what falls due from a day that nobody had asked about at the start is left to the next sweep."""
    with connection.cursor() as cursor:
        cursor.execute(DUE_DAYS, [plan, today])
        days = [day for (day,) in cursor.fetchall()]
    if not days:
        return 0
    rules = list(ReminderRule.objects.on().filter(plan=plan))
    outlooks = {day: outlook(rules, day, today) for day in days}
    asked = {"plan": plan, "today": today, "chunk": CHUNK, **_columns(outlooks)}
    claimed, done = 0, Done(CHUNK, 0, date.min, 0)
    while done.found == CHUNK:
        done = _claim_chunk(asked | {"after_day": done.last_day, "after_hazard": done.last_hazard})
        claimed += done.claimed
    return claimed


def _columns(outlooks: dict[date, Outlook]) -> dict[str, list[Any]]:
    """The outlooks with their steps as the columns that SWEEP reads."""
    steps = [(day, n, *step) for day, outlook in outlooks.items() for n, step in enumerate(outlook.reached)]
    return {
        "days": list(outlooks),
        "following": [outlook.following for outlook in outlooks.values()],
        "step_from": [step[0] for step in steps],
        "step_number": [step[1] for step in steps],
        "step_day": [step[2] for step in steps],
        "step_kind": [step[3] for step in steps],
    }


# An alarm that somebody else holds is left to them: it is another sweep's, or the hazard is moving.
SWEEP = """
WITH outlook AS (
        SELECT * FROM unnest(%(days)s::date[], %(following)s::date[]) AS outlook (counted_from, following)),
    step AS (
        SELECT * FROM unnest(%(step_from)s::date[], %(step_number)s::int[], %(step_day)s::date[], %(step_kind)s::text[])
            AS step (counted_from, number, day, kind)),
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
        SELECT hazard_id, counted_from, max(step.day) AS day, array_agg(kind ORDER BY number) AS kinds
          FROM due JOIN step USING (counted_from) WHERE step.day >= due.began_on
         GROUP BY hazard_id, counted_from),
    claimed AS (
        INSERT INTO hazards_reminder (hazard_id, counted_from, day, kind, skipped)
        SELECT hazard_id, counted_from, day, kinds[cardinality(kinds)], kinds[:cardinality(kinds) - 1]
          FROM reached ORDER BY hazard_id
            ON CONFLICT DO NOTHING RETURNING id)
SELECT (SELECT count(*) FROM due), (SELECT count(*) FROM claimed),
       (SELECT max(day) FROM due), (SELECT max(hazard_id) FROM due WHERE day = (SELECT max(day) FROM due))
"""


@transaction.atomic
def _claim_chunk(asked: dict[str, Any]) -> Done:
    """One statement and one transaction."""
    with connection.cursor() as cursor:
        cursor.execute(SWEEP, asked)
        return Done(*cursor.fetchone())
