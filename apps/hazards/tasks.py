"""Celery's entrances to the sweeps."""

from apps.core.tasks import task
from apps.hazards.services import sweeps


@task(name="hazards.sweep_deadlines")
def sweep_deadlines() -> None:
    sweeps.sweep_deadlines()


@task(name="hazards.sweep_closures")
def sweep_closures() -> None:
    sweeps.sweep_closures()
