"""The uploaded workbook handed back with its problems marked in the cells, and a list of them on a sheet of its own."""

import io
import warnings
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, BinaryIO, Literal

import openpyxl
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from apps.core.excel.bookcells import put_text
from apps.core.excel.checking import Problem
from apps.core.excel.csvfile import read_csv
from apps.core.excel.layout import ExportColumn, Layout
from apps.core.excel.limits import INTERACTIVE
from apps.core.excel.prescan import Source, opened, prescan
from apps.core.excel.sheetxml import sheet_title
from apps.core.excel.writing import write_book

AUTHOR = "系统校验"
LIST_SHEET = "问题清单"
MAX_COMMENTS = 2_000
_FILLS = {
    "error": PatternFill("solid", start_color="FFFFC7CE", end_color="FFFFC7CE"),
    "warning": PatternFill("solid", start_color="FFFFEB9C", end_color="FFFFEB9C"),
}
_SEVERITIES = {"error": "错误", "warning": "提醒"}
_HEAD = ("行号", "列", "列名", "内容", "原因", "类别")
_WIDTHS = (8, 8, 24, 40, 56, 8)
_REMARK = "批注与底色由系统校验添加；公式已换成计算结果。改正后可直接重新上传本文件，“问题清单”表不会被导入。"


def annotate(
    source: Source, problems: Sequence[Problem], out: Path | BinaryIO, *, sheet_name: str
) -> Literal["copy", "list"]:
    """Write the marked copy of `source` to `out`; `sheet_name` is the sheet that was checked.

    Files beyond the interactive limits, and those openpyxl cannot load, come back as the problem list alone ("list").
    """
    try:
        copy = _marked_copy(source, problems, sheet_name)
    except Exception:  # openpyxl throws whatever it trips over, at files that Excel opens without a word
        _write_list(out, problems)
        return "list"
    with out.open("wb") if isinstance(out, Path) else nullcontext(out) as stream:
        stream.write(copy)
    return "copy"


def _marked_copy(source: Source, problems: Sequence[Problem], sheet_name: str) -> bytes:
    """In memory first: openpyxl may fail while it saves, and then nothing half-written must be left in `out`."""
    book = _load(source, sheet_name)
    sheet = _sheet(book, sheet_name)
    _mark(sheet, problems)
    _add_list(book, sheet.title, problems)
    copy = io.BytesIO()
    book.save(copy)
    return copy.getvalue()


def _load(source: Source, sheet_name: str) -> Workbook:
    facts = prescan(source, INTERACTIVE)
    with opened(source) as stream, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about extensions openpyxl drops
        stream.seek(0)
        if facts.kind == "csv":
            return _from_rows(read_csv(stream.read()), sheet_name)
        return openpyxl.load_workbook(stream, data_only=True, rich_text=True)


def _from_rows(rows: Iterable[Sequence[str]], sheet_name: str) -> Workbook:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = sheet_title(sheet_name, 1)
    for number, row in enumerate(rows, 1):
        for column, text in enumerate(row, 1):
            put_text(sheet.cell(number, column), text)
    return book


def _sheet(book: Workbook, name: str) -> Worksheet:
    return next((sheet for sheet in book.worksheets if sheet.title == name), book.worksheets[0])


def _mark(sheet: Worksheet, problems: Sequence[Problem]) -> None:
    by_cell: dict[tuple[int, str], list[Problem]] = defaultdict(list)
    for problem in problems:
        if problem.row and problem.column_letter:
            by_cell[problem.row, problem.column_letter].append(problem)
    for count, ((row, letter), found) in enumerate(by_cell.items()):
        cell = _anchor(sheet, f"{letter}{row}")
        worst = min(problem.severity for problem in found)  # "error" sorts before "warning"
        cell.fill = _FILLS[worst]
        if count < MAX_COMMENTS:
            cell.comment = _comment(cell, [problem.reason for problem in found])


def _anchor(sheet: Worksheet, coordinate: str) -> Cell:
    """The cell itself, or the first of the merged range it belongs to: only that one can carry a comment."""
    cell = sheet[coordinate]
    if not isinstance(cell, MergedCell):
        return cell
    area = next(area for area in sheet.merged_cells.ranges if coordinate in area)
    return sheet.cell(area.min_row, area.min_col)


def _comment(cell: Cell, reasons: list[str]) -> Comment:
    earlier = [cell.comment.text] if cell.comment else []
    text = "\n".join(dict.fromkeys([*earlier, *reasons]))[:2000]
    return Comment(text, AUTHOR, width=240, height=40 + 20 * len(reasons))


def _add_list(book: Workbook, checked: str, problems: Sequence[Problem]) -> None:
    if LIST_SHEET in book.sheetnames:
        del book[LIST_SHEET]  # an annotated copy that was corrected and sent again
    sheet = book.create_sheet(LIST_SHEET)
    put_text(sheet.cell(1, 1), _REMARK)
    for column, (label, width) in enumerate(zip(_HEAD, _WIDTHS, strict=True), 1):
        cell = sheet.cell(2, column)
        put_text(cell, label)
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = width
    for number, problem in enumerate(problems, 3):
        for column, value in enumerate(_line(problem), 1):
            if isinstance(value, int):
                sheet.cell(number, column, value)
            else:
                put_text(sheet.cell(number, column), value)
        if problem.row and problem.column_letter:
            quoted = checked.replace("'", "''")
            sheet.cell(number, 1).hyperlink = f"#'{quoted}'!{problem.column_letter}{problem.row}"
    sheet.freeze_panes = "A3"


def _line(problem: Problem) -> tuple[Any, ...]:
    severity = _SEVERITIES[problem.severity]
    return (problem.row or "", problem.column_letter, problem.label, problem.value, problem.reason, severity)


def _write_list(out: Path | BinaryIO, problems: Sequence[Problem]) -> None:
    columns = [ExportColumn(label, width=width, wrap=True) for label, width in zip(_HEAD, _WIDTHS, strict=True)]
    layout = Layout(title="导入校验问题清单", columns=columns, sheet_name=LIST_SHEET, font="微软雅黑")
    write_book(out, layout, map(_line, problems))
