"""Opens an upload: the gate first, then calamine for workbooks or our own reader for CSV."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import python_calamine as calamine

from apps.core.excel.csvfile import read_csv
from apps.core.excel.limits import INTERACTIVE, Limits
from apps.core.excel.prescan import Source, WorkbookFacts, opened, prescan
from apps.core.excel.refusal import WorkbookRefused
from apps.core.excel.sheets import MergedRange, Sheet

CSV_SHEET = "CSV"
_UNREADABLE = "文件内容不符合 Excel 格式，无法读取；请用 Excel 打开后另存再上传"


def read_sheets(source: Source, limits: Limits = INTERACTIVE, facts: WorkbookFacts | None = None) -> list[Sheet]:
    """All worksheets of an upload in their order, hidden ones marked; chart sheets are left out.

    `facts` are those of an earlier scan of these very bytes within these very limits, which spares another.
    """
    facts = facts or prescan(source, limits)
    with opened(source) as stream:
        stream.seek(0)
        if facts.kind == "csv":
            rows = read_csv(stream.read(), limits)
            return [Sheet(CSV_SHEET, lambda: rows)]
        with _calamine_errors():
            book = calamine.load_workbook(stream)
            return [_sheet(book, meta, facts) for meta in book.sheets_metadata if _is_worksheet(meta)]


def _is_worksheet(meta: calamine.SheetMetadata) -> bool:
    return meta.typ == calamine.SheetTypeEnum.WorkSheet


def _sheet(book: calamine.CalamineWorkbook, meta: calamine.SheetMetadata, facts: WorkbookFacts) -> Sheet:
    sheet = book.get_sheet_by_name(meta.name)
    ranges = sheet.merged_cell_ranges or []
    return Sheet(
        meta.name,
        partial(_rows, sheet.iter_rows),
        first_column=sheet.start[1] if sheet.start else 0,
        hidden=meta.visible != calamine.SheetVisibleEnum.Visible,
        merged=tuple(MergedRange(*start, *end) for start, end in ranges),
        unreadable=facts.unreadable.get(meta.name),
    )


def _rows(read: Callable[[], Iterator[Sequence[Any]]]) -> Iterator[Sequence[Any]]:
    with _calamine_errors():
        yield from read()


@contextmanager
def _calamine_errors() -> Iterator[None]:
    """Whatever the Rust reader stumbles over is a fault of the file. A Rust panic arrives as a bare BaseException."""
    try:
        yield
    except (calamine.CalamineError, ValueError, OverflowError, OSError) as error:
        raise WorkbookRefused("unreadable", _UNREADABLE) from error
    except BaseException as error:
        if type(error).__module__ != "pyo3_runtime":
            raise
        raise WorkbookRefused("unreadable", _UNREADABLE) from error
