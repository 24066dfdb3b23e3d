"""Parts of the description that stand alike in several places: into the components, where all of them refer to it."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

PREFIX = "#/components/"
# What a column calls itself; the rest of it is its kind, which columns of other names have too.
OWN = ("title", "description")


@dataclass(frozen=True)
class Place:
    """Where a part stands: `holder[key]`, without what it keeps; `name` is what the components' name is taken from."""

    holder: Any
    key: Any
    name: str
    keeps: tuple[str, ...] = ()

    @property
    def part(self) -> dict[str, Any]:
        return {key: value for key, value in self.holder[self.key].items() if key not in self.keeps}

    def refer(self, to: dict[str, str]) -> None:
        kept = {key: value for key, value in self.holder[self.key].items() if key in self.keeps}
        self.holder[self.key] = {**to, **kept}


def reference(section: str, name: str) -> dict[str, str]:
    return {"$ref": f"{PREFIX}{section}/{name}"}


def hoist(parts: dict[str, Any], section: str, places: Iterable[Place]) -> None:
    """What stands alike in so many places that it is shorter goes into the section, and they refer to it."""
    alike: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        alike[as_text(place.part)].append(place)
    held = parts.setdefault(section, {})
    # What is referred to most has the shortest name.
    for text, same in sorted(alike.items(), key=lambda item: -len(item[1])):
        name = unused(same[0].name, held)
        if (len(same) - 1) * size(text) > size(name) + len(same) * size(as_text(reference(section, name))):
            held[name] = same[0].part
            for place in same:
                place.refer(reference(section, name))


def as_text(part: Any) -> str:
    return json.dumps(part, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def size(text: str) -> int:
    """In bytes, of which a Chinese letter has three."""
    return len(text.encode())


def unused(name: str, held: dict[str, Any]) -> str:
    others = [f"{name}{number}" for number in range(2, len(held) + 3)]
    return next(free for free in (name, *others) if free not in held)


# Which parts ----------------------------------------------------------------------------------------------------------


def lists_of_codes(schemas: dict[str, Any]) -> Iterator[Place]:
    """Of the fields that hold a choice, which go out as code and label."""
    for schema in schemas.values():
        for field, inner in schema.get("properties", {}).items():
            if "code" in inner.get("properties", {}):
                yield Place(inner["properties"], "code", field)


def fields(schemas: dict[str, Any]) -> list[Place]:
    """Of all records and bodies: the same column or question of several is described once."""
    held = [schema["properties"] for schema in schemas.values() if "properties" in schema]
    return [Place(columns, field, field) for columns in held for field in columns]


def kinds(schemas: dict[str, Any]) -> list[Place]:
    """Of the columns that have a name: what they are besides, such as a day or an amount."""
    named = [replace(place, keeps=OWN) for place in (*fields(schemas), *told_apart(schemas))]
    return [place for place in named if place.part.keys() - {"$ref"}]


def told_apart(schemas: dict[str, Any]) -> Iterator[Place]:
    """Columns that `fields` took out."""
    return (Place(schemas, name, name) for name, schema in schemas.items() if "title" in schema)


def values(operations: list[dict[str, Any]]) -> Iterator[Place]:
    for place in parameters(operations):
        yield Place(place.holder[place.key], "schema", place.name)


def parameters(operations: list[dict[str, Any]]) -> Iterator[Place]:
    for operation in operations:
        for index, parameter in enumerate(operation.get("parameters", ())):
            yield Place(operation["parameters"], index, parameter["name"])


def bodies(operations: list[dict[str, Any]]) -> Iterator[Place]:
    for operation in operations:
        for content in operation.get("requestBody", {}).get("content", {}).values():
            yield Place(operation, "requestBody", name_of(content["schema"], "Body"))


def successes(operations: list[dict[str, Any]]) -> Iterator[Place]:
    for operation in operations:
        for status, answer in operation["responses"].items():
            for content in answer.get("content", {}).values():
                yield Place(operation["responses"], status, name_of(content["schema"], "Answer"))


def name_of(schema: dict[str, Any], otherwise: str) -> str:
    return str(schema.get("$ref", otherwise)).rpartition("/")[2]


# What stands in one place only ----------------------------------------------------------------------------------------


def put_back(description: dict[str, Any]) -> None:
    """A schema that one place refers to stands at that place."""
    schemas = description["components"]["schemas"]
    times = Counter(part["$ref"] for part in dicts(description) if "$ref" in part)
    once = {PREFIX + f"schemas/{name}": name for name in schemas if times[PREFIX + f"schemas/{name}"] == 1}
    for part in [*dicts(description)]:
        name = once.get(part.get("$ref", ""))
        if name and not part.keys() & schemas[name].keys() - {"$ref"}:
            del part["$ref"]
            part.update(schemas.pop(name))


def dicts(part: Any) -> Iterator[dict[str, Any]]:
    """Every object of the description."""
    if isinstance(part, dict):
        yield part
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from dicts(inner)
