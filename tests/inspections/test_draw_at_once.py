"""Two people at the same button: one draw, one number, one set of visits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Barrier
from typing import Any

import pgtrigger
import pytest
from django.db import IntegrityError, InternalError
from django.utils import timezone

from apps.accounts.models import User
from apps.core.workflow import TransitionRefused
from apps.inspections.models import Draw, DrawState, PoolEntry, Visit
from apps.inspections.workflow.draw import DRAW
from tests.inspections import draw_stories as stories
from tests.notifications.helpers import at_once
from tests.personas import QIAOXI

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def tried(draw: Draw, move: str, by: User, **facts: Any) -> Callable[[], Any]:
    """The draw as this person made it, or why not."""

    def call() -> Any:
        try:
            return DRAW.perform(draw, move, by=by, **facts)
        except (TransitionRefused, IntegrityError) as refusal:
            return refusal

    return call


def made(results: list[Any]) -> list[Draw]:
    return [result for result in results if isinstance(result, Draw)]


def test_two_draws_at_once_give_one() -> None:
    place = stories.office()
    draw = stories.revealed(place)
    results = at_once(
        tried(draw, "hold_draw", place.officer, public_value="1"),
        tried(draw, "hold_draw", place.head, public_value="2"),
    )
    (held,) = made(results)
    (refusal,) = [result for result in results if not isinstance(result, Draw)]
    assert refusal.messages == ["当前状态为“已抽取”，不能抽取"]
    assert Draw.objects.get().seed == held.seed
    assert Visit.objects.filter(draw=draw).count() == len(held.result["visits"]) == 4


def test_two_announcements_at_once_give_one_number_and_one_pool() -> None:
    place = stories.office()
    draw = stories.committed(place)
    results = at_once(tried(draw, "announce_draw", place.officer), tried(draw, "announce_draw", place.head))
    assert len(made(results)) == 1
    assert PoolEntry.objects.count() == 10
    other = stories.announced(place, round=2)
    assert other.number and other.number.endswith("000002号")


def careless(draw: Draw, gate: Barrier, seed: str) -> Callable[[], bool]:
    """Reads, and writes once the other has read too, without a lock on the row."""

    def call() -> bool:
        rows = Draw.objects.filter(pk=draw.pk)
        is_open = rows.get().state == DrawState.ANNOUNCED
        gate.wait(20)
        try:
            rows.update(state=DrawState.DRAWN, seed=seed, public_value="1", drawn_at=timezone.now())
        except InternalError:
            return False
        return is_open

    return call


def test_without_the_lock_both_would_draw_and_the_database_alone_stands_between() -> None:
    """The control: the same race lost."""
    drawn = stories.revealed(stories.office())
    gate = Barrier(2)
    assert sorted(at_once(*(careless(drawn, gate, seed * 64) for seed in "ab"))) == [False, True]
    other = stories.revealed(stories.office(QIAOXI))
    gate = Barrier(2)
    with without_trigger("inspections.Draw:drawn_stays"):
        assert at_once(*(careless(other, gate, seed * 64) for seed in "ab")) == [True, True]


@contextmanager
def without_trigger(uri: str) -> Iterator[None]:
    pgtrigger.disable(uri)
    try:
        yield
    finally:
        pgtrigger.enable(uri)
