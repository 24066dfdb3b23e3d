"""What beat and the outbox start."""

from django.utils.timezone import localdate

from apps.core.db import db_now
from apps.core.tasks import task
from apps.notifications import deliveries, digests, shelves


@task(name="notifications.send_digests")
def send_digests() -> None:
    digests.send_digests(db_now())


@task(name="notifications.deliver")
def deliver() -> None:
    deliveries.deliver_waiting()


@task(name="notifications.keep_shelves")
def keep_shelves() -> None:
    today = localdate(db_now())
    shelves.make_shelves(today)
    shelves.clear_shelves(today)
