"""Reads every row through the mapping and lists every problem; never stops at the first and never writes anything."""

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from itertools import islice
from operator import attrgetter
from types import NoneType
from typing import Any, Literal

from apps.core.excel.cellxml import CELL_CHARACTERS
from apps.core.excel.fields import Field
from apps.core.excel.headers import DataRow, Skipped, Table
from apps.core.excel.mapping import Mapping
from apps.core.excel.sheets import BLOCK, Value
from apps.core.excel.text import column_letter, label_key, shorten
from apps.core.excel.values import (
    BadValue,
    YearMissing,
    choice_keys,
    is_blank,
    parse_choice,
    parse_date,
    parse_datetime,
    parse_decimal,
    parse_integer,
)

MAX_PROBLEMS = 10_000
_DASHES = frozenset("-—－/／\\")
_LOST_DIGITS = 10**15

_DASHED = 3
"""The longest text that may be a mark for an empty cell in a column of text."""

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Problem:
    """One finding about one cell (or, with an empty `column_letter`, about a row). Row numbers are Excel's."""

    row: int
    column_letter: str
    label: str
    value: str
    reason: str
    severity: Severity = "error"


@dataclass(slots=True)
class CheckedRow:
    """A row's values by field name; a field whose cell is bad or blank is None."""

    number: int
    values: dict[str, Any]
    source: DataRow
    problems: tuple[Problem, ...] = ()

    @property
    def is_sound(self) -> bool:
        return not self.problems or not any(problem.severity == "error" for problem in self.problems)


@dataclass
class Checked:
    """The whole file. `problems` holds at most `MAX_PROBLEMS`; `errors` and `warnings` count all of them."""

    rows: list[CheckedRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    errors: int = 0
    warnings: int = 0

    def add(self, problems: Sequence[Problem]) -> None:
        for problem in problems:
            if problem.severity == "error":
                self.errors += 1
            else:
                self.warnings += 1
        self.problems.extend(problems[: MAX_PROBLEMS - len(self.problems)])


def check(table: Table, mapping: Mapping, fields: Sequence[Field]) -> Checked:
    """All rows with all their problems. For files of 100,000 rows use `check_rows`, which keeps nothing."""
    checked = Checked()
    checked.add(missing_columns(mapping, fields))
    for row in check_rows(table, mapping, fields):
        checked.rows.append(row)
        checked.add(row.problems)
    checked.skipped = list(table.skipped)
    return checked


def missing_columns(mapping: Mapping, fields: Sequence[Field]) -> list[Problem]:
    labels = {field.name: field.label for field in fields}
    return [Problem(0, "", labels[name], "", f"文件中没有“{labels[name]}”这一列") for name in mapping.missing]


def check_rows(table: Table, mapping: Mapping, fields: Sequence[Field]) -> Iterator[CheckedRow]:
    """The rows one after another; `table.skipped` is complete when the iterator is used up."""
    by_name = {field.name: field for field in fields}
    names = mapping.fields
    readers = [
        CellReader(table, match.column.index, match.column.label, by_name[names[match.column.index]])
        for match in mapping.matches
        if match.column.index in names
    ]
    told = tuple(reader.field.name for reader in readers)
    rows = table.rows()
    while block := list(islice(rows, BLOCK)):
        found: dict[int, list[Problem]] = {}
        cleaned = any(map(attrgetter("cleaned"), block))
        columns = list(zip(*[row.values for row in block], strict=True))
        whole = [None if cleaned else reader.whole(columns[reader.index]) for reader in readers]
        read = [given or reader.read_each(block, found) for reader, given in zip(readers, whole, strict=True)]
        cells = zip(*read, strict=True) if read else ((),) * len(block)
        for at, (row, values) in enumerate(zip(block, cells, strict=True)):
            yield CheckedRow(row.number, dict(zip(told, values, strict=True)), row, tuple(found.get(at, ())))


class CellReader:
    """Reads one column. Repeated texts are converted once: ledgers hold few different dates, firms and choices."""

    def __init__(self, table: Table, index: int, label: str, field: Field) -> None:
        self.field = field
        self.index = index
        self.label = label
        self.is_text = field.kind in ("text", "reference")
        self.longest = field.max_length or CELL_CHARACTERS
        texts: set[type] = {str} if self.is_text else set()
        self.plain_kinds = texts if field.required else texts | {NoneType}
        self.year = table.year
        unreadable = table.sheet.unreadable.items()
        self.unreadable = {row + 1: reason for (row, column), reason in unreadable if column == index}
        self.keys = choice_keys(field.choices)
        self.converted: dict[Value, Any] = {}
        converters: dict[str, Callable[[Any], Any]] = {
            "date": lambda value: parse_date(value, None),
            "datetime": lambda value: parse_datetime(value, None),
            "integer": parse_integer,
            "decimal": lambda value: parse_decimal(value, field.unit),
            "choice": lambda value: parse_choice(value, field.choices, self.keys),
        }
        self.convert = converters.get(field.kind, self._text)

    def whole(self, cells: Sequence[Value]) -> Sequence[Any] | None:
        """What `read` would say of a column that holds only texts as they are to be, or only what it has converted
        before; None where the cells have to be read one by one."""
        if self.unreadable:
            return None
        kinds = set(map(type, cells))
        if kinds <= self.plain_kinds and self._are_plain(set(cells) - {None}):
            return cells
        if bool not in kinds and self.converted.keys() >= set(cells):
            return [self.converted[value] for value in cells]
        return None

    def _are_plain(self, texts: Set[Any]) -> bool:
        """Whether none is too long or a mark for an empty cell."""
        lengths = set(map(len, texts))
        if lengths and max(lengths) > self.longest:
            return False
        marks = bool(lengths) and min(lengths) <= _DASHED
        return not marks or not any(len(text) <= _DASHED and _DASHES.issuperset(text) for text in texts)

    def read_each(self, rows: Sequence[DataRow], found: dict[int, list[Problem]]) -> Sequence[Any]:
        """`found` takes the problems by the row's place."""
        values: list[Any] = []
        for at, row in enumerate(rows):
            problems: list[Problem] = []
            values.append(self.read(row, problems))
            if problems:
                found.setdefault(at, []).extend(problems)
        return values

    def read(self, row: DataRow, problems: list[Problem]) -> Any:
        value = row.at(self.index)
        if self.unreadable and row.number in self.unreadable:
            problems.append(self._problem(row, value, self.unreadable[row.number]))
            return None
        if row.cleaned and self.index in row.cleaned:
            problems.append(self._problem(row, value, "含有不可见的控制字符，已去除", "warning"))
        if value in self.converted and not isinstance(value, bool):
            return self.converted[value]
        if value is None or self._counts_as_blank(value):
            if self.field.required:
                problems.append(self._problem(row, value, "必填，不能为空"))
            return None
        if self.is_text and type(value) is str and len(value) <= self.longest:
            return value
        return self._convert(row, value, problems)

    def _counts_as_blank(self, value: Value) -> bool:
        if self.is_text:
            return isinstance(value, str) and len(value) <= _DASHED and _DASHES.issuperset(value)
        return is_blank(value) and label_key(str(value)) not in self.keys  # 无 may be one of the choices

    def _convert(self, row: DataRow, value: Value, problems: list[Problem]) -> Any:
        before = len(problems)
        try:
            converted = self.convert(value)
        except YearMissing as error:
            return self._with_year(row, value, error, problems)
        except BadValue as error:
            problems.append(self._problem(row, value, error.reason))
            return None
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= _LOST_DIGITS:
            problems.append(
                self._problem(row, value, "数字超过 15 位，末尾已被 Excel 改为 0，请用文本格式重填", "warning")
            )
        if self.is_text and len(converted) > self.longest:
            problems.append(self._problem(row, value, f"最多 {self.longest} 个字，现有 {len(converted)} 个字"))
            return None
        if len(problems) == before and self._worth_keeping(value):
            self.converted[value] = converted
        return converted

    def _worth_keeping(self, value: Value) -> bool:
        """True and 1 are one key to a dict, and long texts do not come twice."""
        if isinstance(value, bool) or (isinstance(value, str) and len(value) > 60):
            return False
        return len(self.converted) < 4096

    def _with_year(self, row: DataRow, value: Value, error: YearMissing, problems: list[Problem]) -> Any:
        if self.year is None:
            problems.append(self._problem(row, value, error.reason))
            return None
        problems.append(self._problem(row, value, f"没有写年份，按表题的 {self.year} 年理解", "warning"))
        parse = parse_date if self.field.kind == "date" else parse_datetime
        try:
            return parse(value, self.year)
        except BadValue as impossible:
            problems[-1] = self._problem(row, value, impossible.reason)
            return None

    def _problem(self, row: DataRow, value: Value, reason: str, severity: Severity = "error") -> Problem:
        shown = "" if value is None else shorten(str(value), 60)
        return Problem(row.number, column_letter(self.index), self.label, shown, reason, severity)

    @staticmethod
    def _text(value: Value) -> str:
        """Numbers in a text column as a person wrote them; true and false in Chinese."""
        if isinstance(value, bool):
            return "是" if value else "否"
        return f"{value:.15g}" if isinstance(value, float) else str(value)
