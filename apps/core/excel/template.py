"""The blank workbook people fill in: head, formats, drop-downs, an example row, and a sheet that explains it."""

import re
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from apps.core.excel.bookcells import put_text
from apps.core.excel.fields import Field
from apps.core.excel.headers import EXAMPLE_MARK
from apps.core.excel.sheets import Sheet

HELP_SHEET, OPTIONS_SHEET = "填写说明", "选项"
_VERSION = re.compile(r"模板版本[:：]\s*(\S+)")
_FILL_ROWS = 2_000
_FORMATS = {"date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm", "integer": "0", "decimal": "#,##0.00"}
_WRITTEN = {
    "text": "文字",
    "reference": "文字",
    "date": "日期，如 2024-06-22",
    "datetime": "日期，可带时间，如 2024-06-22 14:40",
    "integer": "整数",
    "decimal": "数字",
}
_THIN = Side(style="thin", color="FF8C8C8C")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_HEAD_FILL = PatternFill("solid", start_color="FFE8EEF6", end_color="FFE8EEF6")
_REQUIRED_FONT = Font(name="微软雅黑", size=10, bold=True, color="FFC00000")
_OPTIONAL_FONT = Font(name="微软雅黑", size=10, bold=True)
_EXAMPLE_FONT = Font(name="微软雅黑", size=10, italic=True, color="FF7F7F7F")


def write_template(
    out: Path | str | BinaryIO,
    fields: Sequence[Field],
    *,
    title: str,
    version: str,
    lists: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """A template for these fields. `lists` gives live values for reference fields (field name → names), offered as
    drop-downs that still admit other text; choice fields admit only their own labels. The example is never imported.
    """
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "填报表"
    _write_head(sheet, fields, title)
    _write_options(book, sheet, fields, lists or {})
    _write_help(book, fields, version)
    sheet.freeze_panes = "A3"
    book.save(out)


def _write_head(sheet: Worksheet, fields: Sequence[Field], title: str) -> None:
    put_text(sheet.cell(1, 1), title)
    sheet.cell(1, 1).font = Font(name="微软雅黑", size=14, bold=True)
    sheet.cell(1, 1).alignment = Alignment(horizontal="center", vertical="center")
    if len(fields) > 1:
        sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(fields))
    sheet.row_dimensions[1].height = 28
    example_at = next((at for at, field in enumerate(fields, 1) if field.kind in ("text", "reference")), 1)
    for column, field in enumerate(fields, 1):
        head = sheet.cell(2, column)
        put_text(head, field.label)
        head.font = _REQUIRED_FONT if field.required else _OPTIONAL_FONT
        head.fill, head.border = _HEAD_FILL, _BORDER
        head.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        example = sheet.cell(3, column)
        put_text(example, (EXAMPLE_MARK if column == example_at else "") + _example(field))
        example.font = _EXAMPLE_FONT
        _format_column(sheet, column, field)


def _example(field: Field) -> str:
    return field.example or next(iter(field.shown_choices.values()), "")


def _format_column(sheet: Worksheet, column: int, field: Field) -> None:
    """Formats belong to the column, so they also hold in rows that do not exist yet. Text keeps long numbers whole."""
    dimension = sheet.column_dimensions[get_column_letter(column)]
    dimension.width = max(12, 2.2 * len(field.label), min(40, 1.2 * len(_example(field)) + 4))
    dimension.number_format = _FORMATS.get(field.kind, "@")


def _write_options(
    book: Workbook, sheet: Worksheet, fields: Sequence[Field], lists: Mapping[str, Sequence[str]]
) -> None:
    """Drop-downs take their values from a hidden sheet: a list inside the rule may not exceed 255 characters."""
    options = book.create_sheet(OPTIONS_SHEET)
    options.sheet_state = "hidden"
    for column, field in enumerate(fields, 1):
        values = list(field.shown_choices.values()) or list(islice(lists.get(field.name, ()), 10_000))
        if not values:
            continue
        at = options.max_column + 1 if options.cell(1, 1).value else 1
        for row, value in enumerate([field.label, *values], 1):
            put_text(options.cell(row, at), value)
        letter = get_column_letter(at)
        source = f"'{OPTIONS_SHEET}'!${letter}$2:${letter}${len(values) + 1}"
        rule = DataValidation("list", formula1=source, allow_blank=True, showErrorMessage=True, showInputMessage=True)
        rule.errorStyle = "stop" if field.choices else "warning"
        rule.errorTitle, rule.error = "请从列表中选择", f"“{field.label}”不在列表中"
        target = get_column_letter(column)
        rule.add(f"{target}4:{target}{_FILL_ROWS + 3}")
        sheet.add_data_validation(rule)


def _write_help(book: Workbook, fields: Sequence[Field], version: str) -> None:
    sheet = book.create_sheet(HELP_SHEET)
    lines = [
        (f"模板版本：{version}",),
        ("红色标题为必填；灰色示例行不会导入，可以保留。请勿合并单元格，一行填写一条。",),
        ("列名", "是否必填", "填写格式", "说明"),
        *((field.label, "必填" if field.required else "选填", _written(field), field.help) for field in fields),
    ]
    for row, line in enumerate(lines, 1):
        for column, text in enumerate(line, 1):
            put_text(sheet.cell(row, column), text)
    for letter, width in zip("ABCD", (24, 10, 44, 60), strict=True):
        sheet.column_dimensions[letter].width = width


def _written(field: Field) -> str:
    if field.kind == "choice":
        return "从列表中选择：" + ("、".join(field.shown_choices.values()) or "没有可选的值，留空")
    length = f"，最多 {field.max_length} 字" if field.max_length else ""
    unit = f"（{field.unit}）" if field.unit else ""
    return _WRITTEN[field.kind] + unit + length


def template_version(sheets: Sequence[Sheet]) -> str | None:
    """The version of the template an upload was made from, or None for a ledger of their own."""
    for sheet in sheets:
        if sheet.name == HELP_SHEET:
            for row in islice(sheet.rows(), 3):
                if found := _VERSION.search(str(row.at(0))):
                    return found[1]
    return None
