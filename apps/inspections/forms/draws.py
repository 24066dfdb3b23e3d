"""What is said when a draw is prepared, and with each of its moves."""

import re
import secrets
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import cached_property

from apps.core.forms import DayField, MomentField, RecordForm, text
from apps.core.scoping import get_visible_or_404
from apps.inspections.drawing.drawing import commitment_of
from apps.inspections.forms.terms import DrawTermsForm
from apps.inspections.models import Draw, DrawScheme
from apps.inspections.services.schemes import draw_from, drawable, said_of

MOST_DAYS = 31
HASH = re.compile(r"[0-9a-f]{64}")
SECRET = re.compile(r"[!-~]{16,200}")
WRITTEN_AS = "16 至 200 个字母、数字或符号，不含空格和汉字"


class DrawForm(DrawTermsForm):
    """`scheme` among the initial values names a saved scheme of the own region's offices, which fills in the rest."""

    draw_at = MomentField(label="抽取时间", help_text="公告时写明，到时保管人公开密语后才能抽取")
    visits_from = DayField(label="检查开始日期")
    visits_until = DayField(label="检查结束日期", help_text="执法证在此日以前到期、其间不在岗的人员不参加匹配")
    sections = (
        ("抽取", ("campaign", "round", "draw_at", "public_source", "announces_itself")),
        ("密语保管人", ("custodian_a", "custodian_b")),
        ("检查时间和排除", ("visits_from", "visits_until", "recent_days")),
        DrawTermsForm.RATES,
    )
    in_threes = ("检查时间和排除", DrawTermsForm.RATES[0])

    class Meta:
        model = Draw
        fields = ("campaign", "round", "draw_at", "public_source", "announces_itself")

    def __init__(self, *args: Any, user: Any, instance: Draw | None = None, **kwargs: Any) -> None:
        told = dict(kwargs.get("initial") or {})
        if instance is not None:
            told = {**said_before(instance), **told}
        elif scheme := told.pop("scheme", None):
            told |= draw_from(scheme_of(user, scheme), user, timezone.now())
        super().__init__(*args, user=user, instance=instance, **kwargs | {"initial": told})
        self.fields["campaign"].queryset = drawable(user)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.check_days(data)
        campaign, round_ = data.get("campaign"), data.get("round")
        if campaign and round_ and not 1 <= round_ <= campaign.rounds:
            self.add_error("round", f"该检查任务共 {campaign.rounds} 轮")
        if not self.errors:
            self.keep(data)
        return data

    def check_days(self, data: dict[str, Any]) -> None:
        at, first, last = (data.get(name) for name in ("draw_at", "visits_from", "visits_until"))
        if at and at <= timezone.now():
            self.add_error("draw_at", "抽取时间不能早于现在")
        if at and first and first < timezone.localdate(at):
            self.add_error("visits_from", "检查不能早于抽取")
        if first and last and not 0 <= (last - first).days <= MOST_DAYS:
            self.add_error("visits_until", f"检查结束日期不能早于开始日期，也不能晚于其后 {MOST_DAYS} 天")
        campaign = data.get("campaign")
        if campaign and last and last > campaign.ends_on:
            self.add_error("visits_until", f"检查任务于 {campaign.ends_on} 结束")

    def keep(self, data: dict[str, Any]) -> None:
        self.instance.custodian_a, self.instance.custodian_b = data["custodian_a"], data["custodian_b"]
        days = {name: data[name].isoformat() for name in ("visits_from", "visits_until")}
        self.instance.terms = self.terms(data) | days


def scheme_of(user: Any, key: Any) -> DrawScheme:
    """404 for a foreign scheme as for one that never was."""
    return get_visible_or_404(DrawScheme.objects.select_related("campaign"), user, pk=key)


def said_before(draw: Draw) -> dict[str, Any]:
    days = {name: draw.terms[name] for name in ("visits_from", "visits_until") if name in draw.terms}
    return {**days, **said_of(draw)}


class CommitForm(RecordForm):
    commitment = forms.CharField(
        label="承诺值",
        max_length=64,
        help_text="密语的 SHA-256，64 位十六进制；密语自己保管，现在不要填写",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    rule = WRITTEN_AS

    @cached_property
    def suggestion(self) -> dict[str, str]:
        """A secret for who can make none: told once, never kept."""
        secret = secrets.token_hex(20)
        return {"secret": secret, "commitment": commitment_of(secret)}

    def clean_commitment(self) -> str:
        value = self.cleaned_data["commitment"].strip().lower()
        if not HASH.fullmatch(value):
            raise ValidationError("承诺值是 64 位十六进制数（0-9、a-f）")
        if value in (self.record.commitment_a, self.record.commitment_b):
            raise ValidationError("该承诺值已交存，请另外生成")
        return value


class RevealForm(RecordForm):
    secret = forms.CharField(
        label="密语",
        max_length=200,
        help_text=f"{WRITTEN_AS}；须与交存的承诺值相符",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_secret(self) -> str:
        secret = self.cleaned_data["secret"]
        if not SECRET.fullmatch(secret):
            raise ValidationError(f"密语为{WRITTEN_AS}")
        side = "a" if self.user.pk == self.record.custodian_a_id else "b"
        if commitment_of(secret) != getattr(self.record, f"commitment_{side}"):
            raise ValidationError("密语与交存的承诺值不符，请核对是否抄错")
        return secret


class HoldForm(RecordForm):
    public_value = forms.CharField(
        label="公开随机值", max_length=200, help_text="按公告写明的来源，照原样填写；抽取后不能更改"
    )


class RequestVoidForm(RecordForm):
    void_reason = text("作废理由", most=1000, min_length=5, help_text="将永久公开；另一人批准后才作废")


class RefuseVoidForm(RecordForm):
    opinion = text("意见", most=1000, min_length=2)


class NothingForm(RecordForm):
    """A move that asks nothing."""


DRAW_FORMS: dict[str, type[RecordForm]] = {
    "commit_secret": CommitForm,
    "announce_draw": NothingForm,
    "reveal_secret": RevealForm,
    "hold_draw": HoldForm,
    "request_void_draw": RequestVoidForm,
    "void_draw": NothingForm,
    "refuse_void_draw": RefuseVoidForm,
}
