"""What a written workbook looks like, said as data: columns with their headings, title, notes, print set-up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

ColumnKind = Literal["text", "date", "datetime", "integer", "decimal"]


@dataclass(frozen=True)
class ExportColumn:
    """One column. `group` holds the headings above `label`, outermost first; neighbours with one group share its cell.

    `choices` turns stored codes into labels. `width` is in Excel's unit, about half a Chinese character. `muted`
    columns are grey: they are for programs, and people may pass over them.
    """

    label: str
    kind: ColumnKind = "text"
    width: float = 14
    choices: Mapping[Any, str] | None = None
    group: tuple[str, ...] = ()
    wrap: bool = False
    centred: bool = False
    muted: bool = False

    @property
    def path(self) -> tuple[str, ...]:
        return (*self.group, self.label)


@dataclass(frozen=True)
class Layout:
    """A printable sheet: title, filter lines, head, rows, notes. A4; the head is repeated on each printed page."""

    title: str
    columns: Sequence[ExportColumn]
    sheet_name: str = "Sheet1"
    subtitle_lines: Sequence[str] = ()
    notes: Sequence[str] = ()
    landscape: bool = True
    autofilter: bool = True
    freeze_columns: int = 0
    font: str = "宋体"
    body_size: int = 10
    head_height: float = 24


@dataclass(frozen=True)
class Cell:
    """A heading cell of the head, zero-based and inclusive; spans more than itself when it is to be merged."""

    label: str
    top: int
    left: int
    bottom: int
    right: int


@dataclass
class WriteResult:
    """What was written. `truncated` counts texts longer than a cell holds (32,767), which end in a visible mark.

    `sha256` is taken over the rows as they stand in the sheets, first to last: `rows_sha256` finds it again in the
    file. `sheets` are those of the table.
    """

    rows: int = 0
    sheets: list[str] = field(default_factory=list)
    truncated: int = 0
    sha256: str = ""


def head_depth(columns: Sequence[ExportColumn]) -> int:
    return max((len(column.path) for column in columns), default=1)


def head_cells(columns: Sequence[ExportColumn]) -> list[Cell]:
    """The head as merged cells: groups stretch to the right, a heading with nothing below it stretches down."""
    depth = head_depth(columns)
    cells: list[Cell] = []
    for level in range(depth):
        left = 0
        while left < len(columns):
            right = _stretch(columns, level, left)
            path = columns[left].path
            if level < len(path):
                bottom = depth - 1 if level == len(path) - 1 else level
                cells.append(Cell(path[level], level, left, bottom, right))
            left = right + 1
    return cells


def _stretch(columns: Sequence[ExportColumn], level: int, left: int) -> int:
    """The last column that shares the heading at `level` with the column `left`; single headings never join."""
    path = columns[left].path
    right = left
    while level < len(path) - 1 and right + 1 < len(columns):
        following = columns[right + 1].path
        if len(following) <= level + 1 or following[: level + 1] != path[: level + 1]:
            break
        right += 1
    return right
