"""The form of a rule: its tables as lines that people can read."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.core.forms import ScopedModelForm, clean_text
from apps.core.widgets import FastSelect
from apps.risks.grading import FACTORS, plain
from apps.risks.models import Method, RiskLevel, RiskRule
from apps.risks.words import FACTOR_NAMES

MOST_LINES = 12
HIGHEST = Decimal(100)
LIMITS: dict[str, RiskLevel] = {
    "from_major": RiskLevel.MAJOR,
    "from_considerable": RiskLevel.CONSIDERABLE,
    "from_general": RiskLevel.GENERAL,
}


class ValuesField(forms.CharField):
    """A value and its meaning a line: “10 完全可以预料”; a list of pairs of text."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": forms.Textarea({"rows": 6}), "max_length": 2000, **kwargs})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(f"{number} {words}" for number, words in value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        lines = [line.strip() for line in clean_text(super().clean(value) or "").splitlines() if line.strip()]
        pairs = [self.pair(line) for line in lines]
        if len(pairs) > MOST_LINES or len({number for number, _ in pairs}) < len(pairs):
            raise ValidationError(f"每个取值一行，不重复，最多 {MOST_LINES} 行")
        return pairs

    def pair(self, line: str) -> tuple[str, str]:
        number, _, words = re.sub(r"\s+", " ", line).partition(" ")
        try:
            value = Decimal(number)
        except InvalidOperation:
            value = Decimal(0)
        if not (value.is_finite() and 0 < value <= HIGHEST) or not words:
            raise ValidationError(f"“{line[:30]}”应写作“数值 含义”，数值大于 0、不超过 {HIGHEST}")
        return plain(value), words[:50]


def level_field(label: str) -> forms.TypedChoiceField:
    choices = [(level.value, level.label) for level in reversed(RiskLevel)]
    return forms.TypedChoiceField(label=label, coerce=int, choices=choices, widget=FastSelect)


class RiskRuleForm(ScopedModelForm):
    likelihood = ValuesField(label="可能性（L）取值", help_text="每行一个“数值 含义”，例如：10 完全可以预料")
    exposure = ValuesField(label="暴露频次（E）取值", required=False, help_text="只有 LEC 法填")
    consequence = ValuesField(label="后果（C）或严重性（S）取值")
    from_major = forms.DecimalField(label="重大（红）不低于", min_value=0, max_digits=9, decimal_places=2)
    from_considerable = forms.DecimalField(label="较大（橙）不低于", min_value=0, max_digits=9, decimal_places=2)
    from_general = forms.DecimalField(label="一般（黄）不低于", min_value=0, max_digits=9, decimal_places=2)
    floor_super = level_field("超危大至少为")
    floor_dangerous = level_field("危大至少为")

    sections = (
        ("规则", ("method", "name", "effective_from", "source", "certainty", "is_sample")),
        ("取值", ("likelihood", "exposure", "consequence")),
        ("分级", (*LIMITS, "floor_super", "floor_dangerous")),
    )
    in_threes = ("取值", "分级")

    class Meta:
        model = RiskRule
        fields = ("method", "name", "effective_from", "source", "certainty", "is_sample")
        widgets = {"method": FastSelect}
        help_texts = {"is_sample": "没有主管部门文件依据的，保留“样例”"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("floor_super", RiskLevel.MAJOR.value)
        self.initial.setdefault("floor_dangerous", RiskLevel.CONSIDERABLE.value)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        method = data.get("method")
        if method == Method.LEC and not data.get("exposure") and "exposure" not in self.errors:
            self.add_error("exposure", "LEC 法须有暴露频次的取值")
        self._factors_in_range(method, data)
        limits = [data.get(name) for name in LIMITS]
        if None not in limits and not limits[0] > limits[1] > limits[2] > 0:  # type: ignore[operator]
            self.add_error("from_general", "分级界限须依次降低，且大于 0")
        if not self.errors:
            self._fill(method or "", data)
        return data

    def _factors_in_range(self, method: Any, data: dict[str, Any]) -> None:
        """The table of risk points holds L and E up to 10."""
        for name in ("likelihood", "exposure"):
            if any(Decimal(number) > 10 for number, _ in data.get(name) or ()):
                self.add_error(name, f"{FACTOR_NAMES[Method.LEC][name]}最大为 10")

    def _fill(self, method: str, data: dict[str, Any]) -> None:
        rule: RiskRule = self.instance
        rule.factors = {name: data[name] for name in FACTORS[method]}
        bands = [(plain(data[name]), level.value) for name, level in LIMITS.items()]
        rule.bands = [*bands, ("0", RiskLevel.LOW.value)]
        rule.floors = {"super": data["floor_super"], "dangerous": data["floor_dangerous"]}
