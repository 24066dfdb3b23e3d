"""Whatever anybody tries in whatever order, the ledger stays lawful (Hypothesis draws people and moves)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.http import Http404
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core.events import altered_events
from apps.core.models import Event
from apps.core.workflow import TransitionRefused
from apps.hazards.handlers import may_handle
from apps.hazards.models import Grade, Hazard, PhotoStage, State
from apps.hazards.workflow import HAZARD, MOST_EXTENSIONS
from tests.hazards import stories
from tests.personas import QIAOXI, persona

MOVES = sorted(HAZARD.by_name)
ACTORS = ("inspector", "second", "head", "director", "manager", "engineer", "neighbour", "rival")
# Moves weighted by how often life makes them, so that runs get beyond the first refusals.
STEPS = st.tuples(
    st.sampled_from([*MOVES, *("order", "receive", "answer", "confirm", "verify", "close") * 3]),
    st.sampled_from(ACTORS),
)


class Undone(Exception):
    """Ends an example; everything it wrote is rolled back."""


@contextmanager
def rolled_back() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
            raise Undone
    except Undone:
        return


def facts_for(move: str, actor: Any) -> dict[str, Any]:
    told: dict[str, dict[str, Any]] = {
        "order": {"demands": "改", "disposal": "rectify", "deadline": stories.today()},
        "answer": {
            "measures": "已改",
            "rectified_on": stories.today(),
            "photos": [stories.photo(actor)],
            "commitments": stories.COMMITMENTS,
        },
        "fix_on_spot": {"measures": "已改", "photos": [stories.photo(actor, PhotoStage.AFTER)]},
        "verify": {"opinion": "合格"},
        "assign": {"handler": actor},
        "request_extension": {
            "extension_until": stories.today() + timedelta(days=2),
            "extension_reason": "材料未到",
            "interim_measures": "设专人看护",
        },
    }
    asked = dict.fromkeys(HAZARD.by_name[move].facts, "理由充分")
    return told.get(move, asked)


def check(hazard: Hazard) -> None:
    """What must hold after every attempt."""
    events = list(Event.objects.of(hazard))
    changes = [(e.before, e.after) for e in events if e.before and e.before != e.after]
    assert set(changes) <= HAZARD.pairs()
    assert [e.step for e in events] == list(range(1, hazard.version + 1))
    assert all(before == earlier for (before, _), (_, earlier) in zip(changes[1:], changes, strict=False))
    if hazard.state == State.CLOSED:
        assert {"verify", "fix_on_spot"} & {e.name for e in events}
        assert hazard.verified_by_id != hazard.answered_by_id
        assert not hazard.is_major or hazard.closed_by_id != hazard.verified_by_id
    if hazard.state in (State.ANSWERED, State.CONFIRMED, State.VERIFIED, State.CLOSED):
        assert set(hazard.photos.values_list("stage", flat=True)) >= {"before", "after"}
    if hazard.state == State.VOID:
        assert hazard.void_reason
    if hazard.extension_requested_by_id:
        assert hazard.state in State.WITH_FIRM
        assert hazard.extension_until and hazard.deadline and hazard.extension_until > hazard.deadline
    assert hazard.extensions == sum(e.name == "approve_extension" for e in events) <= MOST_EXTENSIONS
    assert sum(e.name == "remind" for e in events) <= 1
    assert hazard.handler is None or may_handle(hazard.handler, hazard)


@pytest.mark.slow
@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=4, max_size=14), major=st.booleans())
def test_no_order_of_moves_by_anybody_breaks_the_ledger(steps: list[tuple[str, str]], major: bool) -> None:
    with rolled_back():
        place = stories.site()
        people = {**vars(place), "neighbour": persona("inspector", at=QIAOXI), "rival": stories.site().director}
        hazard = stories.draft(place, grade=Grade.MAJOR if major else Grade.ORDINARY)
        for move, name in steps:
            before = Hazard.objects.values().get(pk=hazard.pk)
            try:
                hazard = HAZARD.perform(hazard, move, by=people[name], **facts_for(move, people[name]))
            except (TransitionRefused, Http404):
                assert Hazard.objects.values().get(pk=hazard.pk) == before
            else:
                assert name not in ("neighbour", "rival")
            check(Hazard.objects.get(pk=hazard.pk))
        assert not list(altered_events())


@pytest.mark.django_db
def test_every_state_can_be_reached_and_every_open_state_can_be_left() -> None:
    reached, frontier = {State.DRAFT.value}, {State.DRAFT.value}
    while frontier:
        frontier = {after for before, after in HAZARD.pairs() if before in frontier} - reached
        reached |= frontier
    assert reached == {s.value for s in State}
    assert {before for before, _ in HAZARD.pairs()} >= set(State.OPEN)
