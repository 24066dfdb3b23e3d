"""Applying for credit repair, what is said with its moves, and the terms of publication."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.accounts.forms import password_again
from apps.core.edition_forms import EditionForm
from apps.core.files import size_label
from apps.core.forms import RecordForm, text
from apps.core.models import StoredFile
from apps.core.scans import refuse_file
from apps.core.widgets import FastSelect
from apps.credit.forms.moves import AnswerForm, ConfirmedForm, NoFacts
from apps.credit.models import RepairTerm

COMMITMENT = (
    "本企业已纠正失信行为、履行相关义务，所提交的情况和材料真实、准确、完整。今后依法诚信经营，落实安全生产主体责任；"
    "如有虚假或者再次失信，愿依法承担责任，并接受恢复公示。"
)


class RepairForm(RecordForm):
    correction = text("纠正情况", rows=6, most=4000, min_length=10, help_text="义务履行和整改完成情况，逐项写明日期")
    commitment = text("信用承诺", rows=4, most=1000, min_length=10, initial=COMMITMENT)
    file = forms.FileField(
        label="证明材料",
        required=False,
        error_messages={"empty": "文件是空的，请重新选择文件"},
        help_text="PDF、JPEG 或者 PNG，一个文件，不超过 10 MB，例如缴款凭证、整改验收意见",
    )

    def tell_of(self, kept: StoredFile | None) -> None:
        """Say beside the field which proof is here already, sent with a form that had to come back."""
        if kept:
            told = f"已收到“{kept}”（{size_label(kept.size)}），提交时一并交上，不必重新选择；另选文件则替换"
            self["file"].help_text = told

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if not file:
            return None
        refuse_file(file)
        return file

    def values(self) -> dict[str, str]:
        """What is said; the file goes its own way."""
        return {name: self.cleaned_data[name] for name in ("correction", "commitment")}


class GrantForm(ConfirmedForm, AnswerForm):
    """Who takes a firm off a list confirms with the password, as who put it there did; nobody else is asked for it."""

    password = password_again(required=False)

    field_order = ("answer", "password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.record.listing_id is None:
            del self.fields["password"]
        else:
            self.fields["password"].required = True


REPAIR_FORMS: dict[str, type[RecordForm]] = {
    "accept": NoFacts,
    "decline": AnswerForm,
    "grant": GrantForm,
    "refuse": AnswerForm,
    "withdraw": NoFacts,
}


class RepairTermForm(EditionForm):
    """The terms of one severity from a day on."""

    class Meta:
        model = RepairTerm
        fields = (
            "severity",
            "effective_from",
            "least_months",
            "most_months",
            "repairable_after",
            "decide_days",
            "source",
            "certainty",
        )
        widgets = {"severity": FastSelect}
        help_texts = {
            "least_months": "公示不能短于这么多个月，0 为可以不公示",
            "most_months": "满这么多个月自动停止公示",
            "repairable_after": "自公示（未公示的自认定）之日起满这么多个月才能申请修复",
        }

    def clean_decide_days(self) -> int:
        days = self.cleaned_data["decide_days"]
        if not 1 <= days <= 60:
            raise ValidationError("决定期限为 1 至 60 个工作日")
        return days
