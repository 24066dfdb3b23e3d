"""Scoring a risk: values in, score and colour out.  Nothing here reads or writes.

LEC (作业条件危险性评价法): D = L × E × C.  LS (风险矩阵法): R = L × S; S is kept as `consequence`.
The level is that of the band in which the score lies, but never below the floor that the rule sets for dangerous works:
超危大 is red, 危大 at least orange.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import prod
from typing import Any, Literal

from apps.risks.words import FACTOR_NAMES, LEVEL_WORDS, SCALE_WORDS

Scale = Literal["", "dangerous", "super"]
Values = Mapping[str, Decimal]
FACTORS: dict[str, tuple[str, ...]] = {
    "lec": ("likelihood", "exposure", "consequence"),
    "ls": ("likelihood", "consequence"),
}


@dataclass(frozen=True)
class Tables:
    """An edition's tables, ready to judge by: choices by factor, bands from the highest down."""

    method: str
    choices: Mapping[str, tuple[tuple[Decimal, str], ...]]
    bands: tuple[tuple[Decimal, int], ...]
    floors: Mapping[str, int]

    @property
    def bands_in_words(self) -> str:
        """≥320 重大（红），≥160 较大（橙），…"""
        parts = [f"≥{plain(limit)} {LEVEL_WORDS[level]}" for limit, level in self.bands if limit > 0]
        lowest = self.bands[-1][1]
        return "，".join([*parts, f"其余 {LEVEL_WORDS[lowest]}"])

    @property
    def floors_in_words(self) -> str:
        return "，".join(f"{SCALE_WORDS[scale]}不低于{LEVEL_WORDS[level]}" for scale, level in self.floors.items())


@dataclass(frozen=True)
class Verdict:
    """What the tables say: the score, its own level, the floor, and the higher of both with the reasons."""

    score: Decimal
    by_score: int
    floor: int
    level: int
    reasons: tuple[str, ...]


class NotInTable(ValueError):
    """A value that the edition does not know; `factor` is which."""

    def __init__(self, factor: str, reason: str) -> None:
        super().__init__(reason)
        self.factor = factor


def judge(tables: Tables, values: Values, *, scale: Scale = "") -> Verdict:
    """Score one risk.  Raises NotInTable for a missing value or one that is not in the tables."""
    factors = FACTORS[tables.method]
    for factor in factors:
        check(tables, factor, values.get(factor))
    score = Decimal(prod(values[factor] for factor in factors))
    by_score = next(level for limit, level in tables.bands if score >= limit)
    floor = tables.floors.get(scale, 1)
    formula = " × ".join(f"{FACTOR_NAMES[tables.method][factor]} {plain(values[factor])}" for factor in factors)
    reasons = [f"{formula} = {plain(score)}，{LEVEL_WORDS[by_score]}"]
    if floor > by_score:
        reasons.append(f"{SCALE_WORDS[scale]}不低于{LEVEL_WORDS[floor]}")
    return Verdict(score, by_score, floor, max(by_score, floor), tuple(reasons))


def check(tables: Tables, factor: str, value: Decimal | None) -> None:
    known = [number for number, _ in tables.choices[factor]]
    if value in known:
        return
    name, offered = FACTOR_NAMES[tables.method][factor], "、".join(map(plain, known))
    raise NotInTable(factor, f"请选择{name}" if value is None else f"{name} 只能取 {offered}")


def tables_of(method: str, factors: Mapping[str, Any], bands: Iterable[Sequence[Any]], floors: Any) -> Tables:
    """The tables from the JSON of a rule."""
    choices = {name: tuple((Decimal(number), words) for number, words in factors[name]) for name in FACTORS[method]}
    limits = sorted(((Decimal(limit), int(level)) for limit, level in bands), reverse=True)
    return Tables(method, choices, tuple(limits), {scale: int(level) for scale, level in floors.items()})


def plain(number: Decimal) -> str:
    """6.0 is written 6, and 100 never 1E+2."""
    return f"{number.normalize():f}"
