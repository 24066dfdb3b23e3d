"""Progress of work that is one long transaction: others see it, and can call it off, before it commits."""

import resource

import pytest
from django.db import DEFAULT_DB_ALIAS, connections, transaction

from apps.core.imports.jobs import MEMORY, bounded_memory
from apps.core.imports.progress import Aside
from apps.core.jobs import JobCancelled
from apps.core.models import Job, JobState
from tests.personas import inspector


@pytest.fixture
def job() -> Job:
    return Job.objects.create(kind="tests.long", created_by=inspector(), title="写入", state=JobState.RUNNING)


def seen_by_others(job: Job) -> tuple[int, int]:
    other = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT done, total FROM core_job WHERE id = %s", [job.pk])
            return cursor.fetchone()
    finally:
        other.close()


@pytest.mark.django_db(transaction=True)
def test_others_see_the_progress_of_an_open_transaction(job: Job) -> None:
    with transaction.atomic(), Aside(job) as progress:
        progress.of(10)
        assert seen_by_others(job) == (0, 10)


@pytest.mark.django_db(transaction=True)
def test_a_call_off_reaches_the_work_inside_its_transaction(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(cancel_requested=True)
    with pytest.raises(JobCancelled), transaction.atomic(), Aside(job) as progress:
        progress.of(10)


def test_a_parser_gets_no_more_memory_than_it_may_take() -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)
    with pytest.raises(MemoryError), bounded_memory():
        bytearray(2 * MEMORY)
    assert resource.getrlimit(resource.RLIMIT_AS) == before
