"""Values as spreadsheet XML, one small function per kind of column.

Text is always written as an inline string, so no reader can take it for a formula. A text that begins like one also
gets a style with `quotePrefix`: Excel then keeps it text when somebody edits the cell, and the value itself stays
equal (a literal apostrophe, as used in CSV, would come back with the next import).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from math import isfinite
from typing import Any
from zoneinfo import ZoneInfo

from apps.core.excel.layout import ExportColumn

ZONE = ZoneInfo("Asia/Shanghai")
CELL_CHARACTERS = 32_767
CUT_MARK = "…（超长，已截断）"
DANGEROUS_START = frozenset("=+-@\t\r\n|％＝＋－＠")
_EPOCH = date(1899, 12, 30).toordinal()
_UNIX_EPOCH = date(1970, 1, 1).toordinal() - _EPOCH
_UNIX_START = datetime(1970, 1, 1, tzinfo=UTC)
_OFFSET = 8 * 3600  # of ZONE in every year after its last summer time; asking the zone for each cell is slow
_LAST_SUMMER_TIME = 1991
_FIRST_SAFE_DAY = date(1900, 3, 1)  # Excel believes in 29 February 1900
KEPT_DIGITS = 15  # by Excel
_SAFE = 10**KEPT_DIGITS
_CACHED = 4096
_SHORT = CELL_CHARACTERS // 2  # cannot be too long, whatever its characters
_UNUSUAL_START = DANGEROUS_START | {" "}
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
SPACES = r"\t\n "
"""Inside a class of a pattern, for Python and PostgreSQL alike: what XML may trim from the ends of a text."""
_EDGES = re.compile(rf"^[{SPACES}]|[{SPACES}]\Z")
_ESCAPE_LOOKALIKE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")

Renderer = Callable[[Any], str]


@dataclass(frozen=True)
class CellStyle:
    """Indices into the style sheet: plain text, text that begins like a formula, the column's own, and a mere day.

    Added to an index, `wrap` gives the same look with wrapped lines, for texts that have some.
    """

    text: int
    quoted: int
    own: int
    day: int
    wrap: int = 0


class CellWriter:
    """Renders the cells of one column: everything behind `<c r="A1"`. Counts the texts it had to cut.

    Called once per cell of a million rows, so what repeats (days, names, states) is kept, and the common case of each
    method comes first.
    """

    def __init__(self, column: ExportColumn, style: CellStyle) -> None:
        self.style = style
        self.choices = column.choices
        self.truncated = 0
        self.blank = f' s="{style.own}"/>'
        self.plain = f' s="{style.text}" t="inlineStr"><is><t>'
        self.numeral = f' s="{style.own}"><v>'
        self._seen: dict[Any, str] = {None: self.blank, "": self.blank}
        renderers: dict[str, Renderer] = {
            "text": self.text,
            "date": self.day,
            "datetime": self.moment,
            "integer": self.number,
            "decimal": self.number,
        }
        self.render: Renderer = self.choice if self.choices is not None else renderers[column.kind]

    def text(self, value: Any) -> str:
        if type(value) is not str:
            return self.blank if value is None else self.text(_as_text(value))
        rendered = self._seen.get(value)
        if rendered is None:
            rendered = self._inline(value)
            if len(rendered) < 200 and len(self._seen) < _CACHED:
                self._seen[value] = rendered
        return rendered

    def choice(self, value: Any) -> str:
        labels = self.choices or {}
        return self.text(labels.get(value, value))

    def number(self, value: Any) -> str:
        kind = type(value)
        if (
            (kind is int and -_SAFE < value < _SAFE)
            or (kind is Decimal and value.is_finite() and -_SAFE < value < _SAFE and _digits(value) <= KEPT_DIGITS)
            or (kind is float and isfinite(value))
        ):
            return f"{self.numeral}{value}</v></c>"
        return self.text(value)

    def day(self, value: Any) -> str:
        """A day in a column of moments is shown without 00:00: nobody wrote a time."""
        if isinstance(value, datetime):
            value = _local(value).date()
        elif not isinstance(value, date):
            return self.text(value)
        rendered = self._seen.get(value)
        if rendered is None:
            rendered = self._day(value)
            if len(self._seen) < _CACHED:
                self._seen[value] = rendered
        return rendered

    def _day(self, value: date) -> str:
        if value < _FIRST_SAFE_DAY:
            return self.text(value.isoformat())
        return f' s="{self.style.day}"><v>{value.toordinal() - _EPOCH}</v></c>'

    def moment(self, value: Any) -> str:
        if type(value) is not datetime or value.year < 1901:
            return self.day(value)
        if value.tzinfo is not None and value.year > _LAST_SUMMER_TIME:
            return f"{self.numeral}{(value.timestamp() + _OFFSET) / 86400 + _UNIX_EPOCH}</v></c>"
        value = _local(value)
        seconds = (value.replace(tzinfo=UTC) - _UNIX_START).total_seconds()
        return f"{self.numeral}{seconds / 86400 + _UNIX_EPOCH}</v></c>"

    def _inline(self, text: str) -> str:
        """Style from the text as given, content without what XML cannot carry."""
        first = text[0]
        usual = text.isprintable() and len(text) < _SHORT and text[-1] != " " and first not in _UNUSUAL_START
        if usual and "&" not in text and "<" not in text and ">" not in text and "_x" not in text:
            return f"{self.plain}{text}</t></is></c>"
        style = self.style.quoted if first in DANGEROUS_START else self.style.text
        text = self._cut(_legal(text))
        style += self.style.wrap if "\n" in text else 0
        space = ' xml:space="preserve"' if _EDGES.search(text) else ""
        return f' s="{style}" t="inlineStr"><is><t{space}>{_escaped(text)}</t></is></c>'

    def _cut(self, text: str) -> str:
        """Excel counts UTF-16 units; a pair must not be cut in half."""
        units = text.encode("utf-16-le", "surrogatepass")
        if len(units) // 2 <= CELL_CHARACTERS:
            return text
        self.truncated += 1
        return units[: 2 * (CELL_CHARACTERS - len(CUT_MARK))].decode("utf-16-le", "ignore") + CUT_MARK


def _legal(text: str) -> str:
    """Without what XML cannot carry, lines ended in one way."""
    return _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _escaped(text: str) -> str:
    """XML text. `_x0041_` would be read as "A" by Excel, so its underscore is written in that same notation.

    Tab and line feed are written as references, so that they stand in a sheet only between cells and rows.
    """
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _ESCAPE_LOOKALIKE.sub("_x005F_", text).replace("\t", "&#9;").replace("\n", "&#10;")


def attribute(text: str) -> str:
    return _escaped(_legal(text).replace("\n", " ")).replace('"', "&quot;")


def _digits(value: Decimal) -> int:
    return len(value.as_tuple().digits)


def _local(value: datetime) -> datetime:
    return value if value.tzinfo is None else value.astimezone(ZONE)


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return f"{_local(value):%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else str(value)
