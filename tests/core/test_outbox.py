"""The outbox: what a transaction promises is done exactly when it commits, whatever becomes of queue and worker."""

import threading

import pytest
from django.db import connection, transaction

from apps.core import outbox
from apps.core.models import OutboxEntry
from apps.core.tasks import run_entry


def waiting() -> int:
    return OutboxEntry.objects.filter(done_at=None).count()


def expire_leases() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE core_outboxentry SET leased_until = clock_timestamp() - interval '1 second'")


@pytest.mark.django_db
def test_a_promise_of_a_transaction_that_fails_is_not_kept() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.enqueue("core.heartbeat")
        raise ZeroDivisionError
    assert waiting() == 0


@pytest.mark.django_db
def test_an_entry_is_leased_once_and_again_when_its_lease_runs_out() -> None:
    entry = outbox.enqueue("core.run_job", job_id="x")
    assert outbox.lease() == [(entry.pk, "core.run_job", {"job_id": "x"})]
    assert outbox.lease() == []
    expire_leases()
    assert [pk for pk, _, _ in outbox.lease()] == [entry.pk]


@pytest.mark.django_db
def test_an_entry_given_back_counts_as_untried() -> None:
    entry = outbox.enqueue("core.heartbeat")
    outbox.lease()
    outbox.release([entry.pk])
    assert OutboxEntry.objects.get().attempts == 0
    assert len(outbox.lease()) == 1


@pytest.mark.django_db
def test_an_entry_that_failed_five_times_is_given_up_and_stays_visible() -> None:
    outbox.enqueue("core.heartbeat")
    for _ in range(outbox.MAX_ATTEMPTS):
        assert len(outbox.lease()) == 1
        expire_leases()
    assert outbox.lease() == []
    assert OutboxEntry.objects.exclude(dead_at=None).count() == 1


@pytest.mark.django_db
def test_a_task_delivered_twice_acts_once() -> None:
    entry, calls = outbox.enqueue("any"), []
    for _ in range(2):
        run_entry(entry.pk, lambda: calls.append(1), {})
    assert calls == [1]
    assert waiting() == 0


@pytest.mark.django_db
def test_a_task_that_fails_stays_open_with_its_reason() -> None:
    entry = outbox.enqueue("any")
    with pytest.raises(ZeroDivisionError):
        run_entry(entry.pk, lambda: 1 / 0, {})
    entry.refresh_from_db()
    assert entry.done_at is None
    assert "ZeroDivisionError" in entry.error


def lease_from_two_relays() -> list[int]:
    """What two relays lease that start at the same moment."""
    barrier = threading.Barrier(2)
    leased: list[int] = []

    def relay() -> None:
        barrier.wait()
        leased.extend(pk for pk, _, _ in outbox.lease())
        connection.close()

    threads = [threading.Thread(target=relay) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return leased


@pytest.mark.django_db(transaction=True)
def test_two_relays_never_lease_the_same_entry() -> None:
    entries = [outbox.enqueue("any").pk for _ in range(50)]
    assert sorted(lease_from_two_relays()) == entries


@pytest.mark.django_db(transaction=True)
def test_without_row_locks_two_relays_would_lease_the_same_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: a lease that reads first and writes later hands entries out twice."""
    for _ in range(50):
        outbox.enqueue("any")
    read_both = threading.Barrier(2)

    def careless_lease(limit: int = 100) -> list[tuple[int, str, dict]]:
        found = list(OutboxEntry.objects.filter(done_at=None).values_list("pk", "task", "arguments"))
        read_both.wait()
        return found

    monkeypatch.setattr(outbox, "lease", careless_lease)
    assert len(lease_from_two_relays()) == 100
