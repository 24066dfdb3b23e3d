"""Saying the steps that sweeps have claimed, to the people whom the hazard concerns.

A claim waits here until it is said, so that nothing is lost if a worker dies in between; what the hazard has left
behind since (it was answered, or has a new deadline) is not said any more.
"""

from typing import Any

from django.db import connection, transaction

from apps.hazards.handlers import ROLES_THAT_VERIFY
from apps.hazards.models import ReminderRule
from apps.notifications.services import hand_over

# Hazards told of in one transaction: about a tenth of a second's work.
CHUNK = 2000


UNSAID = "SELECT DISTINCT kind FROM hazards_reminder WHERE settled_at IS NULL"

# `Hazard.title` in SQL: the first line with something on it, cut to the length of a heading.
FIRST_LINE = r"\S[^\n\r\v\f\u001c-\u001e\u0085\u2028\u2029]*"
TITLE = rf"left(regexp_replace(substring(hazard.description FROM '{FIRST_LINE}'), '\s+$', ''), 60)"

# A claim that somebody else holds is being said by them.
SAY = rf"""
WITH claimed AS MATERIALIZED (
        SELECT id, hazard_id, day, counted_from
          FROM hazards_reminder
         WHERE settled_at IS NULL AND kind = %(kind)s
         ORDER BY id LIMIT %(chunk)s
           FOR NO KEY UPDATE SKIP LOCKED),
    settled AS (
        UPDATE hazards_reminder SET settled_at = clock_timestamp()
          FROM claimed WHERE hazards_reminder.id = claimed.id),
    said AS MATERIALIZED (
        SELECT claimed.hazard_id, claimed.day, hazard.number, coalesce({TITLE}, '') AS title, hazard.deadline,
               projects_project.name AS project
          FROM claimed
          JOIN hazards_alarm AS alarm
            ON alarm.hazard_id = claimed.hazard_id AND alarm.plan = %(plan)s
           AND alarm.counted_from = claimed.counted_from
          JOIN hazards_hazard AS hazard ON hazard.id = claimed.hazard_id
          JOIN projects_project ON projects_project.id = hazard.project_id),
    listener AS (
        SELECT DISTINCT hazard_id, user_id
          FROM hazards_people(%(hearers)s, ARRAY(SELECT hazard_id FROM said), %(verifying)s)),
    told AS (
        SELECT notifications_tell(
               array_agg(user_id), array_agg('hazard_' || %(kind)s), array_agg(%(level)s::text),
               array_agg(%(words)s || '：' || title),
               array_agg(number || '　' || project || '　期限 ' || coalesce(deadline::text, '未定')),
               array_agg('/hazards/' || number || '/'),
               array_agg('hazard:' || hazard_id || ':' || %(kind)s || ':' || day)) AS id
          FROM said JOIN listener USING (hazard_id))
SELECT (SELECT count(*) FROM claimed), (SELECT array_agg(id) FROM told)
"""  # noqa: S608  (no user's words)


def say_what_is_claimed() -> None:
    """Say every step that was claimed and not yet said, by whichever sweep."""
    with connection.cursor() as cursor:
        cursor.execute(UNSAID)
        kinds = [kind for (kind,) in cursor.fetchall()]
    for rule in ReminderRule.objects.filter(code__in=kinds).order_by("code"):
        while _say_chunk(rule) == CHUNK:
            pass


@transaction.atomic
def _say_chunk(rule: ReminderRule) -> int:
    """One statement and one transaction; answers how many claims it took."""
    asked: dict[str, Any] = {
        "kind": rule.code,
        "chunk": CHUNK,
        "plan": rule.plan,
        "words": rule.words,
        "level": rule.level,
        "hearers": list(rule.hearers),
        "verifying": list(ROLES_THAT_VERIFY),
    }
    with connection.cursor() as cursor:
        cursor.execute(SAY, asked)
        claimed, messages = cursor.fetchone()
    hand_over(messages or [])
    return claimed
