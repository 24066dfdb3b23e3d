"""Forms of commitment letters and of their breaches."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.core.forms import RecentDayField, ScopedForm, text
from apps.duty.forms.days import PersonChoice
from apps.duty.forms.signature import WithSignature
from apps.duty.models import Level, Wording
from apps.people.models import Person
from apps.projects.forms.works import ProjectField
from apps.projects.models import Project


class CommitmentForm(WithSignature, ScopedForm):
    """Who promises what until when; without a last day the wording's usual time."""

    level = forms.ChoiceField(label="层级", choices=Level, widget=forms.RadioSelect({"class": "tiles"}))
    project = ProjectField(label="工程项目", required=False, help_text="项目编号或者全称；企业承诺书不填")
    person = PersonChoice("承诺人")
    post = forms.CharField(label="职务或岗位", max_length=50)
    signed_on = RecentDayField(label="签署日期", initial=timezone.localdate)
    valid_until = RecentDayField(label="有效期至", required=False, help_text="不填的，按范本的有效期")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        project: Any = self.fields["project"]
        project.rows = Project.objects.visible_to(self.user)
        person: Any = self.fields["person"]
        staff = Person.objects.visible_to(self.user).filter(employer=self.user.organisation_id)
        person.offer(staff.defer("id_number").order_by("name", "pk"))

    def clean_signed_on(self) -> Any:
        if (day := self.cleaned_data["signed_on"]) > timezone.localdate():
            raise ValidationError("签署日期不能晚于今天")
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        level, project, signed = data.get("level"), data.get("project"), data.get("signed_on")
        if level == Level.ENTERPRISE and project:
            self.add_error("project", "企业承诺书不填项目")
        if level in (Level.PROJECT, Level.POST) and project is None and "project" not in self.errors:
            self.add_error("project", "请填写项目")
        if level and signed and not data.get("valid_until") and "valid_until" not in self.errors:
            data["valid_until"] = until_of(level, signed)
        if signed and data.get("valid_until") and data["valid_until"] < signed:
            self.add_error("valid_until", "有效期至不能早于签署日期")
        return data

    def values(self) -> dict[str, Any]:
        names = ("level", "project", "person", "post", "signed_on", "valid_until")
        return {name: self.cleaned_data[name] for name in names}


def until_of(level: str, signed: Any) -> Any:
    """The last day of the usual time that the wording of this day gives."""
    months = signed.month - 1 + Wording.objects.for_day(signed, level=level).valid_months
    return signed.replace(year=signed.year + months // 12, month=months % 12 + 1, day=min(signed.day, 28))


class BreachForm(ScopedForm):
    day = RecentDayField(label="违诺日期", initial=timezone.localdate)
    what = text("违诺情况", most=1000, min_length=5)
    handled = text("处理情况", rows=2, most=1000, required=False)
