"""Which parts of a project are dangerous works (危大工程), by the thresholds in data/dangerous_works.csv.

《危险性较大的分部分项工程安全管理规定》（住建部令第37号）and 建办质〔2018〕31号; “及以上” includes the number itself.
A work is of super scale (超过一定规模) as soon as one threshold of its kind is reached.  Provincial rules may be
stricter.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal

DATA = Path(__file__).parent / "data" / "dangerous_works.csv"
EDITION = "建办质〔2018〕31号"

Level = Literal["dangerous", "super"]
Value = Decimal | int | float | bool | None
WORDS: dict[str, str] = {"dangerous": "危大工程", "super": "超过一定规模的危大工程"}


@dataclass(frozen=True)
class Parameter:
    """What has to be known about a work; `unit` is empty for a yes-or-no question."""

    name: str
    label: str
    unit: str


@dataclass(frozen=True)
class Criterion:
    """One line of the decree; without a parameter it holds whatever the size."""

    level: Level
    parameter: Parameter | None
    limit: Decimal | None
    source: str

    def met(self, value: Value) -> bool:
        if self.parameter is None:
            return True
        if self.limit is None:
            return value is True
        return value is not None and Decimal(str(value)) >= self.limit

    def reason(self, value: Value) -> str:
        """开挖深度6.5 m，达到超过一定规模的危大工程标准（5 m及以上）：建办质〔2018〕31号附件2一"""
        if self.parameter is None:
            return f"该类工程不论规模均属{WORDS[self.level]}：{self.source}"
        if self.limit is None:
            return f"{self.parameter.label}，属{WORDS[self.level]}：{self.source}"
        unit = self.parameter.unit
        return (
            f"{self.parameter.label}{plain(value)} {unit}，"
            f"达到{WORDS[self.level]}标准（{plain(self.limit)} {unit}及以上）：{self.source}"
        )


@dataclass(frozen=True)
class Category:
    """One kind of work, such as 混凝土模板支撑工程, with its criteria."""

    code: str
    group: str
    name: str
    criteria: list[Criterion] = field(default_factory=list)

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return tuple(dict.fromkeys(c.parameter for c in self.criteria if c.parameter))


@dataclass(frozen=True)
class Classification:
    is_dangerous: bool
    is_super: bool
    reasons: tuple[str, ...]
    source: str


@cache
def categories() -> dict[str, Category]:
    """All kinds of work in the order of the decree."""
    found: dict[str, Category] = {}
    with DATA.open(encoding="utf-8") as file:
        for line in csv.DictReader(file):
            category = found.setdefault(line["category"], Category(line["category"], line["class"], line["name"]))
            category.criteria.append(criterion(line))
    return found


def criterion(line: Mapping[str, str]) -> Criterion:
    parameter = Parameter(line["field"], line["label"], line["unit"]) if line["field"] else None
    level: Level = "super" if line["level"] == "super" else "dangerous"
    return Criterion(level, parameter, Decimal(line["value"]) if line["op"] == ">=" else None, line["source"])


def category_choices() -> list[tuple[str, str]]:
    return [(c.code, c.name) for c in categories().values()]


def grouped_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """For a <select>: the decree's seven groups."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for category in categories().values():
        groups.setdefault(category.group, []).append((category.code, category.name))
    return list(groups.items())


def parameters() -> dict[str, Parameter]:
    return {p.name: p for category in categories().values() for p in category.parameters}


def classify(category: str, values: Mapping[str, Value]) -> Classification:
    """Judge one work; a parameter that is not given counts as not reached.

    Reasons name value, threshold and place in the decree, super scale first.  Raises KeyError for an unknown category.
    """
    met = sorted(met_by(categories()[category], values), key=lambda pair: pair[0].level != "super")
    is_super = any(c.level == "super" for c, _ in met)
    return Classification(bool(met), is_super, tuple(c.reason(value) for c, value in met), EDITION)


def met_by(category: Category, values: Mapping[str, Value]) -> Iterator[tuple[Criterion, Value]]:
    for criterion in category.criteria:
        value = values.get(criterion.parameter.name) if criterion.parameter else None
        if criterion.met(value):
            yield criterion, value


def plain(value: Value) -> str:
    """6.50 is written 6.5, and 20 never 2E+1."""
    number = Decimal(str(value)).normalize()
    return f"{number:f}"
