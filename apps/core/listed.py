"""The rows of a list page: fetched without what makes model instances costly, drawn without a template per cell."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.db.models.base import ModelState
from django.utils.safestring import SafeString

from apps.core.markup import drawn, escaped

SAYS_LITTLE = ("更多", "查看")


# Fetching -------------------------------------------------------------------------------------------------------------


class Part:
    """What is fetched of one model on the way: the places of its fields in a line, and the models that hang on it."""

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model
        self.places: dict[str, int] = {}
        self.below: dict[str, tuple[str, Part]] = {}

    def add(self, path: str, place: int) -> None:
        first, _, rest = path.partition("__")
        field = self.model._meta.get_field(first)
        if not rest:
            self.places[field.attname] = place  # type: ignore[union-attr]
        else:
            _, part = self.below.setdefault(first, (field.attname, Part(field.related_model)))  # type: ignore
            part.add(rest, place)

    @cached_property
    def values_of(self) -> Callable[[Sequence[Any]], Iterable[Any]]:
        """Picks this part's values out of a line, the key at least; not before all paths are known."""
        first, *others = self.places.values()
        return itemgetter(first, *others) if others else lambda line: (line[first],)

    def instance(self, line: Sequence[Any], database: str) -> models.Model:
        """A record without its constructor: `__init__` and its signals are most of what a row costs."""
        record = self.model.__new__(self.model)
        state = ModelState()
        state.adding, state.db = False, database
        values = dict(zip(self.places, self.values_of(line), strict=True))
        record.__dict__.update(values, _state=state)
        for name, (key, part) in self.below.items():
            state.fields_cache[name] = part.instance(line, database) if values.get(key) is not None else None
        return record


def light(rows: QuerySet, names: Iterable[str]) -> list[Any]:
    """The rows as instances that hold these fields only; others are fetched when asked for, as with `only()`.

    `names` lead over foreign keys with `__`; the keys on the way come by themselves.
    """
    model: Any = rows.model
    paths, root = plan_of(model, tuple(names))
    lines = rows.select_related(None).values_list(*paths)
    return [root.instance(line, lines.db) for line in lines]


@lru_cache(maxsize=256)
def plan_of(model: type[models.Model], names: tuple[str, ...]) -> tuple[tuple[str, ...], Part]:
    """What is asked for these names, and how a line of answers is taken apart."""
    paths = tuple(dict.fromkeys(step for name in ("pk", *names) for step in steps_to(model, name)))
    root = Part(model)
    for place, path in enumerate(paths):
        root.add(path, place)
    return paths, root


def steps_to(model: type[models.Model], name: str) -> list[str]:
    """project__name → project, project__id, project__name: each foreign key, and the key of what it leads to."""
    steps, before = [], ""
    *ways, last = name.split("__")
    for way in ways:
        field = model._meta.get_field(way)
        model = field.related_model  # type: ignore[assignment]
        steps += [f"{before}{way}", f"{before}{way}__{model._meta.pk.name}"]
        before += f"{way}__"
    return [*steps, f"{before}{model._meta.pk.name if last == 'pk' else last}"]


# Drawing --------------------------------------------------------------------------------------------------------------


def row_html(row: Mapping[str, Any], *, tick: bool) -> SafeString:
    """One row of templates/core/_list.html: tick box, cells, operations, and the card that a phone shows instead."""
    key, url = escaped(row["key"]), escaped(row["url"])
    first, *others = [escaped(cell) for cell in row["cells"]] or [""]
    parts = [
        '<tr class="late" data-row>' if row["late"] else "<tr data-row>",
        tick_box(key) if tick else "",
        f'<td><a href="{url}">{first or key}</a></td>',
        *(f"<td>{cell}</td>" for cell in others),
        '<td class="ops">',
        *(operation(op, key) for op in row["ops"]),
        "</td>",
        card(row["card"], url, row["ops"]),
        "</tr>",
    ]
    return SafeString("".join(parts))


def tick_box(key: str) -> str:
    return (
        '<td class="tick"><input class="form-check-input" type="checkbox" name="keys"'
        f' value="{key}" aria-label="选择 {key}"></td>'
    )


def operation(op: Mapping[str, str], key: str) -> str:
    """A link; one that says the same in every row says to those who cannot see the row which one is meant."""
    label = escaped(op["label"])
    named = f' aria-label="{label} {key}"' if op["label"] in SAYS_LITTLE else ""
    return f'<a href="{escaped(op["url"])}"{named}>{label}</a> '


def card(parts: Mapping[str, Any], url: str, ops: Sequence[Mapping[str, str]]) -> SafeString:
    first = "".join(drawn('<a class="btn btn-plain" href="{}">{}</a>', op["url"], op["label"]) for op in ops[:1])
    return drawn(
        '<td class="cardcell"><span>{}</span><span class="card-due">{}</span>'
        '<span class="card-title"><a href="{}">{}</a></span>'
        '<span class="card-sub">{}</span><span class="card-act">{}</span></td>',
        parts["state"],
        parts["due"],
        SafeString(url),
        parts["title"],
        parts["sub"],
        SafeString(first),
    )
