"""Carrying messages out by the channels, each attempt recorded."""

import logging
from datetime import timedelta
from smtplib import SMTPException

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from apps.core.outbox import enqueue
from apps.notifications.channels import CHANNELS, configured
from apps.notifications.models import Delivery

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
PER_RUN = 200
RETRY_AFTER = timedelta(minutes=5)
"""Doubled with each attempt: 5, 10, 20, 40 minutes.  Longer than an attempt can take."""
CANNOT_SEND = (SMTPException, OSError, ValueError)


def deliver_waiting(limit: int = PER_RUN) -> int:
    """Send what is due and return how many went out; with more waiting, ask for another run."""
    sent = 0
    for _ in range(limit):
        delivery = take_next()
        if delivery is None:
            return sent
        sent += attempt(delivery)
    enqueue("notifications.deliver")
    return sent


@transaction.atomic
def take_next() -> Delivery | None:
    """The next due delivery, taken so that nobody else tries it until its attempt must be over."""
    waiting = Delivery.objects.filter(
        sent_at=None, given_up_at=None, due_at__lte=Now(), channel__in=[channel.name for channel in configured()]
    )
    delivery = (
        waiting.select_for_update(skip_locked=True, of=("self",))
        .select_related("message__recipient")
        .order_by("due_at", "pk")
        .first()
    )
    if delivery is not None:
        pause = RETRY_AFTER * 2**delivery.attempts
        Delivery.objects.filter(pk=delivery.pk).update(attempts=F("attempts") + 1, due_at=Now() + pause)
        delivery.attempts += 1
    return delivery


def attempt(delivery: Delivery) -> bool:
    """Send outside of any transaction: a slow mail server must not hold a row or a connection's patience.

    A worker that dies after the mail server's yes and before this one's note sends it again after the pause.
    """
    rows = Delivery.objects.filter(pk=delivery.pk)
    try:
        CHANNELS[delivery.channel].send(delivery.message)
    except CANNOT_SEND as error:
        logger.warning("delivery %s failed at attempt %s: %s", delivery.pk, delivery.attempts, type(error).__name__)
        rows.update(error=f"{type(error).__name__}: {error}"[:300])
        if delivery.attempts >= MAX_ATTEMPTS:
            rows.update(given_up_at=Now())
        return False
    rows.update(sent_at=Now(), error="")
    return True
