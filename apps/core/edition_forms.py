"""What the forms of all editions have in common: an edition is added from a day on, and the past keeps its own."""

from datetime import date
from typing import Any

from django.utils import timezone

from apps.core.editions import TOO_EARLY
from apps.core.forms import RecentDayField, ScopedModelForm


class EditionForm(ScopedModelForm):
    """Of which thing it is an edition is said once; a further one begins today or later."""

    effective_from = RecentDayField(label="施行日期", help_text="以前各日仍适用当时的版本")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self._meta.model.SAME:
            self.fields[name].disabled = not self.instance._state.adding

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        day = data.get("effective_from")
        if day and "effective_from" in self.changed_data and self.is_too_early(day, data):
            self.add_error("effective_from", TOO_EARLY)
        return data

    def is_too_early(self, day: date, data: dict[str, Any]) -> bool:
        same = {name: data.get(name) for name in self._meta.model.SAME}
        others = self._meta.model.objects.filter(**same).exclude(pk=self.instance.pk)
        return day < timezone.localdate() and others.exists()
