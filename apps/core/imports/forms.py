"""The forms of the flow: the file, the columns, the decisions."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property

from apps.core.excel import Field
from apps.core.imports.importer import Unknown
from apps.core.imports.survey import Survey, code_of
from apps.core.imports.three_way import VERSION
from apps.core.widgets import FastSelect

LEAVE_OUT = "不导入"
AS_PROBLEM = "（列为问题）"
UNSURE = 0.9
LAST_HEAD_ROW = 40


class UploadForm(forms.Form):
    file = forms.FileField(
        label="台账文件",
        help_text="Excel 工作簿（.xlsx）或 CSV",
        widget=forms.ClearableFileInput({"accept": ".xlsx,.csv"}),
        error_messages={"required": "请选择文件", "empty": "文件是空的，请重新选择", "invalid": "请选择文件"},
    )


class MappingForm(forms.Form):
    """One choice per column, and one per value of those columns that hold codes."""

    def __init__(self, survey: Survey, importer_fields: Sequence[Field], key: str, data: Any = None) -> None:
        """`key` names the field by which rows name records of the register."""
        super().__init__(data)
        self.survey = survey
        self.names_records = {key, VERSION}
        self.known = {f.name: f for f in importer_fields}
        offered = [("", LEAVE_OUT), *((f.name, self._label(f)) for f in importer_fields)]
        for column in survey["columns"]:
            self.fields[f"column-{column['index']}"] = forms.ChoiceField(
                label=column["label"], choices=offered, required=False, initial=column["field"], widget=FastSelect
            )
        for name, text, field in self._values():
            codes = [("", AS_PROBLEM), *field.shown_choices.items()]
            initial = survey["values"].get(field.name, {}).get(text) or code_of(field, text)
            self.fields[name] = forms.ChoiceField(
                label=text, choices=codes, required=False, initial=initial, widget=FastSelect
            )

    @staticmethod
    def _label(field: Field) -> str:
        return f"{field.label}（必填）" if field.required else field.label

    def _values(self) -> Iterator[tuple[str, str, Field]]:
        """(form field, value, field) for the values of columns that hold codes."""
        for column in self.survey["columns"]:
            field = self.known.get(column["field"])
            if field is None or not field.choices:
                continue
            for number, text in enumerate(self.survey["found"].get(str(column["index"]), {})):
                yield f"value-{field.name}-{number}", text, field

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        holders: dict[str, list[str]] = {}
        for column in self.survey["columns"]:
            if name := data.get(f"column-{column['index']}"):
                holders.setdefault(name, []).append(column["letter"])
        for name, letters in holders.items():
            if len(letters) > 1:
                self.add_error(None, f"“{self.known[name].label}”对应了 {'、'.join(letters)} 列，只能留一列")
        missing = [f.label for f in self.known.values() if f.required and f.name not in holders]
        # Rows of our own export correct records, which have what the shown columns lack; a new row is told of it alone.
        if missing and not self.names_records <= holders.keys():
            self.add_error(None, f"必填的字段还没有对应的列：{'、'.join(missing)}")
        return data

    @property
    def columns(self) -> dict[int, str]:
        """Column index → field name, of a valid form."""
        return {c["index"]: self.cleaned_data[f"column-{c['index']}"] for c in self.survey["columns"]}

    @property
    def values(self) -> dict[str, dict[str, str]]:
        """Field name → value of the file → code, of a valid form."""
        meant: dict[str, dict[str, str]] = {}
        for name, text, field in self._values():
            if code := self.cleaned_data[name]:
                meant.setdefault(field.name, {})[text] = code
        return meant

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """What templates/core/import_mapping.html shows."""
        return [
            {
                "letter": column["letter"],
                "heading": column["label"],
                "samples": column["samples"],
                "reason": column["reason"],
                "unsure": bool(column["field"]) and column["score"] < UNSURE,
                "field": self[f"column-{column['index']}"],
            }
            for column in self.survey["columns"]
        ]

    @cached_property
    def value_groups(self) -> list[dict[str, Any]]:
        """The values with their meanings, by field."""
        groups: dict[str, dict[str, Any]] = {}
        counts = {c["field"]: self.survey["found"].get(str(c["index"]), {}) for c in self.survey["columns"]}
        for name, text, field in self._values():
            group = groups.setdefault(field.name, {"label": field.label, "help": field.help, "rows": []})
            group["rows"].append({"text": text, "count": counts[field.name][text], "field": self[name]})
        return list(groups.values())


class SheetForm(forms.Form):
    """Which sheet, and where its head stands, when the proposal is wrong."""

    sheet = forms.ChoiceField(label="工作表", widget=FastSelect)
    head_from = forms.IntegerField(label="表头从第几行", required=False, min_value=1, max_value=LAST_HEAD_ROW)
    head_to = forms.IntegerField(label="到第几行", required=False, min_value=1, max_value=LAST_HEAD_ROW)

    def __init__(self, survey: Survey, data: Any = None) -> None:
        head = survey["head"]
        super().__init__(data, initial={"sheet": survey["sheet"], "head_from": head[0], "head_to": head[1]})
        names = [(s["name"], s["name"] + ("（隐藏）" if s["hidden"] else "")) for s in survey["sheets"]]
        self.fields["sheet"].choices = names  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if (data.get("head_from") or 0) > (data.get("head_to") or LAST_HEAD_ROW):
            raise ValidationError("表头的起始行不能在结束行之后")
        return data

    @property
    def head(self) -> tuple[int, int] | None:
        first, last = self.cleaned_data["head_from"], self.cleaned_data["head_to"]
        return (first, last or first) if first else None


class DecisionsForm(forms.Form):
    """What becomes of each unknown name, and the importer's own questions."""

    def __init__(
        self,
        unknown: Sequence[Unknown],
        options: Mapping[str, forms.Field],
        decided: Mapping[str, Any],
        data: Any = None,
    ) -> None:
        super().__init__(data)
        self.unknown, self.options = list(unknown), dict(options)
        for number, name in enumerate(self.unknown):
            earlier = decided.get("names", {}).get(name.kind, {}).get(name.name)
            self.fields[f"name-{number}"] = forms.ChoiceField(
                label=f"{name.name or '（空白）'}（{name.rows} 行）",
                choices=name.choices,
                initial=earlier or name.suggested,
                widget=FastSelect,
                error_messages={"required": f"请为“{name.name or '空白'}”选择对应的记录"},
            )
        for option, field in self.options.items():
            field.initial = decided.get("options", {}).get(option, field.initial)
            self.fields[option] = field

    @property
    def groups(self) -> list[dict[str, Any]]:
        """The fields under their headings: names by kind, then the other questions."""
        groups: dict[str, list[forms.BoundField]] = {}
        for number, name in enumerate(self.unknown):
            groups.setdefault(f"平台里没有的{name.label}", []).append(self[f"name-{number}"])
        if self.options:
            groups["其他"] = [self[option] for option in self.options]
        return [{"label": label, "fields": fields} for label, fields in groups.items()]

    @property
    def decisions(self) -> dict[str, Any]:
        """For ImportBatch.choices."""
        names: dict[str, dict[str, str]] = {}
        for number, name in enumerate(self.unknown):
            names.setdefault(name.kind, {})[name.name] = self.cleaned_data[f"name-{number}"]
        return {"names": names, "options": {option: self.cleaned_data[option] for option in self.options}}
