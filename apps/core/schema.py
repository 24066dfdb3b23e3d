"""The OpenAPI description: every operation with id, scope, states, examples and the answers it may give."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension, OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample

from apps.core.api.operations import IF_MATCH, IF_MATCH_OPTIONAL, Operation, ProblemSerializer
from apps.core.api.serializers import NOTHING, RecordSerializer
from apps.core.api.viewsets import PageSerializer
from apps.core.problems import PLAIN

# Refusals look alike, so they are told together, as `default`: those of any address, and what writing may run into, by
# whether it needs a version, takes one or knows none.
READ = (400, 401, 403, 404, 405, 406, 429, 500, 503)
WRITE = (*READ, 409, 413, 415, 422)
OTHERWISE = {"read": READ, "write": WRITE, "edit": (*WRITE, 412, 428), "move": (*WRITE, 412)}
ON_VERSIONS = {IF_MATCH: "edit", IF_MATCH_OPTIONAL: "move"}
SHARED = (ProblemSerializer, PageSerializer, RecordSerializer)


class OperationSchema(AutoSchema):
    """Takes what the view says of its current action; views without `operation()` use extend_schema."""

    @property
    def said(self) -> Operation | None:
        describe = getattr(self.view, "operation", None)
        return describe() if describe else None

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        operation.setdefault("x-scope", getattr(self.view, "scope_kind", None))
        if operation["x-scope"] == "public":
            operation["security"] = [{}]
        for serializer in SHARED:
            self.resolve_serializer(serializer, "response")
        say_single_example(operation)
        operation["responses"].setdefault("default", {"$ref": f"#/components/responses/{self.refusals()}"})
        return operation

    def refusals(self) -> str:
        """The answers that are no success, as their name among the components."""
        parameters = self.said.parameters if self.said else ()
        on_versions = [ON_VERSIONS[parameter] for parameter in parameters if parameter in ON_VERSIONS]
        return "read" if self.method == "GET" else next(iter(on_versions), "write")

    def _is_list_view(self, serializer: Any = None) -> bool:
        """Our lists say their envelope themselves."""
        return super()._is_list_view(serializer) if self.said is None else False

    def get_operation_id(self) -> str:
        return self.said.id if self.said else super().get_operation_id()

    def get_summary(self) -> str | None:
        return self.said.summary if self.said else super().get_summary()

    def get_description(self) -> str:  # type: ignore[override]
        return self.said.description if self.said else super().get_description()

    def get_request_serializer(self) -> Any:
        return (self.said.request or NOTHING) if self.said else super().get_request_serializer()

    def get_response_serializers(self) -> Any:
        return {self.said.status: self.said.response} if self.said else super().get_response_serializers()

    def get_override_parameters(self) -> list[Any]:
        return list(self.said.parameters) if self.said else super().get_override_parameters()

    def get_extensions(self) -> dict[str, Any]:
        states = self.said.states if self.said else None
        return {"x-states": states} if states else super().get_extensions()

    def get_examples(self) -> list[OpenApiExample]:
        if self.said is None or self.said.example is None:
            return super().get_examples()
        return [OpenApiExample("示例", dict(self.said.example), request_only=True)]


def say_single_example(operation: dict[str, Any]) -> None:
    """One example needs no name."""
    for content in operation.get("requestBody", {}).get("content", {}).values():
        if len(content.get("examples", {})) == 1:
            content["example"] = next(iter(content.pop("examples").values()))["value"]


def problem_responses() -> dict[str, Any]:
    """The components that operations refer to; each says in `x-statuses` which statuses it is the answer of."""
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        name: {
            "description": "；".join(f"{status}：{PLAIN[status][1]}" for status in sorted(statuses)),
            "content": content,
            "x-statuses": sorted(statuses),
        }
        for name, statuses in OTHERWISE.items()
    }


class InputScheme(OpenApiSerializerExtension):
    """What a body may hold is all it may hold."""

    target_class = "apps.core.api.serializers.InputSerializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        described = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return {**described, "additionalProperties": False}


class CodeFieldScheme(OpenApiSerializerFieldExtension):
    """A choice goes out as {code, label} and comes in as its code."""

    target_class = "apps.core.api.serializers.CodeField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        codes = [code for code, _ in self.target.choices]
        kind = "integer" if codes and all(isinstance(code, int) for code in codes) else "string"
        code = {"type": kind, **({"enum": codes} if codes else {})}
        if direction == "request":
            return code
        parts = {"code": code, "label": {"type": "string"}}
        return {"type": "object", "properties": parts, "required": ["code", "label"]}


class ReferenceFieldScheme(OpenApiSerializerFieldExtension):
    target_class = "apps.core.api.serializers.ReferenceField"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        return {"type": ["string", "integer"]} if self.target.key == "pk" else {"type": "string"}
