"""Long work as a row: who, what, how far, result or reason; it survives the loss of worker and queue."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from apps.core.db import db_now
from apps.core.models import JOB_OPEN, Job, JobState, Slot
from apps.core.outbox import enqueue

logger = logging.getLogger(__name__)

STALE_AFTER = timedelta(seconds=60)
MAX_ATTEMPTS = 3
REPORT_EVERY = timedelta(seconds=1)
HEARTBEAT = "core.heartbeat"

_kinds: dict[str, Callable[[Job, "Progress"], None]] = {}


class JobCancelled(Exception):
    """The person who started the job has called it off."""


def job_kind(name: str) -> Callable[[Callable[[Job, "Progress"], None]], Callable[[Job, "Progress"], None]]:
    """Register the function that does the jobs of this kind; running it twice must be harmless."""

    def register(function: Callable[[Job, Progress], None]) -> Callable[[Job, Progress], None]:
        _kinds[name] = function
        return function

    return register


def start_job(kind: str, *, by: Any, title: str, params: dict[str, Any], total: int = 0) -> Job:
    """Write the job and its wake-up in one transaction."""
    if kind not in _kinds:
        raise LookupError(kind)
    with transaction.atomic():
        job = Job.objects.create(kind=kind, created_by=by, title=title, params=params, total=total)
        enqueue("core.run_job", job_id=str(job.pk))
    return job


def run_at_once(kind: str, *, by: Any, title: str, params: dict[str, Any]) -> Job:
    """Short work, done while the user waits: a job like any other, seen in its list, which nobody has to wake."""
    job = Job.objects.create(kind=kind, created_by=by, title=title, params=params)
    run(str(job.pk))
    job.refresh_from_db()
    return job


class Progress:
    """The running job's pen: it writes at most once a second, and notices there that the job was called off."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._written = timezone.now()

    def of(self, total: int) -> None:
        self.job.total = total
        self._write()

    def advance(self, rows: int = 1) -> None:
        """Count rows as done.  Raises JobCancelled when the person has cancelled."""
        self.job.done += rows
        if timezone.now() - self._written >= REPORT_EVERY:
            self._write()

    def _write(self) -> None:
        self._written = timezone.now()
        rows = Job.objects.filter(pk=self.job.pk)
        rows.update(done=self.job.done, total=self.job.total, heartbeat_at=Now())
        if rows.filter(cancel_requested=True).exists():
            raise JobCancelled


def run(job_id: str) -> None:
    """Do one job, whatever became of earlier attempts; its end is written whatever happens."""
    job = _claim(job_id)
    if job is None:
        return
    try:
        _kinds[job.kind](job, Progress(job))
    except JobCancelled:
        _finish(job, JobState.CANCELLED)
    except ValidationError as refusal:
        _finish(job, JobState.FAILED, "；".join(refusal.messages))
    except Exception:
        logger.exception("job %s (%s) failed", job.pk, job.kind)
        _finish(
            job, JobState.FAILED, f"处理时发生错误，没有写入任何数据。请重试；仍不成功时把任务号 {job.pk} 告诉管理员"
        )
    else:
        _finish(job, JobState.DONE)


@transaction.atomic
def _claim(job_id: str) -> Job | None:
    job = Job.objects.select_for_update().filter(pk=job_id).first()
    if job is None or not job.is_open:
        return None
    if job.state == JobState.RUNNING and not _is_stale(job):
        return None
    if job.cancel_requested:
        _finish(job, JobState.CANCELLED)
        return None
    now = db_now()
    job.state, job.started_at, job.heartbeat_at, job.done = JobState.RUNNING, now, now, 0
    job.attempts += 1
    job.save(update_fields=["state", "started_at", "heartbeat_at", "done", "attempts"])
    return job


def _is_stale(job: Job) -> bool:
    return job.heartbeat_at is None or db_now() - job.heartbeat_at > STALE_AFTER


def _finish(job: Job, state: str, error: str = "") -> None:
    done = job.total if state == JobState.DONE and job.total else job.done
    Job.objects.filter(pk=job.pk, state__in=JOB_OPEN).update(
        state=state, error=error, done=done, finished_at=Now(), result=job.result, result_file=job.result_file
    )


def cancel(job: Job) -> None:
    """Call a job off: at once while it waits, at its next report while it runs."""
    waiting = Job.objects.filter(pk=job.pk, state=JobState.QUEUED)
    if not waiting.update(state=JobState.CANCELLED, cancel_requested=True, finished_at=Now()):
        Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(cancel_requested=True)


def requeue_stale() -> int:
    """Wake jobs whose worker died or whose wake-up was lost; give up on those that killed three workers.

    They wait in the queue again: a job that still counted as running would be left to its dead worker.
    """
    old = db_now() - STALE_AFTER
    stale = Job.objects.filter(
        Q(heartbeat_at__lt=old) | Q(heartbeat_at=None, created_at__lt=old), state__in=JOB_OPEN
    ).select_for_update(skip_locked=True)
    woken = 0
    for job in stale:
        if job.attempts >= MAX_ATTEMPTS:
            _finish(job, JobState.FAILED, "任务多次中断，已停止。请缩小范围后重试")
        else:
            enqueue("core.run_job", job_id=str(job.pk))
            Job.objects.filter(pk=job.pk).update(state=JobState.QUEUED, heartbeat_at=Now())
            woken += 1
    return woken


def claim_slot(job: str, slot: str) -> bool:
    """True for the first run that asks for this slot of a periodic job, in whichever process."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_slot (job, slot) VALUES (%s, %s) ON CONFLICT DO NOTHING RETURNING id", [job, slot]
        )
        return cursor.fetchone() is not None


def beat() -> None:
    """A row written by a task: the proof that queue and worker are alive."""
    Slot.objects.update_or_create(job=HEARTBEAT, slot="last", defaults={"claimed_at": db_now()})
