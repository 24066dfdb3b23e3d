"""What is said with small deeds."""

from django import forms

from apps.core.forms import ScopedForm, text


class DeviceForm(ScopedForm):
    name = forms.CharField(label="设备名称", max_length=50, help_text="例如：东门闸机")


class SetAsideForm(ScopedForm):
    reason = text("理由", most=200, min_length=5, help_text="例如：参观人员，已由保卫登记；当天在另一项目作业")
