"""Celery's entrances to what inspections do by the clock."""

from apps.core.tasks import task
from apps.inspections.sync import arrivals


@task(name="inspections.forget_abandoned_photos")
def forget_abandoned_photos() -> None:
    arrivals.forget_abandoned()
