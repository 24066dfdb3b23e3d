"""Saving master data: every change is an event, and nobody overwrites what they have not seen."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.db import IntegrityError, models, transaction

from apps.core.crypto import EncryptedTextField, blind_index
from apps.core.events import record_event
from apps.core.workflow import StaleRecord, TransitionRefused, lock, violated_rule

PERSONAL = ("phone", "id_number", "account_number")
"""Endings of the names of fields that are nobody else's business."""
M = TypeVar("M", bound=models.Model)


@transaction.atomic
def save_form(form: forms.ModelForm, *, by: Any, version: int | None = None) -> Any:
    """Write a valid form and the event that says what changed.

    Raises StaleRecord when `version` is given and the record has moved on, TransitionRefused with the
    constraint's sentence when the database refuses.
    """
    record: Any = form.instance
    adding = record._state.adding
    if not adding:
        refuse_if_stale(record, by, version)
        record.version += 1
    facts = changes(form)
    try:
        with transaction.atomic():
            form.save()
    except IntegrityError as error:
        raise TransitionRefused(violated_rule(record, error)) from error
    record_event(record, "registered" if adding else "changed", by=by, facts=facts)
    return record


def inserted(record: M) -> M:
    """The new record as written; raises TransitionRefused with the sentence of the rule that the database names."""
    try:
        with transaction.atomic():
            record.save(force_insert=True)
    except IntegrityError as error:
        raise TransitionRefused(violated_rule(record, error)) from error
    return record


def refuse_if_stale(record: Any, by: Any, version: int | None) -> None:
    """Lock the row; raise StaleRecord when it is newer than what the caller saw."""
    current: Any = lock(record, by)
    if version is not None and version != current.version:
        raise StaleRecord(current)
    record.version = current.version


def changes(form: forms.ModelForm) -> dict[str, Any]:
    """Old and new value of each changed field; of a new record just what was entered."""
    told = {name: teller(form.instance, name) for name in form.changed_data if name in form.cleaned_data}
    if form.instance._state.adding:
        return {name: tell(form.cleaned_data[name]) for name, tell in told.items()}
    return {name: [tell(form.initial.get(name)), tell(form.cleaned_data[name])] for name, tell in told.items()}


def teller(record: models.Model, name: str) -> Callable[[Any], Any]:
    """How a field's value is told: of personal data only a blind index enters the ledger, never the clear text."""
    field = next((f for f in record._meta.concrete_fields if f.name == name), None)
    if isinstance(field, EncryptedTextField) or name.endswith(PERSONAL):
        return lambda value: blind_index(value) if value else ""
    return storable


def storable(value: Any) -> Any:
    """A fact without floats and without files: what is not text, number, date or key is told as text."""
    match value:
        case models.Model():
            return value.pk
        case models.QuerySet():
            return [item.pk for item in value]
        case list() | tuple():
            return [storable(item) for item in value]
        case dict():
            return {key: storable(item) for key, item in value.items()}
    return str(value) if isinstance(value, float) else value
