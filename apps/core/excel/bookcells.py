"""Text into openpyxl cells: always as text, without characters a workbook cannot hold."""

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell

from apps.core.excel.cellxml import CELL_CHARACTERS, CUT_MARK, DANGEROUS_START

if not openpyxl.DEFUSEDXML:
    raise ImportError("openpyxl needs defusedxml beside it (and no lxml): it would obey a DTD in an upload")


def put_text(cell: Cell, text: str) -> None:
    """Set a text that no program takes for a formula; cut with a mark where it exceeds a cell."""
    text = ILLEGAL_CHARACTERS_RE.sub("", text)
    if len(text) > CELL_CHARACTERS:
        text = text[: CELL_CHARACTERS - len(CUT_MARK)] + CUT_MARK
    cell.value = text
    cell.data_type = "s"
    if text and text[0] in DANGEROUS_START:
        cell.quotePrefix = True
