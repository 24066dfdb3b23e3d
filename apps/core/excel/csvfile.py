"""Comma-separated text, in and out. Reading tells UTF-8 from GB 18030 strictly: a byte that fits neither is refused."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, BinaryIO

from apps.core.excel.cellxml import DANGEROUS_START, ZONE
from apps.core.excel.layout import ExportColumn, WriteResult
from apps.core.excel.limits import INTERACTIVE, Limits
from apps.core.excel.refusal import WorkbookRefused

_DELIMITERS = ",\t;"
_SAMPLE = 4096


def read_csv(data: bytes, limits: Limits = INTERACTIVE) -> list[list[str]]:
    """The rows of a CSV file as text; the caller has checked its size."""
    text = _decode(data)
    delimiter = max(_DELIMITERS, key=text[:_SAMPLE].count)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            _check_row(row, len(rows) + 1, limits)
            rows.append(row)
    except csv.Error as error:
        raise WorkbookRefused("broken_csv", f"CSV 第 {len(rows) + 1} 行附近格式有误，无法读取") from error
    return rows


def _decode(data: bytes) -> str:
    utf_16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))  # Excel's "Unicode text"
    encodings = ["utf-16"] if utf_16 else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise WorkbookRefused("not_text", "无法识别的文件：请上传 .xlsx，或 UTF-8 / GB18030 编码的 CSV")


def _check_row(row: list[str], number: int, limits: Limits) -> None:
    if number > limits.rows:
        raise WorkbookRefused("rows", f"文件超过 {limits.rows} 行，请拆分后再上传")
    if len(row) > limits.csv_columns:
        raise WorkbookRefused("columns", f"第 {number} 行超过 {limits.csv_columns} 列")
    if any(len(value) > limits.csv_field for value in row):
        raise WorkbookRefused("field", f"第 {number} 行有单元格超过 {limits.csv_field} 个字符")


def write_csv(out: BinaryIO, columns: Sequence[ExportColumn], rows: Iterable[Sequence[Any]]) -> WriteResult:
    """UTF-8 with BOM, so that Excel shows Chinese. CSV has no types: a text that begins like a formula gets a '."""
    result = WriteResult(sheets=["CSV"])
    text = io.TextIOWrapper(out, encoding="utf-8-sig", errors="replace", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([safe_text("／".join(column.path)) for column in columns])
    for row in rows:
        writer.writerow([_plain(column, value) for column, value in zip(columns, row, strict=True)])
        result.rows += 1
    text.detach()
    return result


def safe_text(text: str) -> str:
    """A text no spreadsheet program takes for a formula."""
    return f"'{text}" if text and text[0] in DANGEROUS_START else text


def _plain(column: ExportColumn, value: Any) -> Any:
    if column.choices is not None:
        value = column.choices.get(value, value)
    if isinstance(value, datetime):
        local = value.astimezone(ZONE) if value.tzinfo else value
        return f"{local:%Y-%m-%d}" if column.kind == "date" else f"{local:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    return safe_text(value.replace("\x00", "")) if isinstance(value, str) else value
