"""Columns that several records have together, such as what says of which project they are: described once."""

from itertools import combinations
from typing import Any

from apps.core.api.hoisting import as_text, reference, size, unused

NAME = "Columns"
# Of a reference to what is shared, and of the names and braces around it, in bytes.
REFERENCE, FRAME = 48, 60

# Each column as (name, schema as text, whether it is required).
Columns = frozenset[tuple[str, str, bool]]


def share_columns(schemas: dict[str, Any]) -> None:
    """The set of columns that saves most is taken out, again and again until nothing is worth it."""
    columns = {name: columns_of(schema) for name, schema in schemas.items() if is_open(schema)}
    while shared := most_worth(columns):
        holders = [name for name, own in columns.items() if shared <= own]
        base = unused(NAME, schemas)
        schemas[base] = said_by(shared, schemas[holders[0]])
        for name in holders:
            schemas[name] = without(schemas[name], shared, base)
            columns[name] -= shared
        columns[base] = shared


def is_open(schema: dict[str, Any]) -> bool:
    """A schema that lets nothing else in could not say a part of its columns elsewhere."""
    return "properties" in schema and schema.get("additionalProperties") is not False


def columns_of(schema: dict[str, Any]) -> Columns:
    required = schema.get("required", ())
    return frozenset((name, as_text(told), name in required) for name, told in schema["properties"].items())


def most_worth(columns: dict[str, Columns]) -> Columns | None:
    together = {one & other for one, other in combinations(columns.values(), 2)} - {frozenset()}
    worth = {shared: saved(shared, sum(shared <= own for own in columns.values())) for shared in together}
    # By text where two are worth the same, so that the description is the same in every process.
    best = max(worth, key=lambda shared: (worth[shared], sorted(shared)), default=None)
    return best if best and worth[best] > 0 else None


def saved(shared: Columns, times: int) -> int:
    sizes = [size(name) + size(told) + 4 + is_required * (size(name) + 3) for name, told, is_required in shared]
    return (times - 1) * sum(sizes) - times * REFERENCE - FRAME


def said_by(shared: Columns, schema: dict[str, Any]) -> dict[str, Any]:
    """These columns alone, in the order of the schema that they are taken from."""
    names = {name for name, _, _ in shared}
    properties = {name: told for name, told in schema["properties"].items() if name in names}
    required = [name for name in schema.get("required", ()) if name in names]
    return {"properties": properties, **({"required": required} if required else {})}


def without(schema: dict[str, Any], shared: Columns, base: str) -> dict[str, Any]:
    """The schema with a reference in place of what is shared."""
    names = {name for name, _, _ in shared}
    rest = dict(schema)
    rest["properties"] = {name: told for name, told in schema["properties"].items() if name not in names}
    rest["required"] = [name for name in schema.get("required", ()) if name not in names]
    kept = {key: value for key, value in rest.items() if value or key not in ("properties", "required")}
    if "$ref" not in kept:
        return {**reference("schemas", base), **kept}
    return {**kept, "allOf": [*kept.get("allOf", ()), reference("schemas", base)]}
