"""The history of records as people read it: events in the words of their fields."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from apps.core.models import Event
from apps.core.records import PERSONAL
from apps.core.registers import as_text
from apps.core.words import LABELS, OWN_TITLES, TITLES, VERBS, model_of

EMPTY = "（空）"
HIDDEN = "（不显示）"

Record = models.Model | type[models.Model]
Names = Mapping[tuple[type[models.Model], Any], str]


def history(
    records: Iterable[models.Model], *, limit: int = 100, without: Collection[str] = ()
) -> list[dict[str, Any]]:
    """The newest events of these records, newest first, as templates/core/_timeline.html draws them.

    `without` names facts that this reader is not told.  Whose event it was is told where they are several records.
    """
    wanted = {(r._meta.label_lower, str(r.pk)): r for r in records}
    condition = Q(pk=None)
    for kind in {kind for kind, _ in wanted}:
        condition |= Q(record_type=kind, record_id__in=[pk for k, pk in wanted if k == kind])
    events = list(Event.objects.filter(condition).select_related("actor").order_by("-id")[:limit])
    pairs = [(event, wanted[event.record_type, event.record_id]) for event in events]
    names = names_of(pairs)
    told = [entry(event, record, names, without) for event, record in pairs]
    return told if len(wanted) > 1 else [line | {"where": ""} for line in told]


def entry(event: Event, record: models.Model, names: Names, without: Collection[str] = ()) -> dict[str, Any]:
    facts = {name: value for name, value in event.facts.items() if name not in without}
    return {
        "title": title_of(event, record),
        "who": str(event.actor) if event.actor else "系统",
        "when": as_text(timezone.localtime(event.happened_at)),
        "where": str(record),
        "note": "；".join(told(record, name, value, names) for name, value in facts.items()),
    }


def title_of(event: Event, record: models.Model) -> str:
    """登记参建单位, or an app's own title."""
    if event.name in VERBS:
        return f"{VERBS[event.name]}{record._meta.verbose_name}"
    return OWN_TITLES.get((record._meta.label_lower, event.name)) or TITLES.get(event.name, event.name)


def told(record: Record, name: str, value: Any, names: Names) -> str:
    """One fact as “label：old → new”."""
    label, words = fact(record, name, value, names)
    return label + words if words == HIDDEN else f"{label}：{words}"


def fact(record: Record, name: str, value: Any, names: Names) -> tuple[str, str]:
    """What one fact is about, and its value or “old → new”; of personal data only that it was set or changed."""
    field = field_of(record, name)
    label = LABELS.get(name) or (str(field.verbose_name) if field else name)
    if name.endswith(PERSONAL):
        return label, HIDDEN
    if isinstance(value, list) and len(value) == 2 and not isinstance(value[0], dict):
        return label, f"{spelled(field, value[0], names)} → {spelled(field, value[1], names)}"
    return label, spelled(field, value, names)


def facts_of(event: Event) -> list[tuple[str, str]]:
    """All that one event says, also of a record that is no more."""
    model = model_of(event.record_type)
    if model is None:
        return [
            (LABELS.get(name, name), HIDDEN if name.endswith(PERSONAL) else str(v)) for name, v in event.facts.items()
        ]
    names = names_of([(event, model)])
    return [fact(model, name, value, names) for name, value in event.facts.items()]


def spelled(field: models.Field | None, value: Any, names: Names) -> str:
    match value:
        case None | "":
            return EMPTY
        case list() | dict() if not value:  # the pattern {} would fit every dict
            return EMPTY
        case list() | dict():
            return f"{len(value)}项"
        case bool():
            return as_text(value)
    if isinstance(field, models.DateTimeField) and (moment := parse_datetime(str(value))):
        return as_text(timezone.localtime(moment))
    if isinstance(field, models.ForeignKey):
        return names.get((field.related_model, value), f"#{value}")
    return str(dict(field.flatchoices).get(value, value)) if field else str(value)


def names_of(pairs: Iterable[tuple[Event, Record]]) -> Names:
    """What the keys in the facts stand for: one query per kind of record named."""
    keys: dict[type[models.Model], set[Any]] = {}
    for event, record in pairs:
        for model, key in references(event, record):
            keys.setdefault(model, set()).add(key)
    return {
        (model, pk): str(found)
        for model, pks in keys.items()
        for pk, found in model._default_manager.in_bulk(pks).items()
    }


def references(event: Event, record: Record) -> Iterator[tuple[type[models.Model], Any]]:
    for name, value in event.facts.items():
        field = field_of(record, name)
        if isinstance(field, models.ForeignKey) and isinstance(field.related_model, type):
            for key in value if isinstance(value, list) else [value]:
                if key is not None:
                    yield field.related_model, key


def field_of(record: Record, name: str) -> models.Field | None:
    return next((f for f in record._meta.concrete_fields if f.name == name), None)
