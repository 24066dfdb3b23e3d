"""Scores by JGJ 59-2011 《建筑施工安全检查标准》, chapters 4 and 5, as pure functions that can explain themselves.

An item's score is its points less its deductions.  A guarantee item (保证项目) without a point, or guarantee items
that together stay below 40 of 60, make the whole table 0.  Absent items (缺项) drop out on both sides, got / full × 100
in a table and in the summary alike.  Where a group of the summary has several tables their mean counts.

The standard leaves two things open, settled here and said on the forms: where guarantee items are absent the limit of
40 shrinks with them (40/60 of the points that remain), and scores are shown with one decimal, halves upwards, while
70 and 80 are compared with the unrounded value.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from apps.inspections.checklists import Item, Table

GUARANTEE_LIMIT = Fraction(40, 60)
GOOD, PASSED, FAILED = "优良", "合格", "不合格"
GOOD_FROM, PASSED_FROM = 80, 70


@dataclass(frozen=True)
class Answered:
    """The verdict on an item: pass, deduct or absent; `points_off` only with deduct."""

    verdict: str
    points_off: int = 0


@dataclass(frozen=True)
class TableScore:
    """`got` of `full` points of the items that apply; `score` of 100, None while nothing applies or all is unanswered.

    `zeroed` says why a table counts 0, "" where it does not.
    """

    table: Table
    got: int
    full: int
    score: Fraction | None
    zeroed: str = ""
    unanswered: tuple[int, ...] = ()

    @property
    def is_complete(self) -> bool:
        return not self.unanswered

    @property
    def shown(self) -> Decimal | None:
        return shown(self.score)


@dataclass(frozen=True)
class GroupScore:
    """A line of the summary: `score` the mean of its tables, `points` what it brings of its weight."""

    name: str
    weight: int
    tables: tuple[TableScore, ...]
    score: Fraction

    @property
    def points(self) -> Fraction:
        return self.score * self.weight / 100


@dataclass(frozen=True)
class Summary:
    """The summary of the tables that are in it; `score` None where none was applicable."""

    groups: tuple[GroupScore, ...]
    score: Fraction | None
    grade: str
    reason: str = ""

    @property
    def shown(self) -> Decimal | None:
        return shown(self.score)


def shown(score: Fraction | None) -> Decimal | None:
    """With one decimal, halves upwards; never through a float."""
    if score is None:
        return None
    tenths = (20 * score.numerator + score.denominator) // (2 * score.denominator)
    return Decimal(tenths).scaleb(-1)


def applies(table: Table, item: Item, answers: Mapping[int, Answered]) -> bool:
    """Whether a conditional item is asked at all; one whose condition is itself not asked is not asked either."""
    if item.when is None:
        return True
    asked_for = table.item(item.when.item)
    given = answers.get(item.when.item)
    return bool(
        asked_for and applies(table, asked_for, answers) and given is not None and given.verdict in item.when.verdicts
    )


def score_table(table: Table, answers: Mapping[int, Answered]) -> TableScore:
    """The score of one table from the answers by item number; items that nobody answered are named, not counted."""
    asked = [item for item in table.items if applies(table, item, answers)]
    unanswered = tuple(item.seq for item in asked if item.seq not in answers)
    counted = [item for item in asked if item.seq in answers and answers[item.seq].verdict != "absent"]
    got = {item.seq: item.points - min(item.points, answers[item.seq].points_off) for item in counted}
    full = sum(item.points for item in counted)
    if not full:
        return TableScore(table, 0, 0, None, "", unanswered)
    zeroed = zero_reason(table, counted, got)
    score = Fraction(0) if zeroed else Fraction(sum(got.values()) * 100, full)
    return TableScore(table, sum(got.values()), full, score, zeroed, unanswered)


def zero_reason(table: Table, counted: Iterable[Item], got: Mapping[int, int]) -> str:
    """Why the guarantee items make the table 0, or ""."""
    guarantee = [item for item in counted if item.part == "guarantee"] if table.has_guarantee else []
    for item in guarantee:
        if not got[item.seq]:
            return f"保证项目“{item.name}”得 0 分，本表得 0 分"
    reached, full = sum(got[item.seq] for item in guarantee), sum(item.points for item in guarantee)
    if guarantee and reached < GUARANTEE_LIMIT * full:
        limit = shown(GUARANTEE_LIMIT * full)
        return f"保证项目小计 {reached} 分，不足 {limit:f} 分，本表得 0 分".replace(".0 分", " 分")
    return ""


def summarise(scores: Iterable[TableScore]) -> Summary:
    """The summary table: groups in the order of their tables, absent ones left out on both sides."""
    found: dict[str, list[TableScore]] = {}
    for one in scores:
        if one.table.weight and one.score is not None:
            found.setdefault(one.table.group, []).append(one)
    groups = tuple(
        GroupScore(
            name,
            tables[0].table.weight,
            tuple(tables),
            sum((one.score for one in tables if one.score is not None), Fraction(0)) / len(tables),
        )
        for name, tables in found.items()
    )
    full = sum(group.weight for group in groups)
    if not full:
        return Summary((), None, "")
    score = sum((group.points for group in groups), Fraction(0)) / full * 100
    zero = next((one for group in groups for one in group.tables if one.score == 0), None)
    return Summary(groups, score, *grade_of(score, zero))


def grade_of(score: Fraction, zero: TableScore | None) -> tuple[str, str]:
    """优良 from 80, 合格 from 70, both without a table that scored 0 (JGJ 59-2011 第5章)."""
    if zero is not None:
        return FAILED, f"{zero.table.name}得 0 分"
    if score >= GOOD_FROM:
        return GOOD, ""
    if score >= PASSED_FROM:
        return PASSED, ""
    return FAILED, f"汇总得分不足 {PASSED_FROM} 分"
