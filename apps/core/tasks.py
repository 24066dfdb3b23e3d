"""Celery tasks, and the wrapper that makes each of them harmless to run twice."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from celery import shared_task
from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now

from apps.core import filecheck, idempotency, jobs, results
from apps.core.imports import forgetting, staging
from apps.core.models import OutboxEntry

# Jobs that people start may be long: 100,000 rows through a form are an hour on a busy machine.  What is one
# transaction can't be cut, so it has the time; its statements stay within the limit of a statement.
LONG = {"soft_time_limit": settings.LONG_TASK_TIME_LIMIT - 60, "time_limit": settings.LONG_TASK_TIME_LIMIT}


def task(name: str, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """A Celery task that knows its outbox entry.

    Sent by the relay it runs only while the entry is open and nobody else is at it, and marks the entry done.
    Called by beat or a test, without an entry, it simply runs.
    """

    def decorate(function: Callable[..., Any]) -> Any:
        @wraps(function)
        def run(*, outbox_id: int | None = None, **arguments: Any) -> None:
            if outbox_id is None:
                function(**arguments)
            else:
                run_entry(outbox_id, function, arguments)

        return shared_task(name=name, ignore_result=True, **options)(run)

    return decorate


def run_entry(outbox_id: int, function: Callable[..., Any], arguments: dict[str, Any]) -> None:
    """Run the work of one entry unless it is done or being done; keep the reason when it fails."""
    if not _hold(outbox_id):
        return
    try:
        if OutboxEntry.objects.filter(pk=outbox_id, done_at=None).exists():
            function(**arguments)
            OutboxEntry.objects.filter(pk=outbox_id).update(done_at=Now(), error="")
    except Exception as error:
        OutboxEntry.objects.filter(pk=outbox_id).update(error=f"{type(error).__name__}: {error}"[:500])
        raise
    finally:
        _let_go(outbox_id)


def _hold(outbox_id: int) -> bool:
    """A session lock, so that a run longer than the lease is not started a second time; it dies with the worker."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended('outbox', %s))", [outbox_id])
        return cursor.fetchone()[0]


def _let_go(outbox_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(hashtextextended('outbox', %s))", [outbox_id])


@task(name="core.run_job", **LONG)
def run_job(job_id: str) -> None:
    jobs.run(job_id)


@task(name="core.requeue_stale")
def requeue_stale() -> None:
    with transaction.atomic():
        jobs.requeue_stale()


@task(name="core.sweep_orphans")
def sweep_orphans() -> None:
    filecheck.sweep_orphans()


@task(name="core.heartbeat")
def heartbeat() -> None:
    jobs.beat()


@task(name="core.expire_results")
def expire_results() -> None:
    results.expire_results()


@task(name="core.forget_staged")
def forget_staged() -> None:
    staging.forget_staged()


@task(name="core.forget_uploads")
def forget_uploads() -> None:
    forgetting.forget_uploads()


@task(name="core.forget_answers")
def forget_answers() -> None:
    idempotency.forget_answers()
