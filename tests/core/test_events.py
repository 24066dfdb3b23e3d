"""The event ledger: rows are only added, carry the database's time, and show when they were altered."""

import json
from datetime import timedelta
from io import StringIO

import pgtrigger
import pytest
from django.core.management import call_command
from django.db import IntegrityError, InternalError, connection, transaction

from apps.core.canonical import canonical_json
from apps.core.db import db_now
from apps.core.events import altered_events, record_event
from apps.core.models import DictionaryEntry, Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry() -> DictionaryEntry:
    return DictionaryEntry.objects.create(kind="weather", code="rain", label="雨")


def test_an_event_cannot_be_changed_or_deleted_even_by_the_owner_of_the_table(entry: DictionaryEntry) -> None:
    event = record_event(entry, "registered", by=None)
    for forbidden in (lambda: Event.objects.filter(pk=event.pk).update(name="other"), event.delete):
        with pytest.raises(InternalError, match="append_only"), transaction.atomic():
            forbidden()


def test_an_event_that_claims_another_time_than_the_database_is_refused(entry: DictionaryEntry) -> None:
    with pytest.raises(InternalError, match="time of the database"), transaction.atomic():
        record_event(entry, "registered", by=None, at=db_now() - timedelta(days=7))


def test_the_same_step_of_a_record_happens_once(entry: DictionaryEntry) -> None:
    record_event(entry, "registered", by=None)
    with pytest.raises(IntegrityError, match="event_step_happens_once"), transaction.atomic():
        record_event(entry, "changed", by=None)


def test_verify_audit_is_content_with_untouched_events(entry: DictionaryEntry) -> None:
    record_event(entry, "registered", by=None, facts={"label": "雨", "days": 3})
    out = StringIO()
    call_command("verify_audit", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"events": 1, "altered": [], "ok": True}


@pytest.mark.parametrize(
    ("column", "value"),
    [("name", "closed"), ("after", "void"), ("facts", '{"label": "雪"}'), ("record_id", "999"), ("step", "7")],
)
def test_verify_audit_names_an_event_that_was_altered_behind_the_triggers(
    entry: DictionaryEntry, column: str, value: str
) -> None:
    event = record_event(entry, "registered", by=None, facts={"label": "雨"})
    with pgtrigger.ignore("core.Event:append_only"), connection.cursor() as cursor:
        cursor.execute(f"UPDATE core_event SET {column} = %s WHERE id = %s", [value, event.pk])
    assert [altered.pk for altered in altered_events()] == [event.pk]
    with pytest.raises(SystemExit):
        call_command("verify_audit", stdout=StringIO())


def test_canonical_json_does_not_depend_on_the_order_of_keys_and_refuses_floats() -> None:
    assert (
        canonical_json({"b": 1, "a": "隐患"}) == canonical_json({"a": "隐患", "b": 1}) == '{"a":"隐患","b":1}'.encode()
    )
    with pytest.raises(TypeError, match="float"):
        canonical_json({"depth": 1.5})
