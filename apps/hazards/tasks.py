"""Celery's entrances to the sweeps and to what keeps the counts short."""

from apps.core.tasks import task
from apps.hazards.services import ladder, sweeps, tallies


@task(name="hazards.sweep_deadlines")
def sweep_deadlines() -> None:
    sweeps.sweep_deadlines()


@task(name="hazards.sweep_closures")
def sweep_closures() -> None:
    sweeps.sweep_closures()


@task(name="hazards.fold_tallies")
def fold_tallies() -> None:
    tallies.fold()


@task(name="hazards.look_again")
def look_again(plan: str) -> None:
    ladder.look_again(plan)
