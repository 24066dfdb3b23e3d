"""The history of one hazard in the words of the transition table: what happened, and how far it has come."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from apps.core.models import Event
from apps.hazards.models import Hazard, State
from apps.hazards.workflow import HAZARD, STEPS

TITLES = {"registered": "登记隐患", "changed": "修改内容", "imported": "由台账导入"}
GOOD, BAD = (
    {"confirm", "verify", "close"},
    {"reject", "return", "contest", "approve_void", "discard", "reject_extension"},
)
GREY = {"imported", "changed"}
SAID = ("reason", "opinion", "remark", "void_reason", "measures", "extension_reason", "handler_name")
# The events that complete each step of the strip.
COMPLETES: dict[str, tuple[str, ...]] = {
    "登记": ("registered", "imported"),
    "下达": ("order", "fix_on_spot"),
    "整改": ("answer", "fix_on_spot"),
    "监理确认": ("confirm",),
    "复查": ("verify", "fix_on_spot"),
    "销号": ("close",),
}
WAITING: dict[str, str] = {
    State.DRAFT: "待下达",
    State.ORDERED: "待企业签收",
    State.ANSWERED: "待总监确认",
    State.CONFIRMED: "待复查",
    State.VERIFIED: "待销号",
}


def latest(events: Sequence[Event], *names: str) -> Event | None:
    return next((event for event in reversed(events) if event.name in names), None)


def way(hazard: Hazard, events: Sequence[Event]) -> list[dict[str, str]]:
    """登记 to 销号: done, now or to come, each with its time and person.

    What an imported row only claims is not shown as done: those steps say that they stand in the old ledger.
    """
    reached = next((i for i, (_, states) in enumerate(STEPS) if hazard.state in states), len(STEPS))
    return [_step(number, label, reached, hazard, events) for number, (label, _) in enumerate(STEPS)]


def _step(number: int, label: str, reached: int, hazard: Hazard, events: Sequence[Event]) -> dict[str, str]:
    is_past = number < reached or hazard.state == State.CLOSED
    event = latest(events, *COMPLETES[label]) if is_past else None
    if event:
        return {"label": label, "state": "done", "note": short(event), "who": actor(event)}
    if is_past:
        return {"label": label, "state": "", "note": "原台账所载" if hazard.import_batch_id else "—"}
    if number == reached:
        return {"label": label, "state": "now", "note": waits_for(hazard)}
    return {"label": label, "state": "", "note": "—"}


def waits_for(hazard: Hazard) -> str:
    if hazard.state in (State.RECEIVED, State.RECTIFYING):
        return f"期限 {hazard.deadline:%m-%d}" if hazard.deadline else "未定期限"
    return WAITING.get(hazard.state, "—")


def as_timeline(events: Sequence[Event]) -> list[dict[str, str]]:
    """Newest first, as templates/core/_timeline.html draws them."""
    return [as_entry(event) for event in reversed(events)]


def as_entry(event: Event) -> dict[str, str]:
    move = HAZARD.by_name.get(event.name)
    return {
        "title": move.label if move else TITLES.get(event.name, event.name),
        "who": actor(event),
        "when": short(event),
        "where": photo_words(event),
        "note": claimed(event) if event.name == "imported" else spoken(event),
        "tone": tone(event.name),
    }


def tone(name: str) -> str:
    return "green" if name in GOOD else "red" if name in BAD else "grey" if name in GREY else ""


def actor(event: Event) -> str:
    return event.actor.name if event.actor else "系统"


def short(event: Event) -> str:
    """11-20 10:12; with the year when it is another one."""
    at = timezone.localtime(event.happened_at)
    return f"{at:%m-%d %H:%M}" if at.year == timezone.localdate().year else f"{at:%Y-%m-%d %H:%M}"


def photo_words(event: Event) -> str:
    photos = event.facts.get("photos")
    return f"照片 {len(photos)} 张" if photos and isinstance(photos, list) else ""


def spoken(event: Event) -> str:
    words = next((str(text) for name in SAID if (text := event.facts.get(name))), "")
    until = event.facts.get("extension_until")
    return f"延至 {until}：{words}" if until else words


def claimed(event: Event) -> str:
    """What the imported row claims of itself, in its own words."""
    told: dict[str, Any] = event.facts
    words = [
        f"原台账第 {told['row']} 行" if told.get("row") else "",
        f"等级“{told['told_grade']}”" if told.get("told_grade") else "",
        f"销号情况“{told['told_closure']}”" if told.get("told_closure") else "",
        f"销号日期 {str(told['told_closed_on'])[:10]}" if told.get("told_closed_on") else "",
        f"销号人 {told['told_closer']}" if told.get("told_closer") else "",
    ]
    return "，".join(word for word in words if word)
