"""What the clock starts."""

from apps.core.tasks import task
from apps.lists.services import periodic


@task(name="lists.make_due_drafts")
def make_due_drafts() -> None:
    periodic.make_due_drafts()
