"""Carrying messages out by the channels, each attempt recorded.

What waits for one person on one channel goes out together: fifty overdue hazards are one text, not fifty.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils.timezone import localtime

from apps.core.db import db_now
from apps.core.models import OutboxEntry
from apps.core.outbox import enqueue
from apps.notifications.channels import CHANNELS, configured
from apps.notifications.models import ChannelSetting, Delivery, DeliveryAttempt

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
PER_RUN = 200
TOGETHER = 50
"""So many messages at most go out to one person as one."""
PATIENCE = 5
"""So many failures in a row, and the service is taken to be down."""
RETRY_AFTER = timedelta(minutes=5)
"""Doubled with each attempt: 5, 10, 20, 40 minutes.  Longer than an attempt can take."""
CANNOT_SEND = (SMTPException, OSError, ValueError)


def deliver_waiting(limit: int = PER_RUN, now: datetime | None = None) -> int:
    """Send what is due and return how many messages went out; with more waiting, ask for another run.

    A service that fails several times in a row is left alone until the next tick: waiting for it with each of
    hundreds of messages would take longer than a task may.
    """
    sent = in_a_row = 0
    for _ in range(limit):
        taken = take_next(now) if in_a_row < PATIENCE else []
        if not taken:
            return sent
        sent += (went := attempt(taken))
        in_a_row = 0 if went else in_a_row + 1
    enqueue("notifications.deliver")
    return sent


def open_channels(now: datetime | None = None) -> list[str]:
    """Those that are configured, switched on, and not within their quiet hours."""
    settings = {row.channel: row for row in ChannelSetting.objects.all()}
    clock = localtime(now or db_now()).time()
    closed = {name for name, row in settings.items() if not row.is_on or row.is_quiet(clock)}
    return [channel.name for channel in configured() if channel.name not in closed]


@transaction.atomic
def take_next(now: datetime | None = None) -> list[Delivery]:
    """The next due delivery with the others that wait for the same person there, taken so that nobody else tries."""
    waiting = Delivery.objects.waiting().filter(due_at__lte=Now(), channel__in=open_channels(now))
    first = locked(waiting).first()
    if first is None:
        return []
    same = waiting.filter(
        channel=first.channel, attempts=first.attempts, message__recipient_id=first.message.recipient_id
    )
    taken = [first, *locked(same.exclude(pk=first.pk))[: TOGETHER - 1]]
    pause = RETRY_AFTER * 2**first.attempts
    Delivery.objects.filter(pk__in=[row.pk for row in taken]).update(attempts=F("attempts") + 1, due_at=Now() + pause)
    for row in taken:
        row.attempts += 1
    return taken


def locked(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    rows = rows.select_for_update(skip_locked=True, of=("self",)).select_related("message__recipient")
    return rows.order_by("due_at", "pk")


def attempt(taken: Sequence[Delivery]) -> int:
    """Send outside of any transaction: a slow server must not hold a row or a connection's patience.

    A worker that dies after the gateway's yes and before this one's note sends it again after the pause, with the same
    key, by which a gateway knows it.
    """
    recipient, messages = taken[0].message.recipient, [row.message for row in taken]
    try:
        receipt = CHANNELS[taken[0].channel].send(recipient, messages)
    except CANNOT_SEND as error:
        logger.warning("delivery %s failed at attempt %s: %s", taken[0].pk, taken[0].attempts, type(error).__name__)
        failed(taken, f"{type(error).__name__}: {error}"[:300])
        return 0
    succeeded(taken, receipt[:100])
    return len(taken)


@transaction.atomic
def failed(taken: Sequence[Delivery], why: str) -> None:
    rows = Delivery.objects.filter(pk__in=[row.pk for row in taken])
    rows.update(error=why)
    if taken[0].attempts >= MAX_ATTEMPTS:
        rows.update(given_up_at=Now())
    note(taken, why, was_sent=False)


@transaction.atomic
def succeeded(taken: Sequence[Delivery], receipt: str) -> None:
    Delivery.objects.filter(pk__in=[row.pk for row in taken]).update(sent_at=Now(), error="", receipt=receipt)
    together = f"，与另外 {len(taken) - 1} 条合并发出" if len(taken) > 1 else ""
    note(taken, f"已交付{f'，回执号 {receipt}' if receipt else ''}{together}", was_sent=True)


def note(taken: Sequence[Delivery], told: str, *, was_sent: bool) -> None:
    DeliveryAttempt.objects.bulk_create(
        DeliveryAttempt(delivery=row, was_sent=was_sent, told=told[:300]) for row in taken
    )


# Afterwards -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def acknowledge(channel: str, receipt: str, *, arrived: bool, why: str = "") -> int:
    """What the gateway reports of something it took; answers for how many deliveries.  The first report counts."""
    known = Delivery.objects.filter(channel=channel, receipt=receipt, sent_at__isnull=False)
    rows = list(known.filter(received_at=None, given_up_at=None).select_for_update().order_by("pk"))
    changed = Delivery.objects.filter(pk__in=[row.pk for row in rows])
    if arrived:
        changed.update(received_at=Now())
    else:
        changed.update(given_up_at=Now(), error=why[:300] or "网关回报未送达")
    note(rows, "网关回报：已送达" if arrived else f"网关回报：未送达 {why}".rstrip(), was_sent=arrived)
    return len(rows)


@transaction.atomic
def send_again(rows: QuerySet[Delivery]) -> int:
    """Try anew what had been given up, as after a long outage of a gateway; answers how many."""
    keys = list(rows.filter(progress="given_up").select_for_update().order_by("pk").values_list("pk", flat=True))
    Delivery.objects.filter(pk__in=keys).update(given_up_at=None, sent_at=None, receipt="", attempts=0, due_at=Now())
    # Of many that are sent again one by one the first wakes the sender.
    if keys and not OutboxEntry.objects.filter(task="notifications.deliver", done_at=None).exists():
        enqueue("notifications.deliver")
    return len(keys)
