"""The reminder ladder: on which days its rules speak, switching them on and off, and what that will send."""

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

from django import forms
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from apps.core.events import record_event
from apps.core.outbox import enqueue
from apps.core.records import refuse_if_stale, save_form
from apps.core.workdays import ONE_DAY, days_after, is_working
from apps.core.workflow import TransitionRefused
from apps.hazards.calendar import CALENDAR
from apps.hazards.handlers import ROLES_THAT_VERIFY
from apps.hazards.models import Alarm, Plan, ReminderRule
from apps.notifications.channels import CHANNELS
from apps.notifications.models import MessageKind

AHEAD = 30
"""So many days a forecast looks ahead, today among them."""
CHUNK = 5000


# When -----------------------------------------------------------------------------------------------------------------


def first_day(rule: ReminderRule, counted_from: date) -> date:
    """On which the rule speaks first of a hazard whose plan counts from this day."""
    if rule.plan == Plan.DEADLINE:
        return counted_from + rule.days * ONE_DAY
    worked = (day for day in days_after(counted_from) if is_working(CALENDAR, day))
    return next(islice(worked, rule.days - 1, None)) + ONE_DAY


@dataclass(frozen=True)
class Outlook:
    """What a plan says on a day: the steps it has reached, oldest first, and when to look again, if ever."""

    reached: tuple[tuple[date, str], ...]
    following: date | None


def outlook(rules: Sequence[ReminderRule], counted_from: date, today: date) -> Outlook:
    """Of a rule that repeats itself only the last time counts."""
    reached: list[tuple[date, str]] = []
    following: list[date] = []
    for rule in rules:
        last, coming = around(rule, counted_from, today)
        if last and rule.counts_on(last):
            reached.append((last, rule.code))
        if coming:
            following.append(coming)
    return Outlook(tuple(sorted(reached)), min(following, default=None))


def around(rule: ReminderRule, counted_from: date, today: date) -> tuple[date | None, date | None]:
    """The last day of the rule up to today, and its next one after it."""
    first = first_day(rule, counted_from)
    if first > today:
        return None, first
    if not rule.again_after:
        return first, None
    last = first + ((today - first).days // rule.again_after) * rule.again_after * ONE_DAY
    return last, last + rule.again_after * ONE_DAY


# Setting --------------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_rule(form: forms.ModelForm, *, by: Any, version: int | None = None) -> ReminderRule:
    """A rule that an office has set is no sample; a new one is off until it is switched on."""
    rule = form.instance
    rule.is_sample = False
    rule.code = rule.code or f"rule_{secrets.token_hex(4)}"
    saved: ReminderRule = save_form(form, by=by, version=version)
    kind, made = MessageKind.objects.get_or_create(kind=saved.kind, defaults={"label": saved.words})
    if not made and kind.label != saved.words:
        MessageKind.objects.filter(pk=kind.pk).update(label=saved.words, version=F("version") + 1)
    return saved


@transaction.atomic
def switch(rule: ReminderRule, *, on: bool, by: Any, version: int | None = None) -> ReminderRule:
    """On from today, never for what is past; off at once.  The alarms of its plan are looked at again."""
    refuse_if_stale(rule, by, version)
    rule.refresh_from_db()
    if rule.is_on == on:
        raise TransitionRefused(f"规则已{'启用' if on else '停用'}，无须再次办理")
    rule.is_on, rule.in_force_from, rule.version = on, timezone.localdate() if on else None, rule.version + 1
    rule.save(update_fields=["is_on", "in_force_from", "version"])
    record_event(rule, "switched_on" if on else "switched_off", by=by, facts={"in_force_from": rule.in_force_from})
    if on:
        enqueue("hazards.look_again", plan=rule.plan)
    return rule


def look_again(plan: str) -> None:
    """Let the next sweep ask the rules anew about every hazard of this plan, some thousands at a time.

    What somebody else holds is moving, and its alarm with it.
    """
    behind = Alarm.objects.filter(Q(day=None) | Q(day__gt=timezone.localdate()), plan=plan)
    moved = CHUNK
    while moved == CHUNK:
        with transaction.atomic():
            chunk = list(behind.select_for_update(skip_locked=True).values_list("pk", flat=True)[:CHUNK])
            moved = Alarm.objects.filter(pk__in=chunk).update(day=timezone.localdate())


# What it will send ----------------------------------------------------------------------------------------------------


@dataclass
class Forecast:
    """The messages of one rule in the coming days, by day and by way out, as the ledger stands now."""

    messages: int = 0
    hazards: int = 0
    people: set[int] = field(default_factory=set)
    by_day: Counter[date] = field(default_factory=Counter)
    by_channel: Counter[str] = field(default_factory=Counter)

    @property
    def busiest(self) -> tuple[date, int] | None:
        return self.by_day.most_common(1)[0] if self.by_day else None


COMING = """
    SELECT alarm.hazard_id, step.day
      FROM unnest(%s::date[], %s::date[]) AS step (counted_from, day)
      JOIN hazards_alarm AS alarm USING (counted_from)
     WHERE alarm.plan = %s AND step.day >= alarm.began_on
"""
HEARD = """
    SELECT DISTINCT heard.hazard_id, heard.user_id, person.email <> '', person.phone <> ''
      FROM hazards_people(%s, %s, %s) AS heard
      JOIN accounts_user AS person ON person.id = heard.user_id AND person.is_active
"""


def forecast(rule: ReminderRule, today: date | None = None) -> Forecast:
    """What it would send from today on if it were switched on now and nothing moved; costs a look at each hazard."""
    start = today or timezone.localdate()
    found = Forecast()
    channels = MessageKind.objects.filter(kind=rule.kind).values_list("channels", flat=True).first() or []
    spoken = iter(coming(rule, start).items())
    while days := dict(islice(spoken, CHUNK)):
        with connection.cursor() as cursor:
            cursor.execute(HEARD, [list(rule.hearers), list(days), list(ROLES_THAT_VERIFY)])
            heard = cursor.fetchall()
        found.hazards += len(days)
        for hazard, person, *addresses in heard:
            count_in(found, person, days[hazard], dict(zip(("email", "phone"), addresses, strict=True)), channels)
    return found


def coming(rule: ReminderRule, start: date) -> dict[int, list[date]]:
    """By hazard the days on which the rule will speak of it."""
    end = start + AHEAD * ONE_DAY
    counted = Alarm.objects.filter(plan=rule.plan).values_list("counted_from", flat=True).distinct()
    steps = [(day, spoken) for day in counted for spoken in spoken_between(rule, day, start, end)]
    found: dict[int, list[date]] = {}
    with connection.cursor() as cursor:
        cursor.execute(COMING, [[day for day, _ in steps], [spoken for _, spoken in steps], rule.plan])
        for hazard, spoken in cursor.fetchall():
            found.setdefault(hazard, []).append(spoken)
    return found


def spoken_between(rule: ReminderRule, counted_from: date, start: date, end: date) -> list[date]:
    last, following = around(rule, counted_from, start)
    first = last if last == start else following
    if first is None:
        return []
    step = (rule.again_after or AHEAD) * ONE_DAY
    return [first + n * step for n in range(AHEAD if rule.again_after else 1) if first + n * step < end]


def count_in(found: Forecast, person: int, days: Sequence[date], has: dict[str, bool], channels: Sequence[str]) -> None:
    found.messages += len(days)
    found.people.add(person)
    found.by_day.update(days)
    for channel in channels:
        if has[CHANNELS[channel].address]:
            found.by_channel[channel] += len(days)
