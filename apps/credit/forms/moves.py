"""What is said with the moves that all findings share."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.accounts.forms import PasswordAgain
from apps.core.forms import RecentDayField, RecordForm, text


class NoFacts(RecordForm):
    """A move that asks for nothing but its confirmation."""


class CheckForm(RecordForm):
    opinion = text("核实意见", most=2000, min_length=2, help_text="证据是否充分，事实和依据是否相符")


class NotifyForm(RecordForm):
    served_on = RecentDayField(label="告知送达日期", initial=timezone.localdate)
    served_how = forms.CharField(
        label="送达方式和签收人", max_length=200, help_text="例如：直接送达，安全总监李某签收；或告知书文号"
    )

    def clean_served_on(self) -> Any:
        day = self.cleaned_data["served_on"]
        if day > timezone.localdate():
            raise ValidationError("告知送达日期不能晚于今天")
        return day


class ObjectForm(RecordForm):
    objection = text("异议和理由", rows=6, most=4000, min_length=5, help_text="写明哪一项事实或者依据不符，并列出证据")


class AnswerForm(RecordForm):
    answer = text("处理意见", most=4000, min_length=5)


class ReasonForm(RecordForm):
    reason = text("理由", most=2000, min_length=5)


class ConfirmedForm(PasswordAgain, RecordForm):
    """A step that does harm or good for years."""

    def facts(self) -> dict[str, Any]:
        """The password is nobody's fact."""
        told = super().facts()
        told.pop("password", None)
        return told


SHARED: dict[str, type[RecordForm]] = {
    "check": CheckForm,
    "notify": NotifyForm,
    "object": ObjectForm,
    "dismiss": AnswerForm,
    "uphold": AnswerForm,
    "reject": ReasonForm,
}
