"""What beat starts."""

from apps.core.tasks import task
from apps.exams.services.attempts import collect as collect_late
from apps.exams.services.exams import close_what_ran_out


@task(name="exams.collect")
def collect() -> None:
    """Papers whose time is over are marked, then examinations that are over are closed."""
    collect_late()
    close_what_ran_out()
