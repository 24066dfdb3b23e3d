"""The form of an enterprise, for page, API and import alike."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.accounts.models import Organisation
from apps.core.forms import RecordForm, ScopedModelForm, clean_text, text
from apps.core.widgets import FastSelect
from apps.enterprises import licences
from apps.enterprises.codes import LENGTH, normalised
from apps.enterprises.comparing import compared
from apps.enterprises.models import Enterprise, EnterpriseStatus
from apps.enterprises.selectors import enterprise_called, why_not_merge
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
        help_texts = {"safety_licence": f"例如：{licences.EXAMPLE}，括号用半角、全角都可以"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        region: Any = self.fields["region"]
        region.offer(Region.objects.current().order_by("path"))
        status: Any = self.fields["status"]
        status.choices = [choice for choice in status.choices if choice[0] != EnterpriseStatus.MERGED]
        if not self.instance._state.adding:
            organisation = self.instance.organisation
            for name in ("name", "short_name", "region"):
                self.initial.setdefault(name, getattr(organisation, name))
        if self.user.role_definition.side == "enterprise":
            for name in KEPT_BY_AUTHORITIES:
                self.fields[name].disabled = True

    def clean_safety_licence(self) -> str:
        """One that stands as it was written years ago keeps nobody from correcting something else."""
        typed = self.cleaned_data["safety_licence"]
        if typed == self.instance.safety_licence:
            return typed
        number = licences.normalised(typed)
        if number and (reason := licences.number_problem(number) or licences.new_number_problem(self.instance, number)):
            raise ValidationError(reason)
        return number

    def clean_safety_licence_until(self) -> Any:
        day = self.cleaned_data["safety_licence_until"]
        changed = day and day != self.instance.safety_licence_until
        if changed and (reason := licences.until_problem(day, timezone.localdate())):
            raise ValidationError(reason)
        return day


# Merging --------------------------------------------------------------------------------------------------------------


class SurvivorForm(RecordForm):
    """Which enterprise this one is the same as; the record is the duplicate."""

    survivor = EnterpriseField(label="并入哪家企业")

    def clean_survivor(self) -> Enterprise:
        survivor: Enterprise = self.cleaned_data["survivor"]
        if not Enterprise.objects.visible_to(self.user).filter(pk=survivor.pk).exists():
            raise ValidationError("该企业不在您的辖区，请由上级机构提请合并")
        if refusal := why_not_merge(self.record, survivor):
            raise ValidationError(refusal)
        return survivor


class ProposeMergeForm(SurvivorForm):
    reason = text("提请理由", most=1000, min_length=5, help_text="例如：同一企业以旧信用代码和新信用代码各登记一次")
    basis = text(
        "认定依据", most=2000, min_length=5, help_text="例如：营业执照、变更登记通知书，或向登记机关核实的情况"
    )


class MergeForm(RecordForm):
    opinion = text("决定意见", most=1000, required=False)

    @property
    def compared(self) -> dict[str, Any]:
        """What is decided on, as it stands now."""
        return compared(self.record.duplicate, self.record.survivor)


class RefuseMergeForm(RecordForm):
    opinion = text("不予合并的意见", most=1000, min_length=5)


class WithdrawMergeForm(RecordForm):
    """Asks nothing."""


class UndoMergeForm(RecordForm):
    undo_reason = text("撤销理由", most=1000, min_length=5, help_text="移动过的记录退回原企业；合并后新增的记录不动")


MERGE_FORMS: dict[str, type[RecordForm]] = {
    "merge": MergeForm,
    "refuse_merge": RefuseMergeForm,
    "withdraw_merge": WithdrawMergeForm,
    "undo_merge": UndoMergeForm,
}
