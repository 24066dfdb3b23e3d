"""One digest per person per day: what is still open this morning, told once however often the task runs."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.timezone import localtime

from apps.core.db import try_lock
from apps.core.jobs import claim_slot
from apps.core.models import Slot
from apps.notifications.models import DIGEST, Digest, Level, Message, digest_title
from apps.notifications.services import BATCH, Notice, notify_all

JOB = "notifications.send_digests"
SEND_AT = time(8, 30)
"""Asia/Shanghai."""
SHOWN_ITEMS = 50
NAMED_ITEMS = 3
NEWS_FOR = timedelta(days=30)
"""After an outage of months, older unread messages are left to the inbox."""
URGENCY = {Level.MUST_DO.value: 0, Level.REMINDER.value: 1, Level.INFO.value: 2}


@dataclass(frozen=True)
class OpenItem:
    """Something still open for one person, with the address of the exact step."""

    recipient_id: int
    title: str
    url: str
    level: str = Level.REMINDER


Source = Callable[[date], Iterable[OpenItem]]
_sources: dict[str, Source] = {}


def digest_source(function: Source) -> Source:
    """Register what an app knows to be open on a day, for everybody at once; asked while the digests are made."""
    _sources[f"{function.__module__}.{function.__qualname__}"] = function
    return function


def send_digests(now: datetime) -> int:
    """Tell everybody who has something open, and return how many; 0 before 08:30 and once today's are out.

    Days missed by an outage get no digests of their own: today's tells what is open now, whenever it fell due.
    What is open is gathered before the transaction that writes, which is thus short however much that is.
    """
    local = localtime(now)
    day = local.date()
    last = Slot.objects.filter(job=JOB).order_by("-slot").first()
    if local.time() < SEND_AT or (last and last.slot == day.isoformat()):
        return 0
    items = open_items(day, max(last.claimed_at, now - NEWS_FOR) if last else now - NEWS_FOR)
    missed_from = _missed_from(last, day)
    return _write(day, [_digest(key, day, items[key], missed_from) for key in sorted(items)])


@transaction.atomic
def _write(day: date, digests: list[Digest]) -> int:
    """All of a morning's digests, together with the slot that forbids a second round, or none."""
    if not try_lock(JOB) or not claim_slot(JOB, day.isoformat()):
        return 0
    Digest.objects.bulk_create(digests, batch_size=BATCH, ignore_conflicts=True)
    notify_all(map(_announcement, digests))
    return len(digests)


def _missed_from(last: Slot | None, day: date) -> date | None:
    """The first day without a round since the last one, or None when that was yesterday or never."""
    following = date.fromisoformat(last.slot) + timedelta(days=1) if last else day
    return following if following < day else None


def open_items(day: date, since: datetime) -> dict[int, list[OpenItem]]:
    """By active person, the most urgent first; an address is named once, by the source that knows it best."""
    found: dict[int, dict[str, OpenItem]] = defaultdict(dict)
    for item in _all_items(day, since):
        found[item.recipient_id].setdefault(item.url, item)
    active = get_user_model().objects.filter(pk__in=found, is_active=True).values_list("pk", flat=True)
    return {key: sorted(found[key].values(), key=lambda item: URGENCY[item.level]) for key in active}


def _all_items(day: date, since: datetime) -> Iterator[OpenItem]:
    """What the apps know to be open, then unread news since the last round; older news is no proof of being open."""
    for source in _sources.values():
        yield from source(day)
    unread = Message.objects.unread().pressing().filter(created_at__gt=since).order_by("pk")
    for key, title, url, level in unread.values_list("recipient", "title", "url", "level").iterator():
        yield OpenItem(key, title, url, level)


def _digest(recipient_id: int, day: date, items: list[OpenItem], missed_from: date | None) -> Digest:
    shown = [{"title": item.title, "url": item.url, "level": item.level} for item in items[:SHOWN_ITEMS]]
    return Digest(recipient_id=recipient_id, day=day, items=shown, total=len(items), covers_from=missed_from)


def _announcement(digest: Digest) -> Notice:
    return Notice(
        recipient_id=digest.recipient_id,
        kind=DIGEST,
        title=digest_title(digest.day, digest.total),
        body=_summary(digest),
        url=digest.get_absolute_url(),
        level=min((item["level"] for item in digest.items), key=lambda level: URGENCY[level]),
        dedupe_key=f"{DIGEST}:{digest.day.isoformat()}",
    )


def _summary(digest: Digest) -> str:
    """The first titles; the digest itself has the rest."""
    named = [item["title"] for item in digest.items[:NAMED_ITEMS]]
    if digest.total > NAMED_ITEMS:
        named.append(f"另有 {digest.total - NAMED_ITEMS} 项")
    merged = f"平台曾中断，{digest.covers_from:%m-%d} 以来的事项并入本次汇总。" if digest.covers_from else ""
    return f"{'；'.join(named)}。{merged}"
