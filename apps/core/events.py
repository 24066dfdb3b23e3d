"""Writing and checking the event ledger."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import models

from apps.core.canonical import leaf_hash, object_sql, plain
from apps.core.db import db_now
from apps.core.models import Event


def record_event(
    record: models.Model,
    name: str,
    *,
    by: Any,
    before: str = "",
    after: str = "",
    facts: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> Event:
    """Write what was done, inside the transaction that does it.

    `at` spares a query where the database's clock has just been read; it is never a claimed time.  A record
    with a `version` gives the event its step, and the same step written twice is an IntegrityError.
    """
    event = Event(
        record_type=record._meta.label_lower,
        record_id=str(record.pk),
        step=getattr(record, "version", None),
        name=name,
        before=before,
        after=after,
        facts=plain(facts or {}),
        actor=by,
        happened_at=at or db_now(),
    )
    event.leaf = leaf_of(event)
    event.save(force_insert=True)
    return event


def record_events(
    records: Iterable[models.Model], name: str, *, by: Any, facts: Mapping[str, Any] | None = None
) -> list[Event]:
    """The same of many records in one statement, inside the transaction that does it."""
    at, told = db_now(), plain(facts or {})
    events = [
        Event(
            record_type=record._meta.label_lower,
            record_id=str(record.pk),
            step=getattr(record, "version", None),
            name=name,
            facts=told,
            actor=by,
            happened_at=at,
        )
        for record in records
    ]
    for event in events:
        event.leaf = leaf_of(event)
    return Event.objects.bulk_create(events)


def leaf_of(event: Event) -> bytes:
    """The hash that the row must carry; everything that says who did what when goes into it."""
    return leaf_hash(
        {
            "record_type": event.record_type,
            "record_id": event.record_id,
            "step": event.step,
            "name": event.name,
            "before": event.before,
            "after": event.after,
            "facts": event.facts,
            "actor": event.actor_id,
            "happened_at": event.happened_at,
        }
    )


def history_since(record: models.Model, version: int) -> list[dict[str, Any]]:
    """The facts of the steps by which a record came from `version` to what it is, oldest first."""
    return list(Event.objects.of(record).filter(step__gt=version).order_by("step").values_list("facts", flat=True))


def leaf_sql(
    *,
    record_type: str,
    record_id: str,
    step: str,
    name: str,
    after: str,
    facts: str,
    actor: str,
    happened_at: str,
    before: str = "''::text",
) -> str:
    """The SQL that gives `leaf_of` to an event; the arguments are SQL too.

    `facts` is the text of `object_sql`, `happened_at` the canonical text of the time.
    """
    told = object_sql(
        {
            "record_type": record_type,
            "record_id": record_id,
            "step": step,
            "name": name,
            "before": before,
            "after": after,
            "actor": actor,
            "happened_at": happened_at,
        },
        {"facts": facts},
    )
    return f"sha256('\\x00'::bytea || convert_to({told}, 'UTF8'))"


def altered_events(after_id: int = 0) -> Iterator[Event]:
    """The rows whose content no longer matches their hash, oldest first."""
    rows = Event.objects.filter(pk__gt=after_id).order_by("pk")
    for event in rows.iterator(chunk_size=5000):
        if bytes(event.leaf) != leaf_of(event):
            yield event
