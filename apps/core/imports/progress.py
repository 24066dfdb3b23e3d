"""Progress for the two places where a job's own pen can't write: no job at all, and inside a long transaction."""

from types import TracebackType
from typing import Self

from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone

from apps.core.jobs import JobCancelled, Progress
from apps.core.models import Job

REPORT = """
    UPDATE core_job SET done = %s, total = %s, heartbeat_at = clock_timestamp() WHERE id = %s RETURNING cancel_requested
"""


class Silent(Progress):
    """For work that is done while the user waits."""

    def __init__(self) -> None:
        super().__init__(Job())

    def _write(self) -> None:
        """There is nobody to tell."""


class Aside(Progress):
    """Reports over a connection of its own, so that others see it while the work's transaction is still open."""

    def __enter__(self) -> Self:
        self.connection = connections.create_connection(DEFAULT_DB_ALIAS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()

    def _write(self) -> None:
        self._written = timezone.now()
        with self.connection.cursor() as cursor:
            cursor.execute(REPORT, [self.job.done, self.job.total, self.job.pk])
            row = cursor.fetchone()
        if row and row[0]:
            raise JobCancelled
