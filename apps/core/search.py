"""Finding text: two characters are enough, an index is used, and the rows are those that LIKE would find.

A model lists its texts in a `text_index`: a GIN index of their pairs of neighbouring characters.  A search asks it for
the rows that hold all pairs of the wanted text, and of those keeps the ones that hold the text itself.  pg_trgm, made
of threes, would read the whole index for a word of two characters.  See docs/adr/0008-search-by-pairs.md.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import groupby
from operator import itemgetter, or_
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import ExpressionWrapper, F, Func, Q, QuerySet, Value
from django.db.models.functions import Collate, Lower, StrIndex
from django.db.models.lookups import GreaterThan

from apps.core.excel.text import clean
from apps.core.scoping import region_of

FEW = 500
"""So many records of another table are named one by one, which lets the database foresee how many rows have them."""
NEWEST, FREQUENT = 200, 8
"""A text in so many of so many newest rows is found sooner by reading on than by gathering its places in the table."""
PAIRS = 8
"""More pairs of a long text narrow the search no further and cost time."""
LATIN_PAIRS = 4
"""Pairs of digits stand in so many rows each that gathering more of them costs more than they narrow."""
BEFORE = "\n"
"""Stands before each text in the index, so that one character finds what begins with it."""
SMALL = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
WIDE = {code: code + 0xFEE0 for code in range(ord("!"), ord("~") + 1)}
TEXTS = ArrayField(models.TextField())


class Pairs(Func):
    """The pairs of neighbouring characters in some columns of a row; core's migrations define the function."""

    function = "core_pairs"
    output_field = models.TextField()


class PairsWithin(Pairs):
    """The pairs of a row's texts with the regions it lies in: the first expression is the path of its region."""

    function = "core_pairs_within"


class HasAll(Func):
    """Whether the pairs on the left hold all of those on the right: a question for the index."""

    arg_joiner = " ?& "
    template = "%(expressions)s"
    output_field = models.BooleanField()


class IsAnyOf(Func):
    """A key that is one of an array's."""

    arg_joiner = " = ANY ("
    template = "%(expressions)s)"
    output_field = models.BooleanField()


class StartsWith(Func):
    function = "starts_with"
    output_field = models.BooleanField()


def text_index(*columns: str, name: str, within: str = "") -> GinIndex:
    """The index by which `find` looks into these columns; a model has one for all of its texts.

    With `within`, the path of a region, it also says where a row lies: a county then gathers its own rows alone.
    """
    return GinIndex(PairsWithin(within, *columns) if within else Pairs(*columns), name=name)


@dataclass(frozen=True)
class Condition:
    """What is asked: `exact` decides, `index` is wider and quick, or None where no index helps."""

    exact: Q
    index: Q | None

    def __or__(self, other: "Condition") -> "Condition":
        index = self.index | other.index if self.index and other.index else None
        return Condition(self.exact | other.exact, index)


# Asking ---------------------------------------------------------------------------------------------------------------


def find(rows: QuerySet, paths: Sequence[str], text: str) -> QuerySet:
    """The rows that hold the text in one of these columns or of records they hang on, whatever its case or width.

    One character finds only what begins with it: what merely contains it would be half of all rows.  Where a column
    has no index, rows are looked through as they are.
    """
    wanted = clean(text)[0]
    if not wanted:
        return rows.none()
    if not all(is_indexed(rows.model, path) for path in paths):
        return rows.filter(reduce(or_, (Q(**{f"{path}__icontains": wanted}) for path in paths)))
    condition = condition_for(rows.model, paths, spellings(wanted), where=keys_of_place(rows))
    if condition.index is None or is_frequent(rows, condition.exact):
        return rows.filter(condition.exact)
    return rows.filter(condition.index, condition.exact)


def is_frequent(rows: QuerySet, exact: Q) -> bool:
    """Among the newest of these rows, which the planner knows nothing of."""
    newest = rows.order_by("-pk").annotate(holds_it=ExpressionWrapper(exact, models.BooleanField()))
    return sum(map(bool, newest.values_list("holds_it", flat=True)[:NEWEST])) >= FREQUENT


def keys_of_place(rows: QuerySet) -> list[str]:
    """What the index holds of the region that confines these rows; of the province nothing, as all rows lie in it."""
    pairs = texts_of(rows.model)
    region = region_of(rows, path_of(pairs)) if isinstance(pairs, PairsWithin) else ""
    return [region] if region.count("/") > 2 else []  # "/13/" is the province


def condition_for(
    model: type[models.Model],
    paths: Iterable[str],
    spelled: Sequence[str],
    *,
    where: Sequence[str] = (),
    nested: bool = False,
) -> Condition:
    parts = (
        of_related(model, way, rest, spelled, nested=nested) if way else of_texts(model, rest, spelled, where)
        for way, rest in by_way(paths)
    )
    return reduce(or_, parts)


def by_way(paths: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """The first foreign key of the paths with what follows it, for all that go the same way; "" for own columns."""
    steps = (path.partition("__") for path in paths)
    split = sorted((way, rest) if rest else ("", way) for way, _, rest in steps)
    for way, group in groupby(split, key=itemgetter(0)):
        yield way, [rest for _, rest in group]


def of_texts(
    model: type[models.Model], columns: Sequence[str], spelled: Sequence[str], where: Sequence[str]
) -> Condition:
    """Pairs are asked of all the columns that share the index, the text itself of those that are meant."""
    pairs: Any = texts_of(model)
    index = reduce(or_, (Q(HasAll(pairs, Value([*where, *pairs_of(text)], TEXTS))) for text in spelled))
    return Condition(reduce(or_, (Q(holds(column, text)) for column in columns for text in spelled)), index)


def of_related(
    model: type[models.Model], way: str, paths: Sequence[str], spelled: Sequence[str], *, nested: bool
) -> Condition:
    """Rows by the record they hang on.

    Of a few such records the keys are fetched first: the database then knows how many rows to expect.  Of many, the
    rows are so many that reading them in order ends soon, so no index is asked, and each row looks its record up in a
    table of hashes; among the elements of an array it would pass them one by one.
    """
    related: Any = model._meta.get_field(way).related_model
    inner = condition_for(related, paths, spelled, nested=True)
    keys = related._base_manager.filter(inner.exact, *([inner.index] if inner.index else [])).values("pk").order_by()
    if not nested and len(few := list(keys.values_list("pk", flat=True)[: FEW + 1])) <= FEW:
        asked = Q(**{f"{way}__in": few})
        return Condition(asked, asked)
    if not nested:
        return Condition(Q(**{f"{way}__in": keys}), None)
    asked = Q(IsAnyOf(F(way), ArraySubquery(keys)))
    return Condition(asked, asked)


def holds(column: str, text: str) -> Any:
    """The text stands in the column; taken literally, for it is no pattern."""
    folded: Any = Lower(Collate(F(column), "C")) if any(map(str.isascii, text)) else F(column)
    if len(text) == 1:
        return StartsWith(folded, Value(text))
    return GreaterThan(StrIndex(folded, Value(text)), 0)


# What can be asked ----------------------------------------------------------------------------------------------------


def texts_of(model: type[models.Model]) -> Pairs | None:
    """The expression of the model's text index."""
    expressions = (index.expressions for index in model._meta.indexes)
    return next((first for first, *_ in filter(None, expressions) if isinstance(first, Pairs)), None)


def columns_of(pairs: Pairs | None) -> set[str]:
    return {source.name for source in sources_of(pairs)} - {path_of(pairs)}


def sources_of(pairs: Pairs | None) -> list[Any]:
    return pairs.source_expressions if pairs else []


def path_of(pairs: Pairs | None) -> str:
    """The column that says where a row lies, if the index holds it."""
    return str(sources_of(pairs)[0].name) if isinstance(pairs, PairsWithin) else ""


def is_indexed(model: type[models.Model], path: str) -> bool:
    """Whether `find` has an index for this path; over a foreign key it leads to a model that must have one too."""
    way, _, rest = path.partition("__")
    if not rest:
        return path in columns_of(texts_of(model))
    related = model._meta.get_field(way).related_model
    return isinstance(related, type) and is_indexed(related, rest)


# Words ----------------------------------------------------------------------------------------------------------------


def spellings(text: str) -> list[str]:
    """The ways in which the text may stand: as typed, in half and in full width; Latin letters of half width small."""
    half = unicodedata.normalize("NFKC", text)
    wide = (half.translate(WIDE), half.lower().translate(WIDE), half.upper().translate(WIDE))
    return list(dict.fromkeys(way.translate(SMALL) for way in (text, half, *wide)))


def pairs_of(text: str) -> list[str]:
    """Pairs to ask for: of Chinese such as cover the text; of digits and Latin letters the last few, overlapping.

    Pairs of digits side by side say too little (20, 26 and 03 stand in most numbers), and numbers begin alike.
    """
    if len(text) == 1:
        return [BEFORE + text]
    pairs = [text[start : start + 2] for start in range(len(text) - 1)]
    if text.isascii():
        return pairs[-LATIN_PAIRS:]
    return pairs if len(text) == 3 else [*pairs[:-1:2], pairs[-1]][:PAIRS]
