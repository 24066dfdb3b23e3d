"""A sheet as the rest of the package sees it: rows of plain values with their row numbers, read lazily."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from apps.core.excel.text import clean, shorten

Value = str | int | float | bool | date | datetime | time | None

_CACHED = 20_000
_INTEGER_LIMIT = 1e16


@dataclass(frozen=True)
class MergedRange:
    """Zero-based, inclusive."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class SourceRow:
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
        tidy = Normaliser()
        for number, raw in enumerate(self._read(), 1):
            values, cleaned = tidy.row(raw)
            if cleaned:
                cleaned = tuple(index + len(self._margin) for index in cleaned)
            yield SourceRow(number, self._margin + values, cleaned)


class Normaliser:
    """Turns reader values into ours. Remembers texts it has seen: ledgers repeat themselves."""

    def __init__(self) -> None:
        self._texts: dict[str, tuple[str | None, bool]] = {}

    def row(self, raw: Sequence[Any]) -> tuple[tuple[Value, ...], tuple[int, ...]]:
        values: list[Value] = []
        cleaned: tuple[int, ...] = ()
        for index, value in enumerate(raw):
            kind = type(value)
            if kind is str:
                value, removed = self._text(value)
                if removed:
                    cleaned = (*cleaned, index)
            elif kind is float:
                value = _number(value)
            elif kind is timedelta:
                value = _duration(value)
            values.append(value)
        return tuple(values), cleaned

    def _text(self, text: str) -> tuple[str | None, bool]:
        found = self._texts.get(text)
        if found is None:
            tidy, removed = clean(text)
            found = (tidy or None, removed)
            if len(text) < 100 and len(self._texts) < _CACHED:
                self._texts[text] = found
        return found


def _number(value: float) -> int | float:
    """Excel knows only floats; whole ones are meant as integers."""
    return int(value) if value.is_integer() and abs(value) < _INTEGER_LIMIT else value


def _duration(value: timedelta) -> Value:
    """A [h]:mm cell. Within a day it is a time of day written in another format."""
    if timedelta(0) <= value < timedelta(days=1):
        return (datetime.combine(date.min, time()) + value).time()
    return str(value)
