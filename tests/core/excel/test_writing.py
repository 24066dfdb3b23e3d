"""What is written comes back equal from two readers, is never a formula, and looks the way the layout says."""

import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
import python_calamine
from hypothesis import given
from hypothesis import strategies as st
from isal import isal_zlib
from openpyxl.worksheet.worksheet import Worksheet

from apps.core.excel import (
    ExportColumn,
    Layout,
    find_table,
    layout_signature,
    read_sheets,
    write_book,
    write_csv,
    write_styled,
    writing,
)
from apps.core.excel.cellxml import CELL_CHARACTERS, CUT_MARK, DANGEROUS_START
from apps.core.excel.sheetxml import sheet_title
from tests.core.excel import builders
from tests.core.excel.builders import moment

COLUMNS = (
    ExportColumn("编号", width=18),
    ExportColumn("检查日期", "date"),
    ExportColumn("下达时间", "datetime", 18),
    ExportColumn("次数", "integer"),
    ExportColumn("金额", "decimal"),
    ExportColumn("状态", choices={"closed": "已销号"}),
)
LEDGER_18 = (
    *(ExportColumn(label, wrap=True) for label in builders.HEADINGS),
    *(ExportColumn(label, group=("整改责任单位",)) for label in ("建设", "设计", "施工", "监理")),
    *(ExportColumn(label) for label in ("整改责任人", "整改完成日期", "销号情况")),
)


def written(rows: Any, columns: Any = COLUMNS, **options: Any) -> io.BytesIO:
    stream = io.BytesIO()
    write_book(stream, Layout(title="隐患台账", columns=columns, **options), rows)
    stream.seek(0)
    return stream


def sheet_of(stream: io.BytesIO) -> Worksheet:
    return openpyxl.load_workbook(stream).worksheets[0]


# What Excel can hold in a cell: no control characters but tab and line feed, none of its own _x0041_ escapes.
TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\n", exclude_characters="\ufffe\uffff"),
    min_size=1,
    max_size=60,
).filter(lambda text: "_x" not in text)  # fmt: skip
ROWS = st.lists(
    st.tuples(
        TEXTS,
        st.dates(date(1900, 3, 1), date(2200, 1, 1)) | st.none(),
        st.datetimes(moment("1901-01-01"), moment("2200-01-01")).map(lambda at: at.replace(microsecond=0)) | st.none(),
        st.integers(-(10**15) + 1, 10**15 - 1) | st.none(),
        st.decimals(-(10**9), 10**9, places=2) | st.none(),
        st.sampled_from(["closed", None, "＝1+1"]),
    ),
    min_size=1,
    max_size=8,
)


@given(ROWS)
def test_openpyxl_reads_back_what_was_written(rows: list[tuple[Any, ...]]) -> None:
    sheet = sheet_of(written(rows))
    for number, row in enumerate(rows, 3):
        found = [cell.value for cell in sheet[number]]
        assert found[0] == row[0]
        assert found[1] == (datetime.combine(row[1], datetime.min.time()) if row[1] else None)
        assert found[2] == row[2]
        assert found[3] == row[3]
        assert (found[4] is None) == (row[4] is None)
        assert row[4] is None or Decimal(str(found[4])) == row[4]
        assert found[5] == ("已销号" if row[5] == "closed" else row[5])


@given(ROWS)
def test_calamine_reads_back_what_was_written(rows: list[tuple[Any, ...]]) -> None:
    sheet = python_calamine.load_workbook(written(rows)).get_sheet_by_index(0)
    for row, found in zip(rows, sheet.to_python(skip_empty_area=False)[2:], strict=True):
        assert found[0] == row[0]
        assert found[1] == (row[1] or "")
        assert found[2] in (row[2] or "", row[2].date() if row[2] else "")
        assert found[3] == ("" if row[3] is None else row[3])
        assert found[4] == ("" if row[4] is None else float(row[4]))


def test_our_own_reader_reads_back_the_ledger_layout() -> None:
    table = find_table(read_sheets(written([["x"] * 18], LEDGER_18, notes=("填写要求：……",)))[0], builders.FIELDS)
    original = find_table(read_sheets(builders.command_ledger())[0], builders.FIELDS)
    assert table is not None
    assert original is not None
    assert table.header_rows == (2, 3)
    assert layout_signature(table) == layout_signature(original)
    assert [row.values for row in table.rows()] == [("x",) * 18]


@pytest.mark.parametrize("lead", sorted(DANGEROUS_START))
def test_text_never_becomes_a_formula(lead: str) -> None:
    text = f"{lead}cmd|' /C calc'!A0"
    stream = written([[text, None, None, None, None, text]])
    with zipfile.ZipFile(stream) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f" not in xml
    cell = sheet_of(stream)["A3"]
    assert cell.data_type == "s"
    assert cell.quotePrefix
    assert cell.value == text.replace("\r", "\n")


def test_texts_in_columns_of_dates_and_numbers_stay_texts() -> None:
    sheet = sheet_of(written([["a", "=1+1", "不详", "=2", "-", 5]]))
    assert [(cell.value, cell.data_type) for cell in sheet[3]] == [
        ("a", "s"), ("=1+1", "s"), ("不详", "s"), ("=2", "s"), ("-", "s"), ("5", "s")
    ]  # fmt: skip


def test_long_numbers_keep_their_digits_as_text() -> None:
    sheet = sheet_of(written([["a", None, None, 130102199001011234, float("nan"), None]]))
    assert [cell.value for cell in sheet[3]][3:5] == ["130102199001011234", "nan"]


def test_aware_times_are_shown_in_chinese_time() -> None:
    instant, in_summer_time = datetime(2024, 6, 30, 16, 30, tzinfo=UTC), datetime(1988, 6, 30, 15, 30, tzinfo=UTC)
    sheet = sheet_of(
        written([["a", instant, instant, None, None, None], ["b", None, in_summer_time, None, None, None]])
    )
    assert sheet["C4"].value == moment("1988-07-01 00:30")
    assert [cell.value for cell in sheet[3]][1:3] == [moment("2024-07-01"), moment("2024-07-01 00:30")]


def test_day_in_a_column_of_moments_is_shown_without_a_time() -> None:
    sheet = sheet_of(written([["a", None, date(2024, 6, 22), None, None, None]]))
    assert (sheet["C3"].value, sheet["C3"].number_format) == (moment("2024-06-22"), "yyyy\\-mm\\-dd")


def test_days_before_excels_calendar_are_texts() -> None:
    assert sheet_of(written([["a", date(1900, 2, 28), None, None, None, None]]))["B3"].value == "1900-02-28"


def test_characters_xml_cannot_hold_are_dropped() -> None:
    assert sheet_of(written([["a\x00b\x1f\ud800\uffffc&<>", None, None, None, None, None]]))["A3"].value == "abc&<>"


def test_excel_escapes_are_not_decoded_into_other_text() -> None:
    stream = written([["_x0041_", None, None, None, None, None]])
    assert python_calamine.load_workbook(stream).get_sheet_by_index(0).to_python()[2][0] == "_x0041_"


def test_text_longer_than_a_cell_is_cut_with_a_mark_and_counted() -> None:
    stream = io.BytesIO()
    texts = ["隐" * CELL_CHARACTERS, "隐" * (CELL_CHARACTERS + 1), "😀" * 20_000]
    result = write_book(stream, Layout("台账", [ExportColumn("文")]), [[text] for text in texts])
    values = [row[0] for row in sheet_of(stream).iter_rows(min_row=3, values_only=True)]
    assert result.truncated == 2
    assert values[0] == texts[0]
    assert [value[-len(CUT_MARK) :] for value in values[1:]] == [CUT_MARK] * 2
    assert all(len(value.encode("utf-16-le")) // 2 <= CELL_CHARACTERS for value in values)


def test_styled_export_has_title_lines_frozen_head_and_filter() -> None:
    stream = io.BytesIO()
    lines = ["筛选条件：长安区、逾期", "导出时间：2024-06-22 14:40　导出人：张某"]
    result = write_styled(
        stream,
        title="隐患台账",
        subtitle_lines=lines,
        columns=COLUMNS,
        rows=[["a", None, None, 1, 2, "closed"]],
        sheet_name="台账",
    )
    sheet = sheet_of(stream)
    assert (result.rows, result.sheets) == (1, ["台账"])
    assert [sheet[f"A{row}"].value for row in (1, 2, 3)] == ["隐患台账", *lines]
    assert [cell.value for cell in sheet[4]] == [column.label for column in COLUMNS]
    assert sheet.freeze_panes == "B5"
    assert sheet.auto_filter.ref == "A4:F5"
    assert sheet.column_dimensions["A"].width == 18
    assert sheet["B5"].number_format == "yyyy\\-mm\\-dd"


def test_ledger_layout_has_merged_heads_notes_and_print_set_up() -> None:
    sheet = sheet_of(written([["x"] * 18] * 2, LEDGER_18, notes=("填写要求：\n一行一条",)))
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert {"A1:R1", "A2:A3", "K2:K3", "L2:O2", "P2:P3", "A6:R6"} <= merged
    assert [sheet[f"{letter}3"].value for letter in "LMNO"] == ["建设", "设计", "施工", "监理"]
    assert sheet["A6"].value == "填写要求：\n一行一条"
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert sheet.print_title_rows == "$2:$3"
    assert sheet["A4"].border.left.style == "thin"
    assert sheet["A4"].alignment.wrap_text


def test_rows_roll_over_to_further_sheets() -> None:
    stream = io.BytesIO()
    result = write_book(
        stream, Layout("台账", [ExportColumn("号", "integer")], "一" * 31), ([at] for at in range(7)), sheet_rows=3
    )
    book = openpyxl.load_workbook(stream)
    assert (result.rows, result.sheets) == (7, ["一" * 31, "一" * 28 + "（2）", "一" * 28 + "（3）"])
    assert [[row[0] for row in sheet.iter_rows(min_row=3, values_only=True)] for sheet in book.worksheets] == [
        [0, 1, 2],
        [3, 4, 5],
        [6],
    ]


def test_empty_export_is_a_sound_workbook() -> None:
    assert sheet_of(written([])).max_row == 2


def test_row_of_another_length_is_an_error_of_the_program() -> None:
    with pytest.raises(ValueError, match="zip"):
        written([["a"]])


@given(st.text(max_size=50), st.integers(1, 99))
def test_sheet_titles_are_accepted_by_excel(name: str, number: int) -> None:
    title = sheet_title(name, number)
    assert 1 <= len(title) <= 31
    assert not set(title) & set("[]:*?/\\'\n")


def test_memory_does_not_grow_with_the_rows() -> None:
    def rows(count: int) -> Iterator[list[Any]]:
        for at in range(count):
            yield [f"HB-{at}", date(2024, 1, 1) + timedelta(days=at % 300), None, at, at / 4, "closed"]

    def peak(count: int) -> int:
        tracemalloc.start()
        stream = io.BytesIO()
        write_book(stream, Layout("台账", COLUMNS), rows(count))
        size = stream.tell()
        peak = tracemalloc.get_traced_memory()[1] - size
        tracemalloc.stop()
        return peak

    assert peak(4_000) < 2 * peak(1_000) + 1_000_000


def test_all_of_a_sheet_goes_through_the_quick_compressor(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    class Watched:
        def __init__(self, *options: int) -> None:
            self.inner = isal_zlib.compressobj(*options)

        def compress(self, data: bytes) -> bytes:
            sizes.append(len(data))
            return self.inner.compress(data)

        def flush(self) -> bytes:
            return self.inner.flush()

    monkeypatch.setattr(writing, "isal_zlib", SimpleNamespace(**vars(isal_zlib) | {"compressobj": Watched}))
    with zipfile.ZipFile(written([["x"] * len(COLUMNS)] * 500)) as archive:
        assert sum(sizes) == archive.getinfo("xl/worksheets/sheet1.xml").file_size


def test_csv_is_utf_8_with_mark_and_quotes_formulas() -> None:
    stream = io.BytesIO()
    instant = datetime(2024, 6, 30, 16, 30, tzinfo=UTC)
    write_csv(
        stream,
        COLUMNS,
        [["=1+1", instant, instant, 1, Decimal("2.50"), "closed"], ["a,\n\x00b", None, None, -1, None, "＠x"]],
    )
    assert stream.getvalue().decode("utf-8-sig") == (
        "编号,检查日期,下达时间,次数,金额,状态\r\n"
        "'=1+1,2024-07-01,2024-07-01 00:30,1,2.50,已销号\r\n"
        '"a,\nb",,,-1,,\'＠x\r\n'
    )


@pytest.mark.parametrize(
    ("text", "height"),
    [
        ("短", 18),
        ("临边防护缺失" * 6, 45),
        ("一、临边\n二、洞口\n三、通道", 45),
        ("a" * 29, 18),
        ("长" * 5000, 409),
        (None, 18),
    ],
)
def test_a_row_is_as_high_as_its_wrapped_text_needs(text: str | None, height: float) -> None:
    columns = (ExportColumn("序号", "integer"), ExportColumn("描述", width=30, wrap=True), ExportColumn("备注"))
    sheet = sheet_of(written([(1, text, "不换行的列" * 50)], columns))
    found = sheet.row_dimensions[3].height
    assert (found or sheet.sheet_format.defaultRowHeight) == height
