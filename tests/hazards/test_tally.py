"""The tally equals the ledger counted afresh, whatever was done, undone or done at the same time."""

import json
import random
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Q, Sum
from django.http import Http404

from apps.core.workflow import TransitionRefused
from apps.hazards.counting import COUNTED_AS_FOUND, Figures, figures_by_month, figures_by_region, rolled_up
from apps.hazards.models import Grade, Hazard, Source, Standing, State, Tally
from apps.hazards.models.tally import SUMMARIES, Counts
from apps.hazards.services import tallies
from apps.hazards.workflow import HAZARD
from apps.projects.models import Project
from apps.regions.models import Region
from tests.hazards import stories
from tests.hazards.test_state_machine import MOVES, Undone, facts_for
from tests.notifications.helpers import at_once
from tests.personas import CHANGAN, LUBEI, PROVINCE, QIAOXI, SHIJIAZHUANG, persona

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
COUNTIES = (CHANGAN, QIAOXI, LUBEI)
COUNTS = (Tally, Standing)
"""In the order of SUMMARIES."""
STATES = ("draft", "ordered", "rectifying", "answered", "verified", "closed")


def kept() -> list[dict[tuple[Any, ...], int]]:
    return [table(summary.kept) for summary in SUMMARIES]


def ledger() -> list[dict[tuple[Any, ...], int]]:
    return [table(summary.counted) for summary in SUMMARIES]


def table(query: str) -> dict[tuple[Any, ...], int]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {row[:-1]: row[-1] for row in cursor.fetchall()}


def assert_equal_and_not_empty() -> None:
    counted = ledger()
    assert all(counted)
    assert kept() == counted


@pytest.fixture
def places() -> list[stories.Site]:
    return [stories.site(county) for county in COUNTIES]


def fill(places: list[stories.Site]) -> None:
    """Hazards of every kind and of several months."""
    for place in places:
        for state in STATES:
            stories.taken_to(state, place)
        stories.draft(place, grade=Grade.MAJOR, found_on=stories.today() - timedelta(days=40))
        stories.draft(place, by=place.director, source=Source.SELF_CHECK)
        stories.order(stories.draft(place, found_on=stories.today() - timedelta(days=70)), place, days=0)


def try_move(rng: random.Random, place: stories.Site) -> None:
    """Something that somebody may try: refused ones leave no trace, some of the others are undone."""
    hazard = rng.choice(list(Hazard.objects.filter(project=place.project)))
    actor = rng.choice([place.inspector, place.second, place.head, place.director, place.manager, place.engineer])
    move = rng.choice([*MOVES, "order", "receive", "answer", "confirm", "verify", "close"])
    try:
        with transaction.atomic():
            HAZARD.perform(hazard, move, by=actor, **facts_for(move, actor))
            if rng.random() < 0.3:
                raise Undone
    except (TransitionRefused, Http404, Undone):
        return


def test_tally_follows_random_moves_and_what_is_undone(places: list[stories.Site]) -> None:
    rng = random.Random(20260501)
    fill(places)
    before = kept()
    for turn in range(150):
        try_move(rng, rng.choice(places))
        if turn % 50 == 20:
            tallies.fold()
        assert_equal_and_not_empty()
    assert kept() != before, "no move was made, so nothing was shown"


def test_tally_follows_changes_of_many_rows_and_a_project_that_moves(places: list[stories.Site]) -> None:
    fill(places)
    project = places[0].project
    Hazard.objects.filter(state=State.ORDERED).update(state=State.RECEIVED)
    Hazard.objects.filter(project=project).update(found_on=date(2025, 1, 31), deadline=None)
    Hazard.objects.filter(state=State.DRAFT).update(grade=Grade.MAJOR)
    assert_equal_and_not_empty()
    region = Region.objects.get(code=QIAOXI)
    Project.objects.filter(pk=project.pk).update(region=region, region_path=region.path)
    left = Tally.objects.filter(region_path=project.region_path).aggregate(n=Sum("count"))["n"]
    assert left == 0
    assert_equal_and_not_empty()


def test_change_that_moves_no_count_writes_nothing(places: list[stories.Site]) -> None:
    fill(places)
    rows = [model._default_manager.count() for model in COUNTS]
    Hazard.objects.update(measures="别的措施", next_reminder_on=stories.today())
    assert [model._default_manager.count() for model in COUNTS] == rows


def test_fold_leaves_one_row_of_each_kind_and_the_same_sums(places: list[stories.Site]) -> None:
    fill(places)
    before = kept()
    tallies.fold()
    assert kept() == before
    for model, kinds in zip(COUNTS, before, strict=True):
        assert model._default_manager.count() == len(kinds)
        assert not model._default_manager.filter(Q(fresh=True) | Q(count=0)).exists()


def test_recount_repairs_what_was_altered(places: list[stories.Site]) -> None:
    fill(places)
    for model in COUNTS:
        tallies.recount()
        model._default_manager.filter(state=State.DRAFT).update(count=99)
        assert kept() != ledger()
    tallies.recount()
    assert_equal_and_not_empty()


# Two at the same time -------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_tally_is_right_when_two_write_and_a_third_folds() -> None:
    """In one county: neither waits for the other, and a fold between them loses nothing."""
    place = stories.site(CHANGAN)
    hazards = [stories.draft(place) for _ in range(16)]

    def order(mine: list[Hazard]) -> None:
        for hazard in mine:
            stories.order(hazard, place)

    def fold() -> None:
        for _ in range(12):
            tallies.fold()

    at_once(lambda: order(hazards[::2]), lambda: order(hazards[1::2]), fold, fold)
    assert_equal_and_not_empty()
    assert Tally.objects.filter(state=State.ORDERED).aggregate(n=Sum("count"))["n"] == len(hazards)


@pytest.mark.django_db(transaction=True)
def test_writer_does_not_wait_for_another_that_has_not_committed() -> None:
    """The control is the row lock: the same hazard twice would wait, two of one kind and county do not."""
    place = stories.site(CHANGAN)
    first, second = stories.draft(place), stories.draft(place)
    with transaction.atomic():
        stories.order(first, place)
        at_once(lambda: stories.order(second, place))
        assert Hazard.objects.get(pk=second.pk).state == State.ORDERED
    assert_equal_and_not_empty()


# Invariants -----------------------------------------------------------------------------------------------------------


def asked() -> dict[str, Any]:
    out = StringIO()
    try:
        call_command("check_invariants", "--json", stdout=out)
    except SystemExit as end:
        assert end.code == 1
    return json.loads(out.getvalue())


def test_invariants_hold_after_a_day_of_work(places: list[stories.Site]) -> None:
    fill(places)
    assert asked()["ok"]


@pytest.mark.parametrize(("model", "invariant"), [(Tally, "tally_equals_ledger"), (Standing, "standing_equals_ledger")])
def test_planted_difference_is_reported(places: list[stories.Site], model: type[Counts], invariant: str) -> None:
    fill(places)
    planted = model._default_manager.filter(state=State.DRAFT, region_path=places[0].project.region_path).first()
    assert planted
    planted.delete()
    told = asked()
    assert not told["ok"]
    assert {name: count for name, count in told["invariants"].items() if count} == {invariant: 1}


def test_state_without_its_event_is_reported(places: list[stories.Site]) -> None:
    hazard = stories.draft(places[0])
    Hazard.objects.filter(pk=hazard.pk).update(state=State.VOID)
    assert asked()["invariants"]["hazard_stands_where_its_last_move_led"] == 1


# Figures --------------------------------------------------------------------------------------------------------------


def counted(user: Any, below: str, month: date) -> Figures:
    """The same figures counted in the ledger itself."""
    rows = Hazard.objects.visible_to(user).filter(region_path__startswith=below)
    of_month = rows.filter(COUNTED_AS_FOUND, found_on__year=month.year, found_on__month=month.month)
    return Figures(
        open=rows.open().count(),
        major=rows.open().filter(grade=Grade.MAJOR).count(),
        overdue=rows.overdue().count(),
        found=of_month.count(),
        closed=rows.filter(closed_at__year=month.year, closed_at__month=month.month).count(),
        found_and_closed=of_month.filter(state=State.CLOSED).count(),
    )


@pytest.mark.parametrize("at", [PROVINCE, SHIJIAZHUANG, CHANGAN])
def test_figures_are_those_that_the_office_finds_in_the_ledger(places: list[stories.Site], at: str) -> None:
    fill(places)
    stories.order(stories.draft(places[0]), places[0], days=0)
    Hazard.objects.filter(state=State.ORDERED).update(
        found_on=stories.today() - timedelta(days=9), deadline=stories.today() - timedelta(days=1)
    )
    user = persona("city_officer", at=at)
    below = user.organisation.region_path
    this_month = stories.today().replace(day=1)
    last_month = (this_month - timedelta(days=1)).replace(day=1)
    for month in (this_month, last_month):
        told = rolled_up(figures_by_region(user, below, month), [below])[below]
        assert told == counted(user, below, month)
    assert figures_by_region(user, below, this_month)
    assert told.open
    assert told.overdue
    by_month = figures_by_month(user, below, [this_month, last_month])
    for month, figures in by_month.items():
        whole = counted(user, below, month)
        assert (figures.found, figures.closed, figures.found_and_closed) == (
            whole.found,
            whole.closed,
            whole.found_and_closed,
        )
