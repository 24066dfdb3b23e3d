"""Input shapes of sign-in, own account and system pages."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.accounts.models import GrantKind, Organisation, OrganisationKind, User
from apps.accounts.models.grants import REASON_MIN_LENGTH
from apps.accounts.roles import NO_ROLE, ROLES
from apps.accounts.services.signin import WRONG_AGAIN, SignInRefused, confirm
from apps.core.forms import ScopedForm, ScopedModelForm
from apps.core.models import DictionaryEntry
from apps.core.widgets import FastSelect
from apps.regions.choices import RegionField
from apps.regions.models import Region

NO_SUCH_ORGANISATION = "您可管理的机构中没有“%(value)s”"


class LoginForm(forms.Form):
    username = forms.CharField(
        label="用户名",
        max_length=50,
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": "请填写用户名。"},
    )
    password = forms.CharField(
        label="密码",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
        error_messages={"required": "请填写密码。"},
    )
    otp = forms.CharField(
        label="动态口令",
        max_length=10,
        required=False,
        help_text="已启用动态口令的账号填写手机上显示的 6 位数字。",
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


def phone_field() -> forms.CharField:
    return forms.CharField(label="手机号码", max_length=20, required=False)


class ContactForm(forms.ModelForm):
    phone = phone_field()

    class Meta:
        model = User
        fields = ("phone", "email")


class CodeForm(forms.Form):
    code = forms.CharField(
        label="动态口令",
        max_length=10,
        help_text="填写手机上显示的 6 位数字。",
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


def password_again(*, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label="您的登录密码",
        max_length=128,
        strip=False,
        required=required,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text="重要事项须再次核对身份",
    )


def proven(user: User, password: str, wrong: str = WRONG_AGAIN) -> str:
    """ "", where this is the user's password: nothing that goes on needs it."""
    try:
        confirm(user, password, wrong)
    except SignInRefused as refusal:
        raise ValidationError(refusal.message) from refusal
    return ""


class PasswordAgain(ScopedForm):
    """Asks the user's password once more: whoever finds a screen open must not do this (规则：复核身份)."""

    password = password_again()

    def clean_password(self) -> str:
        return proven(self.user, self.cleaned_data["password"])


class PasswordForm(ScopedForm):
    old = forms.CharField(label="原密码", strip=False, widget=forms.PasswordInput({"autocomplete": "current-password"}))
    new = forms.CharField(
        label="新密码",
        strip=False,
        max_length=200,
        help_text="至少 10 个字符，包含大写字母、小写字母、数字、其他符号中的三类，不与用户名、姓名相近。",
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="再次输入新密码", strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )

    def clean_old(self) -> str:
        return proven(self.user, self.cleaned_data["old"], "原密码不正确。")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", "两次输入的新密码不一致。")
        return data


class UserForm(ScopedModelForm):
    """A new account may be given a role its maker can assign; later the role changes on a page of its own."""

    role = forms.ChoiceField(label="角色", required=False, widget=FastSelect)
    phone = phone_field()

    class Meta:
        model = User
        fields = ("username", "name", "organisation", "role", "phone", "email")
        widgets = {"organisation": FastSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        home: Any = self.fields["organisation"]
        home.queryset = Organisation.objects.managed_by(self.user).active()
        home.empty_label = "请选择"
        home.error_messages["invalid_choice"] = NO_SUCH_ORGANISATION
        role: Any = self.fields["role"]
        role.choices = [(NO_ROLE.code, NO_ROLE.label), *role_options(self.user.role_definition.assigns)]
        if not self.instance._state.adding:
            del self.fields["role"]
            self.fields["username"].disabled = True


class OrganisationForm(ScopedModelForm):
    """Enterprises are registered on their own pages, with their credit code."""

    kind = forms.ChoiceField(
        label="类型",
        choices=[(k.value, k.label) for k in OrganisationKind if k != OrganisationKind.ENTERPRISE],
        widget=FastSelect,
    )
    region = RegionField(label="行政区划")

    class Meta:
        model = Organisation
        fields = ("kind", "name", "short_name", "region", "parent", "is_active")
        widgets = {"parent": FastSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        region: Any = self.fields["region"]
        region.offer(Region.objects.current().order_by("path"))
        if not self.instance._state.adding:
            self.initial["region"] = self.instance.region
        parent: Any = self.fields["parent"]
        parent.empty_label = "无"
        parent.error_messages["invalid_choice"] = NO_SUCH_ORGANISATION
        parent.queryset = Organisation.objects.managed_by(self.user).exclude(kind=OrganisationKind.ENTERPRISE)
        if not self.user.role_definition.keeps_accounts:
            region.offer(region.queryset.under(self.user.organisation.region_path))
            parent.required = True


class RoleForm(ScopedForm):
    role = forms.ChoiceField(label="新角色", required=False, widget=FastSelect)
    reason = forms.CharField(label="变更理由", max_length=200, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role: Any = self.fields["role"]
        role.choices = [(NO_ROLE.code, NO_ROLE.label), *role_options(self.user.role_definition.assigns)]


class ReasonForm(ScopedForm):
    reason = forms.CharField(label="理由", max_length=200, widget=forms.Textarea({"rows": 3}))


class GrantForm(ScopedForm):
    grantee = forms.CharField(label="被授权人用户名", max_length=50)
    subject = forms.CharField(label="项目编号", max_length=60)
    kind = forms.ChoiceField(label="授权类型", choices=GrantKind.choices, widget=FastSelect)
    reason = forms.CharField(
        label="授权理由",
        min_length=REASON_MIN_LENGTH,
        max_length=300,
        help_text=f"不少于{REASON_MIN_LENGTH}个字，写明依据的文件或安排。",
        widget=forms.Textarea({"rows": 3}),
    )
    starts_on = forms.DateField(label="开始日期", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    ends_on = forms.DateField(
        label="截止日期", help_text="当日仍然有效。", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        today = timezone.localdate()
        kwargs["initial"] = {"starts_on": today, "ends_on": today + timedelta(days=30)} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)


class DictionaryForm(ScopedModelForm):
    class Meta:
        model = DictionaryEntry
        fields = (
            "kind",
            "code",
            "label",
            "position",
            "effective_from",
            "effective_to",
            "source",
            "certainty",
            "is_sample",
        )
        widgets = {
            "kind": FastSelect,
            "effective_from": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
            "effective_to": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        }


def role_options(codes: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(code, ROLES[code].label) for code in codes]
