"""Writing down how people on site stand with their training, for lists to ask.

Called by the sweep that counts coverage again: its queue knows whose training, roster or contractor has changed, and
one sweep is at it at a time.
"""

from collections.abc import Collection
from datetime import date

from django.db import connection
from django.db.models import Case, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from apps.roster.models import Engagement
from apps.training.counting import with_hours
from apps.training.models import NOT_ENOUGH, NOTHING_ASKED, HoursRule, TrainingStanding

BATCH = 1_000
"""People judged anew in one transaction when other hours begin to be asked for."""

WRITE = """
    INSERT INTO training_trainingstanding AS s (engagement_id, is_inducted, enough_until, rules_from)
    SELECT q.id, q.is_inducted, q.enough_until, %s FROM ({judged}) q (id, is_inducted, enough_until) ORDER BY q.id
    ON CONFLICT (engagement_id) DO UPDATE
    SET (is_inducted, enough_until, rules_from) = (excluded.is_inducted, excluded.enough_until, excluded.rules_from)
    WHERE (s.is_inducted, s.enough_until, s.rules_from)
        IS DISTINCT FROM (excluded.is_inducted, excluded.enough_until, excluded.rules_from)
"""


def judge_again(projects: Collection[int], people: Collection[int]) -> None:
    """All on the rosters of these projects, and these people wherever they are."""
    if not projects and not people:
        return
    rows = Engagement.objects.filter(Q(project__in=projects) | Q(person__in=people))
    TrainingStanding.objects.filter(engagement__in=rows.filter(left_on__isnull=False).values("pk")).delete()
    write(rows.filter(left_on=None))


def judge_by_new_rules() -> int:
    """Some of those who were judged before the newest edition of hours began; answers how many, 0 at the end."""
    old = TrainingStanding.objects.filter(rules_from__lt=Subquery(begun()), engagement__left_on=None)
    keys = list(old.order_by("rules_from", "pk").values_list("pk", flat=True)[:BATCH])
    if keys:
        write(Engagement.objects.filter(pk__in=keys))
    return len(keys)


def begun() -> QuerySet:
    """When the newest edition in force today began."""
    rows = HoursRule.objects.filter(effective_from__lte=timezone.localdate())
    return rows.order_by("-effective_from").values_list("effective_from", flat=True)[:1]


def write(engagements: QuerySet[Engagement]) -> None:
    until = Case(
        When(hours_required__lte=0, then=Value(NOTHING_ASKED)), default=Coalesce("enough_until", Value(NOT_ENOUGH))
    )
    judged = with_hours(engagements.order_by(), timezone.localdate()).values_list("pk", "is_inducted", until)
    sql, given = judged.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(WRITE.format(judged=sql), [begun().first() or date.min, *given])
