"""Shortens what expat has to walk: runs of plainly written cells become one counted element.

A sheet of 100,000 rows is 15 million expat events, three times what the whole import may cost. A run is replaced only
where every byte of it follows the one plain form below, and always by an element, never by nothing, so two halves of
markup cannot join over the gap. Everything else (formulas, rich text, error cells, other attribute orders, other
encodings, cells cut by a chunk's edge) goes to expat as it stands.
"""

import re
from collections.abc import Callable

_TEXT = rb'<t(?: xml:space="preserve")?>[^<]*</t>'
_CELL_START = rb'<c r="[A-Z]{1,3}'
_CELL_REST = (
    rb'"(?: s="[0-9]{1,6}")?(?: t="(?:s|n|b|str|inlineStr)")?'
    rb"(?:/>|>(?:<v>[^<]*</v>|<is>" + _TEXT + rb"</is>)?</c>)"
)
_STRING = rb"<si>" + _TEXT + rb"</si>"
# One and then more, instead of "one or more": a pattern that begins with a fixed text is searched for ten times faster.
# All cells of a run bear the row number of its first.
_CELLS = re.compile(
    _CELL_START + rb"(?P<row>[1-9][0-9]{0,6})" + _CELL_REST + rb"(?:" + _CELL_START + rb"(?P=row)" + _CELL_REST + rb")*"
)
_STRINGS = re.compile(_STRING + rb"(?:" + _STRING + rb")*")
_FILLED = re.compile(rb'<c r="([A-Z]+)[0-9]+"[^>]*>(?=<[vi])')

CELL_RUN, STRING_RUN = "cell-run", "string-run"


def condense(chunk: bytes, check_positions: Callable[[bytes, int], None]) -> bytes:
    """The chunk with its runs counted. `check_positions` gets the letters of the columns with values, and the row."""

    def counted(run: re.Match[bytes]) -> bytes:
        filled = b" ".join(_FILLED.findall(run[0]))
        if filled:
            check_positions(filled, int(run["row"]))
        return b'<cell-run n="%d"/>' % run[0].count(b"<c ")

    return _STRINGS.sub(_counted_strings, _CELLS.sub(counted, chunk))


def _counted_strings(run: re.Match[bytes]) -> bytes:
    return b'<string-run n="%d"/>' % run[0].count(b"<si>")
