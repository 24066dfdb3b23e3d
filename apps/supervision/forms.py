"""What is said when a measure is begun, and with each of its moves."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.core.forms import DayField, RecordForm, ScopedModelForm, text
from apps.hazards.models import ListedLevel
from apps.supervision.models import RELEASE_PROCEDURE, EscalationRule, StopScope, TransferKind

USUAL_DAYS = 15


class BeginForm(RecordForm):
    """Begins a measure on a hazard; `values()` become its fields."""

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class ProposeForm(BeginForm):
    level = forms.ChoiceField(label="督办层级", choices=ListedLevel, widget=forms.RadioSelect(attrs={"class": "tiles"}))
    basis = text("提出依据", most=1000, min_length=5, help_text="例如：整改期限已过仍未消除，或经核实的举报")


class StopWorkForm(BeginForm):
    extent = forms.ChoiceField(label="停工范围", choices=StopScope, widget=forms.RadioSelect(attrs={"class": "tiles"}))
    part = forms.CharField(
        label="停工部位", max_length=300, required=False, help_text="局部停工必填，例如：3号楼塔式起重机"
    )
    reason = text("停工理由", most=2000, min_length=5)
    demands = text("停工期间要求", most=2000, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("extent") == StopScope.PART and not data.get("part"):
            self.add_error("part", "局部停工须写明停工部位")
        return data


class TransferForm(BeginForm):
    kind = forms.ChoiceField(label="移送类别", choices=TransferKind)
    addressee = forms.CharField(label="接收单位", max_length=100, help_text="例如：城市管理综合执法局")
    reason = text("移送事由", most=4000, min_length=5)
    evidence = text(
        "证据清单", most=4000, min_length=2, help_text="一行一项，例如：限期整改通知书及送达回证、现场照片 3 张"
    )


class NoticeForm(RecordForm):
    """The five contents of the notice; the project's name is the project's."""

    content = text("重大隐患具体内容", most=4000)
    demands = text("治理要求", most=4000)
    deadline = DayField(label="治理期限")
    release_procedure = text("督办解除的程序", most=1000)
    other = text("其他", most=1000, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hazard = self.record.hazard
        self.fields["content"].initial = hazard.description
        self.fields["demands"].initial = hazard.demands
        self.fields["deadline"].initial = timezone.localdate() + timedelta(days=USUAL_DAYS)
        self.fields["release_procedure"].initial = RELEASE_PROCEDURE

    def clean_deadline(self) -> Any:
        return ahead(self.cleaned_data["deadline"], "治理期限")


class CancelForm(RecordForm):
    reason = text("不予挂牌理由", most=1000, min_length=5)


class ReportForm(RecordForm):
    report = text("治理报告", most=4000, min_length=5, help_text="治理措施、完成情况和自查结论")


class ReleaseForm(RecordForm):
    checked_on = DayField(label="现场核查日期", initial=timezone.localdate)
    opinion = text("现场核查意见", most=2000, min_length=2)

    def clean_checked_on(self) -> Any:
        return past(self.cleaned_data["checked_on"], "现场核查日期")


class GoOnForm(RecordForm):
    opinion = text("现场核查意见", most=2000, min_length=2)
    deadline = DayField(label="新的治理期限")

    def clean_deadline(self) -> Any:
        return ahead(self.cleaned_data["deadline"], "治理期限")


class ResumeForm(RecordForm):
    resumed_on = DayField(label="复工日期", initial=timezone.localdate)
    opinion = text("复核意见", most=2000, min_length=2)


class OpinionForm(RecordForm):
    opinion = text("意见", most=2000, min_length=5)


class RequestForm(RecordForm):
    report = text("复工申请", most=4000, min_length=5, help_text="整改完成情况和复工条件自查结论")


class FileForm(RecordForm):
    case_number = forms.CharField(label="立案文号", max_length=60)
    filed_on = DayField(label="立案日期", initial=timezone.localdate)

    def clean_filed_on(self) -> Any:
        return past(self.cleaned_data["filed_on"], "立案日期")


class DecideForm(RecordForm):
    decision_number = forms.CharField(label="决定文号", max_length=60)
    decided_on = DayField(label="决定日期", initial=timezone.localdate)
    decision = text("处理决定", most=4000, min_length=2)
    penalty = forms.DecimalField(label="罚款金额（元）", max_digits=14, decimal_places=2, min_value=0, required=False)

    def clean_decided_on(self) -> Any:
        day = past(self.cleaned_data["decided_on"], "决定日期")
        if self.record.filed_on and day < self.record.filed_on:
            raise ValidationError(f"决定日期不能早于立案日期 {self.record.filed_on}")
        return day


class AnswerForm(RecordForm):
    answer = text("回告内容", most=4000, min_length=2)
    answered_on = DayField(label="回告日期", initial=timezone.localdate)

    def clean_answered_on(self) -> Any:
        return past(self.cleaned_data["answered_on"], "回告日期")


class WithdrawForm(RecordForm):
    answer = text("撤回理由", most=4000, min_length=5)


class RuleForm(ScopedModelForm):
    class Meta:
        model = EscalationRule
        fields = ("overdue_days", "decide_within", "is_active", "basis")


def ahead(day: Any, label: str) -> Any:
    if day < timezone.localdate():
        raise ValidationError(f"{label}不能早于今天")
    return day


def past(day: Any, label: str) -> Any:
    if day > timezone.localdate():
        raise ValidationError(f"{label}不能晚于今天")
    return day


LISTING_FORMS: dict[str, type[RecordForm]] = {
    "list_publicly": NoticeForm,
    "cancel_listing": CancelForm,
    "report_removal": ReportForm,
    "release": ReleaseForm,
    "go_on": GoOnForm,
}
STOP_FORMS: dict[str, type[RecordForm]] = {
    "request_resume": RequestForm,
    "resume": ResumeForm,
    "refuse_resume": OpinionForm,
    "withdraw_stop": OpinionForm,
}
TRANSFER_FORMS: dict[str, type[RecordForm]] = {
    "file": FileForm,
    "decline": AnswerForm,
    "decide": DecideForm,
    "report_back": AnswerForm,
    "recall": WithdrawForm,
}
