"""What beat and the outbox start."""

from apps.core.db import db_now
from apps.core.tasks import task
from apps.notifications import deliveries, digests


@task(name="notifications.send_digests")
def send_digests() -> None:
    digests.send_digests(db_now())


@task(name="notifications.deliver")
def deliver() -> None:
    deliveries.deliver_waiting()
