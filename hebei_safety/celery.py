import os
import signal
from typing import Any

from celery import Celery
from celery.signals import worker_process_init, worker_shutting_down

from hebei_safety.processes import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hebei_safety.settings")
# A SIGTERM then means: finish within worker_soft_shutdown_timeout, hand the rest back to the queue.
os.environ.setdefault("REMAP_SIGTERM", "SIGQUIT")

LONGEST_SHUTDOWN = 25  # seconds; above worker_soft_shutdown_timeout

app = Celery("hebei_safety")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def leave_no_orphan(**kwargs: Any) -> None:
    """Pool processes would outlive a worker that was killed."""
    die_with_parent(signal.SIGKILL)()


@worker_shutting_down.connect
def never_hang(**kwargs: Any) -> None:
    """Celery may wait for ever for a thread of its own while it ends; the kernel then ends it."""
    signal.alarm(LONGEST_SHUTDOWN)
