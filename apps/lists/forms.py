"""Defining a list: where its rows come from, under which headings, how often it is frozen, who signs."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils import timezone
from django.utils.html import format_html_join

from apps.accounts.roles import ROLES
from apps.core.forms import DayField, ScopedForm, ScopedModelForm, clean_text
from apps.core.registers import registry
from apps.lists.definitions import fields_offered, pasted, problems_of
from apps.lists.models import STEPS, ListType, Outcome, Side
from apps.lists.periods import span_of

MOST_COLUMNS = 30
WIDTHS = range(4, 81)
USUAL_WIDTH = 14
NAMES = ("col_field", "col_label", "col_width")


class ColumnsInput(forms.Widget):
    """The columns as three parallel lists of inputs; templates/lists/_columns.html draws them to be changed."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, Any]]:
        fields, labels, widths = (data.getlist(n) if hasattr(data, "getlist") else [] for n in NAMES)
        return [
            {"field": field, "label": clean_text(label), "width": width_of(width)}
            for field, label, width in zip(fields, labels, widths, strict=False)
            if field
        ]

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        """Kept, not to be changed: a page that only draws the form sends the columns back as they are."""
        inputs = [(name, c[name.removeprefix("col_")]) for c in value or [] for name in NAMES]
        return format_html_join("", '<input type="hidden" name="{}" value="{}">', inputs)


class ColumnsField(forms.Field):
    """[{"field", "label", "width"}], each field once and one that the register offers."""

    widget = ColumnsInput
    offered: Sequence[tuple[str, str]] = ()

    def clean(self, value: Any) -> list[dict[str, Any]]:
        columns = value or []
        if not columns:
            raise ValidationError("至少要有一列")
        if len(columns) > MOST_COLUMNS:
            raise ValidationError(f"最多 {MOST_COLUMNS} 列，现有 {len(columns)} 列")
        labels = dict(self.offered)
        for at, column in enumerate(columns, 1):
            if column["field"] not in labels:
                raise ValidationError(f"第 {at} 列：底层台账没有这一列")
            if not column["label"]:
                raise ValidationError(f"第 {at} 列：请填写表头")
            if len(column["label"]) > 30:
                raise ValidationError(f"第 {at} 列：表头最多 30 个字")
            if column["width"] not in WIDTHS:
                raise ValidationError(f"第 {at} 列：列宽须在 {WIDTHS[0]} 到 {WIDTHS[-1]} 之间")
        fields = [column["field"] for column in columns]
        if len(set(fields)) < len(fields):
            raise ValidationError("同一列只能出现一次")
        return columns


def width_of(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def signing_roles(side: str) -> list[tuple[str, str]]:
    """The roles of that side that may sign a list."""
    roles = (role for role in ROLES.values() if "lists.sign_listsnapshot" in role.permissions)
    return [(r.code, r.label) for r in roles if (r.side == "enterprise") == (side == Side.ENTERPRISE)]


class ListTypeForm(ScopedModelForm):
    """The query is typed as the address of a filtered page of the base register, and kept as its query string."""

    register = forms.ChoiceField(label="底层台账", help_text="清单的记录从这个台账中筛选。")
    query = forms.CharField(
        label="筛选条件",
        required=False,
        max_length=1000,
        help_text="在台账页面设好条件后，把地址栏里的地址粘贴到这里；已存视图的地址也可以。留空表示全部记录。"
        "日期可写 period_start、period_end，表示本期的首日和末日。",
    )
    columns = ColumnsField(label="列")
    prepare = forms.MultipleChoiceField(label="编制人角色", required=False, widget=forms.CheckboxSelectMultiple)
    review = forms.MultipleChoiceField(label="审核人角色", required=False, widget=forms.CheckboxSelectMultiple)
    approve = forms.MultipleChoiceField(label="批准人角色", widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = ListType
        fields = (
            "name",
            "short_name",
            "order",
            "register",
            "query",
            "columns",
            "period",
            "legal_basis",
            "effective_from",
            "effective_to",
        )
        field_classes = {"effective_from": DayField, "effective_to": DayField}
        help_texts = {
            "order": "标签从左到右的次序，台账总在最前。",
            "effective_to": "到这一天起不再显示和冻结；已冻结的清单不变。",
        }

    sections = (
        ("名称与次序", ("name", "short_name", "order", "legal_basis")),
        ("取数", ("register", "query")),
        ("周期与签批", ("period", "effective_from", "effective_to", "prepare", "review", "approve")),
    )
    in_threes = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["register"].choices = self.registers()  # type: ignore[attr-defined]
        for step in STEPS:
            self.fields[step].choices = signing_roles(self.instance.list_set.side)  # type: ignore[attr-defined]
            self.initial.setdefault(step, self.instance.sign_off_roles.get(step, []))
        self.fields["columns"].offered = self.offered()  # type: ignore[attr-defined]

    def registers(self) -> list[tuple[str, str]]:
        """Those that exist, and the one that the list waits for."""
        known = [(name, register.label) for name, register in registry.items() if name not in HOUSEKEEPING]
        wanted = self.instance.register
        return known if not wanted or wanted in registry else [*known, (wanted, f"{wanted}（尚未启用）")]

    @property
    def chosen_register(self) -> str:
        asked = self.data.get("register") if self.is_bound else ""
        return str(asked or self.instance.register or "")

    def offered(self) -> list[tuple[str, str]]:
        """The columns to choose from; of a register that is not there yet those that the list has already."""
        register = registry.get(self.chosen_register)
        if register is None:
            return [(column["field"], column["label"]) for column in self.instance.columns]
        return fields_offered(register)

    @property
    def columns_shown(self) -> list[dict[str, Any]]:
        """As typed or as kept, with what the register itself calls each of them."""
        labels = dict(self.offered())
        return [told | {"source": labels.get(told["field"], told["field"])} for told in self["columns"].value() or []]

    @property
    def columns_left(self) -> list[tuple[str, str]]:
        taken = {column["field"] for column in self.columns_shown}
        return [(name, label) for name, label in self.offered() if name not in taken]

    def unjudged(self) -> None:
        """The form comes back because a column was moved: nothing is said about what is not finished."""
        self._errors, self.cleaned_data = ErrorDict(), {}

    def clean_query(self) -> str:
        """The query string behind the pasted address; one of another register is refused rather than misread."""
        told = pasted(self.cleaned_data["query"], self.user)
        chosen = self.cleaned_data.get("register", "")
        if told.register and chosen and told.register != chosen:
            raise ValidationError(f"地址是“{registry[told.register].label}”的，与所选底层台账不同")
        return told.query

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.instance.sign_off_roles = {step: cleaned.get(step, []) for step in STEPS}
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            span = span_of(self.instance.period, timezone.localdate())
            for problem in problems_of(self.instance, self.user, span):
                self.add_error("query", problem)


HOUSEKEEPING = {
    "users",
    "organisations",
    "grants",
    "events",
    "dictionaries",
    "regions",
    "list_snapshots",
    "list_reconciliations",
    "list_differences",
}
"""Registers of the platform's own affairs, of which no list is made."""


def edited(data: QueryDict, labels: dict[str, str]) -> QueryDict | None:
    """The typed form after a button of the columns was pressed; None when it was none of these.

    `labels` are the headings that the register itself gives to the columns that may be added.
    """
    lists = {name: data.getlist(name) for name in NAMES}
    count = min(map(len, lists.values()))
    field = data.get("new_field", "")
    if "add_column" in data:
        if field not in labels:
            return data.copy()
        added = {"col_field": field, "col_label": labels[field], "col_width": str(USUAL_WIDTH)}
        lists = {name: [*values, added[name]] for name, values in lists.items()}
    elif (at := place_in(data.get("drop_column"), count)) is not None:
        lists = {name: [*values[:at], *values[at + 1 :]] for name, values in lists.items()}
    elif (at := place_in(data.get("raise_column"), count)) is not None:
        lists = {name: swapped(values, at - 1) for name, values in lists.items()}
    elif (at := place_in(data.get("lower_column"), count)) is not None:
        lists = {name: swapped(values, at) for name, values in lists.items()}
    else:
        return None
    changed = data.copy()
    for name, values in lists.items():
        changed.setlist(name, values)
    return changed


def place_in(text: str | None, count: int) -> int | None:
    is_place = text is not None and text.isascii() and text.isdigit() and len(text) < 4
    return int(text) if is_place and text and int(text) < count else None


def swapped(values: list[str], at: int) -> list[str]:
    """With the value at this place and the next one changed over."""
    if not 0 <= at < len(values) - 1:
        return values
    return [*values[:at], values[at + 1], values[at], *values[at + 2 :]]


class NamesForm(ScopedForm):
    basis = forms.CharField(
        label="确认依据", max_length=300, help_text="主管部门确认清单名称的文件或通知，写明文号和日期。"
    )


class VoidForm(ScopedForm):
    void_reason = forms.CharField(label="作废理由", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class SettleForm(ScopedForm):
    outcome = forms.ChoiceField(label="处理结果", choices=Outcome.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label="处理理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class FreezeForm(ScopedForm):
    """Which period; the choices are given by the view, as they depend on the list and the day."""

    span = forms.ChoiceField(label="期间", widget=forms.RadioSelect)
