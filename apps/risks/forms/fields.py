"""Fields of this app's forms."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.core.forms import clean_text
from apps.risks.services import lines_of

MOST_MEASURES = 20
LONGEST_MEASURE = 300


class LinesField(forms.CharField):
    """Measures of one kind, one a line, cleaned of doubles and blank lines; `lines_of` takes it apart."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": forms.Textarea({"rows": 3}), "required": False, **kwargs})

    def clean(self, value: Any) -> Any:
        found = lines_of(clean_text(str(value or "")))
        if len(found) > MOST_MEASURES:
            raise ValidationError(f"每类最多 {MOST_MEASURES} 条措施，现有 {len(found)} 条")
        if longest := next((line for line in found if len(line) > LONGEST_MEASURE), ""):
            raise ValidationError(f"每条措施最多 {LONGEST_MEASURE} 个字，“{longest[:20]}…”有 {len(longest)} 个字")
        return "\n".join(found)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return lines_of(str(initial or "")) != lines_of(clean_text(str(data or "")))


class WorkField(forms.Field):
    """A dangerous work by its key or its name; which project it must be of is known to the form alone."""

    def prepare_value(self, value: Any) -> Any:
        return getattr(value, "pk", value)

    def to_python(self, value: Any) -> str:
        return clean_text(str(self.prepare_value(value) or ""))[:200]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "") != str(self.prepare_value(data) or "")
