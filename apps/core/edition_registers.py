"""What the registers of editions have in common: a new one starts from another, and what has begun stays."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone

from apps.core.editions import BEGUN
from apps.core.pages import int_or_none
from apps.core.records import save_form
from apps.core.registers import Register


def save_edition(form: forms.ModelForm, *, by: Any, version: int | None = None) -> Any:
    """What an office has set is no sample any more.

    Raises what `core.records.save_form` raises; the database refuses to rewrite an edition that has begun.
    """
    form.instance.is_sample = False
    return save_form(form, by=by, version=version)


class Editions(Register):
    """`edition` in the address of a new record names the one whose values it starts from."""

    save = staticmethod(save_edition)

    def prefilled(self, query: QueryDict) -> dict[str, Any]:
        """What the named edition says, to begin today."""
        found = self.model._default_manager.filter(pk=int_or_none(query.get("edition"))).first()
        if found is None or self.form_class is None:
            return {}
        names = set(self.form_class._meta.fields or ())
        told = {f.name: f.value_from_object(found) for f in self.model._meta.concrete_fields if f.name in names}
        days = {"effective_from": timezone.localdate(), "effective_to": None}
        return told | {name: day for name, day in days.items() if name in told}


class BegunStays(Editions):
    """Editions of terms: nothing refers to them by a key, so each stays from its first day on."""

    def locked(self, record: Any) -> str | None:
        return BEGUN if record.effective_from <= timezone.localdate() else None
