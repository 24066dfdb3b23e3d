"""Forms of appointments: of safety directors by their firm, of safety inspectors by an authority."""

from typing import Any

from django import forms
from django.utils import timezone

from apps.core.files import size_label
from apps.core.forms import RecentDayField, ScopedForm
from apps.core.scans import MOST_BYTES, refuse_file
from apps.duty.forms.days import PersonChoice
from apps.duty.models import DirectorAppointment, InspectorAppointment
from apps.enterprises.forms import EnterpriseField
from apps.people.models import Person
from apps.projects.forms.works import ProjectField
from apps.projects.models import Project


def of_model(model: Any, name: str, **kwargs: Any) -> forms.CharField:
    """The model's text field with its label, length and help."""
    field = model._meta.get_field(name)
    told = {"label": field.verbose_name, "max_length": field.max_length, "help_text": field.help_text}
    return forms.CharField(**{**told, "required": not field.blank, **kwargs})


class Period(ScopedForm):
    started_on = RecentDayField(label="任职日期", initial=timezone.localdate)
    ended_on = RecentDayField(label="任期至", required=False, help_text="当日仍计在内；没有任期的不填")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("started_on") and data.get("ended_on") and data["ended_on"] < data["started_on"]:
            self.add_error("ended_on", "最后一天不能早于第一天")
        return data


class DirectorForm(Period):
    """The director whom the user's own firm appoints."""

    person = PersonChoice("安全总监")
    paper_number = of_model(DirectorAppointment, "paper_number")
    paper = forms.FileField(
        label="任命文件",
        required=False,
        help_text=f"PDF、JPEG 或者 PNG，不超过 {size_label(MOST_BYTES)}",
        error_messages={"empty": "文件是空的，请重新选择文件"},
    )
    qualification = of_model(DirectorAppointment, "qualification")
    reports_to = of_model(DirectorAppointment, "reports_to")

    field_order = ("person", "paper_number", "paper", "qualification", "reports_to", "started_on", "ended_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person: Any = self.fields["person"]
        staff = Person.objects.visible_to(self.user).filter(employer=self.user.organisation_id)
        person.offer(staff.defer("id_number").order_by("name", "pk"))

    def clean_paper(self) -> Any:
        if file := self.cleaned_data["paper"]:
            refuse_file(file)
        return file or None


class InspectorForm(Period):
    """The inspector is named by firm and name; where several bear it, by the end of the identity number too."""

    project = ProjectField(label="工程项目", help_text="项目编号或者全称")
    firm = EnterpriseField(label="所在单位")
    name = forms.CharField(label="姓名", max_length=50)
    id_tail = forms.CharField(
        label="身份证号码后四位", max_length=4, required=False, help_text="所在单位有同名人员时填写"
    )
    paper_number = of_model(InspectorAppointment, "paper_number")

    field_order = ("project", "firm", "name", "id_tail", "paper_number", "started_on", "ended_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        project: Any = self.fields["project"]
        project.rows = Project.objects.visible_to(self.user)
        self.fields["started_on"].label, self.fields["ended_on"].label = "委派日期", "委派至"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors:
            self.find_person(data)
        return data

    def find_person(self, data: dict[str, Any]) -> None:
        staff = Person.objects.visible_to(self.user).filter(employer=data["firm"], name=data["name"])
        if data["id_tail"]:
            staff = staff.filter(id_masked__endswith=data["id_tail"].upper())
        found = list(staff.defer("id_number")[:2])
        if not found:
            self.add_error("name", f"“{data['firm'].name}”没有登记这个人员，请先登记人员")
        elif len(found) > 1:
            self.add_error("id_tail", "该单位有同名人员，请填身份证号码后四位")
        else:
            data["person"] = found[0]


class EndForm(ScopedForm):
    ended_on = RecentDayField(label="最后一天", initial=timezone.localdate, help_text="当日仍计在内")
