"""Parts that several forms of a hazard share."""

from typing import Any

from django import forms
from django.utils import timezone

from apps.core.forms import DayField
from apps.hazards import dictionaries
from apps.hazards.terms import derived

OTHER = "other"


class WithTerm(forms.Form):
    """A usual term or a date of one's own; a term's derivation is kept, so that the date can explain itself."""

    term = forms.ChoiceField(label="整改期限", required=False, widget=forms.RadioSelect(attrs={"class": "tiles"}))
    deadline = DayField(label="其他期限", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["term"].choices = [*dictionaries.deadline_terms(), (OTHER, "其他")]  # type: ignore[attr-defined]
        if self.get_initial_for_field(self.fields["deadline"], "deadline"):
            self.fields["term"].initial = OTHER

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        term, day = data.pop("term", ""), data.get("deadline")
        if term and term != OTHER:
            data["deadline"], data["deadline_basis"] = derived(term, timezone.localdate())
        elif term == OTHER and not day and "deadline" not in self.errors:
            self.add_error("deadline", "选了“其他”，请填写整改期限")
        elif day and day < timezone.localdate():
            self.add_error("deadline", "整改期限不能早于今天")
        return data
