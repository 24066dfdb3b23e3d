"""Making a result public, and correcting it."""

from typing import Any

from django import forms

from apps.core.forms import RecordForm, text
from apps.inspections.services.publication import proposed_result


class PublishForm(RecordForm):
    public_result = text(
        "公示结果", rows=5, most=2000, min_length=10, help_text="按检查记录拟好，可以修改；不要写个人姓名、电话"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["public_result"].initial = proposed_result(self.record)


class CorrectionForm(RecordForm):
    after = text("更正后的公示结果", rows=5, most=2000, min_length=10, help_text="原文仍留在公示页面上")
    reason = forms.CharField(
        label="更正理由", min_length=5, max_length=500, help_text="一并公开", widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["after"].initial = self.record.public_result
