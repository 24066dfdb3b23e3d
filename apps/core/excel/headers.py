"""The table in a sheet: its columns with their headings, its data rows, and everything that is neither."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, zip_longest
from typing import Literal, NamedTuple

from apps.core.excel.fields import Field
from apps.core.excel.headings import HEAD_ROWS, LONGEST_LABEL, Grid, Head, Path, find_head, head_at
from apps.core.excel.sheets import BLOCK, MergedRange, Sheet, SourceRow, Value
from apps.core.excel.text import column_letter, label_key

EXAMPLE_MARK = "【示例】"
_SAMPLE_ROWS = 60
_SAMPLES = 5
_EXAMPLE_ROWS = 3
_NOTE = re.compile(
    r"^(?:填写|填表|填报|编制|制表|审核|批准|复核|说明|注[:：]?|备注[:：]|单位负责人|联系人|负责人[:：]|报送)"
)
_SIGNATURE = re.compile(r"^[^:：]{1,12}[:：]")
_TOTAL = re.compile(r"^(?:合\s*计|总\s*计|小\s*计|累\s*计|本页合计)")
_SERIAL = frozenset({"序号", "编号", "no", "no.", "序", "项次"})
_YEAR = re.compile(r"(20\d\d)\s*年")
_PLAIN = re.compile("[\u4e00-\u9fff0-9a-z]*")
_REMEMBERED = 4096
_MOST_SIGNATURES = 5
_OTHERS_IN_HEAD = 0.4
"""At most so many of the cells of a repeated head say something else than their heading."""
_FEW_TEXTS = 64

SkipKind = Literal["repeated_head", "note", "total", "example", "title"]


@dataclass(frozen=True)
class Column:
    """`index` is zero-based. `path` holds the headings from the outer group to the column's own; it may be empty."""

    index: int
    path: Path
    samples: tuple[Value, ...] = ()

    @property
    def letter(self) -> str:
        return column_letter(self.index)

    @property
    def label(self) -> str:
        return "/".join(self.path) or f"（无标题，第 {self.letter} 列）"


class DataRow(NamedTuple):
    """As wide as the table. `filled` lists columns whose value comes from a cell merged downwards from a row above."""

    number: int
    values: tuple[Value, ...]
    cleaned: tuple[int, ...] = ()
    filled: tuple[int, ...] = ()

    def at(self, index: int) -> Value:
        return self.values[index] if index < len(self.values) else None


@dataclass(frozen=True)
class Skipped:
    """A row that is not data. Shown in the preview, so nothing is left out in silence."""

    number: int
    kind: SkipKind
    text: str


@dataclass
class Table:
    """A table found in a sheet. `header_rows` are Excel row numbers, first and last. Each walk reads the rows anew."""

    sheet: Sheet
    header_rows: tuple[int, int]
    first_row: int
    columns: tuple[Column, ...]
    title: tuple[str, ...] = ()
    score: float = 0
    skipped: list[Skipped] = field(default_factory=list)

    @property
    def year(self) -> int | None:
        """The year named in the title, for dates written without one."""
        found = _YEAR.search(" ".join(self.title)) or _YEAR.search(self.sheet.name)
        return int(found[1]) if found else None

    def rows(self) -> Iterator[DataRow]:
        """The data rows; what is skipped on the way is collected anew in `skipped`."""
        self.skipped = []
        for row in self.walk():
            if isinstance(row, Skipped):
                self.skipped.append(row)
            else:
                yield row

    def walk(self) -> Iterator[DataRow | Skipped]:
        return RowReader(self).read()

    @property
    def notes(self) -> list[str]:
        return [row.text for row in self.skipped if row.kind == "note"]


class RowReader:
    """Tells data from repeated heads, totals, notes and blank rows, and carries merged values down."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.width = table.columns[-1].index + 1
        self.labels = [Labels(_labels_at(table, index)) for index in range(self.width)]
        self.merges = sorted(_data_merges(table), key=lambda area: area.top, reverse=True)
        self.wide = {area.top: area for area in table.sheet.merged if area.right - area.left >= min(2, self.width - 1)}
        self.open: dict[int, tuple[int, Value]] = {}

    def read(self) -> Iterator[DataRow | Skipped]:
        rows = (row for row in self.table.sheet.rows() if row.number >= self.table.first_row)
        while block := list(islice(rows, BLOCK)):
            if (values := self._all_data(block)) is not None:
                cleaned = [self._within(row.cleaned) for row in block]
                yield from map(DataRow, [row.number for row in block], values, cleaned)
            else:
                yield from self._read_one_by_one(block)

    def _read_one_by_one(self, block: Sequence[SourceRow]) -> Iterator[DataRow | Skipped]:
        width = self.width
        for row in block:
            values = row.values if len(row.values) == width else (row.values + (None,) * width)[:width]
            filled_values, filled = self._carry_down(row.number - 1, values)
            present = [(at, value) for at, value in enumerate(values) if value is not None]
            if not present:
                continue
            kind = self._skip_kind(row.number, present)
            if kind:
                yield Skipped(row.number, kind, " ".join(str(value) for _, value in present))
            else:
                yield DataRow(row.number, filled_values, self._within(row.cleaned), filled)

    def _within(self, cleaned: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(at for at in cleaned if at < self.width) if cleaned else ()

    def _all_data(self, block: Sequence[SourceRow]) -> Sequence[tuple[Value, ...]] | None:
        """The values of a block that is nothing but data, as whole columns show; None where rows have to be asked.

        Every column that is filled in each row counts: with so many of them no row is blank, lone or a signature,
        and when enough of them never say what a heading says, no row repeats the head.
        """
        first, last = block[0].number, block[-1].number
        merges = self.open or (self.merges and self.merges[-1].top < last)
        if merges or first < self.table.first_row + _EXAMPLE_ROWS:
            return None
        rows: Sequence[tuple[Value, ...]] = [row.values for row in block]
        columns = list(islice(zip_longest(*rows), self.width))
        full = [at for at, cells in enumerate(columns) if None not in cells]
        if len(full) <= _MOST_SIGNATURES or any(map(any, columns[: full[0]])):
            return None
        if any(map(_is_total, columns[full[0]])) or not self._say_no_heading(columns, full):
            return None
        if any(len(row) != self.width for row in rows):
            columns += [(None,) * len(rows)] * (self.width - len(columns))
            rows = list(zip(*columns, strict=True))
        return rows

    def _say_no_heading(self, columns: Sequence[tuple[Value, ...]], full: Sequence[int]) -> bool:
        """Whether more than 40 % of the columns never say what their heading says."""
        others = 0
        for at in full:
            labels = self.labels[at]
            texts = {value for value in columns[at] if type(value) is str}
            if len(texts) <= _FEW_TEXTS and not any(len(text) <= LONGEST_LABEL and labels[text] for text in texts):
                others += 1
                if others > _OTHERS_IN_HEAD * self.width:
                    return True
        return False

    def _carry_down(self, at: int, values: tuple[Value, ...]) -> tuple[tuple[Value, ...], tuple[int, ...]]:
        while self.merges and self.merges[-1].top <= at:
            area = self.merges.pop()
            if area.top == at:
                self.open[area.left] = (area.bottom, values[area.left])
        if not self.open:
            return values, ()
        self.open = {column: held for column, held in self.open.items() if held[0] >= at}
        carried = {c: value for c, (_bottom, value) in self.open.items() if values[c] is None and value is not None}
        return tuple(carried.get(c, value) for c, value in enumerate(values)), tuple(sorted(carried))

    def _skip_kind(self, number: int, present: Sequence[tuple[int, Value]]) -> SkipKind | None:
        first = present[0][1]
        if _is_total(first):
            return "total"
        if number < self.table.first_row + _EXAMPLE_ROWS and any(_is_example(value) for _, value in present):
            return "example"
        if self._repeats_head(present):
            return "repeated_head"
        if len(present) == 1:
            return self._lone_kind(number, *present[0])
        return (
            "note"
            if len(present) <= _MOST_SIGNATURES and _are_signatures([str(value) for _, value in present])
            else None
        )

    def _repeats_head(self, present: Sequence[tuple[int, Value]]) -> bool:
        """At least 60 % of the cells say what their heading says. Gives up as soon as that is out of reach."""
        others, most, labels = 0, _OTHERS_IN_HEAD * len(present), self.labels
        for at, value in present:
            if type(value) is not str or len(value) > LONGEST_LABEL or not labels[at][value]:
                others += 1
                if others > most:
                    return False
        return len(present) - others >= 2

    def _lone_kind(self, number: int, at: int, value: Value) -> SkipKind | None:
        """The only value of a row: a note, a title or a section heading, unless it could be a cell of an honest row."""
        if not isinstance(value, str) or self.width < 3:
            return None
        if label_key(value) in {label_key(line) for line in self.table.title}:
            return "title"
        area = self.wide.get(number - 1)
        serial = bool(self.labels[at].keys_of_head & _SERIAL)
        first = at == self.table.columns[0].index
        if (area and area.left <= at) or _NOTE.match(value) or (first and (serial or len(value) > 12)):
            return "note"
        return None


class Labels(dict[str, bool]):
    """Whether a text says what the heading of its column says; remembers what it was asked."""

    def __init__(self, keys: frozenset[str]) -> None:
        super().__init__()
        self.keys_of_head = keys

    def __missing__(self, text: str) -> bool:
        # Most texts of a ledger are their own key, and telling that is cheaper than making the key.
        says = (text if _PLAIN.fullmatch(text) else label_key(text)) in self.keys_of_head
        if len(self) < _REMEMBERED:
            self[text] = says
        return says


def _is_total(value: Value) -> bool:
    return isinstance(value, str) and len(value) < 12 and _TOTAL.match(value) is not None


def _is_example(value: Value) -> bool:
    return isinstance(value, str) and value.startswith(EXAMPLE_MARK)


def _are_signatures(texts: list[str]) -> bool:
    """填表人：王某　审核人：李某"""
    return all(map(_SIGNATURE.match, texts)) and any(map(_NOTE.match, texts))


def _labels_at(table: Table, index: int) -> frozenset[str]:
    paths = [column.path for column in table.columns if column.index == index]
    return frozenset(label_key(label) for path in paths for label in path)


def _data_merges(table: Table) -> Iterator[MergedRange]:
    width = table.columns[-1].index + 1
    for area in table.sheet.merged:
        if area.bottom > area.top >= table.first_row - 1 and area.left < width and area.right - area.left < width / 2:
            yield area


def find_table(sheet: Sheet, fields: Sequence[Field], header_rows: tuple[int, int] | None = None) -> Table | None:
    """The table of a sheet, or None when nothing looks like a head. `header_rows` (Excel numbers) overrules that."""
    top_rows = list(islice(sheet.rows(), HEAD_ROWS + _SAMPLE_ROWS))
    grid = Grid(top_rows, sheet.merged)
    if header_rows:
        head: Head | None = head_at(grid, header_rows[0] - 1, header_rows[1] - 1)
    else:
        head = find_head(grid, fields)
    if head is None or not any(head.paths):
        return None
    bare = tuple(Column(index, path) for index, path in enumerate(head.paths))
    title = tuple(dict.fromkeys(_title_lines(grid, head.top)))
    table = Table(sheet, (head.top + 1, head.bottom + 1), head.first_data + 1, bare, title, head.score)
    table.columns = _with_samples(table, top_rows)
    return table


def _title_lines(grid: Grid, top: int) -> Iterator[str]:
    for row in range(top):
        line = " ".join(str(grid.raw(row, column)) for column in grid.filled(row))
        if line:
            yield line


def _with_samples(table: Table, top_rows: Sequence[SourceRow]) -> tuple[Column, ...]:
    """Columns between the first and the last that have a heading or data; a few values of each to look at."""
    seen: dict[int, dict[Value, None]] = {column.index: {} for column in table.columns}
    head = Sheet(table.sheet.name, lambda: [row.values for row in top_rows], merged=table.sheet.merged)
    for row in islice(Table(head, table.header_rows, table.first_row, table.columns, table.title).rows(), _SAMPLE_ROWS):
        for index, value in enumerate(row.values):
            if value is not None and len(seen[index]) < _SAMPLES:
                seen[index].setdefault(value)
    used = [column.index for column in table.columns if column.path or seen[column.index]]
    return tuple(
        Column(column.index, column.path, tuple(seen[column.index]))
        for column in table.columns
        if used[0] <= column.index <= used[-1]
    )


@dataclass(frozen=True)
class SheetReport:
    """What was made of one sheet of the workbook: `table` is None when no head was found."""

    name: str
    hidden: bool
    table: Table | None


def find_tables(sheets: Sequence[Sheet], fields: Sequence[Field]) -> tuple[Table | None, list[SheetReport]]:
    """The best table of the visible sheets, and a report on every sheet so that another one can be chosen."""
    reports = [SheetReport(sheet.name, sheet.hidden, find_table(sheet, fields)) for sheet in sheets]
    tables = [report.table for report in reports if report.table and not report.hidden]
    return max(tables, key=lambda table: table.score, default=None), reports


def layout_signature(table: Table) -> str:
    """The same for all files with the same headings in the same order; key under which a mapping is remembered."""
    labels = "\n".join("/".join(map(label_key, column.path)) for column in table.columns)
    return hashlib.sha256(labels.encode()).hexdigest()
