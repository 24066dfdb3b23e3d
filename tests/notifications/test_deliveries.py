"""Carrying messages out: each at most once while the worker lives, each failure recorded and tried again."""

from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.db.models.functions import Now

from apps.core.models import OutboxEntry
from apps.notifications import deliveries, tasks
from apps.notifications.deliveries import MAX_ATTEMPTS, RETRY_AFTER, deliver_waiting
from apps.notifications.models import Delivery, Message
from tests.notifications.helpers import Gate, at_once, crowd, held, tell
from tests.personas import inspector


def make_due() -> None:
    Delivery.objects.update(due_at=Now() - RETRY_AFTER)


def fails(message: Message) -> None:
    raise SMTPServerDisconnected("please run connect() first")


def test_what_was_sent_is_not_sent_again(person: Any, pigeon: Any) -> None:
    sent: list[int] = []
    pigeon(lambda message: sent.append(message.pk))
    tell(person)
    assert [deliver_waiting(), deliver_waiting()] == [1, 0]
    make_due()
    assert (deliver_waiting(), len(sent)) == (0, 1)
    assert Delivery.objects.get().sent_at is not None


def test_a_failed_attempt_is_recorded_and_made_again_after_a_while(person: Any, pigeon: Any) -> None:
    pigeon(fails)
    tell(person)
    assert [deliver_waiting(), deliver_waiting()] == [0, 0]
    failed = Delivery.objects.get()
    assert (failed.attempts, failed.error) == (1, "SMTPServerDisconnected: please run connect() first")
    pigeon(lambda message: None)
    make_due()
    assert deliver_waiting() == 1
    done = Delivery.objects.get()
    assert (done.attempts, done.error, done.given_up_at) == (2, "", None)


def test_the_pause_doubles_and_the_fifth_failure_is_the_last(person: Any, pigeon: Any) -> None:
    pigeon(fails)
    tell(person)
    for attempt in range(MAX_ATTEMPTS):
        make_due()
        deliver_waiting()
        row = Delivery.objects.annotate(now=Now()).get()
        assert round((row.due_at - row.now) / RETRY_AFTER, 1) == 2**attempt
    make_due()
    deliver_waiting()
    assert (row.attempts, row.given_up_at is not None, Delivery.objects.get().attempts) == (5, True, 5)


def test_one_that_cannot_be_sent_does_not_hold_up_the_next(person: Any, colleague: Any, pigeon: Any) -> None:
    pigeon(lambda message: fails(message) if message.recipient_id == person.pk else None)
    tell(person, colleague)
    assert deliver_waiting() == 1
    assert Delivery.objects.get(sent_at=None).message.recipient == person


def test_a_run_that_leaves_some_waiting_asks_for_another(person: Any, pigeon: Any) -> None:
    pigeon(lambda message: None)
    tell(*crowd(3))
    OutboxEntry.objects.all().delete()
    assert deliver_waiting(limit=2) == 2
    assert OutboxEntry.objects.filter(task="notifications.deliver").count() == 1
    assert deliver_waiting(limit=2) == 1
    assert OutboxEntry.objects.count() == 1


def test_a_channel_that_was_switched_off_keeps_its_messages_for_later(person: Any, by_mail: Any) -> None:
    person.email = "someone@example.test"
    person.save()
    tell(person, kind="digest")
    by_mail.EMAIL_CONFIGURED = False
    assert deliver_waiting() == 0
    by_mail.EMAIL_CONFIGURED = True
    assert deliver_waiting() == 1


def test_a_mail_says_what_there_is_and_carries_no_link(person: Any, by_mail: Any) -> None:
    person.email = "someone@example.test"
    person.save()
    tell(person, kind="digest", title="待办\n汇总", body="隐患 A1 未整改")
    tasks.deliver()
    letter = mail.outbox[0]
    assert letter.subject == "待办 汇总"
    assert letter.body == f"{person.name}，您好：\n\n待办\n汇总\n隐患 A1 未整改\n\n请登录平台，在“消息”中查看并办理。"


# Races


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_while_one_worker_sends_another_does_not(pigeon: Any) -> None:
    gate, sent = Gate(), []

    def send(message: Message) -> None:
        sent.append(message.pk)
        gate.pass_through()

    pigeon(send)
    tell(inspector())
    with held(gate, deliver_waiting) as first:
        assert deliver_waiting() == 0
    assert (first, len(sent)) == ([1], 1)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_without_taking_the_row_both_would_send(pigeon: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliveries, "take_next", lambda now: list(Delivery.objects.filter(sent_at=None)))
    gate, sent = Gate(), []

    def send(message: Message) -> None:
        sent.append(message.pk)
        if not gate.reached.is_set():
            gate.pass_through()

    pigeon(send)
    tell(inspector())
    with held(gate, deliver_waiting):
        deliver_waiting()
    assert len(sent) == 2


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_three_workers_share_thirty_messages_and_send_each_once(pigeon: Any) -> None:
    sent: list[int] = []
    pigeon(lambda message: sent.append(message.pk))
    tell(*crowd(30))
    assert sum(at_once(deliver_waiting, deliver_waiting, deliver_waiting)) == 30
    assert sorted(sent) == sorted(Message.objects.values_list("pk", flat=True))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_an_attempt_that_died_with_its_worker_is_made_again(pigeon: Any) -> None:
    pigeon(lambda message: None)
    tell(inspector())
    assert deliveries.take_next() is not None
    assert deliver_waiting() == 0
    make_due()
    assert deliver_waiting() == 1


def test_a_service_that_is_down_is_left_alone_until_the_next_tick(pigeon: Any, db: None) -> None:
    pigeon(fails)
    tell(*crowd(8))
    OutboxEntry.objects.all().delete()
    assert deliver_waiting() == 0
    assert sorted(Delivery.objects.values_list("attempts", flat=True)) == [0, 0, 0, 1, 1, 1, 1, 1]
    assert not OutboxEntry.objects.exists()
    pigeon(lambda message: None)
    assert deliver_waiting() == 3
