"""The description made shorter with nothing lost: what it says more than once is said once, in its components."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

# Schemas that add something to another one: their names, and the name of the other.
BASES = (
    (r"(\w+)Detail", r"\1Row"),
    (r"New(\w+)Request", r"PatchedChange\1Request"),
    (r"\w+RowPage", "Page"),
    (r"\w+Row", "Record"),
)
CHOICE = "Choice"


@dataclass(frozen=True)
class Place:
    """Where a part stands: `holder[key]`; `name` is what the components may call it."""

    holder: Any
    key: Any
    name: str


def compact(description: dict[str, Any]) -> None:
    parts = description["components"]
    operations = [operation for path in description["paths"].values() for operation in path.values()]
    parts["schemas"] = aliased({name: leaning(name, parts["schemas"]) for name in parts["schemas"]})
    lean_on_choice(parts["schemas"])
    hoist(parts, "schemas", [*lists_of_codes(parts["schemas"]), *values(operations)])
    hoist(parts, "schemas", list(fields(parts["schemas"])))
    hoist(parts, "parameters", parameters(operations))
    hoist(parts, "requestBodies", bodies(operations))
    hoist(parts, "responses", successes(operations))
    hoist_security(description, operations)


# What adds to another -------------------------------------------------------------------------------------------------


def leaning(name: str, schemas: dict[str, Any]) -> dict[str, Any]:
    """The schema of this name, as what it adds to its base where it has one and contradicts it nowhere."""
    base = next((re.sub(own, other, name) for own, other in BASES if re.fullmatch(own, name)), "")
    added = beyond(schemas[name], schemas[base]) if base in schemas else None
    return schemas[name] if added is None else {"allOf": [reference("schemas", base)], **added}


def beyond(whole: dict[str, Any], base: dict[str, Any]) -> dict[str, Any] | None:
    """What `whole` says besides `base`; None where it does not say all of it."""
    if not base.keys() <= whole.keys():
        return None
    own = {key: value for key, value in whole.items() if key not in base or value != base[key]}
    added = {key: _rest(key, value, base[key]) if key in base else value for key, value in own.items()}
    # A base that lets nothing else in refuses what is added beside it.
    is_refused = base.get("additionalProperties") is False and "properties" in added
    return None if is_refused or None in added.values() else added


def _rest(key: str, value: Any, known: Any) -> Any:
    match value, known:
        case dict(), dict():
            return beyond(value, known)
        case list(), list() if key == "required" and set(known) <= set(value):
            return [name for name in value if name not in known]
    return None


def aliased(schemas: dict[str, Any]) -> dict[str, Any]:
    """Of schemas that are alike the first stays, and the others are further names of it."""
    first: dict[str, str] = {}
    names = {name: first.setdefault(json.dumps(schema, sort_keys=True), name) for name, schema in schemas.items()}
    return {name: schemas[name] if known == name else reference("schemas", known) for name, known in names.items()}


def lean_on_choice(schemas: dict[str, Any]) -> None:
    """A field that goes out as code and label says which codes there are; the rest of it is said once."""
    label = {"type": "string"}
    choice = {"type": ["object", "null"], "properties": {"label": label}, "required": ["code", "label"]}
    for schema in list(schemas.values()):
        fields = schema.get("properties", {})
        for name, field in fields.items():
            if "code" in field.get("properties", {}) and (own := beyond(field, choice)):
                fields[name] = {"allOf": [reference("schemas", CHOICE)], **own}
                schemas[CHOICE] = choice


def reference(section: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{section}/{name}"}


# What stands in several places ----------------------------------------------------------------------------------------


def hoist(parts: dict[str, Any], section: str, places: Iterable[Place]) -> None:
    """What stands alike in so many places that it is shorter goes into the section, and they refer to it."""
    alike: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        alike[as_text(place.holder[place.key])].append(place)
    held = parts.setdefault(section, {})
    for text, same in alike.items():
        name = unused(same[0].name, held)
        if (len(same) - 1) * size(text) > size(name) + len(same) * size(as_text(reference(section, name))):
            held[name] = same[0].holder[same[0].key]
            for place in same:
                place.holder[place.key] = reference(section, name)


def as_text(part: Any) -> str:
    return json.dumps(part, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def size(text: str) -> int:
    """In bytes, of which a Chinese letter has three."""
    return len(text.encode())


def unused(name: str, held: dict[str, Any]) -> str:
    others = [f"{name}.{number}" for number in range(2, len(held) + 3)]
    return next(free for free in (name, *others) if free not in held)


def lists_of_codes(schemas: dict[str, Any]) -> Iterator[Place]:
    """Of the fields that hold a choice, which go out as code and label."""
    for name, schema in schemas.items():
        for field, inner in schema.get("properties", {}).items():
            if "code" in inner.get("properties", {}):
                yield Place(inner["properties"], "code", f"{name}.{field}")


def fields(schemas: dict[str, Any]) -> Iterator[Place]:
    """Of all records and bodies: the same column or question of several is described once."""
    for schema in list(schemas.values()):
        for field in schema.get("properties", {}):
            yield Place(schema["properties"], field, field)


def values(operations: list[dict[str, Any]]) -> Iterator[Place]:
    for place in parameters(operations):
        yield Place(place.holder[place.key], "schema", place.name)


def parameters(operations: list[dict[str, Any]]) -> Iterator[Place]:
    for operation in operations:
        for index, parameter in enumerate(operation.get("parameters", ())):
            yield Place(operation["parameters"], index, parameter["name"])


def bodies(operations: list[dict[str, Any]]) -> Iterator[Place]:
    for operation in operations:
        if content := operation.get("requestBody", {}).get("content"):
            yield Place(operation, "requestBody", name_of(content, "Body"))


def successes(operations: list[dict[str, Any]]) -> Iterator[Place]:
    for operation in operations:
        for status, answer in operation["responses"].items():
            if content := answer.get("content"):
                yield Place(operation["responses"], status, name_of(content, "Answer"))


def name_of(content: dict[str, Any], otherwise: str) -> str:
    """By what it holds in the first of its media types: one place, however many there are."""
    told = next(iter(content.values()))
    return str(told["schema"].get("$ref", otherwise)).rpartition("/")[2]


def hoist_security(description: dict[str, Any], operations: list[dict[str, Any]]) -> None:
    """What most operations ask for is asked of all that say nothing else."""
    asked = Counter(json.dumps(operation["security"]) for operation in operations)
    description["security"] = json.loads(asked.most_common(1)[0][0])
    for operation in operations:
        if operation["security"] == description["security"]:
            del operation["security"]
