"""A sheet as the rest of the package sees it: rows of plain values with their row numbers, read lazily."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import count, islice, repeat, zip_longest
from typing import Any, NamedTuple

from apps.core.excel.text import clean, is_plain, shorten

Value = str | int | float | bool | date | datetime | time | None

BLOCK = 256
"""Rows that are looked at together, column by column: what holds of a whole column need not be asked of each cell."""
_CACHED = 20_000
_INTEGER_LIMIT = 1e16


@dataclass(frozen=True)
class MergedRange:
    """Zero-based, inclusive."""

    top: int
    left: int
    bottom: int
    right: int


class SourceRow(NamedTuple):
    """One row of the file, with Excel's row number. `cleaned` lists the columns whose text held control characters."""

    number: int
    values: tuple[Value, ...]
    cleaned: tuple[int, ...] = ()

    @property
    def is_blank(self) -> bool:
        return all(value is None for value in self.values)

    def at(self, index: int) -> Value:
        return self.values[index] if index < len(self.values) else None


class Sheet:
    """`read` starts over with each call, so a sheet of 200,000 rows is never held as Python objects."""

    def __init__(
        self,
        name: str,
        read: Callable[[], Iterable[Sequence[Any]]],
        *,
        first_column: int = 0,
        hidden: bool = False,
        merged: tuple[MergedRange, ...] = (),
        unreadable: Mapping[tuple[int, int], str] | None = None,
    ) -> None:
        self.name = shorten(clean(name)[0], 120)
        self.hidden = hidden
        self.merged = merged
        self.unreadable = unreadable or {}
        self._read = read
        self._margin: tuple[Value, ...] = (None,) * first_column

    def rows(self) -> Iterator[SourceRow]:
        """All rows from the top, blank ones included, so that numbers are right."""
        tidy, raw_rows, number, before = Normaliser(), iter(self._read()), 1, len(self._margin)
        while block := list(islice(raw_rows, BLOCK)):
            values = tidy.rows(block)
            if before:
                values = [self._margin + row for row in values]
            cleaned = [tuple(at + before for at in row) for row in tidy.cleaned_in(block)]
            yield from map(SourceRow, count(number), values, cleaned or repeat(()))
            number += len(block)


class Normaliser:
    """Turns reader values into ours."""

    def __init__(self) -> None:
        self._texts = Texts()

    def rows(self, block: Sequence[Sequence[Any]]) -> list[tuple[Value, ...]]:
        columns = [self.column(cells) for cells in zip_longest(*block)]
        rows = list(zip(*columns, strict=True)) or [()] * len(block)
        if len(set(map(len, block))) == 1:
            return rows
        return [values[: len(raw)] for values, raw in zip(rows, block, strict=True)]

    def cleaned_in(self, block: Sequence[Sequence[Any]]) -> list[tuple[int, ...]]:
        """Which cells of each row held control characters; nothing when none has been met so far."""
        return [self._texts.cleaned_in(raw) for raw in block] if self._texts.cleaned else []

    def column(self, cells: Sequence[Any]) -> Sequence[Value]:
        kinds = set(map(type, cells))
        if kinds == {str}:
            return self._column_of_texts(cells)
        if kinds.isdisjoint(_CONVERTED):
            return cells
        texts = self._texts
        return [
            texts[value] if (kind := type(value)) is str else _OTHERS[kind](value) if kind in _OTHERS else value
            for value in cells
        ]

    def _column_of_texts(self, cells: Sequence[str]) -> Sequence[Value]:
        """What is plain as a whole is plain in each part, and of white space a plain text holds only blanks."""
        together = "".join(cells)
        if not is_plain(together):
            return [self._texts[text] for text in cells]
        if " " in together:
            return [text.strip() or None for text in cells]
        return cells if all(cells) else [text or None for text in cells]


class Texts(dict[str, str | None]):
    """Text of the file → text as we keep it. Remembers short ones: ledgers repeat themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.cleaned: set[str] = set()
        """Texts that held control characters."""

    def __missing__(self, text: str) -> str | None:
        tidy, removed = clean(text)
        if removed:
            self.cleaned.add(text)
        if len(text) < 100 and len(self) < _CACHED:
            self[text] = tidy or None
        return tidy or None

    def cleaned_in(self, raw: Sequence[Any]) -> tuple[int, ...]:
        return tuple(at for at, value in enumerate(raw) if type(value) is str and value in self.cleaned)


def _number(value: float) -> int | float:
    """Excel knows only floats; whole ones are meant as integers."""
    return int(value) if value.is_integer() and abs(value) < _INTEGER_LIMIT else value


def _duration(value: timedelta) -> Value:
    """A [h]:mm cell. Within a day it is a time of day written in another format."""
    if timedelta(0) <= value < timedelta(days=1):
        return (datetime.combine(date.min, time()) + value).time()
    return str(value)


_OTHERS: dict[type, Callable[[Any], Value]] = {float: _number, timedelta: _duration}
_CONVERTED = frozenset({str, *_OTHERS})
