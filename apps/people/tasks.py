"""What beat starts."""

from apps.core.tasks import task
from apps.people import reminders, retention


@task(name="people.remind")
def remind() -> None:
    reminders.remind()


@task(name="people.forget")
def forget() -> None:
    retention.forget_due()
