"""The description made shorter with nothing lost: what it says more than once is said once, in its components."""

import json
import re
from collections import Counter
from typing import Any

from apps.core.api import hoisting
from apps.core.api.hoisting import hoist, reference
from apps.core.api.together import share_columns

# Schemas that add something to another one: their names, and the name of the other.
BASES = (
    (r"(\w+)Detail", r"\1Row"),
    (r"New(\w+)Request", r"PatchedChange\1Request"),
    (r"\w+RowPage", "Page"),
    (r"\w+Row", "Record"),
)
CHOICE = "Choice"
PAGING = ("page", "after", "before", "size", "count")


def compact(description: dict[str, Any]) -> None:
    parts = description["components"]
    operations = [operation for path in description["paths"].values() for operation in path.values()]
    parts["schemas"] = aliased({name: leaning(name, parts["schemas"]) for name in parts["schemas"]})
    lean_on_choice(parts["schemas"])
    for operation in operations:
        ask_at_once(operation)
    share_columns(parts["schemas"])
    hoist(parts, "schemas", [*hoisting.lists_of_codes(parts["schemas"]), *hoisting.values(operations)])
    hoist(parts, "schemas", hoisting.fields(parts["schemas"]))
    hoist(parts, "schemas", hoisting.kinds(parts["schemas"]))
    hoist(parts, "parameters", hoisting.parameters(operations))
    hoist(parts, "requestBodies", hoisting.bodies(operations))
    hoist(parts, "responses", hoisting.successes(operations))
    hoist_security(description, operations)
    hoisting.put_back(description)


# What adds to another -------------------------------------------------------------------------------------------------


def leaning(name: str, schemas: dict[str, Any]) -> dict[str, Any]:
    """The schema of this name, as what it adds to its base where it has one and contradicts it nowhere."""
    base = next((re.sub(own, other, name) for own, other in BASES if re.fullmatch(own, name)), "")
    added = beyond(schemas[name], schemas[base]) if base in schemas else None
    return schemas[name] if added is None else {**reference("schemas", base), **added}


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
                fields[name] = {**reference("schemas", CHOICE), **own}
                schemas[CHOICE] = choice


def ask_at_once(operation: dict[str, Any]) -> None:
    """The parameters of paging as one, an object: each of its properties is a parameter of the query (style `form`)."""
    asked = {parameter["name"]: parameter for parameter in operation.get("parameters", ())}
    if not asked.keys() >= set(PAGING):
        return
    told = {name: asked[name]["schema"] | {"description": asked[name]["description"]} for name in PAGING}
    paging = {"in": "query", "name": "paging", "schema": {"type": "object", "properties": told}}
    rest = [parameter for name, parameter in asked.items() if name not in PAGING]
    operation["parameters"] = [paging, *rest]


def hoist_security(description: dict[str, Any], operations: list[dict[str, Any]]) -> None:
    """What most operations ask for is asked of all that say nothing else."""
    asked = Counter(json.dumps(operation["security"]) for operation in operations)
    description["security"] = json.loads(asked.most_common(1)[0][0])
    for operation in operations:
        if operation["security"] == description["security"]:
            del operation["security"]
