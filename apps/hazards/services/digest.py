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


def hands_of(state: str) -> tuple[str, ...]:
    """The roles that a hazard in this state waits for; none for a draft or one that has ended."""
    return next((roles for known, _, roles in IN_HAND if known == state), ())


@digest_source
def open_hazards(day: date) -> Iterator[OpenItem]:
    """Firms hear of what falls due within three days or is overdue; the other hands of all that waits for them."""
    pressing = Q(state__in=(*State.ANSWER_IN, State.VERIFIED)) | Q(state__in=State.WITH_FIRM, deadline__lte=day + AHEAD)
    void_asked = Q(state__in=State.OPEN, void_requested_by__isnull=False)
    extension_asked = Q(extension_requested_by__isnull=False)
    rows = Hazard.objects.filter(pressing | void_asked | extension_asked).select_related("project")
    found = rows.order_by("deadline", "pk").iterator(BATCH)
    while hazards := list(islice(found, BATCH)):
        people = Recipients(hazards)
        for hazard in hazards:
            yield from _requests(hazard, people)
            yield from _lines(hazard, people, day)


def _requests(hazard: Hazard, people: Recipients) -> Iterator[OpenItem]:
    """First, since whoever approves need not look at the hazard's usual step."""
    asked = (("待审批作废", hazard.void_requested_by_id), ("待审批延期", hazard.extension_requested_by_id))
    for words, requester in asked:
        for user in people.of(hazard, "approvers") if requester else ():
            if user != requester:
                yield OpenItem(user, f"{words}：{hazard.title}", hazard.get_absolute_url(), Level.MUST_DO)


def _lines(hazard: Hazard, people: Recipients, day: date) -> Iterator[OpenItem]:
    is_with_firm = hazard.state in State.WITH_FIRM
    if is_with_firm and (hazard.deadline is None or hazard.deadline > day + AHEAD):
        return
    _, words, roles = next(line for line in IN_HAND if line[0] == hazard.state)
    is_late = is_with_firm and hazard.deadline is not None and hazard.deadline < day
    title = f"{'超期 · ' if is_late else ''}{words}：{hazard.title}（期限 {hazard.deadline or '未定'}）"
    level = Level.MUST_DO if hazard.deadline and hazard.deadline <= day else Level.REMINDER
    for user in people.all_of(hazard, roles):
        yield OpenItem(user, title, hazard.get_absolute_url(), level)
