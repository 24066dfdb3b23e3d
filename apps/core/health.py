"""What the supervisor, the load balancer and the operator's collector ask; `hebei_safety.middleware.Probes` answers."""

import shutil
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from apps.core.jobs import HEARTBEAT
from apps.core.models import Job, OutboxEntry, Slot

MAX_OUTBOX_AGE_S = 120
MIN_FREE_DISK = 0.05


def age_s(moment: Any) -> float:
    """Seconds since the moment, 0 for none."""
    return max(0.0, round((timezone.now() - moment).total_seconds(), 1)) if moment else 0.0


def readiness() -> dict[str, Any]:
    """What /readyz shows; `ready` is the verdict over it."""
    waiting = OutboxEntry.objects.filter(done_at=None, dead_at=None)
    oldest = waiting.order_by("created_at").values_list("created_at", flat=True).first()
    oldest_job = Job.objects.open().order_by("created_at").values_list("created_at", flat=True).first()
    disk = shutil.disk_usage(settings.MEDIA_ROOT)
    state = {
        "migrations": _migrated(),
        "disk_free": round(disk.free / disk.total, 3),
        "outbox_age_s": age_s(oldest),
        "outbox_dead": OutboxEntry.objects.exclude(dead_at=None).count(),
        "oldest_due_s": age_s(oldest_job),
        "worker_heartbeat_s": age_s(Slot.objects.filter(job=HEARTBEAT).values_list("claimed_at", flat=True).first()),
    }
    state["ready"] = state["migrations"] and disk.free / disk.total > MIN_FREE_DISK
    state["degraded"] = state["outbox_age_s"] > MAX_OUTBOX_AGE_S
    return state


_seen_migrated = False


def _migrated() -> bool:
    """Whether every migration is applied; asked of the files only until it was once true."""
    global _seen_migrated
    if not _seen_migrated:
        executor = MigrationExecutor(connection)
        _seen_migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _seen_migrated


@never_cache
def livez(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    try:
        state = readiness()
    except DatabaseError:
        return JsonResponse({"ready": False, "database": "away"}, status=503)
    return JsonResponse(state, status=200 if state["ready"] else 503)


@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Plain-text gauges for the operator's collector; nginx does not let this out of the house."""
    lines = [f"hebei_{name} {float(value)}" for name, value in readiness().items()]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4")
