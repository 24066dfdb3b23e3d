"""What a job leaves behind: a file for the person who started it, for seven days."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.http import Http404
from django.http.response import HttpResponseBase

from apps.core.db import db_now
from apps.core.events import record_event
from apps.core.files import serve
from apps.core.models import Job

logger = logging.getLogger(__name__)

KEPT = timedelta(days=7)


def download(job: Job, *, by: Any) -> HttpResponseBase:
    """The result, once the caller has made sure that it is `by`'s own; that it was taken is written down."""
    stored = job.result_file
    if stored is None:
        raise Http404
    record_event(job, "downloaded", by=by, facts={"name": stored.original_name, "sha256": stored.sha256})
    return serve(stored)


def expires_at(job: Job) -> datetime | None:
    """When the result will be thrown away; None when there is none."""
    return job.finished_at + KEPT if job.finished_at and job.result_file_id else None


def expire_results() -> int:
    """Throw away results older than KEPT; their bytes go with the sweep of files that nothing refers to."""
    old = Job.objects.filter(finished_at__lt=db_now() - KEPT).exclude(result_file=None)
    return sum(forget(job) for job in old.select_related("result_file").iterator())


@transaction.atomic
def forget(job: Job) -> bool:
    """Detach the result and delete its row; False when another sweep has done so."""
    stored = job.result_file
    if stored is None or not Job.objects.filter(pk=job.pk, result_file=stored).update(result_file=None):
        return False
    try:
        with transaction.atomic():
            stored.delete()
    except ProtectedError:
        logger.info("the result of job %s is used elsewhere and stays", job.pk)
    return True
