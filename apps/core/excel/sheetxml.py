"""The parts of a written workbook around its rows: head, freeze, filter, merges, print set-up, package files."""

from collections.abc import Iterator, Sequence

from apps.core.excel.cellxml import CellStyle, CellWriter, attribute
from apps.core.excel.layout import ExportColumn, Layout, head_cells, head_depth
from apps.core.excel.stylesheet import HEAD, NOTE, SUBTITLE, TITLE
from apps.core.excel.text import clean, column_letter

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_SHEET_NAME_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", "_"))


def head_rows(layout: Layout) -> int:
    """Rows above the data: title, filter lines, head."""
    return 1 + len(layout.subtitle_lines) + head_depth(layout.columns)


def sheet_title(name: str, number: int) -> str:
    """A name Excel accepts: no forbidden characters, at most 31 of them, numbered from the second sheet on."""
    suffix = "" if number == 1 else f"（{number}）"
    tidy = clean(name)[0].translate(_SHEET_NAME_FORBIDDEN).replace("\n", " ") or "Sheet1"
    return tidy[: 31 - len(suffix)] + suffix


def opening(layout: Layout, *, first: bool) -> str:
    """Everything up to the first data row."""
    top = head_rows(layout)
    corner = f"{column_letter(layout.freeze_columns)}{top + 1}"
    split = f'xSplit="{layout.freeze_columns}" ' if layout.freeze_columns else ""
    pane = "bottomRight" if layout.freeze_columns else "bottomLeft"
    selected = ' tabSelected="1"' if first else ""
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<sheetViews><sheetView{selected} workbookViewId="0"><pane {split}ySplit="{top}" topLeftCell="{corner}" '
        f'activePane="{pane}" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="18"/>'
        f"{_columns(layout.columns)}<sheetData>{_title_rows(layout)}{_head(layout)}"
    )


def closing(layout: Layout, rows: int) -> str:
    """Everything after the last data row: notes, filter, merges, print set-up, in the order the schema demands."""
    depth, top = head_depth(layout.columns), head_rows(layout)
    last = column_letter(len(layout.columns) - 1)
    notes = "".join(_wide_row(layout, note, top + rows + at, NOTE) for at, note in enumerate(layout.notes, 1))
    filtered = f'<autoFilter ref="A{top}:{last}{top + max(rows, 1)}"/>' if layout.autofilter else ""
    orientation = "landscape" if layout.landscape else "portrait"
    return (
        f"{notes}</sheetData>{filtered}{_merges(layout, top, depth, rows)}"
        '<printOptions horizontalCentered="1"/>'
        '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
        f'<pageSetup paperSize="9" orientation="{orientation}" fitToWidth="1" fitToHeight="0"/>'
        "<headerFooter><oddFooter>&amp;C第 &amp;P 页，共 &amp;N 页</oddFooter></headerFooter></worksheet>"
    )


def _columns(columns: Sequence[ExportColumn]) -> str:
    widths = "".join(
        f'<col min="{at}" max="{at}" width="{column.width}" customWidth="1"/>' for at, column in enumerate(columns, 1)
    )
    return f"<cols>{widths}</cols>"


def _title_rows(layout: Layout) -> str:
    subtitles = (_wide_row(layout, line, at, SUBTITLE) for at, line in enumerate(layout.subtitle_lines, 2))
    return _wide_row(layout, layout.title, 1, TITLE, height=30) + "".join(subtitles)


def _wide_row(layout: Layout, text: str, number: int, style: int, height: float = 0) -> str:
    """One text across the whole table. Merged cells never grow by themselves, so the height is reckoned here."""
    per_line = max(20, int(sum(column.width for column in layout.columns) / 2))
    lines = sum(1 + len(line) // per_line for line in text.splitlines() or [""])
    height = height or 4 + 14 * lines
    return f'<row r="{number}" ht="{height}" customHeight="1"><c r="A{number}"{_text(text, style)}</row>'


def _head(layout: Layout) -> str:
    top = head_rows(layout) - head_depth(layout.columns) + 1
    rows = []
    for level in range(head_depth(layout.columns)):
        labels = {cell.left: cell.label for cell in head_cells(layout.columns) if cell.top == level}
        cells = "".join(
            f'<c r="{column_letter(at)}{top + level}"{_text(labels.get(at, ""), HEAD)}'
            for at in range(len(layout.columns))
        )
        rows.append(f'<row r="{top + level}" ht="{layout.head_height}" customHeight="1">{cells}</row>')
    return "".join(rows)


def _text(text: str, style: int) -> str:
    return CellWriter(ExportColumn(""), CellStyle(style, style, style, style)).text(text)


def _merges(layout: Layout, top: int, depth: int, rows: int) -> str:
    last = column_letter(len(layout.columns) - 1)
    wide = [*range(1, top - depth + 1), *range(top + rows + 1, top + rows + 1 + len(layout.notes))]
    ranges = [f"A{row}:{last}{row}" for row in wide] if len(layout.columns) > 1 else []
    first = top - depth + 1
    for cell in head_cells(layout.columns):
        if (cell.top, cell.left) != (cell.bottom, cell.right):
            corner = f"{column_letter(cell.left)}{first + cell.top}"
            ranges.append(f"{corner}:{column_letter(cell.right)}{first + cell.bottom}")
    body = "".join(f'<mergeCell ref="{area}"/>' for area in ranges)
    return f'<mergeCells count="{len(ranges)}">{body}</mergeCells>' if ranges else ""


def sheet_part(number: int) -> str:
    return f"xl/worksheets/sheet{number}.xml"


def package_parts(sheets: Sequence[tuple[str, Layout]]) -> Iterator[tuple[str, str]]:
    """The small files every workbook needs, except the style sheet; `sheets` are their titles and looks in order."""
    numbers = range(1, len(sheets) + 1)
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{at}.xml" ContentType="{_TYPE}.worksheet+xml"/>' for at in numbers
    )
    yield (
        "[Content_Types].xml",
        (
            f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
            f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{overrides}</Types>'
        ),
    )
    yield (
        "_rels/.rels",
        (
            f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
    )
    relations = "".join(
        f'<Relationship Id="rId{at}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{at}.xml"/>' for at in numbers
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        (
            f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{relations}'
            f'<Relationship Id="rId{len(sheets) + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
        ),
    )
    yield "xl/workbook.xml", _workbook(sheets)


def _workbook(sheets: Sequence[tuple[str, Layout]]) -> str:
    entries = "".join(
        f'<sheet name="{attribute(name)}" sheetId="{at}" r:id="rId{at}"/>' for at, (name, _) in enumerate(sheets, 1)
    )
    titles = "".join(
        f'<definedName name="_xlnm.Print_Titles" localSheetId="{at}">'
        f"'{attribute(name)}'!${head_rows(layout) - head_depth(layout.columns) + 1}:${head_rows(layout)}</definedName>"
        for at, (name, layout) in enumerate(sheets)
    )
    return (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><bookViews><workbookView/></bookViews>'
        f"<sheets>{entries}</sheets><definedNames>{titles}</definedNames></workbook>"
    )
