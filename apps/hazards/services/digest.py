"""What the morning digest says of hazards: for each person what is open in their own hands."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice

from django.db.models import Q

from apps.hazards.models import Hazard, State
from apps.hazards.recipients import Recipients
from apps.notifications.digests import OpenItem, digest_source
from apps.notifications.models import Level

AHEAD = timedelta(days=3)
BATCH = 500

# State, the words of the digest's line, and whose hands it is in.
IN_HAND: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (State.ORDERED, "待签收", ("firm", "site")),
    (State.RECEIVED, "待整改", ("firm", "site")),
    (State.RECTIFYING, "待整改", ("firm", "site")),
    (State.ANSWERED, "待监理确认", ("supervising_engineer",)),
    (State.CONFIRMED, "待复查", ("recorder",)),
    (State.VERIFIED, "待销号", ("closers",)),
)


@digest_source
def open_hazards(day: date) -> Iterator[OpenItem]:
    """Firms hear of what falls due within three days or is overdue; the other hands of all that waits for them."""
    waiting = Q(state__in=(*State.ANSWER_IN, State.VERIFIED))
    rows = Hazard.objects.filter(waiting | Q(state__in=State.WITH_FIRM, deadline__lte=day + AHEAD))
    found = rows.select_related("project").order_by("deadline", "pk").iterator(BATCH)
    while hazards := list(islice(found, BATCH)):
        people = Recipients(hazards)
        for hazard in hazards:
            yield from _lines(hazard, people, day)


def _lines(hazard: Hazard, people: Recipients, day: date) -> Iterator[OpenItem]:
    _, words, roles = next(line for line in IN_HAND if line[0] == hazard.state)
    is_late = hazard.state in State.WITH_FIRM and hazard.deadline is not None and hazard.deadline < day
    title = f"{'超期 · ' if is_late else ''}{words}：{hazard.title}（期限 {hazard.deadline or '未定'}）"
    level = Level.MUST_DO if hazard.deadline and hazard.deadline <= day else Level.REMINDER
    for user in people.all_of(hazard, roles):
        yield OpenItem(user.pk, title, hazard.get_absolute_url(), level)
