"""Forms of persons: what is entered of them, and how one is found or looked at."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.accounts.forms import PasswordAgain
from apps.accounts.models import User
from apps.core.crypto import blind_index, blind_index_candidates
from apps.core.forms import ScopedForm, ScopedModelForm
from apps.enterprises.forms import EnterpriseField
from apps.enterprises.models import Enterprise
from apps.people import identity
from apps.people.models import Person, Revealed
from apps.people.services import SHORTEST_REASON

LONGEST_PHONE = 20


class IdentityField(forms.CharField):
    """An identity number; never shown again once stored, so the form of a stored person leaves it empty."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": "身份证号码", **kwargs})
        self.widget.attrs |= {"maxlength": identity.LENGTH + 4, "autocomplete": "off"}

    def to_python(self, value: Any) -> str:
        return identity.normalised(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        super().validate(value)
        if value:
            identity.check(value, timezone.localdate())


class PhoneField(forms.CharField):
    """A telephone number; never shown again once stored, so the form of a stored person leaves it empty."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": "联系电话", "required": False, "max_length": LONGEST_PHONE, **kwargs})
        self.widget.attrs |= {"autocomplete": "off", "inputmode": "tel"}


class PersonForm(ScopedModelForm):
    """Enterprises register their own staff; authorities name the employer."""

    employer = EnterpriseField(label="所在企业")
    id_number = IdentityField()
    phone = PhoneField()
    phone_removed = forms.BooleanField(label="删除已登记的电话", required=False)
    account = forms.CharField(
        label="平台账号", required=False, max_length=50, help_text="该人员登录平台的用户名，须属于同一企业"
    )

    class Meta:
        model = Person
        fields = ("name", "employer", "post")

    field_order = ("name", "id_number", "employer", "post", "phone", "phone_removed", "account")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.phone_masked:
            del self.fields["phone_removed"]
        if not self.instance._state.adding:
            self.fields["id_number"].required = not self.instance.id_masked
            for name, shown in (("id_number", self.instance.id_masked), ("phone", self.instance.phone_masked)):
                if shown:
                    self.fields[name].help_text = f"已登记{shown}，只在更正时填写"
            self.initial["account"] = self.instance.user.username if self.instance.user else ""
        if self.user.role_definition.side == "enterprise":
            self.fields["employer"].disabled = True
            own = Enterprise.objects.select_related("organisation").filter(pk=self.user.organisation_id).first()
            self.initial["employer"] = own

    def clean_employer(self) -> Enterprise:
        """A disabled field gives its initial value without looking at it; an authority names only firms it sees.

        A person who stands already with a firm that the office does not see may stay there.
        """
        employer = self.cleaned_data["employer"]
        if employer is None:
            raise ValidationError("您所在的机构没有登记为企业，不能登记人员")
        stays = employer.pk == self.instance.employer_id
        if not stays and not Enterprise.objects.visible_to(self.user).filter(pk=employer.pk).exists():
            raise ValidationError("该企业不在您的管辖范围内，请由其注册地或工程所在地的主管部门登记")
        return employer

    def clean_id_number(self) -> str:
        number = self.cleaned_data["id_number"]
        others = Person.objects.exclude(pk=self.instance.pk)
        if number and others.filter(id_index__in=blind_index_candidates(number)).exists():
            raise ValidationError("该身份证号码已登记，调动须由现所在企业或住建部门办理")
        return number

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        person: Person = self.instance
        if number := data.get("id_number"):
            person.id_number, person.id_index = number, blind_index(number)
            person.id_masked = identity.masked(number)
        if phone := data.get("phone"):
            person.phone = phone
        elif data.get("phone_removed"):
            person.phone = ""
        if "employer" in data:
            person.user = self._account(data.get("account", ""), data["employer"])
        return data

    def _account(self, username: str, employer: Enterprise) -> User | None:
        if not username:
            return None
        found = User.objects.filter(username__iexact=username, organisation_id=employer.pk).first()
        if found is None:
            self.add_error("account", "该企业没有这个账号")
        elif Person.objects.filter(user=found).exclude(pk=self.instance.pk).exists():
            self.add_error("account", "该账号已属于另一名人员")
        return found


class RevealForm(PasswordAgain):
    """Of which number is said by the button that leads here."""

    field_order = ("what", "reason", "password")
    what = forms.ChoiceField(choices=Revealed.choices, required=False, widget=forms.HiddenInput)
    reason = forms.CharField(
        label="查看理由",
        min_length=SHORTEST_REASON,
        max_length=200,
        widget=forms.Textarea({"rows": 3}),
        help_text=f"不少于{SHORTEST_REASON}个字，随查看记录长期保存",
    )


class FindForm(ScopedForm):
    id_number = IdentityField(help_text="须填完整号码；号码不会出现在网址和日志中")
