"""The history of records as people read it: events in the words of their fields."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils import timezone

from apps.core.models import Event
from apps.core.records import PERSONAL
from apps.core.registers import as_text

VERBS: dict[str, str] = {"registered": "登记", "changed": "修改", "imported": "导入"}
TITLES: dict[str, str] = {"exported": "导出", "downloaded": "下载"}
LABELS: dict[str, str] = {"reason": "理由"}
EMPTY = "（空）"

Names = Mapping[tuple[type[models.Model], Any], str]


def say(*, titles: Mapping[str, str] | None = None, labels: Mapping[str, str] | None = None) -> None:
    """An app's own words: titles of its events, and labels of facts that are no fields of the record."""
    TITLES.update(titles or {})
    LABELS.update(labels or {})


def history(records: Iterable[models.Model], *, limit: int = 100) -> list[dict[str, Any]]:
    """The newest events of these records, newest first, as templates/core/_timeline.html draws them."""
    wanted = {(r._meta.label_lower, str(r.pk)): r for r in records}
    condition = Q(pk=None)
    for kind in {kind for kind, _ in wanted}:
        condition |= Q(record_type=kind, record_id__in=[pk for k, pk in wanted if k == kind])
    events = list(Event.objects.filter(condition).select_related("actor").order_by("-id")[:limit])
    pairs = [(event, wanted[event.record_type, event.record_id]) for event in events]
    names = names_of(pairs)
    return [entry(event, record, names) for event, record in pairs]


def entry(event: Event, record: models.Model, names: Names) -> dict[str, Any]:
    return {
        "title": title_of(event, record),
        "who": str(event.actor) if event.actor else "系统",
        "when": as_text(timezone.localtime(event.happened_at)),
        "where": str(record),
        "note": "；".join(told(record, name, value, names) for name, value in event.facts.items()),
    }


def title_of(event: Event, record: models.Model) -> str:
    """登记参建单位, or an app's own title."""
    if event.name in VERBS:
        return f"{VERBS[event.name]}{record._meta.verbose_name}"
    return TITLES.get(event.name, event.name)


def model_of(record_type: str) -> type[models.Model] | None:
    """The model an event speaks of; None for one that later releases no longer have."""
    try:
        return apps.get_model(record_type)
    except (LookupError, ValueError):
        return None


def type_in_words(record_type: str) -> str:
    model = model_of(record_type)
    return str(model._meta.verbose_name) if model else record_type


def state_in_words(record_type: str, state: str) -> str:
    """What a state is called on the pages of its record; where there are no states the words as they stand."""
    model = model_of(record_type)
    field = next((f for f in model._meta.concrete_fields if f.name == "state"), None) if model else None
    return str(dict(field.flatchoices).get(state, state)) if field else state


def told(record: models.Model, name: str, value: Any, names: Names) -> str:
    """One fact as “label：old → new”; of personal data only that it was set or changed."""
    field = field_of(record, name)
    label = LABELS.get(name) or (str(field.verbose_name) if field else name)
    if name.endswith(PERSONAL):
        return f"{label}（不显示）"
    if isinstance(value, list) and len(value) == 2:
        return f"{label}：{spelled(field, value[0], names)} → {spelled(field, value[1], names)}"
    return f"{label}：{spelled(field, value, names)}"


def spelled(field: models.Field | None, value: Any, names: Names) -> str:
    match value:
        case None | "" | [] | {}:
            return EMPTY
        case list() | dict():
            return f"{len(value)}项"
        case bool():
            return as_text(value)
    if isinstance(field, models.ForeignKey):
        return names.get((field.related_model, value), f"#{value}")
    return str(dict(field.flatchoices).get(value, value)) if field else str(value)


def names_of(pairs: Iterable[tuple[Event, models.Model]]) -> Names:
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


def references(event: Event, record: models.Model) -> Iterator[tuple[type[models.Model], Any]]:
    for name, value in event.facts.items():
        field = field_of(record, name)
        if isinstance(field, models.ForeignKey) and isinstance(field.related_model, type):
            for key in value if isinstance(value, list) else [value]:
                if key is not None:
                    yield field.related_model, key


def field_of(record: models.Model, name: str) -> models.Field | None:
    return next((f for f in record._meta.concrete_fields if f.name == name), None)
