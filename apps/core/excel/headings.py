"""Finds the head of a table in the first rows of a sheet: how many rows it has and what stands over each column.

Works on a small grid of the first rows. Merged cells are spread over their range; a sub-heading row without merges is
told from data by its place under a heading that has blank neighbours to its right.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from apps.core.excel.fields import Field, path_key
from apps.core.excel.sheets import MergedRange, SourceRow, Value
from apps.core.excel.text import bare_key, label_key

HEAD_ROWS = 40
MAX_DEPTH = 6
LONGEST_LABEL = 40
_FORM_LINE = re.compile(r"[:：]\s*\S")
_ORDINALS = "甲乙丙丁戊己庚辛壬癸"

Path = tuple[str, ...]


@dataclass(frozen=True)
class Head:
    """`top` and `bottom` are zero-based rows, `first_data` the row where data may begin. One path per column."""

    top: int
    bottom: int
    first_data: int
    paths: tuple[Path, ...]
    score: float


class Grid:
    """The first rows of a sheet, with the anchor of each merged cell at hand."""

    def __init__(self, rows: Sequence[SourceRow], merged: Iterable[MergedRange]) -> None:
        self.rows = [row.values for row in rows[:HEAD_ROWS]]
        self.width = max((len(row) for row in self.rows), default=0)
        self.covering: dict[tuple[int, int], MergedRange] = {}
        for area in merged:
            if area.top < len(self.rows):
                self._cover(area)

    def _cover(self, area: MergedRange) -> None:
        for row in range(area.top, min(area.bottom, area.top + HEAD_ROWS) + 1):
            for column in range(area.left, min(area.right + 1, self.width)):
                self.covering[row, column] = area

    def raw(self, row: int, column: int) -> Value:
        values = self.rows[row] if 0 <= row < len(self.rows) else ()
        return values[column] if column < len(values) else None

    def spread(self, row: int, column: int) -> Value:
        """The value as the eye sees it: every cell of a merged range shows its first one."""
        area = self.covering.get((row, column))
        return self.raw(area.top, area.left) if area else self.raw(row, column)

    def starts_above(self, row: int, column: int) -> bool:
        area = self.covering.get((row, column))
        return area is not None and area.top < row

    def filled(self, row: int) -> list[int]:
        return [column for column in range(self.width) if self.raw(row, column) is not None]


def find_head(grid: Grid, fields: Sequence[Field]) -> Head | None:
    """The most convincing head, or None. Ties go to the upper one, which includes the group headings."""
    wanted = frozenset().union(*(field.keys | field.bare_keys for field in fields)) if fields else frozenset()
    best: Head | None = None
    for top in range(len(grid.rows)):
        if not _can_start(grid, top):
            continue
        head = head_at(grid, top, _bottom(grid, top), wanted)
        if head.score > (best.score if best else 0):
            best = head
    return best


def _can_start(grid: Grid, row: int) -> bool:
    labels = {}
    for column in grid.filled(row):
        area = grid.covering.get((row, column))
        labels[column] = area.right - area.left + 1 if area else 1
    if len(labels) < 2 or any(grid.starts_above(row, column) for column in range(grid.width)):
        return False
    return all(is_label(grid.raw(row, column)) for column in labels) and max(labels.values()) < 0.8 * grid.width


def is_label(value: Value) -> bool:
    """A short text that is neither a number nor a line of a form (项目名称：某某)."""
    if not isinstance(value, str) or len(value) > LONGEST_LABEL or _FORM_LINE.search(value):
        return False
    return not label_key(value).replace(".", "").isdecimal()


def _bottom(grid: Grid, top: int) -> int:
    """The last head row: as far as merges from inside reach, then sub-heading rows below."""
    bottom = top
    while True:
        deepest = max(_reach(grid, row, column) for row in (top, bottom) for column in range(grid.width))
        if deepest == bottom and _is_subheading(grid, bottom + 1, top, bottom):
            deepest = bottom + 1
        if deepest <= bottom or deepest - top >= MAX_DEPTH:
            return bottom
        bottom = deepest


def _reach(grid: Grid, row: int, column: int) -> int:
    area = grid.covering.get((row, column))
    return area.bottom if area else row


def _is_subheading(grid: Grid, row: int, top: int, bottom: int) -> bool:
    """Short texts only, and all of them under groups: headings whose right neighbours are blank or merged with them."""
    below = grid.filled(row)
    if len(below) < 2 or not all(is_label(grid.raw(row, column)) for column in below):
        return False
    grouped = _grouped(grid, row, bottom)
    return bool(grouped) and all(column in grouped or _repeats(grid, row, column, top) for column in below)


def _repeats(grid: Grid, row: int, column: int, top: int) -> bool:
    """The heading written again in the row below, where somebody has undone a merge."""
    return label_key(str(grid.raw(row, column))) == label_key(str(grid.spread(top, column) or ""))


def _grouped(grid: Grid, row: int, bottom: int) -> set[int]:
    """Columns of all groups: a heading in `bottom` and the blank columns to its right that are filled in `row`."""
    grouped: set[int] = set()
    for column in grid.filled(bottom):
        members = [column]
        while members[-1] + 1 < grid.width and grid.raw(bottom, members[-1] + 1) is None:
            if grid.spread(row, members[-1] + 1) is None or grid.starts_above(bottom, members[-1] + 1):
                break
            members.append(members[-1] + 1)
        if len(members) > 1:
            grouped.update(members)
    return grouped


def head_at(grid: Grid, top: int, bottom: int, wanted: frozenset[str] = frozenset()) -> Head:
    paths = tuple(_paths(grid, top, bottom))
    first_data = bottom + 2 if _is_index_row(grid, bottom + 1) else bottom + 1
    return Head(top, bottom, first_data, paths, _score(grid, paths, top, bottom, wanted))


def _paths(grid: Grid, top: int, bottom: int) -> Iterable[Path]:
    group: list[str] = []
    for column in range(grid.width):
        levels = [_label(grid.spread(row, column)) for row in range(top, bottom + 1)]
        for depth, label in enumerate(levels[:-1]):
            if not label and any(levels[depth + 1 :]) and depth < len(group) and not any(levels[:depth]):
                levels[depth] = group[depth]  # right part of a group written without a merge
        group = levels
        path: list[str] = []
        for label in levels:
            if label and (not path or label_key(path[-1]) != label_key(label)):
                path.append(label)
        yield tuple(path)


def _label(value: Value) -> str:
    return "".join(str(value).split())[:200] if value is not None else ""


def _is_index_row(grid: Grid, row: int) -> bool:
    """The row 1, 2, 3 … (or 甲, 乙, 1, 2 …) that some forms print under the head."""
    cells = [_label(grid.raw(row, column)).strip("()（）") for column in grid.filled(row)]
    digits = [int(cell) for cell in cells if cell.isdecimal() and len(cell) < 4]
    letters = [cell for cell in cells if cell in _ORDINALS]
    return len(cells) > 2 and len(digits) + len(letters) == len(cells) and digits == list(range(1, len(digits) + 1))


def _score(grid: Grid, paths: Sequence[Path], top: int, bottom: int, wanted: frozenset[str]) -> float:
    """Known headings count most; distinct short texts some; anything that is no label speaks against."""
    keys = [spellings(path) for path in paths if path]
    known = sum(1 for spelling in keys if not wanted.isdisjoint(spelling))
    distinct = len({path for path in paths if path})
    odd = sum(1 for row in range(top, bottom + 1) for column in grid.filled(row) if not is_label(grid.raw(row, column)))
    if distinct < 2 or (wanted and known < 2 and distinct < 4):
        return 0
    return 4 * known + 0.5 * distinct - 3 * odd - _is_loose(grid, top, bottom) + 1


def _is_loose(grid: Grid, top: int, bottom: int) -> bool:
    """A first row of few unmerged texts is more often a line above the table than a row of groups."""
    few = bottom > top and 2 * len(grid.filled(top)) <= len(grid.filled(top + 1))
    return few and not any((top, column) in grid.covering for column in range(grid.width))


def spellings(path: Path) -> set[str]:
    """All forms in which a field may name this column: with its groups, run together, and by the last heading alone."""
    if not path:
        return set()
    full = path_key("/".join(path))
    return {full, full.replace("/", ""), label_key(path[-1]), bare_key(path[-1]), *_pairs(path)}


def _pairs(path: Path) -> set[str]:
    """The last two levels only, where a sheet has one more group above."""
    return {path_key("/".join(path[-2:]))} if len(path) > 2 else set()
