"""The description is short because it refers, not because it leaves anything out."""

from functools import cache
from typing import Any

from apps.core.api.compacting import beyond, compact
from apps.core.api.hoisting import dicts, reference
from apps.core.api.schema_view import OnceGenerator
from apps.core.api.together import share_columns
from tests.contracts.operations import description, separately


@cache
def whole() -> dict[str, Any]:
    return OnceGenerator().whole()


def filled(part: Any, parts: dict[str, Any]) -> Any:
    """This part with everything it refers to in its place."""
    if isinstance(part, list):
        return [filled(inner, parts) for inner in part]
    if not isinstance(part, dict):
        return part
    if part.keys() == {"$ref"}:
        _, _, section, name = part["$ref"].split("/")
        return filled(parts[section][name], parts)
    own = {key: filled(inner, parts) for key, inner in part.items() if key not in ("$ref", "allOf")}
    for base in (*part.get("allOf", ()), *([{"$ref": part["$ref"]}] if "$ref" in part else ())):
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
    """What becomes of these schemas, to each of which two operations refer."""
    answers = {
        str(200 + n): {"content": {"": {"schema": reference("schemas", name)}}} for n, name in enumerate(schemas)
    }
    operations = {method: {"security": [], "responses": {**answers}} for method in ("get", "put")}
    made: dict[str, Any] = {"paths": {"/": operations}, "components": {"schemas": schemas}}
    compact(made)
    return made["components"]["schemas"]


def test_no_operation_loses_anything() -> None:
    long, short = whole(), description()
    for path, operations in long["paths"].items():
        for method, operation in operations.items():
            told = {"security": short["security"], **short["paths"][path][method]}
            assert single(filled(told, short["components"])) == single(filled(operation, long["components"])), path
        assert short["paths"][path].keys() == operations.keys()
    assert short["paths"].keys() == long["paths"].keys()


def single(operation: dict[str, Any]) -> dict[str, Any]:
    """With every parameter by itself, under its name: their order says nothing."""
    apart = [one for asked in operation.get("parameters", ()) for one in separately(asked)]
    assert len({(one["in"], one["name"]) for one in apart}) == len(apart)
    return operation | {"parameters": {one["in"] + one["name"]: one for one in apart}}


def test_no_schema_loses_anything() -> None:
    long, short = whole(), description()
    for name, schema in long["components"]["schemas"].items():
        if name in short["components"]["schemas"]:
            assert filled(short["components"]["schemas"][name], short["components"]) == filled(
                schema, long["components"]
            )
        else:  # It stands where it was referred to, and what operations say is compared above.
            assert f"schemas/{name}'" not in str(short), name
            assert name in reached(long), name


def reached(whole: dict[str, Any]) -> set[str]:
    """The schemas that operations lead to."""
    found: set[str] = set()
    new = references(whole["paths"]) | references(whole["components"]["responses"])
    while new := new - found:
        found |= new
        new = {further for name in new for further in references(whole["components"]["schemas"][name])}
    return found


def references(part: Any) -> set[str]:
    return {part["$ref"].rpartition("/")[2] for part in dicts(part) if "/schemas/" in part.get("$ref", "")}


def test_no_component_is_there_for_nothing() -> None:
    """What was taken out is referred to at two places or more, so that it pays."""
    long, text = whole()["components"], str(description())
    for section, held in description()["components"].items():
        for name in held.keys() - long.get(section, {}).keys():
            assert text.count(f"'#/components/{section}/{name}'") > 1, name


def test_a_schema_that_adds_to_its_base_says_only_what_it_adds() -> None:
    row = {"type": "object", "properties": {"key": {"type": "string"}}, "required": ["key"]}
    detail = row | {"properties": row["properties"] | {"moves": {"type": "array"}}, "required": ["key", "moves"]}  # type: ignore[operator]
    assert with_schema(OneRow=row, OneDetail=detail)["OneDetail"] == {
        "$ref": "#/components/schemas/OneRow",
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


def test_columns_that_records_have_together_are_said_once() -> None:
    told: dict[str, Any] = {name: {"type": "string", "title": name * 9} for name in ("place", "day", "sum")}
    one: dict[str, Any] = {"type": "object", "properties": told | {"one": {}}, "required": ["place", "day"]}
    other: dict[str, Any] = {"type": "object", "properties": told | {"other": {}}, "required": ["place", "day", "sum"]}
    schemas = {"One": one, "Other": other, "Closed": one | {"additionalProperties": False}}
    share_columns(schemas)
    shared = {"$ref": "#/components/schemas/Columns"}
    # One may leave its sum out and the other may not, so that the two have only place and day together.
    assert schemas["Columns"]["required"] == ["place", "day"]
    assert schemas["One"] == {**shared, "type": "object", "properties": {"sum": told["sum"], "one": {}}}
    assert schemas["Other"]["required"] == ["sum"]
    assert schemas["Closed"] == one | {"additionalProperties": False}


def test_what_one_place_refers_to_stands_there() -> None:
    content: dict[str, Any] = {"": {"schema": reference("schemas", "Once")}}
    operation = {"security": [], "responses": {}, "requestBody": {"content": content}}
    made: dict[str, Any] = {"paths": {"/": {"get": operation}}, "components": {"schemas": {"Once": {"enum": [1]}}}}
    compact(made)
    assert (content[""]["schema"], made["components"]["schemas"]) == ({"enum": [1]}, {})


def test_the_parameters_of_paging_are_one_and_read_as_many() -> None:
    (asked,) = [p for p in description()["components"]["parameters"].values() if p["name"] == "paging"]
    assert [one["name"] for one in separately(asked)] == ["page", "after", "before", "size", "count"]
    assert {"in": "query", "name": "page", "schema": {"type": "integer"}}.items() <= separately(asked)[0].items()
