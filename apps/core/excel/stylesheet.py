"""styles.xml of the workbooks we write: a fixed list of looks, so that a style is an index known in advance."""

from apps.core.excel.cellxml import CellStyle, attribute
from apps.core.excel.layout import ExportColumn, Layout

TITLE, SUBTITLE, HEAD, NOTE = 1, 2, 3, 4
_FIRST_BODY = 5
_MUTED = 4
"""The font of columns that people may pass over."""
_LOOKS = ("left", "left_wrap", "centre", "centre_wrap", "centre_muted")
_OWN_FORMATS = {"text": 49, "date": 164, "datetime": 165, "integer": 1, "decimal": 4}
_KINDS = tuple(_OWN_FORMATS)


def style_of(column: ExportColumn) -> CellStyle:
    """Per look: five number formats (text first), then the quoted text."""
    centred = column.centred or column.kind in ("date", "datetime", "integer")
    look = _LOOKS.index("centre_muted") if column.muted else 2 * centred + column.wrap
    per_look = len(_KINDS) + 1
    base = _FIRST_BODY + look * per_look
    own, day = base + _KINDS.index(column.kind), base + _KINDS.index("date")
    wrap = 0 if column.wrap or column.muted else per_look
    return CellStyle(text=base, quoted=base + len(_KINDS), own=own, day=day, wrap=wrap)


def stylesheet(layout: Layout) -> str:
    cell_formats = [
        _format(),
        _format(font=1, align='horizontal="center" vertical="center" wrapText="1"'),
        _format(font=2, align='horizontal="left" vertical="center" wrapText="1"'),
        _format(font=3, fill=2, border=1, align='horizontal="center" vertical="center" wrapText="1"'),
        _format(font=2, align='horizontal="left" vertical="top" wrapText="1"'),
    ]
    for look in _LOOKS:
        cell_formats.extend(_body_formats(look))
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
        '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/></numFmts>'
        f"{_fonts(layout)}{_FILLS}{_BORDERS}"
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(cell_formats)}">{"".join(cell_formats)}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="常规" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


def _body_formats(look: str) -> list[str]:
    horizontal = "center" if look.startswith("centre") else "left"
    wrap = ' wrapText="1"' if look.endswith("wrap") else ""
    align = f'vertical="center"{wrap}'
    font = _MUTED if look.endswith("muted") else 0
    formats = []
    for kind, number in _OWN_FORMATS.items():
        side = "right" if kind == "decimal" else horizontal
        formats.append(_format(number=number, font=font, border=1, align=f'horizontal="{side}" {align}'))
    quoted = _format(number=49, font=font, border=1, align=f'horizontal="{horizontal}" {align}', quoted=True)
    return [*formats, quoted]


def _format(
    number: int = 0, font: int = 0, fill: int = 0, border: int = 0, align: str = "", quoted: bool = False
) -> str:
    applied = 'applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1"'
    prefix = ' quotePrefix="1"' if quoted else ""
    start = f'<xf numFmtId="{number}" fontId="{font}" fillId="{fill}" borderId="{border}" xfId="0" {applied}{prefix}'
    return f'{start} applyAlignment="1"><alignment {align}/></xf>' if align else f"{start}/>"


def _fonts(layout: Layout) -> str:
    name, size = attribute(layout.font), layout.body_size
    looks = (f'<sz val="{size}"/>', '<b/><sz val="16"/>', f'<sz val="{size}"/><color rgb="FF595959"/>')
    fonts = [*looks, f'<b/><sz val="{size}"/>', f'<sz val="{size}"/><color rgb="FFA6A6A6"/>']
    body = "".join(f'<font>{look}<name val="{name}"/><family val="3"/><charset val="134"/></font>' for look in fonts)
    return f'<fonts count="{len(fonts)}">{body}</fonts>'


_FILLS = (
    '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFE8EEF6"/><bgColor indexed="64"/></patternFill></fill>'
    "</fills>"
)
_SIDES = "".join(
    f'<{side} style="thin"><color rgb="FF8C8C8C"/></{side}>' for side in ("left", "right", "top", "bottom")
)
_BORDERS = (
    '<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>'
    f"<border>{_SIDES}<diagonal/></border></borders>"
)
