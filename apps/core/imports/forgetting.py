"""Uploaded workbooks that hold identity numbers: gone when their import is over, or was left for a week."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from apps.core import filecheck
from apps.core.models import ImportBatch, ImportState

LEFT_OVER = timedelta(days=7)
OVER = (ImportState.DONE, ImportState.DISCARDED)


def forget_upload(batch: ImportBatch) -> None:
    """The batch keeps name, hash and counts of its file, so that the same file is still known."""
    if batch.forgets_file:
        filecheck.forget(batch.file)


def forget_uploads() -> int:
    """What the clock does with what was not forgotten when it was over; imports left for a week are given up."""
    kept = ImportBatch.objects.filter(forgets_file=True, file__forgotten_at=None).exclude(state=ImportState.WRITING)
    old = kept.filter(created_at__lt=timezone.now() - LEFT_OVER)
    with transaction.atomic():
        batches = list((kept.filter(state__in=OVER) | old).select_related("file"))
        for batch in batches:
            filecheck.forget(batch.file)
        left = [batch.pk for batch in batches if batch.state not in OVER]
        ImportBatch.objects.filter(pk__in=left).exclude(state=ImportState.FAILED).update(state=ImportState.DISCARDED)
    return len(batches)
