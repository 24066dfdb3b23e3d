"""Forms of wages; the page and workbooks fill them alike."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.core.edition_forms import EditionForm
from apps.core.forms import DAY_FORMATS, RecentDayField, ScopedForm, ScopedModelForm
from apps.core.months import first_of
from apps.core.scans import refuse_file
from apps.core.widgets import FastSelect
from apps.projects.forms.works import ProjectField
from apps.projects.models import Project
from apps.roster.selectors import keeps_roster
from apps.wages.models import WageAccount, WageMonth, WageRule
from apps.wages.services import NOT_YOURS

SHORTEST, LONGEST = 9, 30
"""Digits of a bank account's number."""
MONTH_FORMATS = ["%Y-%m", "%Y/%m", "%Y.%m", "%Y年%m月", *DAY_FORMATS]


class MonthField(RecentDayField):
    """A month, as 2026-10 or by any of its days; its value is the first."""

    def __init__(self, **kwargs: Any) -> None:
        wrong = {"invalid": "请填写月份，例如 2026-10"}
        super().__init__(**{"error_messages": wrong, **kwargs})
        self.input_formats = MONTH_FORMATS
        self.widget = forms.TextInput(attrs={"placeholder": "2026-10"})

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%Y-%m}" if isinstance(value, date) else value

    def to_python(self, value: Any) -> date | None:
        day = super().to_python(value)
        return first_of(day) if day else None


class AccountNumberField(forms.CharField):
    """The number of a bank account; never shown again once stored."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": "专户账号", "max_length": LONGEST + 10, **kwargs})
        self.widget.attrs |= {"autocomplete": "off", "inputmode": "numeric"}

    def to_python(self, value: Any) -> str:
        return "".join((super().to_python(value) or "").replace("-", "").split())

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not (value.isascii() and value.isdigit() and SHORTEST <= len(value) <= LONGEST):
            raise ValidationError(f"银行账号应为 {SHORTEST} 至 {LONGEST} 位数字，请核对")


class OfProjectForm(ScopedModelForm):
    """Something about a project's wages; which project it is stays as entered."""

    project = ProjectField(label="工程项目", help_text="项目编号或者全称")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        project: Any = self.fields["project"]
        project.rows = Project.objects.visible_to(self.user)
        project.disabled = not self.instance._state.adding

    def clean_project(self) -> Project:
        project: Project = self.cleaned_data["project"]
        if not keeps_roster(self.user, project):
            raise ValidationError(NOT_YOURS)
        return project


class AccountForm(OfProjectForm):
    account_number = AccountNumberField()
    opened_on = RecentDayField(label="开户日期")
    closed_on = RecentDayField(label="销户日期", required=False, help_text="仍在使用的不填")

    class Meta:
        model = WageAccount
        fields = (
            "project",
            "bank",
            "opened_on",
            "closed_on",
            "agreement_number",
            "agreed_share",
            "agreed_monthly",
        )
        help_texts = {"agreed_share": "与约定每月人工费至少填一项"}

    field_order = ("project", "bank", "account_number")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            number = self.fields["account_number"]
            number.required = False
            number.help_text = f"已登记{self.instance.number_masked}，只在更正时填写"


class MonthForm(OfProjectForm):
    month = MonthField(label="月份", help_text="例如 2026-10")
    paid_in_on = RecentDayField(label="到账日期", required=False)
    paid_out_on = RecentDayField(label="代发日期", required=False)

    class Meta:
        model = WageMonth
        fields = (
            "project",
            "month",
            "labour_due",
            "paid_in",
            "paid_in_on",
            "wages_due",
            "paid_out",
            "paid_out_on",
            "people_paid",
            "paid_elsewhere",
            "note",
        )

    sections = (
        ("月份", ("project", "month")),
        ("人工费", ("labour_due", "paid_in", "paid_in_on")),
        ("工资", ("wages_due", "paid_out", "paid_out_on", "people_paid", "paid_elsewhere", "note")),
    )
    in_threes = ("人工费", "工资")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["month"].disabled = not self.instance._state.adding

    def clean_month(self) -> date:
        month: date = self.cleaned_data["month"]
        if month > timezone.localdate():
            raise ValidationError("不能填将来的月份")
        return month

    def clean(self) -> dict[str, Any]:
        """What was left empty is nothing paid."""
        data = super().clean() or self.cleaned_data
        for name in ("paid_in", "paid_out", "people_paid", "paid_elsewhere"):
            if name in data and data[name] is None:
                data[name] = 0
        for name in ("paid_in_on", "paid_out_on"):
            if (day := data.get(name)) and day > timezone.localdate():
                self.add_error(name, "不能填将来的日期，到那一天再登记")
        return data


class ProofForm(ScopedForm):
    proof = forms.FileField(
        label="支付凭证",
        error_messages={"empty": "文件是空的，请重新选择文件"},
        help_text="PDF、JPEG 或者 PNG，一个文件，不超过 10 MB，例如银行代发回单；新的凭证代替原有凭证",
    )

    def clean_proof(self) -> Any:
        refuse_file(self.cleaned_data["proof"])
        return self.cleaned_data["proof"]


class RuleForm(EditionForm):
    class Meta:
        model = WageRule
        fields = ("kind", "days", "level", "effective_from", "source", "certainty")
        widgets = {"kind": FastSelect, "level": FastSelect}
        help_texts = {"days": "自该月月末起算；未开专户自开工之日起算"}
