"""What beat starts."""

from apps.core.tasks import task
from apps.training import reminders


@task(name="training.remind")
def remind() -> None:
    reminders.remind()
