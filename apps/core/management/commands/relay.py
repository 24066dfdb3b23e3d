"""Hand outbox entries to the workers: on NOTIFY at once, else every two seconds, and again when a lease runs out."""

import logging
import select
import signal
from types import FrameType
from typing import Any

from celery import current_app
from django.core.management.base import BaseCommand
from django.db import connection
from kombu.exceptions import OperationalError

from apps.core import outbox

logger = logging.getLogger(__name__)
POLL_SECONDS = 2.0


def relay_once(limit: int = 100) -> int:
    """Send what waits; entries that the queue would not take wait on."""
    entries = outbox.lease(limit)
    unsent: list[int] = []
    for pk, task, arguments in entries:
        try:
            current_app.send_task(task, kwargs={**arguments, "outbox_id": pk}, retry=False)
        except OperationalError:
            unsent.append(pk)
    if unsent:
        logger.warning("the queue is away, %d entries wait", len(unsent))
        outbox.release(unsent)
    return len(entries) - len(unsent)


class Command(BaseCommand):
    help = "Send outbox entries to the workers until stopped."

    stopping = False

    def handle(self, *args: Any, **options: Any) -> None:
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("LISTEN outbox")
        while not self.stopping:
            if relay_once() == 0:
                self.wait()

    def stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def wait(self) -> None:
        raw = connection.connection
        if select.select([raw], [], [], POLL_SECONDS)[0]:
            raw.poll()
            raw.notifies.clear()
