"""Messages lie in partitions by quarters: none is refused, old ones go as a whole, the ledger stays."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.db import InternalError, OperationalError, ProgrammingError, connection, transaction
from django.utils.timezone import localdate

from apps.core import partitions
from apps.core.events import record_event
from apps.core.models import Event
from apps.notifications import tasks
from apps.notifications.models import Delivery, Message
from apps.notifications.services import mark_all_read, unread_count
from apps.notifications.shelves import clear_shelves, make_shelves
from tests.notifications.helpers import Gate, at_once, held, tell
from tests.personas import inspector

LONG_AGO, FAR_AHEAD = date(2020, 1, 1), date(2040, 10, 1)
TODAY = localdate()


def shelves() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'notifications_message'::regclass"
        )
        return {name.removeprefix("notifications_message_") for (name,) in cursor.fetchall()}


def shelf_of(key: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM notifications_message WHERE dedupe_key = %s", [key])
        ((name,),) = cursor.fetchall()
        return name.removeprefix("notifications_message_")


def message(person: Any, key: str, quarter: date) -> Message:
    return Message.objects.create(
        recipient=person, kind="hazard_order", level="info", title=key, url="/", dedupe_key=key, quarter=quarter
    )


def name_of(day: date) -> str:
    return f"{day.year}q{(day.month + 2) // 3}"


def test_a_message_lies_on_the_shelf_of_its_quarter(person: Any) -> None:
    tell(person, key="today")
    assert shelf_of("today") == name_of(TODAY)


def test_the_next_quarter_has_its_shelf_before_it_begins(db: None) -> None:
    assert make_shelves(TODAY) == 0
    assert make_shelves(date(2040, 9, 30)) == 2
    assert {"2040q3", "2040q4"} <= shelves()
    assert make_shelves(date(2040, 10, 1)) == 1


def test_a_message_without_a_shelf_is_taken_in_and_moved_when_its_shelf_is_made(person: Any) -> None:
    stray = message(person, "stray", FAR_AHEAD)
    other = message(person, "other", LONG_AGO)
    assert (shelf_of("stray"), shelf_of("other")) == ("rest", "rest")
    assert make_shelves(TODAY) == 2
    assert (shelf_of("stray"), shelf_of("other")) == ("2040q4", "2020q1")
    assert set(Message.objects.values_list("pk", flat=True)) == {stray.pk, other.pk}


def test_the_inbox_is_one_over_all_shelves(person: Any) -> None:
    for key, quarter in (("old", LONG_AGO), ("far", FAR_AHEAD)):
        message(person, key, quarter)
    tell(person, key="today")
    make_shelves(TODAY)
    keys = Message.objects.visible_to(person).order_by("-pk").values_list("dedupe_key", flat=True)
    assert list(keys) == ["today", "far", "old"]
    assert (unread_count(person), mark_all_read(person), unread_count(person)) == (3, 3, 0)


def test_old_quarters_go_with_their_deliveries_and_newer_ones_stay(person: Any) -> None:
    old, new = message(person, "old", LONG_AGO), message(person, "new", date(2026, 7, 1))
    for row in (old, new):
        Delivery.objects.create(message=row, channel="pigeon")
    make_shelves(TODAY)
    assert clear_shelves(date(2026, 12, 1)) >= 1
    assert list(Message.objects.values_list("dedupe_key", flat=True)) == ["new"]
    assert list(Delivery.objects.values_list("message", flat=True)) == [new.pk]
    assert "2020q1" not in shelves()


@pytest.mark.parametrize(("day", "kept"), [(date(2021, 3, 31), 1), (date(2021, 4, 1), 0)])
def test_a_quarter_goes_when_its_last_day_is_a_year_old(person: Any, day: date, kept: int) -> None:
    message(person, "old", LONG_AGO)
    make_shelves(TODAY)
    clear_shelves(day)
    assert Message.objects.count() == kept


def test_messages_are_kept_for_good_where_the_setting_says_so(person: Any, settings: Any) -> None:
    settings.MESSAGES_KEPT_MONTHS = 0
    message(person, "old", LONG_AGO)
    make_shelves(TODAY)
    assert clear_shelves(TODAY) == 0
    assert Message.objects.count() == 1


def test_the_task_makes_and_clears_and_leaves_the_ledger_alone(person: Any) -> None:
    message(person, "old", LONG_AGO)
    record_event(person, "registered", by=None)
    tasks.keep_shelves()
    tasks.keep_shelves()
    assert (Message.objects.count(), Event.objects.count()) == (0, 1)
    assert name_of(TODAY) in shelves()


def test_nobody_throws_away_what_is_still_to_be_read(db: None) -> None:
    with pytest.raises(InternalError, match="not thrown away"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT notifications_clear_shelves('2099-01-01')")


# Rights


@pytest.fixture
def as_application(person: Any) -> Iterator[None]:
    """Every statement is made with the rights of the application's role."""
    call_command("grant_app_role", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE hebei_app")
        yield
        cursor.execute("RESET ROLE")


def test_the_application_writes_and_reads_on_a_shelf_made_after_its_rights(person: Any, as_application: None) -> None:
    assert make_shelves(FAR_AHEAD) == 2
    made = message(person, "far", FAR_AHEAD)
    assert shelf_of("far") == "2040q4"
    assert mark_all_read(person) == 1
    assert made.delete()[0] == 1


def test_the_application_clears_by_the_function_and_not_by_its_own_hand(person: Any, as_application: None) -> None:
    message(person, "old", LONG_AGO)
    make_shelves(TODAY)
    for forbidden in ("DROP TABLE notifications_message_2020q1", "TRUNCATE notifications_message", "CREATE TABLE x ()"):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(forbidden)
    assert clear_shelves(TODAY) >= 1
    assert Message.objects.count() == 0


def test_strangers_to_the_platform_may_not_use_the_functions(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_function_privilege('public', 'notifications_make_shelf(date)', 'EXECUTE'),"
            "       has_function_privilege('public', 'notifications_clear_shelves(date)', 'EXECUTE')"
        )
        assert cursor.fetchone() == (False, False)


# Rules of the whole hold on each shelf


@pytest.mark.parametrize("quarter", [LONG_AGO, FAR_AHEAD])
def test_the_rules_of_messages_hold_on_a_new_shelf(person: Any, quarter: date) -> None:
    message(person, "x", quarter)
    make_shelves(TODAY)
    name = shelf_of("x")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT contype, count(*) FROM pg_constraint WHERE conrelid = %s::regclass AND contype <> 'n' GROUP BY 1",
            [f"notifications_message_{name}"],
        )
        assert dict(cursor.fetchall()) == {"p": 1, "u": 1, "f": 1, "c": 2}
        cursor.execute("SELECT count(*) FROM pg_index WHERE indrelid = %s::regclass", [f"notifications_message_{name}"])
        assert cursor.fetchone()[0] == 4


# Races


@pytest.fixture
def far_shelves_dropped() -> Iterator[None]:
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS notifications_message_2040q4, notifications_message_2041q1")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_a_shelf_once_and_lose_no_message(far_shelves_dropped: None) -> None:
    """The second finds the first at work, or finds nothing left to make."""
    message(inspector(), "far", FAR_AHEAD)
    assert sorted(at_once(lambda: make_shelves(FAR_AHEAD), lambda: make_shelves(FAR_AHEAD))) == [0, 2]
    assert (shelf_of("far"), Message.objects.count()) == ("2040q4", 1)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_two_workers_would_run_into_each_other(
    far_shelves_dropped: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: the second is refused while the first has not committed."""
    monkeypatch.setattr(partitions, "try_lock", lambda name: True)
    message(inspector(), "far", FAR_AHEAD)
    gate = Gate()

    def make_and_wait() -> None:
        with transaction.atomic():
            make_shelves(FAR_AHEAD)
            gate.pass_through()

    with held(gate, make_and_wait), pytest.raises(OperationalError, match="lock timeout"):
        make_shelves(FAR_AHEAD)
