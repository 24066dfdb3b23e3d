"""The form of a roster's line; the page, the API and workbooks fill it alike."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.core.forms import RecentDayField, ScopedModelForm
from apps.core.models import DictionaryEntry
from apps.core.widgets import FastSelect
from apps.enterprises.forms import EnterpriseField
from apps.enterprises.models import Enterprise
from apps.people.forms import IdentityField, PhoneField
from apps.people.models import TRADES
from apps.projects.forms.works import ProjectField
from apps.projects.models import Project, ProjectMember
from apps.roster.models import Engagement
from apps.roster.selectors import keeps_roster
from apps.roster.services.engagements import NOT_YOURS, OTHER_NAME, registered

YOUNGEST = 16
"""《劳动法》第十五条: nobody under sixteen is employed."""


class EngagementForm(ScopedModelForm):
    """Somebody's time on a site; who they are is said once, when they enter."""

    project = ProjectField(label="工程项目", help_text="项目编号或者全称")
    name = forms.CharField(label="姓名", max_length=50)
    id_number = IdentityField()
    phone = PhoneField()
    employer = EnterpriseField(label="用工单位")
    team_name = forms.CharField(label="班组", max_length=50, required=False, help_text="没有的班组随登记建立")
    trade = forms.ChoiceField(label="特种作业类别", required=False, widget=FastSelect)
    entered_on = RecentDayField(label="进场日期", initial=timezone.localdate)
    left_on = RecentDayField(label="退场日期", required=False, help_text="退场当日仍计在内；仍在场的不填")
    contract_signed_on = RecentDayField(label="合同签订日期", required=False)

    class Meta:
        model = Engagement
        fields = (
            "project",
            "employer",
            "worker_class",
            "trade",
            "job",
            "entered_on",
            "left_on",
            "contract_number",
            "contract_signed_on",
            "is_insured",
        )
        widgets = {"worker_class": FastSelect}

    field_order = ("project", "name", "id_number", "phone", "employer", "team_name", "worker_class", "trade", "job")
    sections = (
        ("人员", ("project", "name", "id_number", "phone", "employer", "team_name")),
        ("岗位", ("worker_class", "trade", "job", "entered_on", "left_on")),
        ("合同和保险", ("contract_number", "contract_signed_on", "is_insured")),
    )
    in_threes = ("岗位", "合同和保险")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        project: Any = self.fields["project"]
        project.rows = Project.objects.visible_to(self.user)
        trades = DictionaryEntry.objects.of(TRADES).values_list("code", "label")
        trade: Any = self.fields["trade"]
        trade.choices = [("", "不是特种作业"), *((code, f"{code} {label}") for code, label in trades)]
        if self.instance._state.adding:
            firm = Enterprise.objects.select_related("organisation").filter(pk=self.user.own_firm_id).first()
            self.initial.setdefault("employer", firm)
            self.initial.setdefault("project", self.only_project())
        else:
            self.about_the_entered()

    def only_project(self) -> Project | None:
        """Who holds a post on one project, or sees but one, means that one."""
        seen = Project.objects.visible_to(self.user)
        posts = ProjectMember.objects.current(timezone.localdate()).filter(user=self.user)
        own = list(seen.filter(pk__in=posts.values("project"))[:2]) or list(seen[:2])
        return own[0] if len(own) == 1 else None

    def about_the_entered(self) -> None:
        """Who it is and where stays as entered."""
        for name in ("name", "id_number", "phone"):
            del self.fields[name]
        self.fields["project"].disabled = True
        self.initial["team_name"] = self.instance.team.name if self.instance.team else ""

    def clean_project(self) -> Project:
        project: Project = self.cleaned_data["project"]
        if not keeps_roster(self.user, project):
            raise ValidationError(NOT_YOURS)
        return project

    def clean_entered_on(self) -> date:
        return not_to_come(self.cleaned_data["entered_on"])

    def clean_left_on(self) -> date | None:
        day = self.cleaned_data["left_on"]
        return not_to_come(day) if day else day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors:
            self.refuse_strangers(data)
            if "id_number" in data:
                self.refuse_another_name(data)
                self.refuse_children(data)
        return data

    def refuse_strangers(self, data: dict[str, Any]) -> None:
        """Who employs on a site has a part in the project."""
        if not data["project"].parties.current(data["entered_on"]).filter(enterprise=data["employer"]).exists():
            self.add_error("employer", f"“{data['employer'].name}”当时不是本项目的参建单位，请先登记参建单位")

    def refuse_children(self, data: dict[str, Any]) -> None:
        number, entered = data["id_number"], data["entered_on"]
        birthday = f"{int(number[6:10]) + YOUNGEST}{number[10:14]}"
        if f"{entered:%Y%m%d}" < birthday:
            self.add_error("id_number", f"进场时未满{YOUNGEST}周岁，不得招用")

    def refuse_another_name(self, data: dict[str, Any]) -> None:
        person = registered(data["id_number"])
        if person and person.name != data["name"]:
            self.add_error("name", OTHER_NAME)


def not_to_come(day: date) -> date:
    if day > timezone.localdate():
        raise ValidationError("不能填将来的日期，到那一天再登记")
    return day
