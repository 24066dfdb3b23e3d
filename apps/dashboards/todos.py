"""What waits for whom: one table of the kinds of work, from which counts, rows and the next step are drawn."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Case, Count, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from apps.core.templatetags.ui import due_words
from apps.dashboards.duties import count_duties
from apps.hazards.counting import open_in_region
from apps.hazards.handlers import handlers_of
from apps.hazards.models import Grade, Hazard, State

TODO_SHOWN = 20
BADGES_KEPT_S = 20
# From which day of lateness a hazard is in whose hands: the steps by which overdue hazards are escalated.
LATE_FOR = {"station_head": 1, "county_officer": 3, "city_officer": 7}


@dataclass(frozen=True)
class Kind:
    """One kind of work that waits: which hazards, for whom, and the step to take; without a move, only to look."""

    name: str
    label: str
    permission: str
    condition: Callable[[Any], Q]
    move: str
    action: str
    tone: str = "blue"
    roles: tuple[str, ...] = ()

    def is_for(self, user: Any) -> bool:
        return user.has_perm(self.permission) and (not self.roles or user.role in self.roles)


def carried_by(user: Any) -> Q:
    """An office carries what its own people found, a firm what was found on its sites by themselves."""
    if user.role_definition.side == "regulator":
        return Q(by_authority=True, organisation=user.organisation_id)
    return Q(by_authority=False)


def in_our_hands(user: Any) -> Q:
    """What this firm must put right: its own, and as general contractor also what a subcontractor was ordered."""
    return Q(enterprise=user.organisation_id) | Q(project__enterprise=user.organisation_id)


def to_order(user: Any) -> Q:
    return Q(state=State.DRAFT) & (Q(recorded_by=user) | Q(by_authority=False) & carried_by(user))


def extension_asked(user: Any) -> Q:
    """A request whose date has passed asks for nothing any more: it can't be approved."""
    asked = Q(state__in=State.WITH_FIRM, extension_until__gte=timezone.localdate())
    return asked & ~Q(extension_requested_by=user)


def handled_by_another(user: Any) -> Q:
    """Assigned to a colleague who still is of the office and may verify; if not, it waits for everybody again."""
    return Q(handler__in=handlers_of(user.organisation_id).exclude(pk=user.pk).order_by().values("pk"))


def long_overdue(user: Any) -> Q:
    last_day = timezone.localdate() - timedelta(days=LATE_FOR[user.role])
    return Q(state__in=State.WITH_FIRM, deadline__lte=last_day)


# The order decides what a hazard counts as that stands for two things: a request comes before the usual step.
KINDS: tuple[Kind, ...] = (
    Kind(
        "approve_void",
        "作废审批",
        "hazards.approve_void_hazard",
        lambda u: carried_by(u) & Q(state__in=State.OPEN, void_requested_by__isnull=False) & ~Q(void_requested_by=u),
        "approve_void",
        "审批",
        "yellow",
    ),
    Kind(
        "approve_extension",
        "延期审批",
        "hazards.approve_extension_hazard",
        lambda u: carried_by(u) & extension_asked(u),
        "approve_extension",
        "审批",
        "yellow",
    ),
    Kind(
        "receive",
        "待签收",
        "hazards.receive_hazard",
        lambda u: in_our_hands(u) & Q(state=State.ORDERED),
        "receive",
        "签收",
    ),
    Kind(
        "answer",
        "待整改",
        "hazards.rectify_hazard",
        lambda u: in_our_hands(u) & Q(state__in=(State.RECEIVED, State.RECTIFYING)),
        "answer",
        "回复",
        "orange",
    ),
    Kind(
        "confirm",
        "待确认",
        "hazards.confirm_hazard",
        lambda u: Q(state=State.ANSWERED) & ~Q(answered_by=u),
        "confirm",
        "确认",
    ),
    Kind(
        "verify",
        "待复查",
        "hazards.verify_hazard",
        lambda u: carried_by(u) & Q(state=State.CONFIRMED) & ~Q(answered_by=u) & ~handled_by_another(u),
        "verify",
        "复查",
    ),
    Kind(
        "close",
        "待销号",
        "hazards.close_hazard",
        lambda u: carried_by(u) & Q(state=State.VERIFIED) & ~Q(answered_by=u) & ~Q(grade=Grade.MAJOR, verified_by=u),
        "close",
        "销号",
        "green",
    ),
    Kind("escalated", "超期督办", "hazards.view_hazard", long_overdue, "", "查看", "red", roles=tuple(LATE_FOR)),
    Kind("order", "待下达", "hazards.order_hazard", to_order, "order", "下达", ""),
)


def kinds_of(user: Any) -> list[Kind]:
    return [kind for kind in KINDS if kind.is_for(user)]


def wanted(user: Any, tab: str = "") -> Q:
    """The condition of one kind, or of all that this user has; an empty one finds nothing."""
    found = Q(pk__in=[])
    for kind in kinds_of(user):
        if tab in ("", kind.name):
            found |= kind.condition(user)
    return found


def counts_of(user: Any) -> dict[str, Count]:
    """What to count for each kind, by its name, and for all together: a hazard that is two things counts once."""
    kinds = {kind.name: Count("pk", filter=kind.condition(user)) for kind in kinds_of(user)}
    return {"todo": Count("pk", filter=wanted(user)), **kinds}


def waiting(user: Any) -> dict[str, int]:
    """Counts beside the menu: open hazards in scope and this user's to-dos.

    They stand on every page, so they may be `BADGES_KEPT_S` old, unless the user has done something since; the
    workbench and the ledger count for themselves.
    """
    if not user.has_perm("hazards.view_hazard"):
        return {}
    return cache.get_or_set(f"waiting:{user.pk}", lambda: count_waiting(user), BADGES_KEPT_S) or {}


def forget_waiting(user: Any) -> None:
    cache.delete(f"waiting:{user.pk}")


def count_waiting(user: Any) -> dict[str, int]:
    """Open hazards, and how much waits for this user: hazards of whatever kind, and the duties beside them."""
    hazards = Hazard.objects.visible_to(user).filter(wanted(user)).count()
    return {"open": count_open(user), "todo": hazards + sum(count_duties(user).values())}


def count_open(user: Any) -> int:
    kept = open_in_region(user)
    return Hazard.objects.visible_to(user).open().count() if kept is None else kept


def count_todos(user: Any) -> dict[str, int]:
    """How many there are of each kind, and of all."""
    return Hazard.objects.visible_to(user).filter(wanted(user)).aggregate(**counts_of(user))


def todo_rows(user: Any, tab: str) -> QuerySet[Hazard]:
    """The hazards that wait for this user, most urgent first, each with its `kind`; `tab` is one or empty for all."""
    kinds = [kind for kind in kinds_of(user) if tab in ("", kind.name)]
    if not kinds:
        return Hazard.objects.none()
    named = Case(*(When(kind.condition(user), then=Value(kind.name)) for kind in kinds))
    rows = Hazard.objects.visible_to(user).filter(wanted(user, tab)).annotate(kind=named)
    return by_urgency(rows.select_related("project", "enterprise__organisation"))


def first_todos(user: Any, tab: str) -> list[Hazard]:
    """The most urgent of `todo_rows`.

    Chosen by an order that no index has: to-dos are few among hazards, and to meet them along an index of deadlines all
    others would be passed.
    """
    rows = todo_rows(user, tab)
    soonest = rows.order_by(Coalesce("deadline", date.max), "-risk_level", "pk").values("pk")
    return list(rows.filter(pk__in=soonest[:TODO_SHOWN]))


def by_urgency(rows: QuerySet[Hazard], *before: Any) -> QuerySet[Hazard]:
    return rows.order_by(*before, F("deadline").asc(nulls_last=True), "-risk_level", "pk")


def sequence(user: Any, query: QueryDict) -> QuerySet[Hazard]:
    """The to-do list as the case file follows it from case to case."""
    return todo_rows(user, query.get("tab", ""))


def as_todo(hazard: Any, today: date) -> dict[str, Any]:
    """A row of `todo_rows`."""
    kind = next(k for k in KINDS if k.name == hazard.kind)
    address = hazard.get_absolute_url()
    moved = reverse("hazards:move", args=[hazard.number, kind.move]) if kind.move else address
    left = days_left(hazard, today)
    is_pressing = left is not None and left <= 0 and bool(kind.move)
    row = {"kind": kind.label, "tone": kind.tone, "action": kind.action, "action_url": moved, "primary": is_pressing}
    return row | as_row(hazard, today)


def as_watched(hazard: Hazard, today: date) -> dict[str, Any]:
    """A row for those who only look on."""
    state = hazard.get_state_display().replace("监理", "")
    return {"kind": state, "tone": "", "action": "查看", "action_url": hazard.get_absolute_url()} | as_row(
        hazard, today
    )


def as_row(hazard: Hazard, today: date) -> dict[str, Any]:
    left = days_left(hazard, today)
    tone, words = due_words(left) if left is not None else ("", "")
    day = f"{hazard.deadline:%m-%d}" if hazard.deadline else "未定期限"
    return {
        "title": hazard.title,
        "url": hazard.get_absolute_url(),
        "sub": f"{hazard.number}·{hazard.project.name}·{hazard.enterprise.name}",
        "is_major": hazard.is_major,
        "due": words or day,
        "due_tone": tone.strip().removeprefix("due-"),
        "due_note": f"期限 {day}" if words else "",
    }


def days_left(hazard: Hazard, today: date) -> int | None:
    """Days until the deadline while the firm has the hazard; negative when it has passed."""
    if hazard.deadline is None or hazard.state not in State.WITH_FIRM:
        return None
    return (hazard.deadline - today).days
