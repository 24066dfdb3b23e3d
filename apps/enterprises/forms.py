"""The form of an enterprise, for page, API and import alike."""

from typing import Any

from django import forms

from apps.accounts.models import Organisation
from apps.core.forms import ScopedModelForm, clean_text
from apps.core.widgets import FastSelect
from apps.enterprises.codes import LENGTH, normalised
from apps.enterprises.models import Enterprise
from apps.enterprises.selectors import enterprise_called
from apps.regions.choices import RegionField
from apps.regions.models import Region

# What the permit office and the registers say about an enterprise is not for the enterprise to change.
KEPT_BY_AUTHORITIES = (
    "uscc",
    "name",
    "kind",
    "region",
    "qualification",
    "safety_licence",
    "safety_licence_until",
    "status",
)


class UsccField(forms.CharField):
    """Takes the code as people write it: lower case, full width, with spaces."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": "统一社会信用代码", "min_length": None, **kwargs})
        self.widget.attrs["maxlength"] = LENGTH + 6

    def to_python(self, value: Any) -> str:
        return normalised(super().to_python(value) or "")


class EnterpriseField(forms.Field):
    """An enterprise named by its credit code or its whole name; too many exist for a list to choose from."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"help_text": "填企业全称或统一社会信用代码", **kwargs})
        self.widget.attrs["maxlength"] = 100

    def prepare_value(self, value: Any) -> Any:
        """Shown by name, unless another firm bears the same."""
        value = self.known(value)
        if not isinstance(value, Enterprise):
            return value
        return value.name if Enterprise.objects.named(value.name).count() == 1 else value.uscc

    def known(self, value: Any) -> Any:
        """The record behind a key, as initial values of model forms are."""
        rows = Enterprise.objects.select_related("organisation")
        return rows.filter(pk=value).first() if isinstance(value, int) else value

    def to_python(self, value: Any) -> Enterprise | None:
        if isinstance(value := self.known(value), Enterprise):
            return value
        text = clean_text(str(value or ""))
        return enterprise_called(text) if text else None

    def has_changed(self, initial: Any, data: Any) -> bool:
        return not self.disabled and (self.prepare_value(initial) or "") != clean_text(str(data or ""))


class EnterpriseForm(ScopedModelForm):
    """Name, short name and region stand on the organisation; the form shows one record."""

    name = forms.CharField(label="企业名称", max_length=Organisation._meta.get_field("name").max_length)
    short_name = forms.CharField(label="简称", max_length=30, required=False)
    uscc = UsccField(help_text="18位，可带空格，系统核对校验码")
    region = RegionField(label="注册地", help_text="省外企业选河北省")

    sections = (
        ("基本信息", ("name", "short_name", "uscc", "kind", "region", "status")),
        ("资质与许可", ("qualification", "safety_licence", "safety_licence_until")),
        ("联系方式", ("legal_representative", "phone", "address")),
    )

    class Meta:
        model = Enterprise
        fields = (
            "uscc",
            "kind",
            "status",
            "qualification",
            "safety_licence",
            "safety_licence_until",
            "legal_representative",
            "phone",
            "address",
        )
        widgets = {"kind": FastSelect, "status": FastSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        region: Any = self.fields["region"]
        region.offer(Region.objects.current().order_by("path"))
        if not self.instance._state.adding:
            organisation = self.instance.organisation
            for name in ("name", "short_name", "region"):
                self.initial.setdefault(name, getattr(organisation, name))
        if self.user.role_definition.side == "enterprise":
            for name in KEPT_BY_AUTHORITIES:
                self.fields[name].disabled = True
