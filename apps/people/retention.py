"""Taking from persons what identifies them once the years are over: the row, its counts and its history stay.

Set by set, each set in a transaction of its own; who is looked at twice, or whom somebody engages meanwhile, is left
alone.  What the ledger of events has been told stays in it, as it can only grow (ADR 23).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db import connection, transaction
from django.db.models import CharField, Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat, Now
from django.utils import timezone

from apps.core.events import record_events
from apps.people.keeping import FORGETTERS, KEEPERS
from apps.people.models import Card, Certificate, Person, RetentionRule

BATCH = 1_000
PSEUDONYM = "已去标识"
EVENT = "pseudonymised"


@dataclass(frozen=True)
class Forecast:
    """How many persons an edition would take the identity from on a day, and how many are kept for which reason."""

    due: int
    kept: list[tuple[str, int]]


def rule_of(today: date) -> RetentionRule | None:
    return RetentionRule.objects.in_force(today).first()


def unchanged(before: date) -> QuerySet[Person]:
    """Persons of whom nothing was entered or changed from that day on."""
    midnight = datetime.combine(before, time.min, tzinfo=timezone.get_current_timezone())
    history: Any = Person.pgh_event_model.objects  # type: ignore[attr-defined]
    changed = history.filter(pgh_obj_id=OuterRef("pk"), pgh_created_at__gte=midnight)
    certified = Certificate.objects.filter(person=OuterRef("pk"), created_at__gte=midnight)
    old = Person.objects.filter(pseudonymised_at=None, created_at__lt=midnight)
    return old.filter(~Exists(changed), ~Exists(certified))


def due(rule: RetentionRule, today: date) -> QuerySet[Person]:
    """Whose identity this edition no longer needs."""
    before = today - relativedelta(years=rule.years)
    rows = unchanged(before)
    for keeper in KEEPERS:
        rows = rows.exclude(pk__in=keeper.keeps(today, before))
    return rows


def forecast(rule: RetentionRule, today: date) -> Forecast:
    before = today - relativedelta(years=rule.years)
    old = unchanged(before)
    kept = [(keeper.label, old.filter(pk__in=keeper.keeps(today, before)).count()) for keeper in KEEPERS]
    return Forecast(due(rule, today).count(), [("年限内有登记或变更", still_new(old)), *kept])


def still_new(old: QuerySet[Person]) -> int:
    return Person.objects.filter(pseudonymised_at=None).count() - old.count()


def forget_due(today: date | None = None) -> int:
    """What the clock does: nothing while the edition in force is not switched on.  Answers how many were forgotten."""
    day = today or timezone.localdate()
    rule = rule_of(day)
    return sum(batches(rule, day)) if rule and rule.is_on else 0


def batches(rule: RetentionRule, today: date) -> Iterator[int]:
    after = 0
    while True:
        with transaction.atomic():
            looked_at, forgotten = forget_batch(rule, today, after)
        if not looked_at:
            return
        after = looked_at[-1]
        yield forgotten


def forget_batch(rule: RetentionRule, today: date, after: int) -> tuple[list[int], int]:
    """The keys that were looked at, and how many were forgotten; call it inside a transaction.

    Whoever engages a person takes a key lock on the row, which ours waits for or is skipped by; therefore it is asked
    again, with the rows in hand, who is due.
    """
    rows = due(rule, today).filter(pk__gt=after).order_by("pk").select_for_update(skip_locked=True, of=("self",))
    held = list(rows.values_list("pk", flat=True)[:BATCH])
    keys = list(due(rule, today).filter(pk__in=held).values_list("pk", flat=True))
    if keys:
        pseudonymise(Person.objects.filter(pk__in=keys), rule)
    return held, len(keys)


def pseudonymise(people: QuerySet[Person], rule: RetentionRule) -> None:
    for forgets in FORGETTERS:
        forgets(people)
    keys = list(people.values_list("pk", flat=True))
    named = {"name": pseudonym("pk"), "initials": "", "user": None, "pseudonymised_at": Now()}
    numbers = {"id_number": "", "id_index": None, "id_masked": "", "phone": "", "phone_masked": ""}
    people.update(version=F("version") + 1, **named, **numbers)
    Certificate.objects.filter(person__in=keys).update(number=pseudonym("pk"), version=F("version") + 1)
    Card.objects.filter(person__in=keys, revoked_at=None).update(revoked_at=Now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT people_forget_history(%s)", [keys])
    told = Person.objects.filter(pk__in=keys).only("pk", "version")
    record_events(told, EVENT, by=None, facts={"rule": rule.pk, "years": rule.years})


def pseudonym(key: str) -> Concat:
    """已去标识-41"""
    return Concat(Value(f"{PSEUDONYM}-"), Cast(key, CharField()), output_field=CharField())
