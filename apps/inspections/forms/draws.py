"""What is said when a draw is prepared, and with each of its moves."""

import re
import secrets
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import cached_property

from apps.accounts.models import User
from apps.accounts.roles import roles_holding
from apps.core.forms import DayField, MomentField, RecordForm, ScopedModelForm, text
from apps.inspections.drawing.drawing import commitment_of
from apps.inspections.models import Campaign, CampaignState, Draw, Kind, RiskGrade

MOST_DAYS = 31
USUAL_RECENT_DAYS = 90
USUAL_RATES = {"A": 5, "B": 10, "C": 20, "D": 50, "E": 100}
"""Percent by class of credit risk; a sample, as no text of the province that we know gives numbers."""
HASH = re.compile(r"[0-9a-f]{64}")
SECRET = re.compile(r"[!-~]{16,200}")
RATE_WORDS = "比例即每个项目的概率，各县相同；分配了检查数量的，按比例在各类间分配"
WRITTEN_AS = "16 至 200 个字母、数字或符号，不含空格和汉字"
DRAWN_KINDS = (Kind.RANDOM, Kind.KEY, Kind.SPECIAL)


def rate(grade: RiskGrade) -> forms.IntegerField:
    return forms.IntegerField(
        label=f"{grade.label}抽取比例（%）",
        min_value=0,
        max_value=100,
        initial=USUAL_RATES[grade.value],
        help_text=RATE_WORDS if grade == RiskGrade.A else "",
    )


def custodian(label: str) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        User.objects.none(), label=label, help_text="保管一个密语，公告前交存承诺值，抽取时公开"
    )


class DrawForm(ScopedModelForm):
    draw_at = MomentField(label="抽取时间", help_text="公告时写明，到时保管人公开密语后才能抽取")
    custodian_a, custodian_b = custodian("保管人甲"), custodian("保管人乙")
    recent_days = forms.IntegerField(
        label="近期已检查的天数",
        min_value=0,
        max_value=730,
        initial=USUAL_RECENT_DAYS,
        help_text="这些天内检查过的项目不列入名单；0 表示不排除",
    )
    visits_from = DayField(label="检查开始日期")
    visits_until = DayField(label="检查结束日期", help_text="执法证在此日以前到期、其间不在岗的人员不参加匹配")
    rate_a, rate_b, rate_c, rate_d, rate_e = map(rate, RiskGrade)
    sections = (
        ("抽取", ("campaign", "round", "draw_at", "public_source")),
        ("密语保管人", ("custodian_a", "custodian_b")),
        ("检查时间和排除", ("visits_from", "visits_until", "recent_days")),
        ("各信用风险类别的抽取比例", ("rate_a", "rate_b", "rate_c", "rate_d", "rate_e")),
    )
    in_threes = ("检查时间和排除", "各信用风险类别的抽取比例")

    class Meta:
        model = Draw
        fields = ("campaign", "round", "draw_at", "public_source")

    def __init__(self, *args: Any, user: Any, instance: Draw | None = None, **kwargs: Any) -> None:
        if instance is not None:
            kwargs["initial"] = {**said_before(instance), **kwargs.get("initial", {})}
        super().__init__(*args, user=user, instance=instance, **kwargs)
        for name in ("custodian_a", "custodian_b"):
            self.fields[name].queryset = custodians(user)  # type: ignore[attr-defined]
        self.fields["campaign"].queryset = drawable(user)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.check_persons(data)
        self.check_days(data)
        campaign, round_ = data.get("campaign"), data.get("round")
        if campaign and round_ and not 1 <= round_ <= campaign.rounds:
            self.add_error("round", f"该检查任务共 {campaign.rounds} 轮")
        rates = {grade: data.get(f"rate_{grade.lower()}") for grade in RiskGrade.values}
        if None not in rates.values() and not any(rates.values()):
            self.add_error("rate_a", "抽取比例不能全部为 0")
        if not self.errors:
            self.keep(data, rates)
        return data

    def check_persons(self, data: dict[str, Any]) -> None:
        if data.get("custodian_a") and data.get("custodian_a") == data.get("custodian_b"):
            self.add_error("custodian_b", "两名保管人必须是不同的人")

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

    def keep(self, data: dict[str, Any], rates: dict[str, Any]) -> None:
        self.instance.custodian_a, self.instance.custodian_b = data["custodian_a"], data["custodian_b"]
        self.instance.terms = {
            "recent_days": data["recent_days"],
            "visits_from": data["visits_from"].isoformat(),
            "visits_until": data["visits_until"].isoformat(),
            "rates": rates,
        }


def custodians(user: Any) -> Any:
    """The people of the region's own offices who may keep a secret."""
    rows = User.objects.visible_to(user).holding(*roles_holding("inspections.commit_draw"))
    return rows.filter(organisation__region_path=user.organisation.region_path).order_by("pk")


def drawable(user: Any) -> Any:
    """The running campaigns of the user's own region, of kinds that are drawn."""
    rows = Campaign.objects.visible_to(user).filter(state=CampaignState.RUNNING, kind__in=DRAWN_KINDS)
    return rows.filter(region_path=user.organisation.region_path).order_by("-pk")


def said_before(draw: Draw) -> dict[str, Any]:
    terms = draw.terms
    told = {name: terms[name] for name in ("recent_days", "visits_from", "visits_until") if name in terms}
    rates = {f"rate_{grade.lower()}": value for grade, value in terms.get("rates", {}).items()}
    return {**told, **rates, "custodian_a": draw.custodian_a_id, "custodian_b": draw.custodian_b_id}


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
