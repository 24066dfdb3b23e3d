"""All operations of the API, read from its own description."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from apps.core.api.schema_view import OnceGenerator

NO_UUID = "00000000-0000-4000-8000-00000000dead"
UUID_FORM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Described:
    """One operation: `spec` is its part of the description, with parameters, body and answers written out."""

    method: str
    path: str
    spec: dict[str, Any]

    @property
    def id(self) -> str:
        return self.spec["operationId"]

    @property
    def key(self) -> str:
        """The name of the parameter in the address, empty for a collection."""
        return self.path.partition("{")[2].partition("}")[0]

    @property
    def register(self) -> str:
        return self.path.split("/")[2]

    @property
    def is_list(self) -> bool:
        return any(parameter["name"] == "sort" for parameter in self.spec.get("parameters", ()))

    def at(self, key: Any) -> str:
        """The address of a record; a part of one, which some operations ask for further on, is the first."""
        told: dict[str, Any] = next((p["schema"] for p in self.spec.get("parameters", ()) if p["name"] == self.key), {})
        fits = told.get("format") != "uuid" or UUID_FORM.fullmatch(str(key))
        first = self.path.replace(f"{{{self.key}}}", str(key) if fits else NO_UUID)
        return re.sub(r"{\w+}", "0", first)

    @property
    def example(self) -> dict[str, Any] | None:
        content = self.spec.get("requestBody", {}).get("content", {}).get("application/json", {})
        return content.get("example")

    def body_schema(self) -> dict[str, Any]:
        return self.spec["requestBody"]["content"]["application/json"]["schema"]

    def answer_schema(self, status: int) -> dict[str, Any]:
        return self.spec["responses"][str(status)]["content"]["application/json"]["schema"]

    @property
    def statuses(self) -> set[int]:
        """Every status that may be answered."""
        return {int(name) for name in self.spec["responses"] if name != "default"}


@cache
def description() -> dict[str, Any]:
    return OnceGenerator().get_schema()


def operations(*methods: str) -> list[Described]:
    return [
        Described(method, path, written_out(spec))
        for path, parts in description()["paths"].items()
        for method, spec in parts.items()
        if method in (methods or METHODS)
    ]


def written_out(spec: dict[str, Any]) -> dict[str, Any]:
    """The operation without references, but for those to schemas; what all operations have in common is there too."""
    parts = {
        "parameters": [target(parameter) for parameter in spec.get("parameters", ())],
        "responses": one_by_one({status: target(answer) for status, answer in spec["responses"].items()}),
        **({"requestBody": target(spec["requestBody"])} if "requestBody" in spec else {}),
    }
    return {"security": description()["security"], **spec, **parts}


def one_by_one(answers: dict[str, Any]) -> dict[str, Any]:
    """The refusals that are told together each under its status, beside the answers that stand alone."""
    told = answers["default"]
    return {str(status): told for status in told["x-statuses"]} | answers


def target(part: dict[str, Any]) -> dict[str, Any]:
    """What a reference leads to, and anything else itself."""
    if "$ref" not in part:
        return part
    _, _, section, name = part["$ref"].split("/")
    return target(description()["components"][section][name])


def misfits(value: Any, schema: dict[str, Any]) -> list[str]:
    """Where a value is not as described; properties that the description does not know count too."""
    validator = Draft202012Validator({**schema, "components": description()["components"]})
    return [f"{'.'.join(map(str, error.path))}: {error.message}" for error in validator.iter_errors(value)]
