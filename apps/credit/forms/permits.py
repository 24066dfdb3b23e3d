"""Proceeding against a permit by hand, what is said with the moves of a case, and the standard of its days."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.core.edition_forms import EditionForm
from apps.core.forms import RecentDayField, RecordForm, text
from apps.core.widgets import FastSelect
from apps.credit.forms.moves import SHARED, ConfirmedForm
from apps.credit.forms.subjects import WIDGETS, FindingForm
from apps.credit.models import GRADES, PermitCase, PermitRule
from apps.credit.services.permits import permit_problem, span
from apps.credit.services.proposing import happened_problem
from apps.credit.workflow.permit import days_problem
from apps.enterprises.models import Enterprise


class PermitCaseForm(FindingForm):
    sections = (
        ("企业和处置", ("enterprise", "measure", "happened_on")),
        ("事实和依据", ("facts", "evidence", "legal_basis")),
    )

    class Meta:
        model = PermitCase
        fields = ("enterprise", "measure", "happened_on", "facts", "evidence", "legal_basis")
        widgets = WIDGETS | {"measure": FastSelect}
        help_texts = {
            "measure": "因事故提出的由事故认定自动生成，不在这里填",
            "facts": "例如：复核发现已不具备安全生产条件的情形",
            "legal_basis": "写明条款，例如：《建筑施工企业安全生产许可证动态监管暂行办法》（建质〔2008〕121号）第几条",
        }

    def clean_enterprise(self) -> Enterprise:
        enterprise = super().clean_enterprise()
        if reason := permit_problem(enterprise):
            raise ValidationError(reason)
        return enterprise

    def clean_happened_on(self) -> Any:
        day = self.cleaned_data["happened_on"]
        if reason := happened_problem(day):
            raise ValidationError(reason)
        return day


def decision_number(kind: str) -> forms.CharField:
    return forms.CharField(label="决定文号", max_length=60, help_text=f"{kind}决定书的文号，例如：冀建安扣〔2026〕3号")


class SuspendForm(RecordForm):
    decision_number = decision_number("暂扣")
    days = forms.IntegerField(label="暂扣天数", min_value=1, max_value=365)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        case = self.record
        if case.most_days:
            told = f"可填 {span(case.least_days, case.most_days)}。推算：{''.join(case.derivation)}"
            self.fields["days"].help_text = told
            self.fields["days"].initial = case.least_days if case.least_days == case.most_days else None

    def clean_days(self) -> int:
        days = self.cleaned_data["days"]
        if reason := days_problem(self.record, days):
            raise ValidationError(reason)
        return days


class RevokeForm(ConfirmedForm):
    decision_number = decision_number("吊销")
    field_order = ("decision_number", "password")


class AskRecheckForm(RecordForm):
    report = text("整改报告", rows=6, most=4000, min_length=5, help_text="安全生产条件的整改情况，逐项说明")


class RecheckForm(RecordForm):
    """The finding of who looked at the conditions again."""

    recheck = text("复核意见", most=4000, min_length=5, help_text="逐项写明安全生产条件是否具备")
    rechecked_on = RecentDayField(label="复核日期", initial=timezone.localdate)

    def clean_rechecked_on(self) -> Any:
        day = self.cleaned_data["rechecked_on"]
        if day > timezone.localdate():
            raise ValidationError("复核日期不能晚于今天")
        if self.record.starts_on and day < self.record.starts_on:
            raise ValidationError(f"复核日期不能早于暂扣开始日期 {self.record.starts_on}")
        return day


PERMIT_FORMS: dict[str, type[RecordForm]] = SHARED | {
    "suspend": SuspendForm,
    "revoke": RevokeForm,
    "ask_recheck": AskRecheckForm,
    "fail_recheck": RecheckForm,
    "release": RecheckForm,
}


# The standard of days -------------------------------------------------------------------------------------------------


class PermitRuleForm(EditionForm):
    """The days of one line of the table from a day on; the table has no other lines than these."""

    grade = forms.ChoiceField(label="事故等级", choices=list(GRADES.items()), required=False, widget=FastSelect)

    class Meta:
        model = PermitRule
        fields = (
            "grade",
            "nth",
            "effective_from",
            "least_days",
            "most_days",
            "adds",
            "revokes",
            "source",
            "certainty",
        )
        help_texts = {
            "adds": "在上一次暂扣时限的基础上增加这些天数",
            "revokes": "直接吊销的，天数填 0",
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        grade, nth, most = data.get("grade"), data.get("nth"), data.get("most_days")
        if grade is not None and nth and not PermitRule.objects.filter(grade=grade, nth=nth).exists():
            self.add_error("nth", f"处置标准没有“{GRADES[grade]}第{nth}次”这一行，请从已有的一行新增一版")
        if data.get("revokes") and most:
            self.add_error("most_days", "吊销的不填暂扣天数，请填 0")
        if most == 0 and not data.get("revokes"):
            self.add_error("most_days", "请填写暂扣天数；不暂扣而吊销的，勾选“吊销”")
        return data
