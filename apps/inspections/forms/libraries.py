"""Forms of 一单两库: matters, risk classes, inspectors with their avoidances and absences."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from apps.accounts.models import User
from apps.accounts.roles import roles_holding
from apps.core.forms import RecentDayField, ScopedModelForm
from apps.enterprises.models import Enterprise
from apps.inspections.forms.fields import CodesField, checklists_field
from apps.inspections.models import Absence, Avoidance, Inspector, Matter, RiskClass, Theme
from apps.projects.geometry import in_hebei

INSPECTS = "inspections.inspect_visit"
CODE_LENGTH = 18


class MatterForm(ScopedModelForm):
    checklists = checklists_field()
    effective_from = RecentDayField(label="施行日期")
    effective_to = RecentDayField(label="失效日期", required=False)

    class Meta:
        model = Matter
        fields = (
            "code",
            "name",
            "target",
            "method",
            "basis",
            "checklists",
            "effective_from",
            "effective_to",
            "is_sample",
        )
        widgets = {"basis": forms.Textarea({"rows": 2})}


class CorrectingForm(ScopedModelForm):
    """Of records of which there is one for each of something: what is entered again corrects the one that is there.

    So a workbook of each month brings the library up to date, though its rows bear no keys.  `about` is the field that
    says of what; it offers only what the user reaches.
    """

    about: ClassVar[str]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        about = data.get(self.about) if self.instance._state.adding else None
        found = about and self._meta.model._base_manager.filter(**{self.about: about}).first()
        if found is not None:
            self.instance = found
            self.initial = forms.model_to_dict(found, list(self.fields))
        return data


class FirmField(forms.ModelChoiceField):
    """An enterprise; a workbook names it by its credit code, also one that was merged into it, or by its whole name."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Select({"data-pick": True})
        super().__init__(Enterprise.objects.standing().select_related("organisation"), widget=widget, **kwargs)

    def to_python(self, value: Any) -> Any:
        text = value.replace("\x00", "").strip() if isinstance(value, str) else ""
        if not text or (text.isdigit() and len(text) < CODE_LENGTH):
            return super().to_python(value)
        rows: Any = self.queryset
        code = text.upper()
        own = Q(uscc=code) | Q(organisation__name=text)
        found = list(rows.filter(own)[:2] or rows.filter(organisation__absorbed__enterprise__uscc=code)[:2])
        if len(found) == 1:
            return found[0]
        raise ValidationError(f"有多家企业名为“{text[:40]}”，请填写信用代码" if found else f"没有“{text[:40]}”这家企业")


class RiskClassForm(CorrectingForm):
    about = "enterprise"
    enterprise = FirmField(label="企业")
    assessed_on = RecentDayField(label="评定日期")

    class Meta:
        model = RiskClass
        fields = ("enterprise", "grade", "assessed_on", "source")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        stands, day = self.initial.get("assessed_on"), data.get("assessed_on")
        if stands and day and day < stands:
            self.add_error("assessed_on", f"该企业已有 {stands} 的评定，不能用更早的替换")
        return data


class InspectorForm(CorrectingForm):
    about = "user"
    user = forms.ModelChoiceField(User.objects.none(), label="平台账号", to_field_name="username")
    fields_known = CodesField(label="专业", choices=list(Theme.choices))
    valid_until = RecentDayField(label="执法证有效期至", help_text="当日仍然有效")

    class Meta:
        model = Inspector
        fields = ("user", "certificate", "valid_until", "longitude", "latitude", "is_active")
        help_texts = {"longitude": "用于估算路程，留空则不计路程"}

    field_order = ("user", "certificate", "valid_until", "fields_known", "longitude", "latitude", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        instance = kwargs.get("instance")
        kwargs["initial"] = {"fields_known": list(instance.fields) if instance else []} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        account: Any = self.fields["user"]
        account.queryset = inspecting(self.user)
        account.label_from_instance = lambda user: f"{user.name}（{user.organisation}，{user.username}）"
        if not self.instance._state.adding:
            account.disabled = True
            account.queryset = User.objects.filter(pk=self.instance.user_id)
            self.initial["user"] = self.instance.user.username

    def clean_certificate(self) -> str:
        return self.cleaned_data["certificate"].upper().replace(" ", "")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        place = data.get("longitude"), data.get("latitude")
        if None not in place and not in_hebei(*place):  # type: ignore[arg-type]
            self.add_error("longitude", "该位置不在河北省内，请核对经度和纬度")
        return data

    def _post_clean(self) -> None:
        self.instance.fields = self.cleaned_data.get("fields_known", self.instance.fields)
        super()._post_clean()  # type: ignore[misc]


def inspecting(user: Any) -> Any:
    """The accounts within reach whose role carries out visits."""
    rows = User.objects.visible_to(user).holding(*roles_holding(INSPECTS))
    return rows.select_related("organisation").order_by("organisation__region_path", "name", "pk")


class AvoidanceForm(ScopedModelForm):
    enterprise = FirmField(label="回避企业")
    until = RecentDayField(label="回避至", required=False, help_text="留空则一直回避")

    class Meta:
        model = Avoidance
        fields = ("enterprise", "reason", "note", "until")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        same = Avoidance.objects.filter(inspector=self.instance.inspector_id, enterprise=data.get("enterprise"))
        if same.exclude(pk=self.instance.pk).exists():
            self.add_error("enterprise", "该人员对该企业的回避已登记")
        return data


class AbsenceForm(ScopedModelForm):
    starts_on = RecentDayField(label="开始日期")
    ends_on = RecentDayField(label="结束日期", help_text="当日仍计在内")

    class Meta:
        model = Absence
        fields = ("starts_on", "ends_on", "reason")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and (last - first).days > 366:
            raise ValidationError("一次最多登记一年，请核对日期")
        return data
