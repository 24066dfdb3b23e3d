"""Telling people something exactly once."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.core.models import OutboxEntry
from apps.notifications.models import Delivery, Level, Message
from apps.notifications.services import Notice, mark_all_read, mark_read, notify_all, unread_count
from tests.notifications.helpers import Gate, at_once, crowd, held, tell, titles, without
from tests.personas import inspector


def test_each_recipient_gets_one_message(person: Any, colleague: Any) -> None:
    tell(person, colleague, person)
    assert (titles(person), titles(colleague)) == (["隐患 A1 待签收"], ["隐患 A1 待签收"])


def test_recipients_may_be_given_by_key(person: Any) -> None:
    tell(person.pk)
    assert titles(person) == ["隐患 A1 待签收"]


def test_the_same_occasion_is_told_once(person: Any) -> None:
    tell(person)
    tell(person, title="别的说法")
    assert titles(person) == ["隐患 A1 待签收"]


def test_another_occasion_is_told_too(person: Any) -> None:
    tell(person, key="hazard:1:ordered")
    tell(person, key="hazard:1:returned", title="隐患 A1 被退回")
    assert titles(person) == ["隐患 A1 待签收", "隐患 A1 被退回"]


def test_what_was_read_is_not_told_again(person: Any) -> None:
    tell(person)
    mark_all_read(person)
    tell(person)
    assert unread_count(person) == 0


def test_an_account_that_is_switched_off_is_told_nothing(person: Any) -> None:
    person.is_active = False
    person.save()
    tell(person)
    assert Message.objects.count() == 0


def test_a_message_exists_exactly_when_its_cause_does(person: Any) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        tell(person)
        raise ZeroDivisionError
    assert Message.objects.count() == 0


def test_nobody_to_tell_is_no_error(db: None) -> None:
    tell()
    assert Message.objects.count() == 0


@pytest.mark.parametrize("people", [1, 30])
def test_telling_many_costs_as_many_statements_as_telling_one(db: None, people: int) -> None:
    everybody = crowd(people)
    with CaptureQueriesContext(connection) as queries:
        tell(*everybody)
    assert len([q for q in queries if "SAVEPOINT" not in q["sql"]]) == 1


def test_many_things_are_told_to_many_in_one_statement(person: Any, colleague: Any) -> None:
    notices = [
        Notice(who.pk, "due_today", f"隐患 {n} 今天到期", f"/hazards/{n}/", f"hazard:{n}:due")
        for who in (person, colleague)
        for n in range(50)
    ]
    with CaptureQueriesContext(connection) as queries:
        notify_all(notices)
    assert len([q for q in queries if "SAVEPOINT" not in q["sql"]]) == 1
    assert (len(titles(person)), len(titles(colleague))) == (50, 50)


def test_a_title_too_long_for_a_line_is_cut_and_not_refused(person: Any) -> None:
    tell(person, title="很" * 300)
    assert titles(person) == ["很" * 199 + "…"]


@pytest.mark.parametrize(
    "url", ["https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)", ""]
)
def test_a_link_to_elsewhere_is_refused_by_the_database(person: Any, url: str) -> None:
    with pytest.raises(IntegrityError, match="message_links_within_the_site"), transaction.atomic():
        tell(person, url=url)


def test_a_level_nobody_knows_is_refused_by_the_database(person: Any) -> None:
    with pytest.raises(IntegrityError, match="message_level_is_known"), transaction.atomic():
        tell(person, level="loud")


# Reading


def test_unread_messages_are_counted_and_read_one_by_one(person: Any) -> None:
    tell(person, key="a")
    tell(person, key="b")
    first = Message.objects.visible_to(person).order_by("pk")[0]
    assert unread_count(person) == 2
    assert mark_read(person, [first.pk]) == 1
    assert mark_read(person, [first.pk]) == 0
    assert unread_count(person) == 1


def test_nobody_reads_another_persons_messages_for_them(person: Any, colleague: Any) -> None:
    tell(person)
    assert mark_read(colleague, Message.objects.values_list("pk", flat=True)) == 0
    assert mark_all_read(colleague) == 0
    assert unread_count(person) == 1


# Channels


def test_without_a_mail_server_the_inbox_is_all_there_is(person: Any) -> None:
    tell(person, kind="digest")
    assert (Delivery.objects.count(), OutboxEntry.objects.count()) == (0, 0)


def test_a_reminder_goes_to_the_inbox_only_and_a_digest_also_to_the_mailbox(person: Any, by_mail: Any) -> None:
    person.email = "someone@example.test"
    person.save()
    tell(person, key="a", level=Level.REMINDER)
    assert Delivery.objects.count() == 0
    tell(person, key="b", kind="digest")
    assert list(Delivery.objects.values_list("channel", "message__dedupe_key")) == [("email", "b")]
    assert list(OutboxEntry.objects.values_list("task", flat=True)) == ["notifications.deliver"]


def test_a_digest_told_again_is_not_mailed_again(person: Any, by_mail: Any) -> None:
    person.email = "someone@example.test"
    person.save()
    tell(person, kind="digest")
    tell(person, kind="digest")
    assert Delivery.objects.count() == 1


def test_a_person_without_an_address_is_not_mailed(person: Any, by_mail: Any) -> None:
    tell(person, kind="digest")
    assert Delivery.objects.count() == 0


# Races


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_workers_telling_the_same_thing_at_once_tell_it_once() -> None:
    people = crowd(5)
    at_once(lambda: tell(*people), lambda: tell(*reversed(people)))
    assert Message.objects.count() == 5


def tell_and_wait(gate: Gate, person: Any) -> None:
    with transaction.atomic():
        tell(person)
        gate.pass_through()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_second_worker_waits_for_the_first_ones_commit_and_adds_nothing() -> None:
    person, gate = inspector(), Gate()
    with held(gate, lambda: tell_and_wait(gate, person)):
        gate.opened.set()
        tell(person)
    assert Message.objects.count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_without_the_unique_key_the_same_race_tells_it_twice() -> None:
    person, gate = inspector(), Gate()
    with without(Message, "message_told_once"):
        with held(gate, lambda: tell_and_wait(gate, person)):
            tell(person)
        assert Message.objects.count() == 2
