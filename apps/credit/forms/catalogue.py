"""The catalogue and the standard of evaluation: editions, of which the past keeps what it was judged by."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.core.forms import RecentDayField, ScopedModelForm
from apps.core.widgets import FastSelect
from apps.credit.models import CreditItem, CreditProfile, Letter, Part


class CreditItemForm(ScopedModelForm):
    effective_from = RecentDayField(label="生效日期", help_text="行为发生日在生效日期以后的适用本版")
    effective_to = RecentDayField(label="失效日期", required=False)

    sections = (
        ("行为", ("code", "name", "subject", "part", "nature", "severity")),
        ("计分", ("points", "valid_months", "decay", "caps_at", "publish_months", "trigger", "list_condition")),
        ("依据", ("evidence", "appeal", "legal_basis", "certainty", "edition", "effective_from", "effective_to")),
    )

    class Meta:
        model = CreditItem
        fields = (
            "code",
            "name",
            "subject",
            "part",
            "nature",
            "severity",
            "points",
            "valid_months",
            "decay",
            "caps_at",
            "publish_months",
            "trigger",
            "list_condition",
            "evidence",
            "appeal",
            "legal_basis",
            "certainty",
            "edition",
            "effective_from",
            "effective_to",
        )
        widgets = dict.fromkeys(("subject", "part", "nature", "severity", "decay", "caps_at", "trigger"), FastSelect)
        help_texts = {
            "points": "良好行为为正数，不良行为为负数",
            "caps_at": "有这条记录期间，信用等级最高只能是这一级",
            "trigger": "平台记录出现这种情形时自动提出，仍须核实、告知和认定",
            "list_condition": "生效后符合失信名单的哪一情形，填名单种类中的情形代码",
            "certainty": "内容未见原文或者待核的，在此写明",
            "edition": "属于哪一份办法或者目录，例如：河北省2024年办法",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["publish_months"].required = False

    def clean_code(self) -> str:
        return self.cleaned_data["code"].strip().upper()

    def clean_publish_months(self) -> int:
        return self.cleaned_data["publish_months"] or 0


class CreditProfileForm(ScopedModelForm):
    """One edition; limits and bands are typed as numbers and kept as text."""

    effective_from = RecentDayField(label="施行日期", help_text="以前各日的得分仍按当时的标准计算")

    class Meta:
        model = CreditProfile
        fields = (
            "name",
            "subject",
            "effective_from",
            "base",
            "repair_ends_points",
            "spares_self_found",
            "is_public",
            "source",
            "certainty",
        )
        widgets = {"subject": FastSelect}
        help_texts = {
            "repair_ends_points": "国家发展改革委令第36号：修复后停止共享使用；河北省2024年办法：不改变使用有效期",
            "spares_self_found": "企业自查发现并按期整改的重大隐患不提出不良记录；期限届满未整改的照常提出",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for part in Part:
            for end, word in (("least", "最低"), ("most", "最高")):
                self.fields[f"{part.value}_{end}"] = number(f"{part.label}{word}计分")
        for letter in Letter.values[:-1]:
            self.fields[f"band_{letter}"] = number(f"{letter} 级最低得分")

    @property
    def sections(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        limits = tuple(f"{part}_{end}" for part in Part.values for end in ("least", "most"))
        bands = tuple(f"band_{letter}" for letter in Letter.values[:-1])
        return (
            ("标准", ("name", "subject", "effective_from", "base", "source", "certainty")),
            ("各类别计分上下限", limits),
            ("等级界限", bands),
            ("使用", ("repair_ends_points", "spares_self_found", "is_public")),
        )

    def clean_effective_from(self) -> Any:
        """The past stays what it was: an edition of yesterday would change the score of a day gone by."""
        day = self.cleaned_data["effective_from"]
        if day < timezone.localdate():
            raise ValidationError("施行日期不能早于今天，以前各日的得分不能改变")
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for part in Part:
            least, most = data.get(f"{part.value}_least"), data.get(f"{part.value}_most")
            if least is not None and most is not None and least > most:
                self.add_error(f"{part.value}_most", f"{part.label}最高计分不能低于最低计分")
        bands: list[Any] = [data.get(f"band_{letter}") for letter in Letter.values[:-1]]
        if None not in bands and bands != sorted(set(bands), reverse=True):
            self.add_error("band_A", "等级界限须逐级降低：A 级最高，B 级、C 级依次更低")
        return data

    def _post_clean(self) -> None:
        data = self.cleaned_data
        limits = {part: (data.get(f"{part}_least"), data.get(f"{part}_most")) for part in Part.values}
        self.instance.limits = {part: [str(n) for n in pair] for part, pair in limits.items() if None not in pair}
        bands = {letter: data.get(f"band_{letter}") for letter in Letter.values[:-1]}
        self.instance.bands = {letter: str(least) for letter, least in bands.items() if least is not None}
        self.instance.is_sample = False
        super()._post_clean()  # type: ignore[misc]


def number(label: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, max_digits=6, decimal_places=2, min_value=Decimal(-999), max_value=Decimal(999)
    )
