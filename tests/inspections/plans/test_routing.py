"""The route of a day: every site once, no longer than in the order of the list."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.inspections.routing import Route, length_of, route
from apps.projects.geometry import Point, distance_m

PLACES = st.tuples(st.floats(114.0, 115.0), st.floats(37.5, 38.5))
START: Point = (114.50, 38.00)


def test_sites_on_a_line_are_visited_from_near_to_far() -> None:
    far, near, middle = (114.80, 38.00), (114.55, 38.00), (114.65, 38.00)
    found = route(START, [far, near, middle])
    assert found.order == (1, 2, 0)
    assert found.total == pytest.approx(distance_m(START, far), rel=1e-6)


def test_crossing_ways_are_uncrossed() -> None:
    """Nearest neighbour alone would go there and back; turning a stretch round makes the way shorter."""
    sites = [(114.60, 38.00), (114.39, 38.00), (114.62, 38.00), (114.20, 38.00)]
    found = route(START, sites)
    points = [START, *sites]
    best = min(length_of(points, order) for order in permutations(range(1, 5)))
    assert found.total == pytest.approx(best, rel=1e-6)


def test_without_a_start_the_first_site_is_one() -> None:
    found = route(None, [(114.60, 38.00), (114.50, 38.00)])
    assert found.order == (0, 1)
    assert found.legs[0] == 0


def test_a_day_without_sites_has_no_way() -> None:
    assert route(START, []) == Route((), ())


@given(st.lists(PLACES, min_size=1, max_size=7))
def test_every_site_is_visited_once_and_never_on_a_longer_way_than_listed(sites: list[Point]) -> None:
    found = route(START, sites)
    assert sorted(found.order) == list(range(len(sites)))
    points = [START, *sites]
    assert found.total <= length_of(points, list(range(1, len(points)))) + 0.01
