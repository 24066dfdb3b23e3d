"""What changes the ledger: one move with event and messages, and the sweeps of due alarms."""

import statistics
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

from django.db import connection
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.dashboards.bench.measuring import (
    Cost,
    cpu_s,
    measured,
    median,
    percentile,
    schedule_of_backend,
    typical,
    undone,
)
from apps.dashboards.bench.report import Report
from apps.hazards.models import Alarm, Grade, Hazard, Plan, Reminder, State
from apps.hazards.recipients import PEOPLE, Recipients
from apps.hazards.services import reminding, sweeps
from apps.hazards.workflow import HAZARD
from apps.notifications.models import Message
from apps.notifications.services import notify

BY_HAND = 200
NEVER = date(1990, 1, 1)
LONGEST_LOCK_MS = 200


# One move -------------------------------------------------------------------------------------------------------------


def measure_moves(report: Report, head: User) -> None:
    """Striking off stands for a move: rights, lock, change of state, event, tally, alarm, messages and their outbox."""
    closable = Hazard.objects.visible_to(head).filter(
        state=State.VERIFIED, grade=Grade.ORDINARY, organisation=head.organisation, by_authority=True
    )
    hazards = list(closable.exclude(answered_by=head).order_by("pk"))
    third = len(hazards) // 3
    report.section("One move of a hazard, with its event and messages")
    asked: list[float] = []
    with connection.execute_wrapper(people_in(asked)):
        turns = [
            (measured(partial(plain_update, one, head)), measured(partial(move, other, head)))
            for one, other in zip(hazards[:third], hazards[third : 2 * third], strict=True)
        ]
    plain, moved = (median(costs) for costs in zip(*turns, strict=True))
    whole, people = moved.database_s, statistics.median(asked)
    told = f"{(whole - people) * 1000:.2f} ms of the database; plain UPDATE {plain.database_ms:.2f} ms"
    report.add("move, event and messages / plain UPDATE", (whole - people) / plain.database_s, "×", most=3, note=told)
    report.add("finding the people whom it concerns", people * 1000, "ms")
    waits = moves_by_api(hazards[2 * third :], head)
    report.add("a move through the API, median", percentile(waits, 50) * 1000, "ms", note=f"{len(waits)} moves")
    report.add("a move through the API, p95", percentile(waits, 95) * 1000, "ms", most=30)


def people_in(asked: list[float]) -> Callable[..., Any]:
    """For `execute_wrapper`: adds what the database spends on the question whom a hazard concerns."""
    schedule = schedule_of_backend()

    def wrapper(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql != PEOPLE:
            return execute(sql, *rest)
        before = cpu_s(schedule)
        try:
            return execute(sql, *rest)
        finally:
            asked.append(cpu_s(schedule) - before)

    return wrapper


def plain_update(hazard: Hazard, by: User) -> None:
    """The least that a change could do: the same columns of one row in one transaction, and nobody is told."""
    Hazard.objects.filter(pk=hazard.pk).update(
        state=State.CLOSED, closed_at=Now(), closed_by=by, next_reminder_on=None, version=F("version") + 1
    )


def move(hazard: Hazard, by: User) -> None:
    HAZARD.perform(hazard, "close", by=by)


def moves_by_api(hazards: Sequence[Hazard], by: User) -> list[float]:
    client = APIClient()
    client.force_login(by)
    waits = []
    for hazard in hazards:
        began = time.perf_counter()
        answer = client.post(f"/api/hazards/{hazard.number}/close/", {}, format="json")
        waits.append(time.perf_counter() - began)
        assert answer.status_code == 200, answer.content  # noqa: S101
    return waits


# Sweeps ---------------------------------------------------------------------------------------------------------------


def measure_sweeps(report: Report, before: Cost | None = None) -> Cost:
    """Answers the cost of a sweep with nothing due, to compare with a smaller ledger in the same run."""
    today = timezone.localdate()
    Hazard.objects.exclude(next_reminder_on=None).update(next_reminder_on=today + timedelta(days=30))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE hazards_alarm")  # all alarms were moved just now, which no day of work does
    total = Hazard.objects.count()
    report.section(f"Sweep of {total:,} hazards")
    probe = typical(lambda: Alarm.objects.filter(plan=Plan.DEADLINE, day__lte=NEVER).exists())
    idle = typical(lambda: sweeps.sweep_deadlines(today))
    told = f"{idle.cpu_s / probe.cpu_s:.1f} × a bare look into the index"
    report.add("nothing due", idle.cpu_ms, "ms", most=5, note=told)
    if before:
        report.add("nothing due, cost / cost at a tenth of the rows", idle.cpu_s / before.cpu_s, "×", most=1.5)
    by_hand = BY_HAND / measured(lambda: one_by_one(BY_HAND)).wall_s
    count = make_due(total // 100, today)
    chunks: list[float] = []
    saying: list[float] = []
    messages = -Message.objects.count()
    with (
        connection.execute_wrapper(starts_of(sweeps.DUE_DAYS, chunks)),
        connection.execute_wrapper(starts_of(sweeps.SWEEP, chunks)),
        connection.execute_wrapper(starts_of(reminding.UNSAID, saying)),
    ):
        cost = measured(lambda: sweeps.sweep_deadlines(today))
    messages += Message.objects.count()
    # From one chunk to the next, and so with the end of its transaction, which is when the locks go.
    longest = max(later - sooner for sooner, later in pairwise([*chunks[1:], *saying]))
    claiming = saying[0] - chunks[0]
    note = f"{count:,} hazards in {claiming * 1000:.0f} ms"
    report.add("one in a hundred due, claimed with their steps", count / claiming, "hazards/s", least=30_000, note=note)
    report.add("longest lock, one chunk", longest * 1000, "ms", most=LONGEST_LOCK_MS)
    note = f"{messages:,} messages"
    report.add("the people told of them afterwards", count / (cost.wall_s - claiming), "hazards/s", note=note)
    report.add("both together", count / cost.wall_s, "hazards/s", note=f"{cost.wall_s * 1000:.0f} ms")
    report.add("both together / one by one", count / cost.wall_s / by_hand, "×", note=f"{by_hand:,.0f} a second")
    return idle


def make_due(count: int, today: date) -> int:
    due = Hazard.objects.filter(state__in=State.WITH_FIRM).order_by("pk").values_list("pk", flat=True)[:count]
    return Hazard.objects.filter(pk__in=list(due)).update(next_reminder_on=today, deadline=today)


def starts_of(asked: str, moments: list[float]) -> Callable[..., Any]:
    """For `execute_wrapper`: notes when the statement is sent."""

    def wrapper(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql == asked:
            moments.append(time.perf_counter())
        return execute(sql, *rest)

    return wrapper


def one_by_one(count: int) -> None:
    """What a loop would do: lock, remember, find who is meant, tell, for each hazard alone; undone at the end."""
    today = timezone.localdate()
    with undone():
        for key in Hazard.objects.filter(state__in=State.WITH_FIRM).order_by("pk").values_list("pk")[:count]:
            hazard = Hazard.objects.select_for_update(of=("self",)).get(pk=key[0])
            Reminder.objects.create(hazard=hazard, day=today, kind="due_today")
            people = Recipients([hazard], ("firm", "site")).all_of(hazard, ("firm", "site"))
            address = hazard.get_absolute_url()
            words = {"kind": "due_today", "title": hazard.title, "url": address, "dedupe_key": f"bench:{hazard.pk}"}
            notify(people, level="must_do", **words)
