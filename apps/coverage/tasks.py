"""What beat starts."""

from apps.core.tasks import task
from apps.coverage.services import freezing, sweeping, telling


@task(name="coverage.sweep")
def sweep() -> None:
    sweeping.sweep()


@task(name="coverage.freeze")
def freeze() -> None:
    freezing.freeze()


@task(name="coverage.tell")
def tell() -> None:
    telling.tell()
