"""A field three ways: as the file has it, as the ledger had it when the file was exported, as the ledger has it now."""

from collections.abc import Container
from datetime import date
from typing import Any, NamedTuple

from django import forms
from django.db import models

from apps.core.canonical import plain
from apps.core.crypto import EncryptedTextField
from apps.core.events import history_since
from apps.core.records import PERSONAL, teller
from apps.core.registers import as_text

VERSION = "version"
HIDDEN, NOTHING = "***", "（空白）"


class Difference(NamedTuple):
    """A field that the file would change."""

    name: str
    label: str
    old: str
    new: str


def changed(form: forms.ModelForm, names: Container[str]) -> list[str]:
    """Which of these fields a form would change in its record."""
    return [name for name in form.changed_data if name in names]


def differences(form: forms.ModelForm, names: Container[str]) -> list[Difference]:
    """What a valid form would change, in words."""
    return [
        Difference(name, str(form.fields[name].label), in_words(form, name, before(form, name)), told_new(form, name))
        for name in changed(form, names)
        if name in form.cleaned_data
    ]


def before(form: forms.ModelForm, name: str) -> Any:
    return form.get_initial_for_field(form.fields[name], name)


def told_new(form: forms.ModelForm, name: str) -> str:
    return in_words(form, name, form.cleaned_data[name])


def since_export(form: forms.ModelForm, names: Container[str], version: int) -> tuple[set[str], list[str]]:
    """Of what a valid form would change: the fields that others have changed since `version`, which stay as they are.

    Second answer: those of them in which the file differs from the export too, so that somebody has to choose.  The
    events say what a field was before; one that they do not know counts as changed in the file.
    """
    values = values_at(form.instance, version)
    stay = [name for name in changed(form, names) if name in values and name in form.cleaned_data]
    mine = {name: plain(teller(form.instance, name)(form.cleaned_data[name])) for name in stay}
    return set(stay), [name for name in stay if mine[name] != values[name]]


def values_at(record: models.Model, version: int) -> dict[str, Any]:
    """The values at `version` of the fields that have changed after it, as the events tell them."""
    values: dict[str, Any] = {}
    for facts in history_since(record, version):
        for name, told in facts.items():
            values.setdefault(name, told[0] if isinstance(told, list) and len(told) == 2 else object())
    return values


def in_words(form: forms.ModelForm, name: str, value: Any) -> str:
    """A value as the preview may show it: the label of a choice, the name of a record, nothing personal."""
    field: Any = form.fields[name]
    if is_personal(form, name):
        return HIDDEN
    if value is None or value == "":
        return NOTHING
    if isinstance(value, date | models.Model | bool):
        return as_text(value)
    if (queryset := getattr(field, "queryset", None)) is not None:
        return str(queryset.filter(pk=value).first() or value)
    return str(dict(flat(getattr(field, "choices", ()))).get(str(value), value))


def flat(choices: Any) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for code, label in choices:
        if isinstance(label, list | tuple):
            pairs += flat(label)
        else:
            pairs.append((str(code), str(label)))
    return pairs


def is_personal(form: forms.ModelForm, name: str) -> bool:
    fields = form.instance._meta.concrete_fields
    return name.endswith(PERSONAL) or any(f.name == name and isinstance(f, EncryptedTextField) for f in fields)
