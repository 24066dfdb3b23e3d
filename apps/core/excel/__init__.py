"""Ledgers in and out as workbooks. Knows no model and no trade: callers bring `Field`s to read and columns to write.

In: `read_sheets` → `find_tables` → `propose` → `check` (→ `annotate`). Out: `write_styled`, `write_book`, `write_csv`,
`write_template`. A file that cannot be read raises `WorkbookRefused` with a Chinese reason, and nothing else.
"""

from apps.core.excel.annotate import annotate
from apps.core.excel.checking import Checked, CheckedRow, Problem, check, check_rows, missing_columns
from apps.core.excel.csvfile import write_csv
from apps.core.excel.fields import Field
from apps.core.excel.headers import Column, DataRow, Skipped, Table, find_table, find_tables, layout_signature
from apps.core.excel.layout import ExportColumn, Layout, WriteResult
from apps.core.excel.limits import BULK, INTERACTIVE, Limits
from apps.core.excel.mapping import ColumnMatch, Mapping, from_choices, propose
from apps.core.excel.prescan import WorkbookFacts, prescan
from apps.core.excel.reading import read_sheets
from apps.core.excel.refusal import WorkbookRefused
from apps.core.excel.template import template_version, write_template
from apps.core.excel.values import BadValue, Finding, split_findings
from apps.core.excel.writing import write_book, write_styled

__all__ = [
    "BULK",
    "INTERACTIVE",
    "BadValue",
    "Checked",
    "CheckedRow",
    "Column",
    "ColumnMatch",
    "DataRow",
    "ExportColumn",
    "Field",
    "Finding",
    "Layout",
    "Limits",
    "Mapping",
    "Problem",
    "Skipped",
    "Table",
    "WorkbookFacts",
    "WorkbookRefused",
    "WriteResult",
    "annotate",
    "check",
    "check_rows",
    "find_table",
    "find_tables",
    "from_choices",
    "layout_signature",
    "missing_columns",
    "prescan",
    "propose",
    "read_sheets",
    "split_findings",
    "template_version",
    "write_book",
    "write_csv",
    "write_styled",
    "write_template",
]
