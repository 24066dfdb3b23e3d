"""What all forms share: fields cut to what the user may see, and text made clean."""

import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MinLengthValidator
from django.db.models.fields import BLANK_CHOICE_DASH

# For all forms and models, as imports say it too; Django's own are “确保该变量包含不超过 50 个字符 (目前字符数 300)。”
MaxLengthValidator.message = "最多 %(limit_value)d 个字，现有 %(show_value)d 个字"
MinLengthValidator.message = "至少 %(limit_value)d 个字，现有 %(show_value)d 个字"
DASHES = BLANK_CHOICE_DASH[0][1]
FIRST_YEAR, NO_YEAR = 2000, 2200
DAY_FORMATS = ["%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"]
BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def clean_text(value: str) -> str:
    """NFC, without control characters (line ends stay), without bidi overrides."""
    value = unicodedata.normalize("NFC", value).translate(BIDI).replace("\r\n", "\n")
    return "".join(c for c in value if c in "\n\t" or unicodedata.category(c) != "Cc").strip()


def text(label: str, rows: int = 3, most: int = 2000, **kwargs: Any) -> forms.CharField:
    """A field of several lines; the length limit stands in the page and on the server."""
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class DayField(forms.DateField):
    """A day, also as 20261123; drawn as the browser's own date control."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        kwargs.setdefault("error_messages", {"invalid": "请填写日期，例如 2026-11-23"})
        super().__init__(input_formats=DAY_FORMATS, widget=widget, **kwargs)

    def to_python(self, value: Any) -> date | None:
        """Over the API anything may come; what is no text is no day, and days beyond counting on are slips."""
        day = super().to_python(value if value is None or isinstance(value, str | date) else str(value))
        if day and day.year >= NO_YEAR:
            raise ValidationError(f"请填写 {NO_YEAR} 年以前的日期")
        return day


class RecentDayField(DayField):
    """A day of what the office does now; one of a former century is a slip."""

    def to_python(self, value: Any) -> date | None:
        day = super().to_python(value)
        if day and day.year < FIRST_YEAR:
            raise ValidationError(f"请填写 {FIRST_YEAR} 年以后的日期")
        return day


class MomentField(forms.DateTimeField):
    """A day and an hour, drawn as the browser's own control."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
        kwargs.setdefault("error_messages", {"invalid": "请填写日期和时间，例如 2026-11-27 10:00"})
        super().__init__(widget=widget, **kwargs)

    def to_python(self, value: Any) -> datetime | None:
        if value is not None and not isinstance(value, str | datetime):
            raise ValidationError(self.error_messages["invalid"])
        moment = super().to_python(value)
        if moment and not FIRST_YEAR <= moment.year < NO_YEAR:
            raise ValidationError(self.error_messages["invalid"])
        return moment


class FilesInput(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        return files.getlist(name) if hasattr(files, "getlist") else []


class FilesField(forms.Field):
    """Several new files at once; the form that has it says what may be in them."""

    widget = FilesInput

    def clean(self, value: list[Any]) -> list[Any]:
        return value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data)


class Scoped:
    """Mix-in: knows its user and offers only records that the user may see, so no row hangs on a stranger's project."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            cut_to(field, user)
            name_blank(field)

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]
        for name, value in self.cleaned_data.items():  # type: ignore[attr-defined]
            if isinstance(value, str):
                self.cleaned_data[name] = clean_text(value)  # type: ignore[attr-defined]


def cut_to(field: forms.Field, user: Any) -> None:
    """Limit a choice of records to those visible to the user."""
    queryset = getattr(field, "queryset", None)
    if queryset is not None and hasattr(queryset, "visible_to"):
        field.queryset = queryset.visible_to(user)  # type: ignore[attr-defined]


def name_blank(field: forms.Field) -> None:
    """Django's row of dashes for “nothing chosen”, in words."""
    blank = "请选择" if field.required else "未选择"
    if isinstance(field, forms.ModelChoiceField):
        field.empty_label = blank if field.empty_label == DASHES else field.empty_label
    elif isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        if any(label == DASHES for _, label in choices):
            field.choices = [(code, blank if label == DASHES else label) for code, label in choices]


class ScopedForm(Scoped, forms.Form):
    """A form that is not of one model."""


class FactsForm(ScopedForm):
    """What a person says with a move of one record or of many.  `facts()` is what `Workflow.perform` takes."""

    def facts(self) -> dict[str, Any]:
        """The cleaned fields; optional ones that were left empty or unticked are not told."""
        empty: tuple[Any, ...] = (None, "", [], {})
        told = {name: value for name, value in self.cleaned_data.items() if value is not False}
        return {k: v for k, v in told.items() if self._is_required(k) or v not in empty}

    def _is_required(self, name: str) -> bool:
        return name in self.fields and self.fields[name].required


class RecordForm(FactsForm):
    """What a person says with a move of this record."""

    def __init__(self, *args: Any, record: Any, **kwargs: Any) -> None:
        self.record = record
        super().__init__(*args, **kwargs)


class ScopedModelForm(Scoped, forms.ModelForm):
    """The base of every register's form."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        numbers = {name: value for name, value in self.initial.items() if isinstance(value, Decimal)}
        # Without zeros at the end, but numbers still: a text would differ from what is typed.
        self.initial.update({name: Decimal(f"{value.normalize():f}") for name, value in numbers.items()})
