"""Whole numbers that add up, and as near to the rates as whole numbers can be."""

from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from apps.inspections.drawing.drawing import group_of, numbered, strata_of
from apps.inspections.drawing.quotas import GRADES, largest_remainder, shares
from tests.inspections.drawing.bundles import COUNTIES, RATES, line

counts = st.integers(0, 400)
by_grade = st.fixed_dictionaries(dict.fromkeys(GRADES, counts))
weights = st.fixed_dictionaries(dict.fromkeys(GRADES, st.integers(0, 100)))


@given(st.integers(0, 2000), by_grade, weights)
def test_shares_add_up_and_none_is_beyond_its_size(total: int, sizes: dict[str, int], rates: dict[str, int]) -> None:
    given_ = shares(total, sizes, rates)
    assert all(0 <= given_[g] <= sizes[g] for g in GRADES)
    assert sum(given_.values()) == min(total, sum(sizes[g] for g in GRADES if rates[g]))


@given(st.integers(0, 2000), by_grade)
def test_every_share_is_its_ideal_rounded_down_or_up(total: int, masses: dict[str, int]) -> None:
    whole = sum(masses.values())
    assume(whole)
    for grade, number in largest_remainder(total, masses).items():
        assert abs(number - Fraction(total * masses[grade], whole)) < 1


@given(st.integers(0, 400), by_grade, weights)
def test_higher_rates_never_give_a_smaller_chance_but_for_rounding(
    total: int, sizes: dict[str, int], rates: dict[str, int]
) -> None:
    given_ = shares(total, sizes, rates)
    for low in GRADES:
        for high in GRADES:
            if rates[low] <= rates[high] and sizes[low] and sizes[high]:
                chance = Fraction(max(0, given_[low] - 1), sizes[low])
                assert Fraction(given_[high] + 1, sizes[high]) >= min(Fraction(1), chance)


def test_a_stratum_with_too_few_gives_all_and_the_rest_is_split_over_the_others() -> None:
    sizes = {"A": 10, "B": 0, "C": 10, "D": 0, "E": 2}
    assert shares(8, sizes, RATES) == {"A": 1, "B": 0, "C": 5, "D": 0, "E": 2}


def test_of_equal_remainders_the_higher_risk_comes_first() -> None:
    assert largest_remainder(1, {"A": 5, "E": 5}) == {"A": 0, "E": 1}


def test_projects_belong_to_the_narrowest_region_that_has_a_number() -> None:
    groups = [
        {"code": "130100", "path": "/13/1301/", "count": 5},
        {"code": "130102", "path": "/13/1301/130102/", "count": 1},
    ]
    assert group_of("/13/1301/130102/", groups) == "130102"
    assert group_of("/13/1301/130104/", groups) == "130100"
    assert group_of("/13/1302/130203/", groups) is None


def test_chances_are_told_for_every_stratum_before_anything_is_drawn() -> None:
    pool = numbered([line(n, county, "E" if n == 1 else "A") for county in COUNTIES for n in range(1, 11)])
    groups = [{"code": code, "path": path, "count": 3} for code, path in COUNTIES.items()]
    assert strata_of(pool, groups, RATES) == [
        {"stratum": "130102/A", "size": 9, "chosen": 2, "more": 0},
        {"stratum": "130102/E", "size": 1, "chosen": 1, "more": 0},
        {"stratum": "130104/A", "size": 9, "chosen": 2, "more": 0},
        {"stratum": "130104/E", "size": 1, "chosen": 1, "more": 0},
    ]
