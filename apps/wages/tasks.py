"""What beat starts."""

from apps.core.tasks import task
from apps.wages import reminders


@task(name="wages.remind")
def remind() -> None:
    reminders.remind()
