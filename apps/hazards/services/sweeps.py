"""The clockwork of the ledger: reminders before a deadline, escalation after it, answers that wait too long.

A sweep looks only at hazards whose `next_reminder_on` has come (a partial index, so nothing due costs
nothing), and claims each step by a unique row, so that two workers say it once.  After an outage only the
latest step is said; those it overtook are recorded as skipped.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.core.deadlines import reminder_plan
from apps.core.workdays import days_after, is_working
from apps.hazards.calendar import CALENDAR
from apps.hazards.models import Hazard, Reminder, State
from apps.hazards.recipients import Recipients
from apps.notifications.services import Notice, notify_all

BATCH = 500

# How many working days an answer may wait for each hand before its holder is reminded.  Sample values: no
# source fixes them; the office's own rules decide.
MAY_WAIT: dict[str, tuple[int, str, str]] = {
    State.ANSWERED: (1, "supervising_engineer", "整改回复待监理确认"),
    State.CONFIRMED: (2, "recorder", "整改回复待复查"),
    State.VERIFIED: (2, "closers", "复查合格待销号"),
}
ASK_AGAIN_AFTER = timedelta(days=3)

WORDS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "due_in_3": ("整改期限还剩 3 天", ("firm", "site"), "reminder"),
    "due_in_1": ("整改期限还剩 1 天", ("firm", "site"), "reminder"),
    "due_today": ("整改期限今天到期", ("firm", "site"), "must_do"),
    "escalate_station": ("整改超期 1 天", ("firm", "site", "head"), "must_do"),
    "escalate_county": ("整改超期 3 天", ("firm", "head", "county"), "must_do"),
    "escalate_city": ("整改超期 7 天", ("firm", "head", "county", "city"), "must_do"),
}


@dataclass(frozen=True)
class Due:
    """What a sweep does with one hazard: the step to say, those it overtook, and when to look again."""

    hazard: Hazard
    said: tuple[date, str] | None
    overtaken: tuple[tuple[date, str], ...]
    following: date | None


PlanOf = Callable[[Hazard, date], Due]


def sweep_deadlines(today: date | None = None) -> int:
    """Remind firms of what is due and escalate what is overdue; answers how many steps were said."""
    return _sweep(State.WITH_FIRM, today or timezone.localdate(), deadline_due)


def sweep_closures(today: date | None = None) -> int:
    """Find answers that wait too long for confirmation, verification or closing."""
    return _sweep((*State.ANSWER_IN, State.VERIFIED), today or timezone.localdate(), waiting_due)


def _sweep(states: Sequence[str], today: date, plan_of: PlanOf) -> int:
    said = 0
    while batch := _sweep_batch(states, today, plan_of):
        said += batch[1]
        if batch[0] < BATCH:
            break
    return said


@transaction.atomic
def _sweep_batch(states: Sequence[str], today: date, plan_of: PlanOf) -> tuple[int, int]:
    """One transaction: claim, say, set the next day.  Rows that another worker holds are left to it."""
    hazards = list(_due(states, today)[:BATCH])
    if not hazards:
        return 0, 0
    dues = [plan_of(hazard, today) for hazard in hazards]
    _look_again(dues)
    claimed = _claim(dues)
    _tell([due for due in dues if due.said and (due.hazard.pk, due.said[1], due.said[0]) in claimed])
    return len(hazards), len(claimed)


def _due(states: Sequence[str], today: date) -> QuerySet[Hazard]:
    rows = Hazard.objects.filter(next_reminder_on__lte=today, state__in=states)
    return (
        rows.select_related("project")
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("next_reminder_on", "id")
    )


def deadline_due(hazard: Hazard, today: date) -> Due:
    """The step of the reminder plan that today has reached, from the day of the order on."""
    if hazard.deadline is None:
        return Due(hazard, None, (), None)
    ordered = timezone.localdate(hazard.ordered_at) if hazard.ordered_at else hazard.found_on
    plan = [(day, kind) for day, kind in reminder_plan(hazard.deadline, CALENDAR) if day >= ordered]
    known = set(Reminder.objects.filter(hazard=hazard).values_list("kind", "day")) if hazard.rounds else set()
    reached = [step for step in plan if step[0] <= today and (step[1], step[0]) not in known]
    following = next((day for day, _ in plan if day > today), None)
    return Due(hazard, reached[-1] if reached else None, tuple(reached[:-1]), following)


def waiting_due(hazard: Hazard, today: date) -> Due:
    """Whether the answer has waited longer than its holder may take."""
    working_days, _, _ = MAY_WAIT[hazard.state]
    since = hazard.verified_at or hazard.confirmed_at or hazard.answered_at
    began = timezone.localdate(since) if since else today
    limit = began
    for _ in range(working_days):
        limit = next(day for day in days_after(limit) if is_working(CALENDAR, day))
    if today <= limit:
        return Due(hazard, None, (), limit + timedelta(days=1))
    return Due(hazard, (today, f"waits_{hazard.state}"), (), today + ASK_AGAIN_AFTER)


def _claim(dues: Iterable[Due]) -> set[tuple[int, str, date]]:
    """Write the steps; answers those that this run was the first to write and that are to be said."""
    rows = [
        Reminder(hazard=due.hazard, kind=kind, day=day, skipped=(day, kind) != due.said)
        for due in dues
        for day, kind in (*due.overtaken, *((due.said,) if due.said else ()))
    ]
    before = set(_written(rows))
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)
    return {(r.hazard_id, r.kind, r.day) for r in rows if not r.skipped} - before


def _written(rows: Sequence[Reminder]) -> list[tuple[int, str, date]]:
    known = Reminder.objects.filter(hazard__in={r.hazard_id for r in rows}, day__in={r.day for r in rows})
    return list(known.values_list("hazard_id", "kind", "day")) if rows else []


def _look_again(dues: Sequence[Due]) -> None:
    for due in dues:
        due.hazard.next_reminder_on = due.following
    Hazard.objects.bulk_update([due.hazard for due in dues], ["next_reminder_on"])


def _tell(dues: Sequence[Due]) -> None:
    people = Recipients([due.hazard for due in dues])
    notify_all(notice for due in dues for notice in _notices(due, people))


def _notices(due: Due, people: Recipients) -> Iterator[Notice]:
    hazard, (day, kind) = due.hazard, due.said  # type: ignore[misc]
    words, roles, level = _words(hazard, kind)
    for user in people.all_of(hazard, roles):
        yield Notice(
            user.pk,
            f"hazard_{kind}",
            f"{words}：{hazard.title}",
            hazard.get_absolute_url(),
            f"hazard:{hazard.pk}:{kind}:{day}",
            level,
            f"{hazard.number}　{hazard.project.name}　期限 {hazard.deadline or '未定'}",
        )


def _words(hazard: Hazard, kind: str) -> tuple[str, tuple[str, ...], str]:
    if kind in WORDS:
        return WORDS[kind]
    _, role, title = MAY_WAIT[hazard.state]
    return title, (role, "head"), "must_do"
