"""The first look at a workbook: its sheets, the head of its table, a proposal for each column, the values found.

All that the page of the columns shows comes from here as plain JSON, so that no later step of a page has to open
the file again.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import islice
from typing import Any

from apps.core.excel import BadValue, Field, Table, WorkbookRefused, find_table, find_tables, layout_signature, propose
from apps.core.excel.mapping import ColumnMatch
from apps.core.excel.sheets import BLOCK, Sheet, Value
from apps.core.excel.text import shorten
from apps.core.excel.values import parse_choice
from apps.core.masks import mask_numbers

SAMPLES = 3
MOST_VALUES = 30
LONGEST_VALUE = 40

Survey = dict[str, Any]


def survey(
    sheets: Sequence[Sheet],
    fields: Sequence[Field],
    recall: Callable[[str], Mapping[str, Any]],
    *,
    sheet: str = "",
    head: tuple[int, int] | None = None,
) -> Survey:
    """What stands in the workbook.  `recall` gives what is remembered for a layout; `sheet` and `head` overrule.

    Raises WorkbookRefused when there is no table or it has no rows.
    """
    best, reports = find_tables(sheets, fields)
    table = chosen_table(sheets, fields, sheet, head) if sheet else best
    if table is None:
        raise WorkbookRefused("no_table", "没有找到表头：表里要有一行列名，例如“检查时间、隐患描述、整改期限”")
    layout = layout_signature(table)
    remembered = recall(layout)
    values, rows = values_found(table)
    if not rows:
        raise WorkbookRefused("no_rows", f"工作表“{table.sheet.name}”的表头下面没有数据")
    proposal = propose(table, fields, remembered.get("columns"))
    return {
        "layout": layout,
        "sheets": [
            {
                "name": r.name,
                "hidden": r.hidden,
                "usable": r.table is not None,
                "whole": is_whole(r.table, fields, recall),
            }
            for r in reports
        ],
        "sheet": table.sheet.name,
        "head": list(table.header_rows),
        "title": list(table.title),
        "rows": rows,
        "columns": [told(match) for match in proposal.matches],
        "found": {str(index): dict(counter.most_common()) for index, counter in values.items()},
        "values": remembered.get("values", {}),
        "names": remembered.get("names", {}),
    }


def is_whole(table: Table | None, fields: Sequence[Field], recall: Callable[[str], Mapping[str, Any]]) -> bool:
    """Whether every field that is needed has its column: such a sheet is meant to be imported, a list of
    problems or a summary is not."""
    return table is not None and not propose(table, fields, recall(layout_signature(table)).get("columns")).missing


def chosen_table(
    sheets: Sequence[Sheet], fields: Sequence[Field], sheet: str, head: tuple[int, int] | None
) -> Table | None:
    named = next((s for s in sheets if s.name == sheet), None)
    return find_table(named, fields, head) if named else None


def told(match: ColumnMatch) -> dict[str, Any]:
    column = match.column
    return {
        "index": column.index,
        "letter": column.letter,
        "label": column.label,
        "samples": [shown(value) for value in column.samples[:SAMPLES]],
        "field": match.field or "",
        "score": round(match.score, 2),
        "reason": match.reason,
    }


def shown(value: Value) -> str:
    """A cell as text; identity numbers never enter what is kept of a survey."""
    if isinstance(value, datetime):
        text = f"{value:%Y-%m-%d %H:%M}"
    else:
        text = value.isoformat() if isinstance(value, date) else str(value)
    return mask_numbers(shorten(text, LONGEST_VALUE))


def values_found(table: Table) -> tuple[dict[int, Counter[str]], int]:
    """The different values of the columns that hold few and short ones, and the number of rows."""
    values: dict[int, Counter[str]] = {column.index: Counter() for column in table.columns}
    number, rows = 0, table.rows()
    while block := list(islice(rows, BLOCK)):
        number += len(block)
        columns = list(zip(*[row.values for row in block], strict=True))
        for index, counter in list(values.items()):
            for text, count in Counter(str(value) for value in columns[index] if value is not None).items():
                counter[mask_numbers(text)] += count
            if len(counter) > MOST_VALUES or max(map(len, counter), default=0) > LONGEST_VALUE:
                del values[index]
    return values, number


def code_of(field: Field, text: str) -> str:
    """The code that a choice field gives this value, or empty."""
    try:
        return parse_choice(text, field.choices)
    except BadValue:
        return ""


def with_values(fields: Sequence[Field], values: Mapping[str, Mapping[str, str]]) -> list[Field]:
    """The fields, their choices enlarged by the meanings that a person has given to values of the file."""
    return [replace(f, choices={**f.choices, **values[f.name]}) if values.get(f.name) else f for f in fields]
