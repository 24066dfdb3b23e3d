"""Who is sent where: never who may not, and as evenly as can be."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.inspections.drawing.matching import FAR, distance_m, matched, twice_running, unfit
from tests.inspections.drawing.bundles import inspector, line

FIRST, LAST = date(2026, 11, 30), date(2026, 12, 4)
PROJECTS = [f"130102-{n:04d}" for n in range(1, 13)]


def lines(count: int) -> list[dict[str, Any]]:
    return [line(n, ordinal=n) for n in range(1, count + 1)]


@st.composite
def staff(draw: st.DrawFn) -> list[dict[str, Any]]:
    count = draw(st.integers(0, 8))
    return [
        inspector(
            n,
            barred=draw(st.lists(st.sampled_from(PROJECTS), unique=True)),
            area=draw(st.sampled_from(["/13/", "/13/1301/", "/13/1301/130104/"])),
            unfit=draw(st.sampled_from(["", "", "", "certificate", "away"])),
            load=draw(st.integers(0, 3)),
        )
        for n in range(count)
    ]


@given(staff(), st.integers(0, 12), st.integers(2, 4))
def test_nobody_is_sent_who_may_not_and_nobody_is_missing_who_could(
    people: list[dict[str, Any]], count: int, each: int
) -> None:
    projects = {one["ordinal"]: one for one in lines(count)}
    by_key = {person["key"]: person for person in people}
    teams = matched(list(projects.values()), people, each=each, theme="pit")
    assert [team.ordinal for team in teams] == list(projects)
    for team in teams:
        project, path = projects[team.ordinal]["project"], projects[team.ordinal]["path"]
        could = {
            key
            for key, person in by_key.items()
            if not person["unfit"] and project not in person["barred"] and path.startswith(person["area"])
        }
        assert set(team.members) <= could
        assert len(set(team.members)) == (each if len(could) >= each else 0)
        assert bool(team.lacking) == (len(could) < each and bool(people))
        assert sum(team.lacking.values()) == (0 if team.members else len(people))


@given(st.integers(2, 9), st.integers(0, 25), st.integers(2, 4))
def test_where_nothing_forbids_loads_differ_by_one_at_most(staffed: int, count: int, each: int) -> None:
    people = [inspector(n) for n in range(max(staffed, each))]
    loads = dict.fromkeys((person["key"] for person in people), 0)
    for team in matched(lines(count), people, each=each, theme="general"):
        for member in team.members:
            loads[member] += 1
    assert max(loads.values()) - min(loads.values()) <= 1


def test_of_equally_loaded_the_nearest_go_then_who_knows_the_theme_then_who_was_drawn_before() -> None:
    site = line(1, ordinal=1, place=[114_500_000, 38_040_000])
    near, far = {"place": [114_510_000, 38_040_000]}, {"place": [114_900_000, 38_040_000]}
    people = [
        inspector(1, **far),
        inspector(2, **near, fields=[]),
        inspector(3, **near, fields=["pit"]),
        inspector(4, place=None),
    ]
    (team,) = matched([site], people, each=2, theme="pit")
    assert team.members == (people[2]["key"], people[1]["key"])
    (team,) = matched([site], people, each=3, theme="pit")
    assert team.members[2] == people[0]["key"]
    twins = [inspector(n, **near, fields=[]) for n in (8, 5, 6)]
    (team,) = matched([site], twins, each=2, theme="general")
    assert team.members == (twins[0]["key"], twins[1]["key"])


def test_a_project_without_enough_inspectors_says_why() -> None:
    people = [
        inspector(1),
        inspector(2, barred=[PROJECTS[0]]),
        inspector(3, unfit="away"),
        inspector(4, area="/13/1302/"),
        inspector(5, unfit="certificate"),
    ]
    (team,) = matched([line(1, ordinal=1)], people, each=2, theme="general")
    assert team.members == ()
    assert team.lacking == {"area": 1, "away": 1, "barred": 1, "certificate": 1, "fit": 1}


@given(st.integers(-40, 40))
def test_nobody_goes_whose_certificate_ends_before_the_last_day(days: int) -> None:
    until = LAST + timedelta(days=days)
    assert (unfit(until, [], FIRST, LAST) == "certificate") == (until < LAST)


@pytest.mark.parametrize(
    ("start", "end", "is_away"),
    [(-5, -1, False), (-5, 0, True), (2, 2, True), (4, 9, True), (5, 9, False), (-5, 9, True)],
)
def test_nobody_goes_who_is_away_on_one_of_the_days(start: int, end: int, is_away: bool) -> None:
    period = (FIRST + timedelta(days=start), FIRST + timedelta(days=end))
    assert (unfit(LAST, [period], FIRST, LAST) == "away") == is_away


def test_who_was_there_twice_running_is_not_sent_a_third_time() -> None:
    assert twice_running([["a", "b"], ["b", "c"], ["a"]]) == {"b"}
    assert twice_running([["a"], ["b"], ["a", "b"]]) == set()
    assert twice_running([["a"]]) == twice_running([]) == set()


def test_distance_is_that_of_the_great_circle() -> None:
    one_degree_north = distance_m([114_000_000, 38_000_000], [114_000_000, 39_000_000])
    assert one_degree_north == 111_195
    east = distance_m([114_000_000, 38_000_000], [115_000_000, 38_000_000])
    assert 87_600 < east < 87_650
    assert distance_m([1, 2], [1, 2]) == 0
    assert distance_m(None, [1, 2]) == distance_m([1, 2], None) == FAR
