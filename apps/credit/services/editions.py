"""Keeping what is judged by: what an office has set is no sample any more."""

from typing import Any

from django import forms

from apps.core.records import save_form


def save_edition(form: forms.ModelForm, *, by: Any, version: int | None = None) -> Any:
    """Raises what `core.records.save_form` raises; the database refuses to rewrite an edition that has begun."""
    form.instance.is_sample = False
    return save_form(form, by=by, version=version)
