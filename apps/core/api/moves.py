"""The moves of a workflow as operations: POST …/{key}/{move}/, and GET …/{key}/moves/ for what is open."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import PermissionDenied
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.api.operations import IDEMPOTENCY, IF_MATCH_OPTIONAL, ChoiceOfMove, Operation
from apps.core.api.serializers import InputSerializer, RowSerializer, flat_choices, input_serializer
from apps.core.api.viewsets import RegisterViewSet, register_viewset
from apps.core.forms import RecordForm
from apps.core.idempotency import idempotent
from apps.core.registers import Register, registry
from apps.core.scoping import get_visible_or_404
from apps.core.workflow import StaleRecord, Transition, TransitionRefused, Workflow

PREFIX = "move_"
Cannot = Callable[[Any, Any], str | None]  # of a record and a user: why not, or None


class FieldOfMove(serializers.Serializer):
    """A field of a move's body, for programs that draw the form themselves."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    type = serializers.CharField(help_text="JSON 类型")
    required = serializers.BooleanField()  # type: ignore[assignment]
    help = serializers.CharField(required=False)
    choices = serializers.ListField(child=serializers.DictField(), required=False)


class OpenMove(ChoiceOfMove):
    danger = serializers.BooleanField(help_text="不能撤回，应请用户确认")
    fields = FieldOfMove(many=True)  # type: ignore[assignment]


class OpenMoves(serializers.Serializer):
    moves = OpenMove(many=True)


class WorkflowViewSet(RegisterViewSet):
    """A register whose records move by a transition table; beside EditableViewSet where they are also edited.

    `move_forms` holds the form of each move, `extra_fields` what those forms ask of some records only.
    """

    workflow: ClassVar[Workflow]
    move_forms: ClassVar[Mapping[str, type[RecordForm]]]
    extra_fields: ClassVar[Mapping[str, Mapping[str, forms.Field]]] = {}
    move_examples: ClassVar[Mapping[str, Mapping[str, Any]]] = {}

    def form_of(self, name: str, data: Any, record: Any) -> RecordForm:
        """The form of a move on this record; its `facts()` are what `perform` takes."""
        return self.move_forms[name](data, user=self.request.user, record=record)

    def shown(self, record: Any) -> dict[str, Any]:
        moves = self.workflow.open_to(record, self.request.user)
        return {**super().shown(record), "moves": [{"name": m.name, "label": m.label} for m in moves]}

    @action(detail=True, methods=["get"], url_path="moves", url_name="moves")
    def moves(self, request: Request, **lookup: str) -> Response:
        self.need("view")
        record = self.found(lookup)
        moves = self.workflow.open_to(record, request.user)
        return Response({"moves": [self.described(move, record) for move in moves]})

    def described(self, move: Transition, record: Any) -> dict[str, Any]:
        form = self.form_of(move.name, None, record)
        checked = input_serializer("Move", form.fields)()
        fields = [described_field(n, f, checked) for n, f in form.fields.items() if n in checked.fields]
        return {"name": move.name, "label": move.label, "danger": move.danger, "fields": fields}

    def make_move(self, name: str, lookup: Mapping[str, str]) -> Response:
        """404 unseen, 403 without the right, 412 outdated, 409 not open, 422 incomplete, else done."""
        self.need("view")
        record, user, move = self.found(lookup), self.request.user, self.workflow.by_name[name]
        if not user.has_perm(move.permission):
            raise PermissionDenied
        self.must_match(record, required=False)
        if reason := self.workflow.refusal(record, name, user):
            raise TransitionRefused(reason)
        facts = self.facts(name, record)
        version = record.version if "If-Match" in self.request.headers else None
        try:
            moved = self.workflow.perform(record, name, by=user, version=version, **facts)
        except StaleRecord as stale:
            raise self.stale(stale.record) from stale
        return Response(self.shown(self.fresh(moved)))

    def facts(self, name: str, record: Any) -> dict[str, Any]:
        return self.filled_in(lambda data: self.form_of(name, data, record)).facts()

    def place(self, register: str, permission: str, cannot: Cannot | None = None, **lookup: str) -> Any:
        """The record at whose address a new one begins: 404 unseen, 403 without the right, 409 where it cannot."""
        user, places = self.request.user, registry[register]
        if not places.may(user, "view"):
            raise PermissionDenied
        record = get_visible_or_404(places.rows(user), user, **lookup)
        if not user.has_perm(permission):
            raise PermissionDenied
        if cannot and (reason := cannot(record, user)):
            raise TransitionRefused(reason)
        return record

    # Description --------------------------------------------------------------------------------------------------

    def operation(self) -> Operation:
        name = self.register.name
        if self.action == "moves":
            return Operation(f"{name}_moves", "现在可以办理的事项", OpenMoves, parameters=(self.key_parameter(),))
        if self.action.startswith(PREFIX):
            return self.moving(self.workflow.by_name[self.action.removeprefix(PREFIX)])
        return super().operation()

    def moving(self, move: Transition) -> Operation:
        return Operation(
            f"{self.register.name}_{move.name}",
            move.label,
            self.detail_class(),
            request=self.described_move(move),
            parameters=(self.key_parameter(), IDEMPOTENCY, IF_MATCH_OPTIONAL),
            example=self.move_examples.get(move.name, {}),
            states={"from": list(move.sources), "to": move.target or None},
        )

    def described_move(self, move: Transition) -> type[InputSerializer]:
        usual = self.move_forms[move.name].base_fields
        required = {name: field.required for name, field in usual.items()}
        title = "".join(part.title() for part in move.name.split("_"))
        fields = {**usual, **self.extra_fields.get(move.name, {})}
        return input_serializer(f"{title}{self.register.model.__name__}", fields, required=required)

    def detail_class(self) -> type[serializers.Serializer]:
        return detail_serializer(self.row_class)


@cache
def detail_serializer(row_class: type[RowSerializer]) -> type[serializers.Serializer]:
    name = f"{row_class.register.model.__name__}Detail"
    return type(name, (row_class,), {"moves": ChoiceOfMove(many=True)})


JSON_TYPES: tuple[tuple[type[serializers.Field], str], ...] = (
    (serializers.BooleanField, "boolean"),
    (serializers.IntegerField, "integer"),
    (serializers.ListField, "array"),
    (serializers.JSONField, "object"),
)


def described_field(name: str, field: forms.Field, checked: serializers.Serializer) -> dict[str, Any]:
    kind = next((label for cls, label in JSON_TYPES if isinstance(checked.fields[name], cls)), "string")
    line = {"name": name, "label": str(field.label or name), "type": kind, "required": field.required}
    if field.help_text:
        line["help"] = str(field.help_text)
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        line["choices"] = [{"code": code, "label": label} for code, label in flat_choices(field.choices)]
    return line


def move_action(move: Transition) -> Any:
    @idempotent
    def make(self: WorkflowViewSet, request: Request, **lookup: str) -> Response:
        return self.make_move(move.name, lookup)

    make.__name__ = f"{PREFIX}{move.name}"
    make.__doc__ = move.label
    return action(detail=True, methods=["post"], url_path=move.name, url_name=move.name.replace("_", "-"))(make)


def workflow_viewset(
    register: Register, workflow: Workflow, base: type[WorkflowViewSet], **attributes: Any
) -> type[WorkflowViewSet]:
    """The viewset of a register with one operation for every transition of its table."""
    moves = {f"{PREFIX}{move.name}": move_action(move) for move in workflow.offered}
    made: Any = register_viewset(register, base, workflow=workflow, **moves, **attributes)
    return made
