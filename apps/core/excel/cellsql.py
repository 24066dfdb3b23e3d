"""Rows written by PostgreSQL: SQL expressions that render values as the same XML as `cellxml` does.

COPY then streams finished rows, and Python neither builds nor sees a single cell. Every expression follows the branch
of `CellWriter` of the same name; a test holds both to the same bytes. One pattern match tells for a whole row whether
any of its texts is unusual (markup, control characters, escapes of Excel's own, formulas, spaces at the ends); only
then are its cells looked at one by one, and only unusual ones go through the subselect that escapes them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from apps.core.excel.cellxml import CELL_CHARACTERS, CUT_MARK, DANGEROUS_START, KEPT_DIGITS, SPACES, CellWriter
from apps.core.excel.layout import ExportColumn
from apps.core.excel.stylesheet import style_of
from apps.core.excel.text import column_letter

SqlType = Literal["text", "integer", "decimal", "float", "boolean", "date", "moment"]

COPY_OPTIONS = "FORMAT binary"
"""Unlike text and CSV it sends a value as it stands; each message is one row behind a head of fixed length."""

ROW_MARK = "\x01"
"""Stands for the row's number, which the receiver of the rows puts in; no text of a cell can hold it."""

_SAFE = 10**KEPT_DIGITS
_ILLEGAL = r"[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
_DANGEROUS = "[-" + "".join(sorted(DANGEROUS_START - {"-", "\t", "\r", "\n"})) + r"\t\r\n]"
_SPACE = f"[{SPACES}]"
_EDGES = f"^{_SPACE}|{_SPACE}$"
_INSIDE = r"[\x01-\x1f&<>\ufffe\uffff]|_x"
_ODD = f"{_INSIDE}|^{_DANGEROUS}|{_EDGES}"
# Between the texts of a row; one that stands in a text makes the row look odd at most.
_BETWEEN = "¦"
_ODD_ROW = f"{_INSIDE}|{_BETWEEN}{_DANGEROUS}|{_BETWEEN}{_SPACE}|{_SPACE}{_BETWEEN}"
_ASTRAL = r"([\U00010000-\U0010ffff])"


@dataclass(frozen=True)
class SqlValue:
    """What feeds a column: its name in the query, its type, and its most characters or digits, if they are known."""

    sql: str
    type: SqlType
    longest: int | None = None


def rows_sql(columns: Sequence[ExportColumn], values: Sequence[SqlValue], listed: str) -> str:
    """The query `listed`, whose columns are named in `values`, as finished rows that still lack their number."""
    cells = [Cell(column, value, at) for at, (column, value) in enumerate(zip(columns, values, strict=True))]
    texts = [cell.value.sql for cell in cells if cell.is_plain_text]
    joined = f"('{_BETWEEN}'||concat_ws('{_BETWEEN}', {', '.join(texts)})||'{_BETWEEN}')"
    odd = f"{joined} COLLATE \"C\" ~ '{_ODD_ROW}'" if texts else "false"
    row = joined_up([f"""'<row r="{ROW_MARK}">'""", *(f"({cell.sql})" for cell in cells), "'</row>'"])
    return f"SELECT {row} FROM (SELECT {odd} AS odd, * FROM ({listed}) listed OFFSET 0) rows"  # noqa: S608


def joined_up(parts: Sequence[str]) -> str:
    """The texts as one, by halves, so that each is copied but a few times."""
    if len(parts) == 1:
        return parts[0]
    half = len(parts) // 2
    return f"({joined_up(parts[:half])}||{joined_up(parts[half:])})"


class Cell:
    """One column: the SQL of its cells."""

    def __init__(self, column: ExportColumn, value: SqlValue, at: int) -> None:
        self.column, self.value = column, value
        self.writer = CellWriter(column, style_of(column))
        self.letter = column_letter(at)

    @property
    def is_plain_text(self) -> bool:
        return self.value.type == "text" and self.column.choices is None

    @property
    def sql(self) -> str:
        """Choices first, as in `CellWriter`; a value without a label is shown as it is."""
        kind, value = self.column.kind, self.value
        if self.column.choices is not None:
            return self.choice(self.column.choices)
        if value.type == "text":
            return self.plain_text()
        if value.type == "boolean":
            return self.choice({True: "是", False: "否"})
        if kind in ("integer", "decimal") and value.type in ("integer", "decimal", "float"):
            return self.number()
        if kind in ("date", "datetime") and value.type == "date":
            return self.day(value.sql)
        if value.type == "moment":
            return self.moment() if kind == "datetime" else self.moment_elsewhere()
        return self.text(f"({value.sql})::text")

    def plain_text(self) -> str:
        """The bulk of a ledger, already looked at with the whole row."""
        value = self.value.sql
        odd = f"odd AND {self.is_odd(value)}"
        if self.value.longest is None or 2 * self.value.longest > CELL_CHARACTERS:
            odd = f"({odd} OR octet_length({value}) > {CELL_CHARACTERS})"
        return self.filled(value, odd)

    def choice(self, labels: Any) -> str:
        cases = "".join(f" WHEN {literal(code)} THEN {self.constant(label)}" for code, label in labels.items())
        other = self.text(f"({self.value.sql})::text")
        return f"CASE {self.value.sql}{cases} ELSE {other} END" if cases else other

    def text(self, value: str) -> str:
        """The text of something that is no text, which is short."""
        return self.filled(value, self.is_odd(value))

    def filled(self, value: str, odd: str) -> str:
        plain = f"{self.opened(self.writer.plain)}||{value}||'</t></is></c>'"
        text = f"CASE WHEN {odd} THEN {self.odd(value)} ELSE {plain} END"
        return f"CASE WHEN {value} <> '' THEN {text} ELSE {self.blank} END"

    def is_odd(self, value: str) -> str:
        return f"{value} COLLATE \"C\" ~ '{_ODD}'"

    def odd(self, value: str) -> str:
        """Style from the text as given, content without what XML cannot carry."""
        style = self.writer.style
        lines = f"""replace(replace({value} COLLATE "C", E'\\r\\n', E'\\n'), E'\\r', E'\\n')"""
        legal = f"(SELECT regexp_replace({lines}, '{_ILLEGAL}', '', 'g') AS l OFFSET 0) legal"
        space = f"""CASE WHEN t ~ '{_EDGES}' THEN ' xml:space="preserve"' ELSE '' END"""
        look = f"""CASE WHEN {value} COLLATE "C" ~ '^{_DANGEROUS}' THEN {style.quoted} ELSE {style.text} END"""
        if style.wrap:
            look = f"({look}) + CASE WHEN strpos(t, E'\\n') > 0 THEN {style.wrap} ELSE 0 END"
        start = self.opened(' s="')
        cell = f"""{start}||({look})||'" t="inlineStr"><is><t'||{space}||'>'||{escaped("t")}||'</t></is></c>'"""
        return f"(SELECT {cell} FROM (SELECT {cut('l')} AS t FROM {legal} OFFSET 0) cut)"  # noqa: S608

    def number(self) -> str:
        value, longest = self.value.sql, self.value.longest
        fits = f"{value} BETWEEN {1 - _SAFE} AND {_SAFE - 1}"
        if self.value.type == "decimal" and (longest is None or longest > KEPT_DIGITS):
            fits += f" AND {digits(value)} <= {KEPT_DIGITS}"
        if self.value.type == "float":
            fits = f"abs({value}) < 'Infinity'"
        return self.unless_null(f"CASE WHEN {fits} THEN {self.numeral(value)} ELSE {self.text(f'({value})::text')} END")

    def day(self, value: str) -> str:
        return self.unless_null(self.day_given(value))

    def day_given(self, value: str) -> str:
        serial = f"""{self.opened(f' s="{self.writer.style.day}"><v>')}||({value} - DATE '1899-12-30')||'</v></c>'"""
        fits = f"{value} BETWEEN DATE '1900-03-01' AND DATE '9999-12-31'"
        return f"CASE WHEN {fits} THEN {serial} ELSE {self.text(f'({value})::text')} END"

    def moment(self) -> str:
        """After the last summer time China's clock is simply eight hours ahead, and a zone need not be asked."""
        value, local = self.value.sql, f"({self.value.sql} AT TIME ZONE 'Asia/Shanghai')"
        later = f"{value} BETWEEN TIMESTAMPTZ '1992-01-01Z' AND TIMESTAMPTZ '9999-12-30Z'"
        simple = self.numeral(f"((date_part('epoch', {value}) + 28800) / 86400 + 25569)")
        earlier = f"{value} BETWEEN TIMESTAMPTZ '1901-01-02Z' AND TIMESTAMPTZ '1992-01-01Z'"
        by_zone = self.numeral(f"(date_part('epoch', {local}) / 86400 + 25569)")
        day = self.day_given(f"{local}::date")
        return self.unless_null(f"CASE WHEN {later} THEN {simple} WHEN {earlier} THEN {by_zone} ELSE {day} END")

    def moment_elsewhere(self) -> str:
        """A moment in a column of days or of texts."""
        local = f"({self.value.sql} AT TIME ZONE 'Asia/Shanghai')"
        if self.column.kind == "date":
            return self.day(f"{local}::date")
        return self.text(f"to_char({local}, 'YYYY-MM-DD HH24:MI')")

    # The parts ----------------------------------------------------------------------------------------------------

    @property
    def blank(self) -> str:
        return self.opened(self.writer.blank)

    def constant(self, label: str) -> str:
        return self.opened(self.writer.text(str(label)))

    def numeral(self, value: str) -> str:
        return f"{self.opened(self.writer.numeral)}||{value}||'</v></c>'"

    def opened(self, tail: str) -> str:
        return quoted(f'<c r="{self.letter}{ROW_MARK}"{tail}')

    def unless_null(self, tail: str) -> str:
        return f"CASE WHEN {self.value.sql} IS NULL THEN {self.blank} ELSE {tail} END"


def cut(value: str) -> str:
    """Excel counts UTF-16 units: a mark before each character of two units makes them countable, and divisible."""
    units = f"regexp_replace({value}, '{_ASTRAL}', E'\\x01\\\\1', 'g')"
    kept = CELL_CHARACTERS - len(CUT_MARK)
    return (
        f"CASE WHEN octet_length({value}) > {CELL_CHARACTERS} AND length({units}) > {CELL_CHARACTERS}"
        f" THEN replace(left({units}, {kept}), E'\\x01', '')||{quoted(CUT_MARK)} ELSE {value} END"
    )


def escaped(value: str) -> str:
    for character, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        value = f"replace({value}, '{character}', '{written}')"
    value = f"regexp_replace({value}, '_(?=x[0-9A-Fa-f]{{4}}_)', '_x005F_', 'g')"
    return f"replace(replace({value}, E'\\t', '&#9;'), E'\\n', '&#10;')"


def digits(value: str) -> str:
    """How many digits say the number."""
    return f"length(ltrim(translate(({value})::text, '-.', ''), '0'))"


def literal(code: Any) -> str:
    if isinstance(code, bool):
        return str(code).lower()
    return str(int(code)) if isinstance(code, int) else quoted(str(code))


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
