"""Having a certificate made, revoking one, and the agencies that may ask."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.core.forms import RecentDayField, RecordForm, ScopedForm, ScopedModelForm, text
from apps.core.widgets import FastSelect
from apps.credit.forms.moves import ConfirmedForm
from apps.credit.models import Agency, Letter
from apps.credit.services.certificates import day_problem
from apps.credit.workflow.certificate import GROUNDS
from apps.documents.public import MOST_BYTES, CompareForm
from apps.enterprises.codes import validate_uscc
from apps.enterprises.forms import EnterpriseField, UsccField
from apps.enterprises.models import Enterprise

PURPOSE_LENGTH = 200
OUT_OF_REACH = "该企业不在您的管辖范围内，请由其注册地或者工程所在地的主管部门出具"
OWN_ALONE = "只能为本企业申请信用证明"


class CertificateForm(ScopedForm):
    """`values()` is what `make_certificate` takes."""

    enterprise = EnterpriseField(label="企业")
    on_day = RecentDayField(label="证明日期", initial=timezone.localdate, help_text="今天或者最近 30 天内的一天")
    at_least = forms.ChoiceField(
        label="信用等级不低于", choices=[("", "不作要求"), *Letter.choices], required=False, widget=FastSelect
    )
    needs_permit = forms.BooleanField(
        label="要求安全生产许可证有效", required=False, help_text="不勾选的，只写明许可证情况"
    )
    purpose = forms.CharField(
        label="用途", min_length=2, max_length=PURPOSE_LENGTH, help_text="例如：示例花园二期施工投标"
    )

    sections = (("企业和用途", ("enterprise", "purpose")), ("证明内容", ("on_day", "at_least", "needs_permit")))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_firm:
            own = Enterprise.objects.select_related("organisation").filter(pk=self.user.organisation_id).first()
            self.fields["enterprise"].initial = self.initial["enterprise"] = own
            self.fields["enterprise"].widget.attrs["readonly"] = True

    @property
    def is_firm(self) -> bool:
        return self.user.role_definition.side == "enterprise"

    def clean_enterprise(self) -> Enterprise:
        enterprise: Enterprise = self.cleaned_data["enterprise"]
        if self.is_firm and enterprise.pk != self.user.organisation_id:
            raise ValidationError(OWN_ALONE)
        if not Enterprise.objects.visible_to(self.user).filter(pk=enterprise.pk).exists():
            raise ValidationError(OUT_OF_REACH)
        return enterprise

    def clean_on_day(self) -> date:
        day: date = self.cleaned_data["on_day"]
        if reason := day_problem(day):
            raise ValidationError(reason)
        return day

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class RevokeCertificateForm(ConfirmedForm):
    reason = forms.ChoiceField(
        label="撤销理由",
        choices=[("", "请选择"), *((ground, ground) for ground in GROUNDS)],
        widget=FastSelect,
        help_text="在公开核验页上显示",
    )
    remark = text("说明", most=500, min_length=5, help_text="具体情况，不对外显示")

    field_order = ("reason", "remark", "password")


CERTIFICATE_FORMS: dict[str, type[RecordForm]] = {"revoke_certificate": RevokeCertificateForm}


class CertificateFileForm(CompareForm):
    """The file of a certificate, to be compared on its public page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = "证明文件"
        limit = MOST_BYTES // (1024 * 1024)
        self.fields["file"].help_text = f"PDF 或者 JSON 文件，不超过 {limit} MB；只作比对，不保存"


# Agencies -------------------------------------------------------------------------------------------------------------


class AgencyForm(ScopedModelForm):
    uscc = UsccField(
        help_text="18位，可带空格，系统核对校验码",
        validators=[validate_uscc],
        error_messages={"unique": "这个统一社会信用代码的单位已登记"},
    )

    class Meta:
        model = Agency
        fields = ("name", "uscc", "contact", "per_hour", "is_active")
        help_texts = {"is_active": "停用后令牌不能再查询，启用后恢复"}
