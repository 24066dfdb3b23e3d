"""One digest per person per day."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail

from apps.core import jobs
from apps.core.models import OutboxEntry, Slot
from apps.notifications import digests, tasks
from apps.notifications.deliveries import deliver_waiting
from apps.notifications.digests import JOB, OpenItem, digest_source, send_digests
from apps.notifications.models import Delivery, Digest, Level, Message
from apps.notifications.services import mark_all_read
from tests.notifications.helpers import MONDAY, Gate, at, at_once, held, tell, titles, without
from tests.personas import inspector

ONE_DAY = timedelta(days=1)
OPEN_AT = "08:30"


def open_for(person: Any, *numbers: int, level: str = Level.REMINDER) -> None:
    """An app that knows these hazards to be open for the person."""

    @digest_source
    def hazards(day: date) -> list[OpenItem]:
        return [OpenItem(person.pk, f"隐患 {n} 未整改", f"/hazards/{n}/", level) for n in numbers]


def round_was_on(day: date) -> None:
    Slot.objects.create(job=JOB, slot=day.isoformat(), claimed_at=at(day, OPEN_AT))


def items(person: Any) -> list[str]:
    return [item["title"] for item in Digest.objects.get(recipient=person).items]


# When


@pytest.mark.parametrize(("clock", "sent"), [("00:00", 0), ("08:29", 0), ("08:30", 1), ("23:59", 1)])
def test_digests_go_out_from_half_past_eight(person: Any, sources: Any, clock: str, sent: int) -> None:
    open_for(person, 1)
    assert send_digests(at(MONDAY, clock)) == sent


def test_the_day_is_the_day_in_china_not_in_greenwich(person: Any, sources: Any) -> None:
    open_for(person, 1)
    send_digests(at(MONDAY, OPEN_AT).astimezone(tz=None))
    assert Digest.objects.get().day == MONDAY


def test_running_the_task_again_sends_nothing_again(person: Any, sources: Any) -> None:
    open_for(person, 1)
    assert [send_digests(at(MONDAY, clock)) for clock in (OPEN_AT, "08:40", "17:00")] == [1, 0, 0]
    assert (Digest.objects.count(), Message.objects.count()) == (1, 1)


def test_what_comes_up_later_in_the_day_waits_for_tomorrow(person: Any, sources: Any) -> None:
    assert send_digests(at(MONDAY, OPEN_AT)) == 0
    open_for(person, 1)
    assert send_digests(at(MONDAY, "11:00")) == 0
    assert send_digests(at(MONDAY + ONE_DAY, OPEN_AT)) == 1


# What


def test_nobody_with_nothing_open_gets_one(person: Any, colleague: Any, sources: Any) -> None:
    open_for(person, 1)
    send_digests(at(MONDAY, OPEN_AT))
    assert list(Digest.objects.values_list("recipient", flat=True)) == [person.pk]


def test_fifty_open_matters_are_one_message(person: Any, sources: Any) -> None:
    open_for(person, *range(1, 51))
    send_digests(at(MONDAY, OPEN_AT))
    message = Message.objects.get()
    assert (message.title, message.url) == ("11 月 23 日待办汇总：50 项", "/messages/digests/2026-11-23/")
    assert message.body == "隐患 1 未整改；隐患 2 未整改；隐患 3 未整改；另有 47 项。"


def test_a_digest_lists_fifty_and_counts_all(person: Any, sources: Any) -> None:
    open_for(person, *range(60))
    send_digests(at(MONDAY, OPEN_AT))
    digest = Digest.objects.get()
    assert (digest.total, len(digest.items), digest.left_out) == (60, 50, 10)


def test_what_must_be_done_comes_first_and_gives_the_digest_its_level(person: Any, sources: Any) -> None:
    @digest_source
    def mixed(day: date) -> list[OpenItem]:
        levels = (Level.INFO, Level.MUST_DO, Level.REMINDER)
        return [OpenItem(person.pk, level.label, f"/{level}/", level) for level in levels]

    send_digests(at(MONDAY, OPEN_AT))
    assert items(person) == ["必办", "提醒", "知会"]
    assert Message.objects.get().level == "must_do"


def test_unread_news_since_the_last_round_is_repeated_once(person: Any, sources: Any) -> None:
    round_was_on(MONDAY - ONE_DAY)
    tell(person, key="yesterday", title="昨天退回", url="/hazards/1/")
    Message.objects.update(created_at=at(MONDAY - ONE_DAY, "15:00"))
    assert send_digests(at(MONDAY, OPEN_AT)) == 1
    assert items(person) == ["昨天退回"]
    Slot.objects.filter(slot=MONDAY.isoformat()).update(claimed_at=at(MONDAY, OPEN_AT))
    assert send_digests(at(MONDAY + ONE_DAY, OPEN_AT)) == 0


def test_news_that_was_read_or_asks_for_nothing_is_not_repeated(person: Any, colleague: Any, sources: Any) -> None:
    tell(person)
    mark_all_read(person)
    tell(colleague, level=Level.INFO)
    assert send_digests(at(MONDAY, OPEN_AT)) == 0


def test_news_of_something_that_an_app_lists_itself_is_named_once(person: Any, sources: Any) -> None:
    tell(person, title="隐患 1 已下达", url="/hazards/1/")
    open_for(person, 1)
    send_digests(at(MONDAY, OPEN_AT))
    assert items(person) == ["隐患 1 未整改"]


def test_an_account_that_is_switched_off_gets_none(person: Any, sources: Any) -> None:
    person.is_active = False
    person.save()
    open_for(person, 1)
    assert send_digests(at(MONDAY, OPEN_AT)) == 0
    assert Digest.objects.count() == 0


# After an outage


def test_after_four_days_down_there_is_one_digest_and_it_says_so(person: Any, sources: Any) -> None:
    round_was_on(MONDAY - 5 * ONE_DAY)
    open_for(person, 1)
    assert send_digests(at(MONDAY, "14:20")) == 1
    digest = Digest.objects.get()
    assert (digest.day, digest.covers_from) == (MONDAY, MONDAY - 4 * ONE_DAY)
    assert Message.objects.get().body == "隐患 1 未整改。平台曾中断，11-19 以来的事项并入本次汇总。"


def test_news_told_before_the_outage_is_not_lost_in_it(person: Any, sources: Any) -> None:
    round_was_on(MONDAY - 5 * ONE_DAY)
    tell(person)
    Message.objects.update(created_at=at(MONDAY - 5 * ONE_DAY, "09:00"))
    assert send_digests(at(MONDAY, OPEN_AT)) == 1


def test_the_day_after_a_day_with_a_round_says_nothing_of_outages(person: Any, sources: Any) -> None:
    round_was_on(MONDAY - ONE_DAY)
    open_for(person, 1)
    send_digests(at(MONDAY, OPEN_AT))
    assert Digest.objects.get().covers_from is None


def test_a_round_that_fails_is_made_again_as_a_whole(person: Any, sources: Any) -> None:
    open_for(person, 1)

    @digest_source
    def broken(day: date) -> list[OpenItem]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        send_digests(at(MONDAY, OPEN_AT))
    assert (Digest.objects.count(), Slot.objects.filter(job=JOB).count()) == (0, 0)
    sources.pop(next(name for name in sources if "broken" in name))
    assert send_digests(at(MONDAY, "08:40")) == 1


# The mail


def test_a_digest_is_mailed_once_however_often_the_tasks_run(person: Any, sources: Any, by_mail: Any) -> None:
    person.email = "someone@example.test"
    person.save()
    open_for(person, 1)
    for _ in range(2):
        send_digests(at(MONDAY, OPEN_AT))
        deliver_waiting()
    assert [(letter.to, letter.subject) for letter in mail.outbox] == [
        (["someone@example.test"], "11 月 23 日待办汇总：1 项")
    ]


def test_the_task_acts_by_the_clock_of_the_database(person: Any, sources: Any, time_machine: Any) -> None:
    time_machine.move_to("2031-01-01T03:00:00+08:00")
    open_for(person, 1)
    tasks.send_digests()
    assert not Digest.objects.filter(day__year=2031).exists()


# Races


@pytest.fixture
def gate(sources: Any) -> Gate:
    """A person has something open, and whoever asks for it first stands at the gate and writes last."""
    person, gate = inspector(), Gate()

    @digest_source
    def slow(day: date) -> list[OpenItem]:
        if not gate.reached.is_set():
            gate.pass_through()
        return [OpenItem(person.pk, "隐患 1 未整改", "/hazards/1/")]

    return gate


def send() -> int:
    return send_digests(at(MONDAY, OPEN_AT))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_one_digest(gate: Gate) -> None:
    with held(gate, send) as first:
        assert send() == 1
    assert first == [0]
    assert (Digest.objects.count(), Message.objects.count()) == (1, 1)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_four_workers_started_together_send_one_digest(sources: Any) -> None:
    open_for(inspector(), 1)
    assert sorted(at_once(send, send, send, send)) == [0, 0, 0, 1]
    assert (Digest.objects.count(), Message.objects.count()) == (1, 1)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_even_without_lock_and_slot_the_unique_rows_let_nothing_through_twice(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_slot(monkeypatch)
    with held(gate, send):
        send()
    assert (Digest.objects.count(), Message.objects.count()) == (1, 1)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_without_the_unique_rows_either_two_workers_send_two(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    without_slot(monkeypatch)
    with without(Digest, "one_digest_per_person_and_day"), without(Message, "message_told_once"):
        with held(gate, send):
            send()
        assert (Digest.objects.count(), Message.objects.count()) == (2, 2)


def without_slot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "try_lock", lambda name: True)
    monkeypatch.setattr(digests, "claim_slot", lambda job, slot: True)


def test_the_slot_is_the_platforms_own(person: Any, sources: Any) -> None:
    send_digests(at(MONDAY, OPEN_AT))
    assert jobs.claim_slot(JOB, MONDAY.isoformat()) is False


def test_no_mail_means_no_work_for_the_outbox(person: Any, sources: Any) -> None:
    open_for(person, 1)
    send_digests(at(MONDAY, OPEN_AT))
    assert (Delivery.objects.count(), OutboxEntry.objects.count(), len(titles(person))) == (0, 0, 1)
