"""The verbs of an import: take a file in, match, check, confirm, give up."""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from apps.core import jobs as core_jobs
from apps.core.excel import BULK, INTERACTIVE, WorkbookRefused, prescan
from apps.core.exports import XLSX
from apps.core.files import store
from apps.core.imports import jobs, staging, steps
from apps.core.imports.forgetting import forget_upload
from apps.core.imports.importer import NEW
from apps.core.imports.progress import Silent
from apps.core.jobs import start_job
from apps.core.models import ImportBatch, ImportState, Job, JobState
from apps.core.registers import Register, registry

ROWS_AT_ONCE = 500
BYTES_AT_ONCE = 2 * 1024 * 1024
OPEN_STATES = (ImportState.UPLOADED, ImportState.CHECKED, ImportState.WRITING)
# What the limits for a waiting user refuse and the limits of the job may still take.
FOR_THE_JOB = frozenset({"file_size", "rows", "unpacked_size", "shared_strings", "merged_ranges"})


# Taking in


def take_in(register: Register, file: UploadedFile, *, by: Any) -> ImportBatch:
    """Keep an uploaded workbook and look it over; a large one as a job.

    The same file again leads to the import that was begun with it.  Raises WorkbookRefused, and ValidationError
    when the organisation has imported this very file already, with all of its sheets.
    """
    sha256 = digest(file)
    if earlier := steps.imported_before(register.name, sha256, by):
        raise ValidationError(steps.told_already(earlier))
    begun = ImportBatch.objects.filter(
        register=register.name, created_by=by, file__sha256=sha256, state__in=OPEN_STATES
    ).first()
    if begun:
        return begun
    large = is_large(file)
    content_type = XLSX if is_zip(file) else "text/csv"
    with transaction.atomic():
        stored = store(file, name=file.name or "", by=by, content_type=content_type, limit=BULK.file_bytes)
        usual = {"register": register.name, "forgets_file": register.forgets_uploads}
        batch = ImportBatch.objects.create(created_by=by, file=stored, **usual)
        look_over(batch, large=large, sheet=steps.next_sheet(register.name, sha256, by))
    return batch


def digest(file: UploadedFile) -> str:
    sha256 = hashlib.sha256()
    for chunk in file.chunks():
        sha256.update(chunk)
    return sha256.hexdigest()


def is_zip(file: UploadedFile) -> bool:
    """What a workbook is; all else that came through the gate is text."""
    file.seek(0)
    return file.read(2) == b"PK"


def is_large(file: UploadedFile) -> bool:
    """Whether to leave the reading to a job.  Raises WorkbookRefused for what no limit would let pass."""
    size = file.size or 0
    if size > BULK.file_bytes:
        raise WorkbookRefused("file_size", f"文件超过 {BULK.file_bytes // 1024**2} MB，请拆分后再上传")
    try:
        prescan(file.file, INTERACTIVE)  # type: ignore[arg-type]
    except WorkbookRefused as refusal:
        if refusal.code not in FOR_THE_JOB:
            raise
        return True
    return size > BYTES_AT_ONCE


def look_over(batch: ImportBatch, *, large: bool, sheet: str = "", head: tuple[int, int] | None = None) -> None:
    if large:
        as_job(batch, jobs.SURVEY, "识别", sheet=sheet, head=head)
    else:
        steps.look_over(batch, sheet, head)


# Matching and checking


def look_again(batch: ImportBatch, sheet: str, head: tuple[int, int] | None) -> None:
    """Read another sheet, or another head.  Raises WorkbookRefused and leaves the batch as it was."""
    look_over(batch, large=batch.file.size > BYTES_AT_ONCE, sheet=sheet, head=head)


def match(batch: ImportBatch, columns: Mapping[int, str], values: Mapping[str, Any]) -> None:
    """Take the person's columns and meanings of values, remember them for the organisation, and check all rows."""
    for column in batch.mapping["columns"]:
        column["field"] = columns.get(column["index"], "")
    batch.mapping["values"] = dict(values)
    batch.save(update_fields=["mapping"])
    steps.remember(batch, columns={c["label"]: c["field"] for c in batch.mapping["columns"]}, values=dict(values))
    check(batch)


def decide(batch: ImportBatch, choices: Mapping[str, Any]) -> None:
    """Take the person's answers; names that were matched to records are remembered for the organisation."""
    batch.choices = dict(choices)
    batch.save(update_fields=["choices"])
    matched = {
        kind: {name: key for name, key in keys.items() if key and key != NEW}
        for kind, keys in batch.choices["names"].items()
    }
    if any(matched.values()):
        earlier = steps.recalled(batch.created_by, batch.register, batch.layout).get("names", {})
        steps.remember(batch, names={kind: {**earlier.get(kind, {}), **keys} for kind, keys in matched.items()})


def check(batch: ImportBatch) -> None:
    """Check every row: at once while they are few."""
    if batch.mapping["rows"] <= ROWS_AT_ONCE:
        drop_job(batch)
        steps.check(batch, Silent())
    else:
        as_job(batch, jobs.CHECK, "检查", total=batch.mapping["rows"])


# Writing


@transaction.atomic
def confirm(batch: ImportBatch) -> None:
    """Start the writing.  Raises ValidationError when the batch is not ready for it."""
    state = ImportBatch.objects.select_for_update(of=("self",)).values_list("state", flat=True).get(pk=batch.pk)
    if state != ImportState.CHECKED:
        raise ValidationError("这次导入已在写入或已经结束")
    if batch.counts["errors"]:
        raise ValidationError("还有问题没有解决，请改正文件后重新上传，或返回核对列")
    batch.state = ImportState.WRITING
    batch.save(update_fields=["state"])
    as_job(batch, jobs.WRITE, "导入", total=batch.mapping["rows"])


def settle(batch: ImportBatch) -> None:
    """A writing that failed or was called off wrote nothing: the batch waits for its confirmation again."""
    over = ImportBatch.objects.filter(
        pk=batch.pk, state=ImportState.WRITING, job__state__in=[JobState.FAILED, JobState.CANCELLED]
    )
    if over.update(state=ImportState.CHECKED):
        batch.state = ImportState.CHECKED


def discard(batch: ImportBatch) -> None:
    """Give up; the file stays unless it holds identity numbers.  Raises ValidationError once writing has begun."""
    rows = ImportBatch.objects.filter(pk=batch.pk, state__in=[ImportState.UPLOADED, ImportState.CHECKED])
    if not rows.update(state=ImportState.DISCARDED):
        raise ValidationError("这次导入已在写入或已经结束，不能放弃")
    drop_job(batch)
    forget_upload(batch)
    if batch.stage:
        staging.drop(batch.stage, staging.staged_models())


# Jobs


def as_job(batch: ImportBatch, kind: str, verb: str, *, total: int = 0, **params: Any) -> None:
    """Start a step as the batch's one job."""
    drop_job(batch)
    label = registry[batch.register].label
    params = {"batch": str(batch.pk), "page": f"/imports/{batch.pk}/", **params}
    title = f"{verb}{label}：{batch.file.original_name}"
    batch.job = start_job(kind, by=batch.created_by, title=title[:200], params=params, total=total)
    batch.save(update_fields=["job"])


def comment_later(batch: ImportBatch) -> Job:
    """Make the workbook with comments as a job of its own, whose result is the file."""
    title = f"批注问题：{batch.file.original_name}"[:200]
    params = {"batch": str(batch.pk), "page": f"/imports/{batch.pk}/"}
    return start_job(jobs.COMMENT, by=batch.created_by, title=title, params=params, total=batch.counts["rows"])


def drop_job(batch: ImportBatch) -> None:
    """Call off what is still under way for the batch."""
    if batch.job and batch.job.is_open:
        core_jobs.cancel(batch.job)
