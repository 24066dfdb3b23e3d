"""What the clock starts."""

from apps.core.tasks import task
from apps.enterprises import services


@task(name="enterprises.turn_late_rows")
def turn_late_rows() -> None:
    services.turn_late_rows()
