"""Celery's entrances to what this app does by the clock."""

from apps.core.tasks import task
from apps.duty import folding, reminders


@task(name="duty.fold")
def fold() -> None:
    folding.fold_recent()


@task(name="duty.remind")
def remind() -> None:
    reminders.remind_of_logs()
