"""Short words for what the tests of this app do all the time."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from apps.accounts.models import User
from apps.notifications.models import Level, Message
from apps.notifications.services import notify
from tests.personas import inspector

CHINA = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 23)


def at(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), CHINA)


def tell(*people: Any, key: str = "hazard:1:ordered", **changes: Any) -> None:
    values = {"kind": "hazard_ordered", "title": "隐患 A1 待签收", "url": "/hazards/A1/", "level": Level.MUST_DO}
    notify(people, dedupe_key=key, **values | changes)


def crowd(size: int) -> list[User]:
    """Colleagues, made in one statement."""
    first = inspector()
    others = [
        User(username=f"{first.username}-{n}", name=f"同事{n}", role=first.role, organisation=first.organisation)
        for n in range(1, size)
    ]
    return [first, *User.objects.bulk_create(others)]


def titles(person: Any) -> list[str]:
    return list(Message.objects.visible_to(person).order_by("pk").values_list("title", flat=True))


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run each call on its own thread and connection, started together; their results, or the first error raised."""
    gate, results, errors = threading.Barrier(len(calls)), [None] * len(calls), []

    def run(place: int, call: Callable[[], Any]) -> None:
        try:
            gate.wait(20)
            results[place] = call()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    if errors:
        raise errors[0]
    return results


class Gate:
    """Stops a call on another thread at a known place until the test lets it go on."""

    def __init__(self) -> None:
        self.reached, self.opened = threading.Event(), threading.Event()

    def pass_through(self) -> None:
        self.reached.set()
        assert self.opened.wait(20)


@contextmanager
def held(gate: Gate, call: Callable[[], Any]) -> Iterator[list[Any]]:
    """`call` runs on another thread and stands at the gate while the body runs; then its result is in the list."""
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.extend(at_once(call)))
    thread.start()
    try:
        assert gate.reached.wait(20)
        yield results
    finally:
        gate.opened.set()
        thread.join(30)


def open_when_somebody_waits(gate: Gate) -> None:
    """Let the first go on once another backend waits for a row of its."""
    with connection.cursor() as cursor:
        waiting, end = 0, monotonic() + 20
        while not waiting:
            assert monotonic() < end, "nobody waits"
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            waiting = cursor.fetchone()[0]
    gate.opened.set()


@contextmanager
def without(model: Any, constraint: str) -> Iterator[None]:
    """The table without one of its unique constraints, for showing what it prevents; its rows are lost."""
    rule = next(rule for rule in model._meta.constraints if rule.name == constraint)
    with connection.schema_editor() as editor:
        editor.remove_constraint(model, rule)
    try:
        yield
    finally:
        model.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(model, rule)
