"""Scores by JGJ 59-2011, with the worked cases of the standard's chapters 4 and 5."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.inspections.checklists import Table, problems_of, table_from
from apps.inspections.reference import jgj59, samples
from apps.inspections.scoring import Answered, grade_of, score_table, shown, summarise

TABLES: dict[str, Table] = {
    one["code"].removeprefix("JGJ59-"): table_from(one["code"], one["name"], one["content"]) for one in jgj59()
}
PASS, ABSENT = Answered("pass"), Answered("absent")


def off(points: int) -> Answered:
    return Answered("deduct", points)


def answers(code: str, told: Mapping[int, Answered] = {}) -> dict[int, Answered]:
    return {item.seq: told.get(item.seq, PASS) for item in TABLES[code].items}


def test_there_are_nineteen_tables_of_a_hundred_points_each() -> None:
    assert len(TABLES) == 19
    assert {code: sum(item.points for item in table.items) for code, table in TABLES.items()} == dict.fromkeys(
        TABLES, 100
    )


def test_guarantee_items_have_sixty_points_where_a_table_has_them() -> None:
    split = {code: sum(i.points for i in t.items if i.part == "guarantee") for code, t in TABLES.items()}
    assert {code for code, points in split.items() if points == 0} == {"B.13", "B.19"}
    assert {points for code, points in split.items() if code not in ("B.13", "B.19")} == {60}


def test_the_weights_of_the_summary_are_a_hundred() -> None:
    weights = {table.group: table.weight for table in TABLES.values()}
    assert len(weights) == 10
    assert sum(weights.values()) == 100


@pytest.mark.parametrize("told", [*jgj59(), *samples()], ids=lambda one: one["code"])
def test_what_ships_is_sound(told: dict[str, Any]) -> None:
    assert problems_of(told["content"]) == []


def test_guarantee_39_and_general_40_give_0_and_not_79() -> None:
    deductions = {1: off(7), 2: off(7), 3: off(7)}
    score = score_table(TABLES["B.1"], answers("B.1", deductions))
    assert (score.got, score.score) == (79, 0)
    assert score.zeroed == "保证项目小计 39 分，不足 40 分，本表得 0 分"


def test_guarantee_40_and_general_40_give_80() -> None:
    score = score_table(TABLES["B.1"], answers("B.1", {1: off(7), 2: off(7), 3: off(6)}))
    assert (score.score, score.zeroed) == (80, "")


def test_one_guarantee_item_without_a_point_makes_the_table_0() -> None:
    score = score_table(TABLES["B.17"], answers("B.17", {1: off(10)}))
    assert score.score == 0
    assert "载荷限制装置" in score.zeroed


def test_a_general_item_without_a_point_does_not() -> None:
    assert score_table(TABLES["B.17"], answers("B.17", {7: off(10)})).score == 90


def test_a_table_without_guarantee_items_knows_no_zero_rule() -> None:
    assert score_table(TABLES["B.13"], answers("B.13", {1: off(10), 2: off(10), 3: off(10)})).score == 70


def test_an_absent_item_drops_out_on_both_sides() -> None:
    """施工用电 without 外电防护: 81 of 90 are 90.0."""
    score = score_table(TABLES["B.14"], answers("B.14", {1: ABSENT, 3: off(9)}))
    assert (score.got, score.full, score.shown) == (81, 90, Decimal("90.0"))


def test_the_limit_of_the_guarantee_items_shrinks_with_those_that_are_absent() -> None:
    """Of 50 guarantee points 33.3 have to be reached: 34 do, 33 do not."""
    enough = score_table(TABLES["B.14"], answers("B.14", {1: ABSENT, 2: off(10), 4: off(6)}))
    too_few = score_table(TABLES["B.14"], answers("B.14", {1: ABSENT, 2: off(10), 4: off(7)}))
    assert enough.score == Fraction(7400, 90)
    assert too_few.score == 0
    assert "不足 33.3 分" in too_few.zeroed


def test_a_table_of_absent_items_alone_has_no_score() -> None:
    score = score_table(TABLES["B.11"], {item.seq: ABSENT for item in TABLES["B.11"].items})
    assert score.score is None
    assert summarise([score]).score is None


def test_deductions_never_take_more_than_the_item_has() -> None:
    assert score_table(TABLES["B.13"], answers("B.13", {1: off(25)})).got == 90


def test_what_nobody_answered_is_named() -> None:
    given_answers = answers("B.2")
    del given_answers[3], given_answers[9]
    assert score_table(TABLES["B.2"], given_answers).unanswered == (3, 9)


def scored(code: str, score: int) -> Any:
    """A table at this score, by deductions from general items and then evenly from the others."""
    left, told = 100 - score, {}
    for item in [*[i for i in TABLES[code].items if i.part != "guarantee"], *TABLES[code].items]:
        if item.seq not in told and left:
            told[item.seq] = off(min(left, item.points if item.part != "guarantee" else item.points - 4))
            left -= told[item.seq].points_off
    return score_table(TABLES[code], answers(code, told))


def test_a_group_of_several_tables_counts_their_mean() -> None:
    """塔机 80 and 起重吊装 90: mean 85, which brings 8.5 of 10."""
    summary = summarise([scored("B.17", 80), scored("B.18", 90)])
    (group,) = summary.groups
    assert (group.score, group.points) == (85, Fraction(17, 2))


def test_a_group_that_is_absent_drops_out_of_the_summary() -> None:
    """81 of 90 without the row of tower cranes are 90.0."""
    rows = [scored(code, 90) for code in ("B.1", "B.2", "B.3", "B.11", "B.12", "B.13", "B.14", "B.16", "B.19")]
    summary = summarise(rows)
    assert sum(group.weight for group in summary.groups) == 90
    assert sum(group.points for group in summary.groups) == 81
    assert (summary.shown, summary.grade) == (Decimal("90.0"), "优良")


@pytest.mark.parametrize(("score", "grade"), [(100, "优良"), (80, "优良"), (79, "合格"), (70, "合格"), (69, "不合格")])
def test_grades_begin_at_80_and_at_70(score: int, grade: str) -> None:
    assert summarise([scored("B.13", score)]).grade == grade


def test_what_is_shown_as_80_but_lies_below_is_not_good() -> None:
    """79.96 is shown as 80.0 and compared as what it is."""
    score = Fraction(7996, 100)
    assert shown(score) == Decimal("80.0")
    assert grade_of(score, None)[0] == "合格"


def test_a_table_at_0_fails_the_whole_whatever_the_sum() -> None:
    summary = summarise(
        [score_table(TABLES["B.17"], answers("B.17", {1: off(10)})), *(scored(c, 100) for c in ("B.1", "B.2"))]
    )
    assert summary.score is not None
    assert summary.grade == "不合格"
    assert "塔式起重机" in summary.reason


def test_a_conditional_item_is_asked_only_where_its_condition_holds() -> None:
    lifting = next(one for one in samples() if one["code"] == "ZX-LIFTING")
    table = table_from(lifting["code"], lifting["name"], lifting["content"])
    everything = {item.seq: PASS for item in table.items}
    without = {seq: answer for seq, answer in everything.items() if seq != 7} | {6: ABSENT}
    assert score_table(table, everything).full == 100
    assert score_table(table, without).full == 80
    assert score_table(table, without).is_complete
    assert score_table(table, without | {6: PASS}).unanswered == (7,)


@given(st.sampled_from(sorted(TABLES)), st.data())
def test_more_deducted_never_scores_more(code: str, data: st.DataObject) -> None:
    table = TABLES[code]
    verdicts = {
        item.seq: data.draw(st.one_of(st.just(PASS), st.just(ABSENT), st.integers(1, item.points).map(off)))
        for item in table.items
    }
    before = score_table(table, verdicts)
    worse = {
        seq: off(min(given_answer.points_off + 1, 100)) if given_answer.verdict == "deduct" else given_answer
        for seq, given_answer in verdicts.items()
    }
    after = score_table(table, worse)
    assert (before.score is None) == (after.score is None)
    if before.score is not None and after.score is not None:
        assert 0 <= after.score <= before.score <= 100


@given(st.fractions(0, 100))
def test_what_is_shown_is_never_further_off_than_half_a_tenth(score: Fraction) -> None:
    value = shown(score)
    assert value is not None
    assert abs(Fraction(value) - score) <= Fraction(1, 20)
    assert value.as_tuple().exponent >= -1  # type: ignore[operator]
