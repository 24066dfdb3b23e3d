"""What beat starts."""

from apps.core.tasks import task
from apps.people import reminders


@task(name="people.remind")
def remind() -> None:
    reminders.remind()
