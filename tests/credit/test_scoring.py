"""The score is a pure fold: the same entries give the same score on the same day, whoever asks and in which order."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.credit.models.words import Decay, Letter, Part
from apps.credit.scoring import Line, Profile, counts_on, fold, points_on

DAY = date(2026, 11, 26)
PROFILE = Profile(
    Decimal(100),
    {"project": (Decimal(-60), Decimal(15)), "enterprise": (Decimal(-80), Decimal(15))},
    (("A", Decimal(90)), ("B", Decimal(75)), ("C", Decimal(60))),
)


def line(
    points: str, *, ago: int = 10, term: int = 100, decay: str = Decay.NONE, part: str = "project", cap: str = ""
) -> Line:
    starts = DAY - timedelta(days=ago)
    expires = starts + timedelta(days=term)
    return Line(part, Decimal(points), starts, expires, expires, decay, cap)


@pytest.mark.parametrize(
    ("ago", "points"),
    [(-1, "0"), (0, "-8"), (99, "-8"), (100, "0"), (101, "0")],
    ids=["before", "first day", "last day", "expired", "after"],
)
def test_an_entry_counts_from_its_day_to_the_day_before_its_expiry(ago: int, points: str) -> None:
    assert points_on(line("-8", ago=ago), DAY) == Decimal(points)


@pytest.mark.parametrize(("ago", "points"), [(49, "-5"), (50, "-2.50"), (99, "-2.50")])
def test_a_halved_entry_loses_half_once_half_of_its_term_is_over(ago: int, points: str) -> None:
    assert points_on(line("-5", ago=ago, decay=Decay.HALVED), DAY) == Decimal(points)


@pytest.mark.parametrize(("ago", "points"), [(0, "-5.00"), (25, "-3.75"), (99, "-0.05")])
def test_a_linear_entry_fades_with_the_days_that_are_left(ago: int, points: str) -> None:
    assert points_on(line("-5", ago=ago, decay=Decay.LINEAR), DAY) == Decimal(points)


def test_halves_of_a_hundredth_go_away_from_zero_as_in_the_database() -> None:
    assert points_on(line("-0.01", ago=50, decay=Decay.HALVED), DAY) == Decimal("-0.01")
    assert points_on(line("0.05", ago=50, decay=Decay.HALVED), DAY) == Decimal("0.03")


def test_an_entry_that_was_revoked_counts_until_that_day() -> None:
    whole = line("-8")
    revoked = Line(whole.part, whole.points, whole.starts_on, whole.expires_on, DAY, whole.decay)
    assert [counts_on(revoked, DAY - timedelta(days=n)) for n in (1, 0)] == [True, False]


def test_parts_have_limits_and_the_sum_is_base_and_parts() -> None:
    score = fold([line("-50"), line("-40"), line("20", part="enterprise"), line("-3", part="penalty")], PROFILE, DAY)
    assert score.parts == {"project": Decimal(-60), "enterprise": Decimal(15), "penalty": Decimal(-3)}
    assert (score.score, score.grade, score.entries) == (Decimal(52), "D", 4)


@pytest.mark.parametrize(
    ("points", "grade"), [("-10", "A"), ("-10.01", "B"), ("-25", "B"), ("-25.01", "C"), ("-40", "C"), ("-40.01", "D")]
)
def test_each_letter_begins_at_its_lowest_score(points: str, grade: str) -> None:
    assert fold([line(points)], PROFILE, DAY).grade == grade


def test_a_grave_entry_caps_the_letter_and_a_list_gives_the_worst() -> None:
    capped = fold([line("-1", cap="C")], PROFILE, DAY)
    assert (capped.score, capped.grade, capped.capped_by) == (Decimal(99), "C", "C")
    assert fold([], PROFILE, DAY, listed=True).grade == "D"


LINES = st.builds(
    lambda points, ago, term, ended, decay, part, cap: Line(
        part,
        points,
        DAY - timedelta(days=ago),
        DAY - timedelta(days=ago) + timedelta(days=term),
        DAY - timedelta(days=ago) + timedelta(days=min(term, ended)),
        decay,
        cap,
    ),
    st.decimals(-60, 20, places=2),
    st.integers(-400, 1200),
    st.integers(1, 1100),
    st.integers(0, 1100),
    st.sampled_from(Decay.values),
    st.sampled_from(Part.values),
    st.sampled_from(["", "C", "D"]),
)


@given(st.lists(LINES, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_entries_makes_no_difference(lines: list[Line], shuffler: object) -> None:
    turned = list(lines)
    shuffler.shuffle(turned)  # type: ignore[attr-defined]
    assert fold(lines, PROFILE, DAY) == fold(turned, PROFILE, DAY)


@given(st.lists(LINES, max_size=12), st.decimals(-60, 0, places=2))
def test_one_more_bad_entry_never_raises_score_or_letter(lines: list[Line], points: Decimal) -> None:
    before = fold(lines, PROFILE, DAY)
    after = fold([*lines, line(str(points))], PROFILE, DAY)
    assert after.score <= before.score
    assert after.grade >= before.grade


@given(st.lists(LINES, max_size=12))
def test_points_never_grow_with_time_and_lie_between_nothing_and_the_whole(lines: list[Line]) -> None:
    for one in lines:
        days = [one.starts_on + timedelta(days=n) for n in (0, 30, 90, 200, 400)]
        told = [abs(points_on(one, day)) for day in days]
        assert told == sorted(told, reverse=True)
        assert all(points <= abs(one.points) for points in told)


@given(st.lists(LINES, max_size=12))
def test_without_entries_that_count_everybody_stands_at_the_base(lines: list[Line]) -> None:
    day = max((one.ends_on for one in lines), default=DAY)
    assert fold(lines, PROFILE, day).score == PROFILE.base
    assert fold(lines, PROFILE, day).grade == Letter.A
