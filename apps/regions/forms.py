"""What is asked when a region is renamed."""

from django import forms
from django.utils import timezone

from apps.core.forms import ScopedForm


class RenameForm(ScopedForm):
    name = forms.CharField(label="新名称", max_length=50)
    on = forms.DateField(
        label="启用日期", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), initial=timezone.localdate
    )
    source = forms.CharField(label="依据", max_length=200, help_text="批复文件的名称和文号。")
