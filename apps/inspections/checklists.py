"""Checklists as typed values: what stands in the JSON of an edition, read and checked.

Pure: knows no database.  `problems_of` says in Chinese what is wrong with a content before it becomes an edition.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from django.core.exceptions import ValidationError

from apps.core.canonical import canonical_json

if TYPE_CHECKING:
    from apps.inspections.models import Checklist

Part = Literal["guarantee", "general", ""]
PARTS: dict[str, str] = {"guarantee": "保证项目", "general": "一般项目", "": ""}
VERDICTS = ("pass", "deduct", "absent")
BASES = {"": "", "read": "已核对", "sample": "样例", "general": "通用样例"}
"""On what a ready deduction rests, as pages and records tell it; "" is the word of who has written the edition."""
MOST_POINTS = 100


@dataclass(frozen=True)
class Deduction:
    """A ready reason to deduct; `grade` is that of the hazard it usually is, `basis` one of BASES."""

    code: str
    text: str
    points: int
    demand: str = ""
    grade: str = "ordinary"
    basis: str = ""

    @property
    def basis_label(self) -> str:
        return BASES[self.basis]

    @property
    def in_words(self) -> str:
        return f"{self.text}（−{self.points}）{f'［{self.basis_label}］' if self.basis else ''}"


@dataclass(frozen=True)
class Condition:
    """The item is asked only where another item of the same table has one of these verdicts; else it is absent."""

    item: int
    verdicts: tuple[str, ...]


@dataclass(frozen=True)
class Limit:
    """A measured value that must lie within bounds; outside, the named deduction is due."""

    label: str
    unit: str
    least: Decimal | None = None
    most: Decimal | None = None
    deduction: str = ""

    def holds(self, value: Decimal) -> bool:
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    @property
    def in_words(self) -> str:
        if self.least is not None and self.most is not None:
            return f"{self.label} {self.least}～{self.most} {self.unit}"
        bound = f"不小于 {self.least}" if self.least is not None else f"不大于 {self.most}"
        return f"{self.label}{bound} {self.unit}"


@dataclass(frozen=True)
class Item:
    seq: int
    name: str
    points: int
    part: Part = ""
    clause: str = ""
    deductions: tuple[Deduction, ...] = ()
    when: Condition | None = None
    limit: Limit | None = None

    def deduction(self, code: str) -> Deduction | None:
        return next((one for one in self.deductions if one.code == code), None)


@dataclass(frozen=True)
class Table:
    """One table of questions; `weight` is its group's in the summary of JGJ 59, 0 for tables that are not in it."""

    code: str
    name: str
    group: str
    weight: int
    has_guarantee: bool
    items: tuple[Item, ...]

    def item(self, seq: int) -> Item | None:
        return next((one for one in self.items if one.seq == seq), None)


def table_of(checklist: "Checklist") -> Table:
    """The table of an edition."""
    return table_from(checklist.code, checklist.name, checklist.content)


def table_from(code: str, name: str, content: Mapping[str, Any]) -> Table:
    return _table(code, name, canonical_json(content))


@lru_cache(maxsize=256)
def _table(code: str, name: str, content: bytes) -> Table:
    """Editions never change, so each is read once in the life of a process."""
    import json

    told = json.loads(content)
    items = tuple(_item(code, row) for row in told["items"])
    return Table(code, name, told.get("group", ""), told.get("weight", 0), bool(told.get("guarantee")), items)


def _item(code: str, row: Mapping[str, Any]) -> Item:
    return Item(
        seq=row["seq"],
        name=row["name"],
        points=row["points"],
        part=row.get("part", ""),
        clause=row.get("clause", ""),
        deductions=tuple(Deduction(**one) for one in row.get("deductions", ())),
        when=_condition(row["when"]) if row.get("when") else None,
        limit=_limit(row["limit"]) if row.get("limit") else None,
    )


def _condition(told: Mapping[str, Any]) -> Condition:
    return Condition(told["item"], tuple(told["verdicts"]))


def _limit(told: Mapping[str, Any]) -> Limit:
    least, most = told.get("min"), told.get("max")
    return Limit(
        told["label"],
        told.get("unit", ""),
        Decimal(least) if least is not None else None,
        Decimal(most) if most is not None else None,
        told.get("deduction", ""),
    )


def measured_value(told: Decimal | str | None) -> Decimal | None:
    """A measured value as it is kept, in thousandths; None for none.  Raises ValidationError for what is no number."""
    if told in (None, ""):
        return None
    try:
        value = Decimal(str(told))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value) >= Decimal(10) ** 9:
        raise ValidationError("实测值须为数字")
    return value.quantize(Decimal("0.001"))


# Checking -------------------------------------------------------------------------------------------------------------


def problems_of(content: Any) -> list[str]:
    """What keeps a content from becoming an edition, in Chinese; empty when it may."""
    if not isinstance(content, dict) or not isinstance(content.get("items"), list) or not content["items"]:
        return ["检查表至少要有一项"]
    return list(_problems(content))


def _problems(content: Mapping[str, Any]) -> Iterator[str]:
    seqs: set[int] = set()
    for row in content["items"]:
        seq, points = row.get("seq"), row.get("points")
        if not isinstance(seq, int) or seq in seqs:
            yield f"项号 {seq} 不是数字或重复"
            continue
        if not isinstance(points, int) or not 0 < points <= MOST_POINTS:
            yield f"第 {seq} 项的满分应为 1 至 {MOST_POINTS}"
            continue
        if not str(row.get("name", "")).strip():
            yield f"第 {seq} 项没有名称"
        if row.get("part", "") not in PARTS:
            yield f"第 {seq} 项须为保证项目或一般项目"
        yield from _deduction_problems(seq, points, row)
        yield from _limit_problems(seq, row)
        when = row.get("when")
        if when and (when.get("item") not in seqs or not set(when.get("verdicts", ())) <= set(VERDICTS)):
            yield f"第 {seq} 项的条件须引用排在前面的项"
        seqs.add(seq)
    if content.get("guarantee") and not any(row.get("part") == "guarantee" for row in content["items"]):
        yield "标明有保证项目，却没有一项是保证项目"


def _deduction_problems(seq: int, points: int, row: Mapping[str, Any]) -> Iterator[str]:
    codes: set[str] = set()
    for one in row.get("deductions", ()):
        code, off = one.get("code"), one.get("points")
        if not code or code in codes:
            yield f"第 {seq} 项的扣分事由编码“{code}”为空或重复"
        codes.add(code)
        if not isinstance(off, int) or not 0 < off <= points:
            yield f"第 {seq} 项的扣分事由“{one.get('text', '')}”扣分应为 1 至 {points}"
        if not str(one.get("text", "")).strip():
            yield f"第 {seq} 项有扣分事由没有内容"
        if one.get("basis", "") not in BASES:
            yield f"第 {seq} 项的扣分事由“{one.get('text', '')}”依据应为{'、'.join(filter(None, BASES.values()))}或留空"
    limit = row.get("limit")
    if limit and limit.get("deduction") and limit["deduction"] not in codes:
        yield f"第 {seq} 项的限值引用了不存在的扣分事由"


def _limit_problems(seq: int, row: Mapping[str, Any]) -> Iterator[str]:
    limit = row.get("limit")
    if not limit:
        return
    bounds = [limit.get(end) for end in ("min", "max") if limit.get(end) is not None]
    try:
        values = [Decimal(str(bound)) for bound in bounds]
    except InvalidOperation:
        values = []
    if not values or len(values) != len(bounds) or values != sorted(values) or not limit.get("label"):
        yield f"第 {seq} 项的限值须写明名称和上限或下限，下限不大于上限"
