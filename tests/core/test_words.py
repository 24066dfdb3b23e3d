"""Codes of events and dictionaries are shown in words, on the page, in the workbook and in the API."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from apps.core import words
from apps.core.models import DictionaryEntry, Event
from apps.core.registers import registry
from apps.documents.workflow import PAPER, TEMPLATE
from apps.hazards.models import Hazard
from apps.hazards.workflow import HAZARD
from tests.api_client import Api
from tests.hazards import stories
from tests.personas import persona

WRITERS = {"record_event", "change_account"}


def recorded_names() -> Iterator[str]:
    """The names that the code gives to events, where they are written as text."""
    for file in Path(settings.BASE_DIR, "apps").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in WRITERS:
                name = node.args[1]
                choices = (name.body, name.orelse) if isinstance(name, ast.IfExp) else (name,)
                yield from (str(c.value) for c in choices if isinstance(c, ast.Constant))


def test_every_event_has_a_title() -> None:
    names = {*recorded_names(), *(move.name for table in (HAZARD, PAPER, TEMPLATE) for move in table.transitions)}
    assert {"renamed", "exported", "role_changed", "close"} <= names
    assert names - set(dict(words.event_titles())) == set()


def test_every_state_of_a_workflow_has_a_word() -> None:
    assert {state for move in HAZARD.transitions for state in (*move.sources, move.target)} - {""} <= set(words.STATES)


def test_types_of_records_are_told_by_their_names() -> None:
    told = dict(words.record_types())
    assert told["hazards.hazard"] == Hazard._meta.verbose_name
    assert not [name for name in told if name.endswith("event") and name != "core.event"]
    assert all(not label.isascii() for label in told.values())


@pytest.mark.django_db
def test_every_dictionary_in_use_has_a_name() -> None:
    stories.site()
    kinds = set(DictionaryEntry.objects.values_list("kind", flat=True))
    assert len(kinds) > 3
    assert kinds <= set(words.DICTIONARIES)


@pytest.mark.django_db
def test_log_of_a_hazard_is_in_words_everywhere() -> None:
    hazard = stories.taken_to("received", stories.site())
    auditor, register = persona("auditor"), registry["events"]
    event = Event.objects.of(hazard).get(name="receive")
    shown = [register.cell(event, c) for c in register.columns if c.name in ("name", "record_type", "before", "after")]
    assert shown == ["签收", "隐患", "待签收", "已签收"]
    sent = Api(auditor).get(f"/api/events/{event.pk}/").json()
    assert sent["after"] == {"code": "received", "label": "已签收"}


@pytest.mark.django_db
def test_what_is_no_state_keeps_its_own_word() -> None:
    event = Event(name="renamed", record_type="regions.region", before="桥东区", after="襄都区")
    columns = {c.name: c for c in registry["events"].columns}
    assert registry["events"].cell(event, columns["after"]) == "襄都区"
    assert apps.get_model(event.record_type)._meta.verbose_name == "行政区划"
