"""Forms of the firms and people on a project."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.accounts.models import User
from apps.core.forms import ScopedModelForm
from apps.core.widgets import FastSelect
from apps.enterprises.forms import EnterpriseField
from apps.people.models import Person
from apps.projects.models import ProjectMember, ProjectParty


class ProjectPartyForm(ScopedModelForm):
    enterprise = EnterpriseField(label="企业")

    class Meta:
        model = ProjectParty
        fields = ("role", "enterprise", "leader", "phone", "started_on", "ended_on")
        widgets = {"role": FastSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.fields["role"].disabled = self.fields["enterprise"].disabled = True

    def clean_ended_on(self) -> Any:
        """A day to come would leave the scope key of the project behind when it passes."""
        return not_after_today(self.cleaned_data["ended_on"])


class ProjectMemberForm(ScopedModelForm):
    """Filled for one firm on the project: its staff are offered, and accounts of its own."""

    person = forms.ModelChoiceField(Person.objects.none(), label="人员", required=False, widget=FastSelect)
    account = forms.CharField(
        label="平台账号", required=False, max_length=50, help_text="用户名；人员已绑定账号的不用填"
    )

    class Meta:
        model = ProjectMember
        fields = ("post", "person", "account", "started_on", "ended_on")
        widgets = {"post": FastSelect}

    def __init__(self, *args: Any, firm: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.firm = firm
        person: Any = self.fields["person"]
        person.queryset = (
            Person.objects.visible_to(self.user).filter(employer=firm).defer("id_number", "phone").order_by("name")
        )
        if not self.instance._state.adding:
            self.initial["account"] = self.instance.user.username if self.instance.user else ""

    def clean_account(self) -> str:
        username = self.cleaned_data["account"]
        self.instance.user = None
        if username:
            found = User.objects.active().filter(username__iexact=username)
            self.instance.user = found.filter(organisation=self.firm).first()
            if self.instance.user is None:
                raise ValidationError("该企业没有这个账号，或账号已停用")
        return username

    def clean_ended_on(self) -> Any:
        return not_after_today(self.cleaned_data["ended_on"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        person = data.get("person")
        if person and self.instance.user is None:
            self.instance.user = person.user
        if person is None and self.instance.user is not None:
            person = data["person"] = self.behind_the_account()
        if person is None and self.instance.user is None and not self.errors:
            raise ValidationError("请选择人员或填写平台账号")
        return data

    def behind_the_account(self) -> Person | None:
        """A post that is given to an account is its person's too, or the same person could hold it twice."""
        return Person.objects.filter(user=self.instance.user).first()


def not_after_today(day: Any) -> Any:
    if day and day > timezone.localdate():
        raise ValidationError("不能填将来的日期，到那一天再登记")
    return day
