"""The description is short because it refers, not because it leaves anything out."""

from functools import cache
from typing import Any

from apps.core.api.compacting import beyond, compact
from apps.core.api.schema_view import OnceGenerator
from tests.contracts.operations import description


@cache
def whole() -> dict[str, Any]:
    return OnceGenerator().whole()


def filled(part: Any, parts: dict[str, Any]) -> Any:
    """This part with everything it refers to in its place."""
    if isinstance(part, list):
        return [filled(inner, parts) for inner in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        _, _, section, name = part["$ref"].split("/")
        return filled(parts[section][name], parts)
    own = {key: filled(inner, parts) for key, inner in part.items() if key != "allOf"}
    for base in part.get("allOf", ()):
        own = together(filled(base, parts), own)
    return own


def together(base: dict[str, Any], added: dict[str, Any]) -> dict[str, Any]:
    """What fits both, as one schema would say it; fails where there can be no such thing."""
    assert base.get("additionalProperties") is not False or "properties" not in added
    found = base | added
    for key in base.keys() & added.keys():
        if key == "required":
            found[key] = sorted({*base[key], *added[key]})
        else:
            assert isinstance(base[key], dict) and isinstance(added[key], dict), key
            found[key] = together(base[key], added[key])
    return found


def with_schema(**schemas: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"paths": {"/": {"get": {"security": [], "responses": {}}}}, "components": {}}
    made["components"]["schemas"] = schemas
    compact(made)
    return made["components"]["schemas"]


def test_no_operation_loses_anything() -> None:
    long, short = whole(), description()
    for path, operations in long["paths"].items():
        for method, operation in operations.items():
            told = {"security": short["security"], **short["paths"][path][method]}
            assert filled(told, short["components"]) == filled(operation, long["components"]), (method, path)
    assert short["paths"].keys() == long["paths"].keys()


def test_no_schema_loses_anything() -> None:
    long, short = whole()["components"], description()["components"]
    for name, schema in long["schemas"].items():
        assert filled(short["schemas"][name], short) == filled(schema, long), name


def test_no_component_is_there_for_nothing() -> None:
    """What was taken out is referred to at two places or more, so that it pays."""
    long, text = whole()["components"], str(description())
    for section, held in description()["components"].items():
        for name in held.keys() - long.get(section, {}).keys():
            assert text.count(f"'#/components/{section}/{name}'") > 1, name


def test_a_schema_that_adds_to_its_base_says_only_what_it_adds() -> None:
    row = {"type": "object", "properties": {"key": {"type": "string"}}, "required": ["key"]}
    detail = row | {"properties": row["properties"] | {"moves": {"type": "array"}}, "required": ["key", "moves"]}  # type: ignore[operator]
    base = {"$ref": "#/components/schemas/OneRow"}
    assert with_schema(OneRow=row, OneDetail=detail)["OneDetail"] == {
        "allOf": [base],
        "properties": {"moves": {"type": "array"}},
        "required": ["moves"],
    }


def test_a_schema_that_differs_from_its_base_stays_as_it_is() -> None:
    row = {"type": "object", "properties": {"key": {"type": "string"}}, "required": ["key"]}
    other = row | {"properties": {"key": {"type": "integer"}}}
    less = {"type": "object", "properties": row["properties"]}
    assert with_schema(OneRow=row, OneDetail=other)["OneDetail"] == other
    assert with_schema(OneRow=row, OneDetail=less)["OneDetail"] == less


def test_a_base_that_lets_nothing_else_in_is_not_added_to() -> None:
    base = {"properties": {"a": {}}, "additionalProperties": False}
    assert beyond({"properties": {"a": {}, "b": {}}, "additionalProperties": False}, base) is None
    assert beyond(base | {"required": ["a"]}, base) == {"required": ["a"]}


def test_a_null_that_is_added_is_not_dropped() -> None:
    whole = {"properties": {"a": {"default": None}}}
    assert beyond(whole, {}) == whole
    assert beyond(whole, {"properties": {"a": {}}}) is None  # so that it stays written out


def test_parameters_of_one_name_that_differ_keep_apart() -> None:
    shared = {"name": "If-Match", "schema": {}, "description": "x" * 200}
    said: list[dict[str, Any]] = [{**shared, "required": is_must} for is_must in (True, False, True, False)]
    operations: list[dict[str, Any]] = [{"security": [], "responses": {}, "parameters": [one]} for one in said]
    paths = {str(number): {"get": operation} for number, operation in enumerate(operations)}
    made: dict[str, Any] = {"components": {"schemas": {}}, "paths": paths}
    compact(made)
    assert all("$ref" in operation["parameters"][0] for operation in operations)
    assert [filled(operation["parameters"][0], made["components"]) for operation in operations] == said
