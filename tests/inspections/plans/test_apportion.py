"""Dividing a number among units: whole, complete, and never more than there is."""

from hypothesis import given
from hypothesis import strategies as st

from apps.inspections.drawing.quotas import shares


def shared_out(total: int, sizes: dict[str, int]) -> dict[str, int]:
    return shares(total, sizes, dict.fromkeys(sizes, 1))


WEIGHTS = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(0, 500), min_size=1, max_size=12)


def test_largest_remainders_get_what_is_left() -> None:
    assert shared_out(10, {"a": 50, "b": 30, "c": 20}) == {"a": 5, "b": 3, "c": 2}
    # 3.5, 2.1, 1.4: whole parts 3, 2, 1, the one that is left goes to a.
    assert shared_out(7, {"a": 50, "b": 30, "c": 20}) == {"a": 4, "b": 2, "c": 1}


def test_equal_remainders_are_settled_one_way() -> None:
    assert shared_out(1, {"b": 10, "a": 10}) == {"b": 1, "a": 0}


@given(st.integers(0, 2000), WEIGHTS)
def test_parts_add_up_and_nobody_gets_more_than_the_own_weight(total: int, weights: dict[str, int]) -> None:
    shares = shared_out(total, weights)
    assert sum(shares.values()) == min(total, sum(weights.values()))
    assert all(0 <= shares[key] <= weights[key] for key in weights)


@given(st.integers(0, 2000), WEIGHTS)
def test_nobody_is_a_whole_project_away_from_the_exact_share(total: int, weights: dict[str, int]) -> None:
    shares, whole = shared_out(total, weights), sum(weights.values())
    total = min(total, whole)
    assert all(abs(shares[key] * whole - total * weights[key]) < whole for key in weights if whole)
