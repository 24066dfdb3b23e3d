"""Forms of what an office sets for duties on site."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.core.edition_forms import EditionForm
from apps.core.widgets import FastSelect
from apps.duty.models import DutyTerm, LogItem, Term, Wording
from apps.duty.models.words import DEPUTIES, NUMBERS
from apps.hazards import dictionaries

SAID = ("effective_from", "source", "certainty")
MOST = {Term.LEADER_SHARE: 100, Term.HEAD_SHARE: 100, Term.LATE_AFTER: 365, Term.INSPECTOR_AREA: 100_000_000}


class DutyTermForm(EditionForm):
    class Meta:
        model = DutyTerm
        fields = ("code", "value", *SAID)
        widgets = {"code": FastSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[
            "value"
        ].help_text = f"数字；代理人条件填{'或'.join(f'“{one}”' for one in DEPUTIES)}；资质用顿号分开"

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        code, value = data.get("code"), data.get("value")
        if code and value:
            try:
                data["value"] = read(code, value)
            except ValidationError as refusal:
                self.add_error("value", refusal)
        return data


def read(code: str, value: str) -> str:
    """The value as it is stored.  Raises ValidationError for what this term cannot be."""
    if code in NUMBERS:
        number = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else -1
        if not 0 <= number <= MOST[Term(code)]:
            raise ValidationError(f"请填 0 至 {MOST[Term(code)]} 的整数")
        return str(number)
    if code == Term.DEPUTY and value not in DEPUTIES:
        raise ValidationError(f"请填{'或'.join(f'“{one}”' for one in DEPUTIES)}")
    return value


class WordingForm(EditionForm):
    class Meta:
        model = Wording
        fields = ("level", "title", "text", "valid_months", *SAID)
        widgets = {"level": FastSelect, "text": forms.Textarea({"rows": 8})}


class LogItemForm(EditionForm):
    category = forms.ChoiceField(label="隐患类别", widget=FastSelect)

    class Meta:
        model = LogItem
        fields = ("code", "name", "hint", "position", "asks_time", "category", *SAID, "effective_to")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = list(dictionaries.label_choices(dictionaries.CATEGORY))  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not (code.isascii() and code.replace("_", "").isalnum() and code == code.lower()):
            raise ValidationError("代码只用小写字母、数字和下划线")
        return code
