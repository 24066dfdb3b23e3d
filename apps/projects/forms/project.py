"""The form of a project, for page, API and import alike."""

from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.core.forms import ScopedModelForm, clean_text
from apps.core.widgets import FastSelect
from apps.enterprises.forms import EnterpriseField
from apps.projects.codes import number_problem, permit_problem
from apps.projects.geometry import corners_text, in_hebei, parse_corners
from apps.projects.models import PartyRole, Project
from apps.projects.selectors import current_party
from apps.regions.choices import RegionField, regions_for

# The parties that the project's own form names, with the prefix of their three fields.
NAMED = (PartyRole.OWNER, PartyRole.GENERAL_CONTRACTOR, PartyRole.SUPERVISION_FIRM)
PARTY_FIELDS = tuple(f"{role}{suffix}" for role in NAMED for suffix in ("", "_leader", "_phone"))
# What permits and authorities say about a project is not for the firms on it to change.
KEPT_BY_AUTHORITIES = ("number", "region", "permit_number", "permit_date", "supervision_number", *PARTY_FIELDS)


class CornersField(forms.CharField):
    """The fence of a site: one corner a line, stored as a list of [longitude, latitude]."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea({"rows": 5, "spellcheck": "false"}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return corners_text(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return value if isinstance(value, list) else parse_corners(clean_text(str(value or "")))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return not self.disabled and corners_text(initial).split() != str(data or "").split()


class ProjectForm(ScopedModelForm):
    """Four sections; the three parties that decide who reaches the project are named right here."""

    number = forms.CharField(
        label="项目编号", required=False, max_length=40, help_text="不填由平台编号，以后可改为正式编号"
    )
    region = RegionField(label="所属区域")
    owner = EnterpriseField(label="建设单位", required=False)
    owner_leader = forms.CharField(label="建设单位项目负责人", required=False, max_length=50)
    owner_phone = forms.CharField(label="建设单位联系电话", required=False, max_length=20)
    general_contractor = EnterpriseField(label="施工总承包单位", required=False)
    general_contractor_leader = forms.CharField(label="项目经理", required=False, max_length=50)
    general_contractor_phone = forms.CharField(label="项目经理电话", required=False, max_length=20)
    supervision_firm = EnterpriseField(label="监理单位", required=False)
    supervision_firm_leader = forms.CharField(label="总监理工程师", required=False, max_length=50)
    supervision_firm_phone = forms.CharField(label="总监理工程师电话", required=False, max_length=20)
    site = CornersField(label="场地范围", required=False, help_text="每行一个角点，写作“经度,纬度”，至少 3 个")

    sections = (
        ("基本信息", ("number", "name", "region", "address", "kind", "structure", "area_m2", "stage")),
        (
            "许可与合同",
            ("permit_number", "permit_date", "contract_amount", "supervision_number", "started_on", "planned_end"),
        ),
        ("参建单位", PARTY_FIELDS),
        ("位置", ("longitude", "latitude", "site")),
    )
    in_threes = ("参建单位",)

    class Meta:
        model = Project
        fields = (
            "number",
            "name",
            "region",
            "address",
            "kind",
            "structure",
            "area_m2",
            "stage",
            "permit_number",
            "permit_date",
            "contract_amount",
            "supervision_number",
            "started_on",
            "planned_end",
            "longitude",
            "latitude",
            "site",
        )
        widgets = {"kind": FastSelect, "structure": FastSelect, "stage": FastSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        region: Any = self.fields["region"]
        region.offer(regions_for(self.user))
        if not self.instance._state.adding:
            self.initial["region"] = self.instance.region
            self.initial.update(self._parties_now())
        if self.user.role_definition.side != "regulator":
            for name in KEPT_BY_AUTHORITIES:
                self.fields[name].disabled = True

    def _parties_now(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for role in NAMED:
            if party := current_party(self.instance, role):
                found |= {role: party.enterprise, f"{role}_leader": party.leader, f"{role}_phone": party.phone}
        return found

    @cached_property
    def changed_data(self) -> list[str]:
        """Parties have events of their own, so the project's event leaves them out."""
        return [name for name in super().changed_data if name not in PARTY_FIELDS]

    def clean_number(self) -> str:
        number = self.cleaned_data["number"].upper()
        if number and (reason := number_problem(number)):
            raise ValidationError(reason)
        return number or self.instance.number

    def clean_permit_number(self) -> str:
        number = self.cleaned_data["permit_number"].replace(" ", "")
        if reason := permit_problem(number):
            raise ValidationError(reason)
        return number

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        longitude, latitude = data.get("longitude"), data.get("latitude")
        if longitude is not None and latitude is not None and not in_hebei(longitude, latitude):
            self.add_error("longitude", "这个位置不在河北省范围内，请检查经纬度是否写反")
        for role in NAMED:
            extras = [name for name in (f"{role}_leader", f"{role}_phone") if data.get(name)]
            if extras and role in data and data[role] is None:
                self.add_error(role, f"填写了负责人或电话，还须填写{self.fields[role].label}")
        return data

    def named_parties(self) -> dict[str, dict[str, Any]]:
        """The parties as this form states them; nothing where the user may not state them."""
        data = self.cleaned_data
        return {
            role: {"enterprise": data[role], "leader": data[f"{role}_leader"], "phone": data[f"{role}_phone"]}
            for role in NAMED
            if not self.fields[role].disabled
        }
