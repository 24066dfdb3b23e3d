"""Keeping the catalogue: what an office has set is no sample any more, and what was used stays."""

from typing import Any

from django import forms

from apps.core.records import save_form
from apps.credit.models import CreditItem


def save_item(form: forms.ModelForm, *, by: Any, version: int | None = None) -> CreditItem:
    form.instance.is_sample = False
    return save_form(form, by=by, version=version)
