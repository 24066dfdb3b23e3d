"""Serializers made from registers and forms: rows go out by column name, and only a form's fields come in."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.utils import timezone
from rest_framework import serializers

from apps.core.registers import Column, Register, field_at, registry

# Out --------------------------------------------------------------------------------------------------------------


class CodeField(serializers.Field):
    """A choice: out as {code, label}, in as its code.  `choices` are for the description alone, the form checks."""

    default_error_messages = {"invalid": "须是文字或整数代码"}

    def __init__(self, *, choices: Any = (), **kwargs: Any) -> None:
        self.choices = [(code, str(label)) for code, label in choices if code != ""]
        super().__init__(**kwargs)

    def to_representation(self, value: Any) -> dict[str, Any] | None:
        if value == "":
            return None
        return {"code": value, "label": dict(self.choices).get(value, value)}

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, bool) or not isinstance(data, str | int):
            self.fail("invalid")
        return str(data)


class ReferenceField(CodeField):
    """Another record, named by the natural key `key` of its model, or by its number where it has none."""

    def __init__(self, *, key: str, **kwargs: Any) -> None:
        self.key = key
        super().__init__(**kwargs)


OUT: dict[str, type[serializers.Field]] = {
    "integer": serializers.IntegerField,
    "decimal": serializers.DecimalField,
    "date": serializers.DateField,
    "datetime": serializers.DateTimeField,
    "boolean": serializers.BooleanField,
    "text": serializers.CharField,
}


class RecordSerializer(serializers.Serializer):
    """台账中的一条记录。"""

    # What rows have in common, by this name in the description.

    key = serializers.CharField(help_text="记录在地址中的编号")
    version = serializers.IntegerField(help_text="版本，即 ETag")


class RowSerializer(serializers.Serializer):
    """台账中的一条记录。"""

    # One record by the columns of its register that the user may see.
    #
    # The declared fields describe it; the values are read straight from the columns, which on a page of twenty
    # rows costs a fifth of what a field at a time does.

    register: ClassVar[Register]

    def to_representation(self, record: Any) -> dict[str, Any]:
        register = self.register
        row: dict[str, Any] = {"key": str(getattr(record, register.key))}
        if hasattr(record, "version"):
            row["version"] = record.version
        for column, steps, labels in self.readers:
            row[column.name] = plain(read(record, steps), labels)
        return row

    @property
    def readers(self) -> Any:
        return self.context["readers"]


def readers(register: Register, user: Any) -> list[tuple[Column, list[str], dict[Any, str] | None]]:
    """How to read each column that this user may see."""
    return [(c, c.path.split("."), register.labels_of_choices.get(c.path)) for c in register.columns_for(user)]


def read(record: Any, steps: list[str]) -> Any:
    for step in steps:
        record = getattr(record, step, None)
        if record is None:
            return None
    return record


def plain(value: Any, labels: Mapping[Any, str] | None = None) -> Any:
    """A value as JSON has it: local times, decimals as text, a choice with its label."""
    if labels:
        return None if value in (None, "") else {"code": value, "label": labels.get(value, value)}
    match value:
        case None | str() | int():
            return value
        case datetime():
            return timezone.localtime(value).isoformat(timespec="seconds")
        case date():
            return value.isoformat()
        case float() | Decimal():
            return str(value)
    return str(value)


def row_serializer(register: Register) -> type[RowSerializer]:
    is_versioned = any(f.name == "version" for f in register.model._meta.fields)
    shared = RecordSerializer().fields
    fields = {name: shared[name] for name in ("key", *(("version",) if is_versioned else ()))}
    fields |= {c.name: out_field(register, c) for c in register.columns}
    return type(f"{register.model.__name__}Row", (RowSerializer,), {**fields, "register": register})


def out_field(register: Register, column: Column) -> serializers.Field:
    kind = register.kinds[column.path]
    is_sure = kind != "choice" and is_never_empty(register.model, column.path)
    options: dict[str, Any] = {"label": column.label, "allow_null": not is_sure, "required": not column.permission}
    if kind == "choice":
        return CodeField(choices=list(register.labels_of_choices[column.path].items()), **options)
    if kind == "decimal":
        options |= {"max_digits": None, "decimal_places": None}
    return OUT[kind](**options)


def is_never_empty(model: type[models.Model], path: str) -> bool:
    """Whether the database lets no step of a column be empty; what is no field may be."""
    *steps, _ = path.split(".")
    ways = [".".join(steps[:depth]) for depth in range(1, len(steps) + 1)]
    found = [field_at(model, way) for way in (*ways, path)]
    return all(field is not None and not field.null for field in found)


MOST_IN_LIST = 1000

# In ---------------------------------------------------------------------------------------------------------------


class InputSerializer(serializers.Serializer):
    # The body of a request: types only, the form has the rules.  What it does not know is refused.
    # No docstring, since the description would repeat it at every body.

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := [name for name in data if name not in self.fields]):
            raise serializers.ValidationError({str(name): ["没有这个字段，或者它不能在这里填写"] for name in unknown})
        return super().to_internal_value(data)


def input_serializer(
    name: str, fields: Mapping[str, forms.Field], *, required: Mapping[str, bool] | None = None
) -> type[InputSerializer]:
    """A serializer for a form's fields; `required` says which must be sent, the form's own word otherwise."""
    declared = {
        n: input_field(f, f.required if required is None else required.get(n, False))
        for n, f in fields.items()
        if not f.disabled and not f.widget.is_hidden and not isinstance(f, forms.FileField)
    }
    return type(name, (InputSerializer,), declared) if declared else NOTHING


NOTHING = type("Nothing", (InputSerializer,), {})


# Form field, serializer field, and the attributes that go from one to the other; the first that fits counts.
PLAIN: tuple[tuple[type[forms.Field], type[serializers.Field], tuple[str, ...]], ...] = (
    (forms.JSONField, serializers.JSONField, ()),
    (forms.DecimalField, serializers.DecimalField, ("max_digits", "decimal_places")),
    (forms.FloatField, serializers.FloatField, ()),
    (forms.IntegerField, serializers.IntegerField, ("min_value", "max_value")),
    (forms.DateTimeField, serializers.DateTimeField, ()),
    (forms.DateField, serializers.DateField, ()),
    (forms.BooleanField, serializers.BooleanField, ()),
)


def input_field(field: forms.Field, required: bool) -> serializers.Field:
    options: dict[str, Any] = {
        "required": required,
        "allow_null": not field.required,
        "label": str(field.label or ""),
        "help_text": str(field.help_text),
    }
    if getattr(field.widget, "allow_multiple_selected", False):
        return serializers.ListField(child=CodeField(), max_length=MOST_IN_LIST, **options)
    if isinstance(field, forms.ModelChoiceField):
        return ReferenceField(key=natural_key(field), **options)
    if isinstance(field, forms.ChoiceField):
        return CodeField(choices=flat_choices(field.choices), **options)
    for kind, made, names in PLAIN:
        if isinstance(field, kind):
            return made(**options, **{name: getattr(field, name) for name in names})
    options |= {"max_length": getattr(field, "max_length", None), "allow_blank": not field.required}
    return serializers.CharField(trim_whitespace=False, **options)


def flat_choices(choices: Any) -> list[tuple[Any, str]]:
    """Choices without their groups."""
    flat: list[tuple[Any, str]] = []
    for code, label in choices:
        flat += flat_choices(label) if isinstance(label, list | tuple) else [(code, str(label))]
    return flat


def natural_key(field: forms.ModelChoiceField) -> str:
    """By what programs name a record of this field: its register's key, or the model's first unique text."""
    model = field.queryset.model  # type: ignore[union-attr]
    if field.to_field_name and field.to_field_name != model._meta.pk.name:
        return field.to_field_name
    keys = [r.key for r in registry.values() if r.model is model and r.key != "pk"]
    unique = [f.name for f in model._meta.fields if f.unique and isinstance(f, models.CharField)]
    return next(iter([*keys, *unique]), "pk")


def posted(form: forms.BaseForm, values: Mapping[str, Any], *, keep: bool) -> dict[str, Any]:
    """What a browser would have sent for these values.

    With `keep` the fields that are not among them stay as the form has them, so that leaving one out changes
    nothing; references are resolved among the records that the form offers.
    """
    data: dict[str, Any] = {}
    for name, field in form.fields.items():
        if name in values:
            data[name] = resolved(field, values[name])
        elif keep and not field.widget.is_hidden:
            data[name] = field.prepare_value(form.get_initial_for_field(field, name))
    return data


def resolved(field: forms.Field, value: Any) -> Any:
    """The form's own value for a natural key; an unknown one goes on as it is, for the form to refuse."""
    if not isinstance(field, forms.ModelChoiceField) or value in (None, "", []):
        return value
    key = natural_key(field)
    if key == "pk" or key == field.to_field_name:
        return value
    found = {str(getattr(r, key)): field.prepare_value(r) for r in _named(field, key, value)}
    if isinstance(value, list):
        return [found.get(v, "") for v in value]
    return found.get(value, "0")


def _named(field: forms.ModelChoiceField, key: str, value: Any) -> Any:
    return field.queryset.filter(**{f"{key}__in": value if isinstance(value, list) else [value]})  # type: ignore[union-attr]
