"""Which column holds which field: a proposal with reasons, for a person to correct."""

from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from apps.core.excel.fields import Field, path_key
from apps.core.excel.headers import Column, Table
from apps.core.excel.headings import LONGEST_LABEL, spellings
from apps.core.excel.text import bare_key, label_key
from apps.core.excel.values import BadValue, YearMissing, is_blank, parse_choice, parse_decimal, parse_moment

_LEAST_SCORE = 0.5
_LEAST_RATIO = 0.72


@dataclass(frozen=True)
class ColumnMatch:
    """One column and the field proposed for it. `score` runs from 0 to 1; `reason` is Chinese and shown beside it."""

    column: Column
    field: str | None
    score: float = 0
    reason: str = ""


@dataclass(frozen=True)
class Mapping:
    """All columns of a table in their order. `missing` names required fields that no column holds."""

    matches: tuple[ColumnMatch, ...]
    missing: tuple[str, ...] = ()

    @property
    def fields(self) -> dict[int, str]:
        """Column index → field name, of the columns that are read."""
        return {match.column.index: match.field for match in self.matches if match.field}

    @property
    def remembered(self) -> dict[str, str]:
        """What to keep for the next file of this layout: heading → field name, "" for a column to be left out."""
        return {match.column.label: match.field or "" for match in self.matches}


def propose(table: Table, fields: Sequence[Field], remembered: Dictionary[str, str] | None = None) -> Mapping:
    """Match columns to fields, the surest pairs first; a field is given to one column only."""
    candidates = [
        ColumnMatch(column, field.name, score, reason)
        for column in table.columns
        for field in fields
        for score, reason in [_score(column, field, remembered or {})]
        if score >= _LEAST_SCORE
    ]
    left_out = {label for label, name in (remembered or {}).items() if not name}
    taken: dict[int, ColumnMatch] = {}
    used: set[str | None] = set()
    for match in sorted(candidates, key=lambda match: (-match.score, match.column.index)):
        free = match.column.index not in taken and match.field not in used
        if free and match.column.label not in left_out:
            taken[match.column.index] = match
            used.add(match.field)
    return _mapping(table, fields, taken, left_out)


def from_choices(table: Table, fields: Sequence[Field], chosen: Dictionary[int, str]) -> Mapping:
    """The mapping a person has set: column index → field name; unknown names and "" leave a column out."""
    known = {field.name for field in fields}
    taken = {
        column.index: ColumnMatch(column, chosen[column.index], 1, "人工指定")
        for column in table.columns
        if chosen.get(column.index) in known
    }
    return _mapping(table, fields, taken, set())


def _mapping(table: Table, fields: Sequence[Field], taken: dict[int, ColumnMatch], left_out: set[str]) -> Mapping:
    matches = tuple(taken.get(column.index) or _unmatched(column, left_out) for column in table.columns)
    present = {match.field for match in matches}
    missing = tuple(field.name for field in fields if field.required and field.name not in present)
    return Mapping(matches, missing)


def _unmatched(column: Column, left_out: set[str]) -> ColumnMatch:
    return ColumnMatch(column, None, 0, "上次选择不导入" if column.label in left_out else "未匹配")


def _score(column: Column, field: Field, remembered: Dictionary[str, str]) -> tuple[float, str]:
    if remembered.get(column.label) == field.name:
        return 1.2, "沿用上次的对应关系"  # above all others; a layout was confirmed by a person
    by_label, reason = _score_label(column, field)
    fit = _fit(column, field)
    if by_label >= 0.9:
        return by_label, reason
    if by_label >= _LEAST_SCORE:
        return by_label - (0.2 if fit == 0 else 0), reason
    if field.kind == "choice" and fit == 1 and len(column.samples) > 1 and not column.path:
        return 0.55, "按内容推断"
    return 0, ""


def _score_label(column: Column, field: Field) -> tuple[float, str]:
    if not column.path:
        return 0, ""
    full = path_key("/".join(column.path))
    if full == path_key(field.label):
        return 1, "名称相同"
    if full in field.keys or full.replace("/", "") in field.keys:
        return 0.97, "同义名称"
    if len(column.path) > 1 and not field.keys.isdisjoint(spellings(column.path)):
        return 0.93, "下级名称相同"
    if bare_key(column.path[-1]) in field.bare_keys:
        return 0.9, "去掉括号说明后相同"
    return _similar(label_key(column.path[-1]), field)


def _similar(label: str, field: Field) -> tuple[float, str]:
    best = max((_likeness(label, key.rpartition("/")[2]) for key in field.keys), default=0)
    return (0.5 + 0.35 * (best - _LEAST_RATIO) / (1 - _LEAST_RATIO), "名称相近") if best >= _LEAST_RATIO else (0, "")


def _likeness(label: str, key: str) -> float:
    """Part of the other counts by length: 整改期限 in 整改期限要求; two characters in common are too few."""
    if len(label) > LONGEST_LABEL:
        return 0
    shorter, longer = sorted((label, key), key=len)
    contained = len(shorter) >= 3 and shorter in longer
    return max(SequenceMatcher(None, label, key).ratio(), 0.8 if contained else 0)


def _fit(column: Column, field: Field) -> float | None:
    """Share of the samples that the field's parser takes; None where samples say nothing."""
    samples = [sample for sample in column.samples if not is_blank(sample)]
    if not samples or field.kind in ("text", "reference"):
        return None
    return sum(_accepts(field, sample) for sample in samples) / len(samples)


def _accepts(field: Field, sample: object) -> bool:
    try:
        if field.kind == "choice":
            parse_choice(sample, field.choices)
        elif field.kind in ("date", "datetime"):
            parse_moment(sample)
        else:
            parse_decimal(sample, field.unit)
    except YearMissing:
        return True
    except BadValue:
        return False
    return True
