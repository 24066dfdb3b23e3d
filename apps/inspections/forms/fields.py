"""Fields of this app's forms: several codes at once, as boxes on a page, as words in a cell, as a list over the API."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.inspections.models import Checklist

Choices = Sequence[tuple[str, str]]
BETWEEN = re.compile(r"[、,，;；\n]+")


class CodesField(forms.Field):
    """Codes out of a list; a text, as a cell holds it, names them by code or word with 、 between.

    No ChoiceField, for the importer would take a cell to hold one of the choices.
    """

    widget = forms.CheckboxSelectMultiple

    def __init__(self, *, choices: Choices | Callable[[], Choices], **kwargs: Any) -> None:
        self._choices = choices
        super().__init__(**{"required": False, **kwargs})

    @property
    def choices(self) -> Choices:
        return self._choices() if callable(self._choices) else self._choices

    def get_bound_field(self, form: Any, field_name: str) -> Any:
        self.widget.choices = self.choices  # asked for now and not when the form was declared
        return super().get_bound_field(form, field_name)

    def to_python(self, value: Any) -> list[str]:
        given = BETWEEN.split(value) if isinstance(value, str) else value or []
        if not isinstance(given, list | tuple):
            raise ValidationError("请从列表中选择")
        known = {code: code for code, _ in self.choices}
        named = {label: code for code, label in self.choices} | known
        texts = [str(text).strip() for text in given if str(text).strip()]
        if unknown := next((text for text in texts if text not in named), ""):
            raise ValidationError(f"没有“{unknown[:40]}”这一项")
        chosen = {named[text] for text in texts}
        return [code for code in known if code in chosen]

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return sorted(initial or []) != sorted(self.to_python(data))
        except ValidationError:
            return True


def checklist_choices() -> Choices:
    """The checklists in force today, by code; each visit takes the editions of its day."""
    rows = Checklist.objects.in_force(timezone.localdate()).order_by("family", "pk")
    return list(rows.values_list("code", "name"))


def checklists_field(**kwargs: Any) -> CodesField:
    return CodesField(label="检查表", choices=checklist_choices, **kwargs)
