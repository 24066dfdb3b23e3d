"""What proposals of findings have in common: whom they are about, the day, and the texts."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.core.forms import RecentDayField, ScopedModelForm
from apps.enterprises.forms import EnterpriseField
from apps.enterprises.models import Enterprise
from apps.people.models import Person
from apps.projects.forms.works import ProjectField
from apps.projects.models import Project

WIDGETS = {
    "facts": forms.Textarea({"rows": 4}),
    "evidence": forms.Textarea({"rows": 3}),
    "legal_basis": forms.Textarea({"rows": 2}),
}


class FindingForm(ScopedModelForm):
    """About an enterprise within reach."""

    enterprise = EnterpriseField(label="企业")
    happened_on = RecentDayField(label="行为发生日期")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in WIDGETS:
            label = self.fields[name].label
            self.fields[name].error_messages["required"] = f"请填写{label}，没有{label}的不能提出"

    def clean_enterprise(self) -> Enterprise:
        enterprise: Enterprise = self.cleaned_data["enterprise"]
        if not Enterprise.objects.visible_to(self.user).filter(pk=enterprise.pk).exists():
            raise ValidationError("该企业不在您的管辖范围内，请由其注册地或工程所在地的主管部门办理")
        return enterprise


def person_field(help_text: str) -> forms.CharField:
    return forms.CharField(label="人员", max_length=50, required=False, help_text=help_text)


class SubjectForm(FindingForm):
    """About an enterprise or one of its people, whose field each form explains; the legal basis need not be told."""

    person: forms.CharField
    project = ProjectField(label="工程项目", required=False, help_text="项目编号或全称")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        project: Any = self.fields["project"]
        project.rows = Project.objects.visible_to(self.user)
        self.fields["legal_basis"].required = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        data["person"] = self.named(data.get("person") or "", data.get("enterprise"))
        return data

    def named(self, name: str, firm: Enterprise | None) -> Person | None:
        """The person of this name at the firm; tells the field where there is none, or more than one."""
        if not name or firm is None:
            return None
        found = list(Person.objects.visible_to(self.user).filter(employer=firm, name=name)[:2])
        if len(found) != 1:
            told = f"{firm} 有多名人员叫“{name}”" if found else f"{firm} 没有名为“{name}”的在册人员"
            self.add_error("person", told)
            return None
        return found[0]
