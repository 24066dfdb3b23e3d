"""The form of a certificate."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.core import dictionary
from apps.core.forms import DayField, RecentDayField, ScopedModelForm
from apps.core.widgets import FastSelect
from apps.people import numbering
from apps.people.judging import judge, rule_on
from apps.people.models import TRADES, Certificate, CertificateKind


class CertificateForm(ScopedModelForm):
    issued_on = RecentDayField(label="发证日期", help_text="延续的填写本次延续的日期")
    valid_until = DayField(label="有效期至", help_text="当日仍然有效")
    trade = forms.ChoiceField(label="特种作业类别", required=False, widget=FastSelect)

    class Meta:
        model = Certificate
        fields = ("kind", "trade", "number", "issued_on", "valid_until", "issuer")
        widgets = {"kind": FastSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        trade: Any = self.fields["trade"]
        trade.choices = [
            ("", "不是特种作业"),
            *((code, f"{code} {label}") for code, label in dictionary.entries(TRADES)),
        ]

    def clean_number(self) -> str:
        return numbering.normalised(self.cleaned_data["number"])

    def clean_issued_on(self) -> date:
        day: date = self.cleaned_data["issued_on"]
        if day > timezone.localdate():
            raise ValidationError("发证日期不能晚于今天，请核对原件")
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        special = data.get("kind") == CertificateKind.SPECIAL
        if not self.errors and special == bool(data.get("trade")) and data["valid_until"] > data["issued_on"]:
            self.judge(data)
        return data

    def judge(self, data: dict[str, Any]) -> None:
        """By the rules of the day of issue; what they only doubt is kept with the certificate."""
        certificate: Certificate = self.instance
        for name in self._meta.fields or ():
            setattr(certificate, name, data[name])
        judgement = judge(certificate, rule_on(certificate.kind, certificate.issued_on))
        for name, sentence in judgement.refused:
            self.add_error(name, sentence)
        certificate.number_doubted = judgement.number_doubted
        certificate.renewed_early = judgement.renewed_early
