"""What PostgreSQL writes is, byte for byte, what Python writes; and streaming it costs no memory."""

import io
import re
import resource
import tracemalloc
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import UUID

import openpyxl
import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from apps.core.excel.cellsql import COPY_OPTIONS, SqlType, SqlValue, quoted, rows_sql
from apps.core.excel.cellxml import CELL_CHARACTERS, CUT_MARK, DANGEROUS_START
from apps.core.excel.layout import ExportColumn, Layout, WriteResult
from apps.core.excel.writing import Book, CopiedRows, RowRenderer, write_copied

pytestmark = pytest.mark.django_db
TEXTS = [
    *("", None, "第3层连墙件缺失", "a¦b", "¦ c", "_x0041_", "_x0041_x0042_", "_xyz"),
    *("a & b < c > d", "&amp;", "'", '"\\'),
    *("行一\n行二", "行一\r\n行二\r行三"),
    *("\t首", "尾\t", " 首", "尾 ", "\u3000首", "尾\u3000", "\n", " ", "\x01", "a\x1fb"),
    *(f"{lead}1+1" for lead in sorted(DANGEROUS_START)), "=1\n+2", "-",
    "\ufffe\uffff", "a\x7f\x85\u2028b", "😀𠮷", "%s %%",
    "隐" * CELL_CHARACTERS, "隐" * (CELL_CHARACTERS + 1), "😀" * 20_000, "a" + "😀" * 20_000, "&" * 40_000,
]  # fmt: skip
DAYS = [None, date(1, 1, 1), date(1900, 2, 28), date(1900, 3, 1), date(2024, 2, 29), date(9999, 12, 31)]
MOMENTS = [
    None,
    datetime(1899, 5, 1, 3, tzinfo=UTC),
    datetime(1900, 6, 1, 3, tzinfo=UTC),
    datetime(1920, 6, 1, 3, 4, 5, tzinfo=UTC),
    datetime(1988, 6, 30, 15, 30, tzinfo=UTC),
    datetime(2024, 6, 30, 16, 30, 59, 123456, tzinfo=UTC),
]
NUMBERS = [None, 0, -7, 10**15 - 1, 10**15, -(10**15)]
DECIMALS = [
    Decimal(t) for t in ("0.05", "-12.50", "999999999999999", "1234567890123456.78", "0.1234567890123456", "NaN")
]
FLOATS = [None, 0.5, 0.1 + 0.2, -1e20, 1e-7]
STATES = {"closed": "已销号", "odd": "=1 & 'x'"}
CASES: list[tuple[ExportColumn, SqlType, str, list[Any]]] = [
    (ExportColumn("文"), "text", "text", TEXTS),
    (ExportColumn("文", wrap=True), "text", "text", TEXTS),
    (ExportColumn("文", centred=True), "text", "text", TEXTS),
    (ExportColumn("状态", choices=STATES), "text", "text", ["closed", "odd", "=x", "", None]),
    (ExportColumn("等级", choices={1: "重大", 2: "较大"}), "integer", "smallint", [1, 2, 3, -4, None]),
    (ExportColumn("日", "date"), "date", "date", DAYS),
    (ExportColumn("时", "datetime"), "moment", "timestamptz", MOMENTS),
    (ExportColumn("时", "datetime"), "date", "date", DAYS),
    (ExportColumn("日", "date"), "moment", "timestamptz", MOMENTS),
    (ExportColumn("文"), "moment", "timestamptz", MOMENTS[-2:]),
    (ExportColumn("文"), "integer", "bigint", NUMBERS),
    (ExportColumn("数", "integer"), "integer", "bigint", NUMBERS),
    (ExportColumn("版本", "integer", muted=True), "integer", "bigint", NUMBERS),
    (ExportColumn("额", "decimal"), "decimal", "numeric", [None, *DECIMALS]),
    (ExportColumn("额", "decimal"), "float", "float8", FLOATS),
    (ExportColumn("是否"), "boolean", "boolean", [True, False, None]),
    (ExportColumn("号"), "text", "text", [str(UUID(int=5))]),
]  # fmt: skip


class Kept(Book):
    """A book that also keeps its rows."""

    xml = b""

    def add(self, xml: bytes, rows: int) -> None:
        self.xml += xml
        super().add(xml, rows)


def by_database(layout: Layout, values: Sequence[SqlValue], listed: str) -> tuple[bytes, WriteResult]:
    """The rows of the sheet as COPY brings them, and what was told of them."""
    with Kept(io.BytesIO(), layout, 1_000_000) as book, connection.cursor() as cursor:
        rows = CopiedRows(book, lambda count: None)
        sql = rows_sql(layout.columns, values, listed)
        cursor.copy_expert(f"COPY ({sql}) TO STDOUT WITH ({COPY_OPTIONS})", rows)
        rows.flush()
    return book.xml, book.result


def listed_of(values: Sequence[Any], kind: str) -> str:
    with connection.cursor() as cursor:
        text: str = cursor.mogrify("SELECT unnest(%s)", [list(values)]).decode()
    return f"SELECT v::{kind} AS v FROM ({text} AS v) given"


def cells_of(rows: bytes) -> str:
    """Rows less their heights: what PostgreSQL writes is as high as the program that opens it makes it."""
    return re.sub(r' ht="[\d.]+"', "", rows.decode())


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0].label}-{case[1]}")
def test_the_database_writes_the_cells_that_python_writes(case: tuple[ExportColumn, SqlType, str, list[Any]]) -> None:
    column, kind, sql_type, values = case
    layout, renderer = Layout("台账", [column]), RowRenderer(Layout("台账", [column]))
    told = [str(v) if v is not None and kind == "decimal" else v for v in values]
    found, result = by_database(layout, [SqlValue("v", kind)], listed_of(told, sql_type))
    assert found.decode() == cells_of(renderer.render([[value] for value in values], 3))
    assert result.truncated == renderer.truncated


class AnyText(TestCase):
    @given(
        st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30), max_size=20)
    )
    def test_any_text_is_written_alike(self, texts: list[str]) -> None:
        layout = Layout("台账", [ExportColumn("甲"), ExportColumn("乙", wrap=True)])
        rows = ", ".join(f"({at}, {quoted(text)}, {quoted(text[::-1])})" for at, text in enumerate([*texts, "末"]))
        listed = f"SELECT a, b FROM (VALUES {rows}) given (at, a, b) ORDER BY at"
        found, _ = by_database(layout, [SqlValue("a", "text"), SqlValue("b", "text", 30)], listed)
        expected = RowRenderer(layout).render([[text, text[::-1]] for text in [*texts, "末"]], 3)
        assert found.decode() == cells_of(expected)


def test_rows_roll_over_and_are_numbered_anew() -> None:
    layout = Layout("台账", [ExportColumn("号", "integer")], "台账")
    out = io.BytesIO()
    sql = rows_sql(layout.columns, [SqlValue("v", "integer")], "SELECT generate_series(0, 6) AS v")
    told: list[int] = []
    with connection.cursor() as cursor:
        result = write_copied(
            out,
            layout,
            lambda taker: cursor.copy_expert(f"COPY ({sql}) TO STDOUT WITH ({COPY_OPTIONS})", taker),
            told.append,
            sheet_rows=3,
        )
    book = openpyxl.load_workbook(out)
    values = [[row[0] for row in sheet.iter_rows(min_row=3, values_only=True)] for sheet in book.worksheets]
    assert (result.rows, result.sheets) == (7, ["台账", "台账（2）", "台账（3）"])
    assert values == [[0, 1, 2], [3, 4, 5], [6]]
    assert told == [3, 3, 1]


def test_texts_that_cannot_be_long_are_not_measured_and_long_ones_are_counted() -> None:
    layout = Layout("台账", [ExportColumn("文")])
    listed = f"SELECT repeat('隐', {CELL_CHARACTERS + 1}) AS v FROM generate_series(1, 3)"
    found, result = by_database(layout, [SqlValue("v", "text")], listed)
    assert (result.rows, result.truncated, found.decode().count(CUT_MARK)) == (3, 3, 3)


@pytest.mark.slow
def test_streaming_takes_no_more_memory_for_more_rows() -> None:
    layout = Layout("台账", [ExportColumn(f"列{at}") for at in range(10)])
    values = [SqlValue(f"v{at}", "text", 40) for at in range(10)]
    columns = ", ".join(f"'第'||i||'处' AS v{at}" for at in range(10))

    def peak(count: int) -> int:
        with TemporaryFile() as out, connection.cursor() as cursor:
            listed = f"SELECT {columns} FROM generate_series(1, {count}) i"
            sql = rows_sql(layout.columns, values, listed)
            tracemalloc.start()
            copy = f"COPY ({sql}) TO STDOUT WITH ({COPY_OPTIONS})"
            written = write_copied(out, layout, lambda taker: cursor.copy_expert(copy, taker), lambda rows: None)
            highest = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert written.rows == count
        return highest

    assert peak(40_000) < 1.2 * peak(4_000) + 100_000


def test_floats_that_are_no_numbers_are_texts() -> None:
    layout = Layout("台账", [ExportColumn("额", "decimal")])
    found, _ = by_database(layout, [SqlValue("v", "float")], listed_of(["nan", "inf", "-inf"], "float8"))
    assert found.count(b"<is><t>") == 3


def test_moments_between_two_seconds_survive() -> None:
    start = datetime(2024, 1, 1, tzinfo=UTC)
    moments = [start + timedelta(seconds=n * 7919) for n in range(200)]
    layout = Layout("台账", [ExportColumn("时", "datetime")])
    found, _ = by_database(layout, [SqlValue("v", "moment")], listed_of(moments, "timestamptz"))
    assert found == RowRenderer(layout).render([[moment] for moment in moments], 3)


@pytest.mark.slow
@pytest.mark.province
def test_a_million_rows_and_one_are_all_there_within_a_few_megabytes() -> None:
    layout = Layout("台账", [ExportColumn("号", "integer"), ExportColumn("文")], "台账")
    listed = "SELECT i AS a, '第'||i||'处' AS b FROM generate_series(1, 1000001) i"
    values = [SqlValue("a", "integer"), SqlValue("b", "text", 20)]
    copy = f"COPY ({rows_sql(layout.columns, values, listed)}) TO STDOUT WITH ({COPY_OPTIONS})"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with TemporaryFile() as out, connection.cursor() as cursor:
        result = write_copied(out, layout, lambda taker: cursor.copy_expert(copy, taker), lambda rows: None)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        numbers = [number for part in (1, 2) for number in numbers_in(out, f"xl/worksheets/sheet{part}.xml")]
    assert (result.rows, result.sheets) == (1_000_001, ["台账", "台账（2）"])
    assert numbers == list(range(1, 1_000_002))
    assert grown < 64 * 1024


def numbers_in(book: IO[bytes], part: str) -> Iterator[int]:
    """The first cells of all rows, read as a stream."""
    with zipfile.ZipFile(book) as archive, archive.open(part) as xml:
        rest = b""
        while chunk := xml.read(1 << 20):
            whole, end, rest = (rest + chunk).rpartition(b"</row>")
            yield from map(int, re.findall(rb'<c r="A[0-9]+" s="[0-9]+"><v>([0-9]+)</v>', whole + end))
