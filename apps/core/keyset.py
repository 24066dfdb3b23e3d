"""Rows after a row, in whatever order a list has: the way to any page without counting through those before it.

An order by a, b and pk has as its tail after a row first the rows with the same a and b and a later pk, then those
with the same a and a later b, then those with a later a.  Each of these is one range of an index, so each is asked
for by itself, and the later ones only when the earlier ones were too few.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Index, Q, QuerySet
from django.db.models.expressions import OrderBy

Place = Mapping[str, Any]
"""Where a row stands: its values of the order."""


@dataclass(frozen=True)
class Key:
    """One part of an order; PostgreSQL puts missing values last unless it goes downwards or is told otherwise."""

    path: str
    descending: bool
    nulls_last: bool
    nullable: bool

    def later(self, value: Any) -> Iterator[Q]:
        """What comes after a row with this value, nearest first."""
        if value is not None:
            yield Q(**{f"{self.path}__{'lt' if self.descending else 'gt'}": value})
        if self.nullable and (value is None) != self.nulls_last:
            yield Q(**{f"{self.path}__isnull": self.nulls_last})

    def same(self, value: Any) -> Q:
        return Q(**{f"{self.path}__isnull": True}) if value is None else Q(**{self.path: value})


def order_indexes(prefix: str, *columns: str, key: str = "id") -> list[Index]:
    """An index for each column that a list may be sorted by; without it a page of twenty rows sorts the whole table."""
    return [Index(fields=[column, key], name=f"{prefix}_by_{column}") for column in columns]


def keys_of(rows: QuerySet) -> list[Key]:
    """The order of the rows.  Raises TypeError for one by an expression, whose values no row holds."""
    return [key_of(rows, part) for part in rows.query.order_by]


def key_of(rows: QuerySet, part: Any) -> Key:
    forwards = rows.query.standard_ordering
    if isinstance(part, str):
        path, descending, nulls_last = part.removeprefix("-"), part.startswith("-"), None
    elif isinstance(part, OrderBy) and isinstance(part.expression, F):
        told = part.nulls_last or part.nulls_first
        path, descending = str(part.expression.name), part.descending  # type: ignore[attr-defined]
        nulls_last = bool(part.nulls_last) if told else None
    else:
        raise TypeError(f"no key for an order by {part}")
    last = not descending if nulls_last is None else nulls_last
    return Key(path, descending == forwards, last == forwards, may_be_missing(rows, path))


def may_be_missing(rows: QuerySet, path: str) -> bool:
    """What hangs on another record may always be: an outer join finds none."""
    field = "__" not in path and (rows.model._meta.pk if path == "pk" else rows.model._meta.get_field(path))
    return not field or bool(field.null)


def place_of(rows: QuerySet, pk: Any, order: QuerySet) -> Place | None:
    """Where the row with this key stands in the order; None when it is not among `rows`."""
    return rows.order_by().filter(pk=pk).values(*(key.path for key in keys_of(order))).first()


def tails(rows: QuerySet, place: Place) -> Iterator[QuerySet]:
    """The rows after this place, in pieces that follow each other."""
    keys: Sequence[Key] = keys_of(rows)
    for depth in reversed(range(len(keys))):
        same = Q()
        for key in keys[:depth]:
            same &= key.same(place[key.path])
        for later in keys[depth].later(place[keys[depth].path]):
            yield rows.filter(same & later)


def rows_after(rows: QuerySet, place: Place, count: int, *, fetch: Callable[[QuerySet], list[Any]] = list) -> list[Any]:
    """The next rows after this place, at most so many.  `fetch` turns a slice of the query into records."""
    found: list[Any] = []
    for piece in tails(rows, place):
        found += fetch(piece[: count - len(found)])
        if len(found) >= count:
            break
    return found
