"""Keeping the standings equal to the fold: at once after each move of an entry or listing, and every night for all."""

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from apps.core.events import record_event
from apps.credit.folding import recompute, scores_as_of
from apps.credit.models import CreditStanding, PersonStanding, Subject
from apps.credit.services.permits import held_firms
from apps.inspections.models import RiskClass

OURS = "本平台信用评价"

# The class by which draws weigh a firm: by its letter, and the highest for who is listed or whose permit is held.  What
# the province's platform has handed over is never written over.
HIGHEST = "(c.is_listed OR c.enterprise_id = ANY(%(held)s))"
GRADE = f"CASE WHEN {HIGHEST} THEN 'E' ELSE c.grade END"
CLASSES = f"""
    INSERT INTO inspections_riskclass (enterprise_id, grade, assessed_on, source, version)
    SELECT c.enterprise_id, {GRADE}, %(today)s, %(ours)s, 1
      FROM credit_creditstanding c
      LEFT JOIN inspections_riskclass had USING (enterprise_id)
     WHERE (%(keys)s::bigint[] IS NULL OR c.enterprise_id = ANY(%(keys)s))
       AND (had.id IS NULL AND (c.entries > 0 OR {HIGHEST})
            OR had.source = %(ours)s AND had.grade <> {GRADE})
    ON CONFLICT (enterprise_id) DO UPDATE
       SET grade = excluded.grade, assessed_on = excluded.assessed_on, version = inspections_riskclass.version + 1
    RETURNING id"""  # noqa: S608


@transaction.atomic
def renew(enterprises: Iterable[int] | None = None, persons: Iterable[int] | None = None) -> int:
    """Fold these, or everybody; answers how many stand otherwise than before.

    Ordered by key, so that two at once never wait for each other crosswise.
    """
    everybody = enterprises is None and persons is None
    changed = 0
    if everybody or enterprises:
        changed += len(recompute(Subject.ENTERPRISE, None if everybody else sorted(set(enterprises or ()))))
        classify(None if everybody else sorted(set(enterprises or ())))
    if everybody or persons:
        changed += len(recompute(Subject.PERSON, None if everybody else sorted(set(persons or ()))))
    return changed


def classify(keys: list[int] | None = None) -> int:
    """差别化监管: the class of the draws follows the credit; answers how many have another class now."""
    with connection.cursor() as cursor:
        today = timezone.localdate()
        cursor.execute(CLASSES, {"today": today, "ours": OURS, "keys": keys, "held": held_firms(today)})
        changed = [key for (key,) in cursor.fetchall()]
    for record in RiskClass.objects.filter(pk__in=changed).order_by("pk"):
        record_event(record, "changed", by=None, facts={"grade": record.grade, "source": OURS})
    return len(changed)


def differences() -> dict[str, list[int]]:
    """Whose stored standing is not what the fold gives today, by subject; for `verify_credit` and its test."""
    found = {}
    for subject, model in ((Subject.ENTERPRISE, CreditStanding), (Subject.PERSON, PersonStanding)):
        folded = scores_as_of(subject, timezone.localdate())
        stored = {s.pk: told(s) for s in model._default_manager.all().iterator()}
        found[subject.value] = sorted(
            key for key in folded.keys() | stored.keys() if folded.get(key) != stored.get(key)
        )
    return found


def told(standing: Any) -> tuple[Any, ...]:
    """In the order of `scores_as_of`."""
    points = (standing.project_points, standing.enterprise_points, standing.penalty_points)
    return (standing.score, standing.grade, *points, standing.entries, standing.is_listed)
