"""How high a row must be for its wrapped texts.  Not every program reckons it when it opens or prints a file."""

from collections.abc import Callable, Sequence
from typing import Any

from apps.core.excel.layout import ExportColumn

LINE, PADDING, HIGHEST = 13.5, 4.5, 409
"""Points; Excel knows no higher row."""


def row_heights(columns: Sequence[ExportColumn]) -> Callable[[Sequence[Any]], str]:
    """The attribute of a row's height; empty where the usual height will do."""
    wrapped = [(at, max(2, int(column.width) - 1)) for at, column in enumerate(columns) if column.wrap]
    if not wrapped:
        return lambda row: ""

    def height(row: Sequence[Any]) -> str:
        lines = max(lines_of(row[at], width) for at, width in wrapped)
        return f' ht="{min(HIGHEST, PADDING + LINE * lines):g}"' if lines > 1 else ""

    return height


def lines_of(value: Any, width: int) -> int:
    """Lines of a text in a column so wide; a Chinese character takes the room of two digits, as it does in GBK."""
    if type(value) is not str or (2 * len(value) <= width and "\n" not in value):
        return 1
    return sum(1 + max(0, len(part.encode("gbk", "replace")) - 1) // width for part in value.split("\n"))
