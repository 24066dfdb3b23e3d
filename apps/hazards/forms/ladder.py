"""The form of a rule of the reminder ladder."""

from typing import Any

from django import forms

from apps.core.forms import ScopedModelForm
from apps.hazards.models import Hearer, Plan, ReminderRule


class ReminderRuleForm(ScopedModelForm):
    hearers = forms.TypedMultipleChoiceField(
        label="提醒对象",
        choices=Hearer.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少勾选一类提醒对象"},
    )

    class Meta:
        model = ReminderRule
        fields = ("plan", "days", "again_after", "words", "level", "hearers")
        help_texts = {
            "days": "按整改期限：期限前填负数，当天填 0，超期填正数；按等待时间：允许等待的工作日数",
            "again_after": "仅用于按等待时间的规则：此后每隔几天再提醒一次",
            "words": "消息标题的开头，例如“整改超期 1 天”",
        }

    def clean(self) -> dict[str, Any] | None:
        told = super().clean()
        if told and told.get("plan") == Plan.DEADLINE and told.get("again_after"):
            self.add_error("again_after", "按整改期限的规则不重复，请留空")
        if told and told.get("plan") not in (None, "", Plan.DEADLINE) and not told.get("again_after"):
            self.add_error("again_after", "请填写重复间隔，例如 3")
        return told
