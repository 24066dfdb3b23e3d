"""The steps of an import as jobs."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.exceptions import ValidationError

from apps.core.excel import WorkbookRefused
from apps.core.imports import steps
from apps.core.imports.progress import Aside
from apps.core.jobs import JobCancelled, Progress, job_kind
from apps.core.models import ImportBatch, ImportState, Job

SURVEY, CHECK, WRITE, COMMENT = "core.import_survey", "core.import_check", "core.import_write", "core.import_comment"
MEMORY = 1024**3
"""What a parser may take beyond what the worker has: a bomb ends the worker, not the host."""


@contextmanager
def batch_of(job: Job) -> Iterator[ImportBatch]:
    """The batch, within bounded memory; a job that is no longer the batch's own is called off."""
    rows = ImportBatch.objects.select_related("file", "created_by__organisation")
    batch = rows.get(pk=job.params["batch"])
    if job.kind != COMMENT and batch.job_id != job.pk:
        raise JobCancelled
    try:
        with bounded_memory():
            yield batch
    except WorkbookRefused as refusal:
        raise ValidationError(refusal.reason) from refusal
    except MemoryError as error:
        raise ValidationError("文件内容过大，处理时内存不足，请拆分后再上传") from error


@contextmanager
def bounded_memory() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + MEMORY
    if soft == resource.RLIM_INFINITY or limit < soft:
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


@job_kind(SURVEY)
def survey_job(job: Job, progress: Progress) -> None:
    head = job.params.get("head")
    try:
        with batch_of(job) as batch:
            steps.look_over(batch, job.params.get("sheet", ""), tuple(head) if head else None)
    except ValidationError:
        ImportBatch.objects.filter(pk=job.params["batch"], mapping={}).update(state=ImportState.FAILED)
        raise


@job_kind(CHECK)
def check_job(job: Job, progress: Progress) -> None:
    with batch_of(job) as batch:
        steps.check(batch, progress)


@job_kind(WRITE)
def write_job(job: Job, progress: Progress) -> None:
    with batch_of(job) as batch, Aside(job) as aside:
        steps.write(batch, aside)


@job_kind(COMMENT)
def comment_job(job: Job, progress: Progress) -> None:
    with batch_of(job) as batch:
        job.result_file = steps.commented(batch)
