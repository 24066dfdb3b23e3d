"""Where rates decide, the chance of a project is the rate, whether its county has one project or a hundred."""

from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.inspections.drawing.drawing import drawn, numbered, numbers_of, strata_of
from apps.inspections.drawing.quotas import WHOLE, by_rate, chance_of, one_more
from tests.core.drawing.test_fairness_of_shuffling import critical
from tests.inspections.drawing.bundles import RATES, line, terms_for

SIZES = {"130102": 1, "130104": 100}
"""How many projects of class A two counties have: at 1 %, rounding up drew the first a hundred times as often."""
DRAWS = 4000
Strata = list[dict[str, Any]]


def terms_of(sizes: dict[str, int], rate: int) -> tuple[Any, list[dict[str, Any]]]:
    """A draw in which counties of these sizes have projects of class A alone, and no county a count."""
    pool = numbered([line(n, county, "A") for county, size in sizes.items() for n in range(1, size + 1)])
    rates = RATES | {"A": rate}
    terms = terms_for(pool, counts=dict.fromkeys(sizes), rates=rates)
    return terms | {"strata": strata_of(pool, terms["groups"], rates)}, pool


# Exactly --------------------------------------------------------------------------------------------------------------


@given(st.dictionaries(st.text("xyz", max_size=3), st.integers(0, 60), max_size=9), st.integers(0, 100))
def test_over_all_starts_every_county_gets_its_rate_and_all_of_them_theirs(sizes: dict[str, int], rate: int) -> None:
    """All hundred numbers that can be drawn: the mean of each county is rate times size, to the last digit."""
    numbers = {name: by_rate(size, rate) for name, size in sizes.items()}
    parts = {name: more for name, (_, more) in numbers.items()}
    met: Counter[str] = Counter()
    for start in range(WHOLE):
        more = list(one_more(parts, start))
        met.update(more)
        total = sum(whole for whole, _ in numbers.values()) + len(more)
        assert abs(total - Fraction(rate * sum(sizes.values()), WHOLE)) < 1
    for name, (whole, _) in numbers.items():
        assert whole + Fraction(met[name], WHOLE) == Fraction(rate * sizes[name], WHOLE)


@pytest.mark.parametrize("rate", [1, 5, 20, 33, 100])
def test_published_chances_of_a_county_with_one_project_and_one_with_a_hundred_are_the_rate(rate: int) -> None:
    terms, _ = terms_of(SIZES, rate)
    assert [line["size"] for line in terms["strata"]] == [1, 100]
    assert {chance_of(line) for line in terms["strata"]} == {Fraction(rate, WHOLE)}


def test_classes_do_not_give_each_other_what_is_over() -> None:
    """Twenty of class A give one, and the tenth of one of class B does not make it two."""
    pool = numbered([line(n, grade="B" if n == 21 else "A") for n in range(1, 22)])
    groups = [{"code": "130102", "path": "/13/1301/130102/", "count": None}]
    assert strata_of(pool, groups, RATES) == [
        {"stratum": "130102/A", "size": 20, "chosen": 1, "more": 0},
        {"stratum": "130102/B", "size": 1, "chosen": 0, "more": 10},
    ]


def test_what_is_over_comes_from_the_seed_alone_and_once_for_each_class() -> None:
    terms, _ = terms_of({"130102": 10, "130104": 10}, 5)
    found = {tuple(numbers_of(terms, f"{n:064x}").values()) for n in range(40)}
    assert found == {(1, 0), (0, 1)}  # never both and never neither: one in twenty is one in all
    assert numbers_of(terms, "0" * 64) == numbers_of(terms, "0" * 64)


# By trial -------------------------------------------------------------------------------------------------------------


def as_published(terms: Any) -> Strata:
    return terms["strata"]


def rounded_up(terms: Any) -> Strata:
    """What was done before: each county the next whole number."""
    return [line | {"chosen": line["chosen"] + bool(line["more"]), "more": 0} for line in terms["strata"]]


def chi_square(numbers: Callable[[Any], Strata], rate: int = 20) -> float:
    """How far the projects' hits in many draws are from the rate."""
    terms, pool = terms_of({"130102": 1, "130104": 7}, rate)
    terms["strata"] = numbers(terms)
    hits: Counter[int] = Counter()
    for number in range(DRAWS):
        hits.update(visit["ordinal"] for visit in drawn(terms, pool, [], f"{number:064x}")["visits"])
    expected = DRAWS * rate / WHOLE
    return sum((hits[line["ordinal"]] - expected) ** 2 / (expected * (1 - rate / WHOLE)) for line in pool)


def test_in_four_thousand_draws_projects_of_a_small_county_are_hit_as_often_as_others() -> None:
    assert chi_square(as_published) < critical(8)


def test_rounding_up_in_every_county_is_found_out() -> None:
    """The control: the same measure does not pass what was unfair."""
    assert chi_square(rounded_up) > 100 * critical(8)
