"""Jobs: long work that can be watched, left, called off and found again, and that survives its worker."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils import timezone

from apps.core import jobs
from apps.core.models import Job, JobState, OutboxEntry
from tests.personas import persona

pytestmark = pytest.mark.django_db
KIND = "tests.count"


@pytest.fixture(autouse=True)
def work() -> Iterator[dict[str, Any]]:
    """The body of the test's job kind; a test replaces it."""
    box: dict[str, Any] = {"do": lambda job, progress: None}
    jobs.job_kind(KIND)(lambda job, progress: box["do"](job, progress))
    yield box
    del jobs._kinds[KIND]


def start(total: int = 3) -> Job:
    return jobs.start_job(KIND, by=persona("inspector"), title="数数", params={"to": total}, total=total)


def state_of(job: Job) -> str:
    job.refresh_from_db()
    return job.state


def age(job: Job, **changes: Any) -> None:
    Job.objects.filter(pk=job.pk).update(**changes)


def test_a_job_and_its_wake_up_are_written_together() -> None:
    job = start()
    assert OutboxEntry.objects.get().arguments == {"job_id": str(job.pk)}


def test_a_job_that_ends_is_done_and_full() -> None:
    job = start()
    jobs.run(str(job.pk))
    assert state_of(job) == JobState.DONE
    assert (job.done, job.percent) == (3, 100)


def test_a_job_runs_once_however_often_it_is_woken(work: dict[str, Any]) -> None:
    runs: list[int] = []
    work["do"] = lambda job, progress: runs.append(1)
    job = start()
    for _ in range(3):
        jobs.run(str(job.pk))
    assert runs == [1]


def test_a_refusal_is_told_in_its_own_words(work: dict[str, Any]) -> None:
    def refuse(job: Job, progress: jobs.Progress) -> None:
        raise ValidationError("第 3 行缺少隐患描述")

    work["do"] = refuse
    job = start()
    jobs.run(str(job.pk))
    assert (state_of(job), job.error) == (JobState.FAILED, "第 3 行缺少隐患描述")


def test_an_unforeseen_error_names_the_job_and_hides_the_rest(work: dict[str, Any]) -> None:
    work["do"] = lambda job, progress: 1 / 0
    job = start()
    jobs.run(str(job.pk))
    assert state_of(job) == JobState.FAILED
    assert str(job.pk) in job.error
    assert "division" not in job.error


def test_a_waiting_job_is_cancelled_at_once() -> None:
    job = start()
    jobs.cancel(job)
    jobs.run(str(job.pk))
    assert state_of(job) == JobState.CANCELLED


def test_a_running_job_stops_at_its_next_report(work: dict[str, Any]) -> None:
    def count(job: Job, progress: jobs.Progress) -> None:
        jobs.cancel(job)
        progress.of(10)

    work["do"] = count
    job = start()
    jobs.run(str(job.pk))
    assert state_of(job) == JobState.CANCELLED


def test_a_job_whose_worker_died_is_woken_again_and_given_up_after_three_workers() -> None:
    job, long_ago = start(), timezone.now() - timedelta(minutes=5)
    age(job, state=JobState.RUNNING, heartbeat_at=long_ago, attempts=1)
    assert jobs.requeue_stale() == 1
    age(job, heartbeat_at=long_ago, attempts=jobs.MAX_ATTEMPTS)
    assert jobs.requeue_stale() == 0
    assert state_of(job) == JobState.FAILED


def test_a_job_whose_worker_died_is_done_by_the_next_one(work: dict[str, Any]) -> None:
    runs: list[int] = []
    work["do"] = lambda job, progress: runs.append(job.attempts)
    job = start()
    age(job, state=JobState.RUNNING, heartbeat_at=timezone.now() - timedelta(minutes=5), attempts=1)
    jobs.requeue_stale()
    jobs.run(str(job.pk))
    assert (runs, state_of(job)) == ([2], JobState.DONE)


def test_a_job_that_was_called_off_after_its_worker_died_is_cancelled(work: dict[str, Any]) -> None:
    work["do"] = lambda job, progress: pytest.fail("it was called off")
    job = start()
    age(job, state=JobState.RUNNING, heartbeat_at=timezone.now() - timedelta(minutes=5), attempts=1)
    jobs.cancel(job)
    jobs.requeue_stale()
    jobs.run(str(job.pk))
    assert state_of(job) == JobState.CANCELLED


def test_a_job_whose_wake_up_was_lost_with_the_queue_is_woken_again() -> None:
    job = start()
    assert jobs.requeue_stale() == 0
    age(job, created_at=F("created_at") - timedelta(minutes=5))
    assert jobs.requeue_stale() == 1
    assert OutboxEntry.objects.count() == 2


def test_a_job_that_another_worker_is_at_is_left_alone(work: dict[str, Any]) -> None:
    runs: list[int] = []
    work["do"] = lambda job, progress: runs.append(1)
    job = start()
    age(job, state=JobState.RUNNING, heartbeat_at=timezone.now())
    jobs.run(str(job.pk))
    assert runs == []


def test_a_slot_of_a_periodic_job_is_claimed_once() -> None:
    assert [jobs.claim_slot("digest", "2026-11-22") for _ in range(3)] == [True, False, False]


def test_nobody_sees_the_job_of_a_colleague() -> None:
    job = start()
    assert list(Job.objects.visible_to(job.created_by)) == [job]
    assert list(Job.objects.visible_to(persona("inspector"))) == []
