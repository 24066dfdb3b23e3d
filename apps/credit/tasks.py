"""Celery's entrance to what credit does by the clock."""

from apps.core.tasks import task
from apps.credit.services import clock


@task(name="credit.tick")
def tick() -> None:
    clock.tick()
