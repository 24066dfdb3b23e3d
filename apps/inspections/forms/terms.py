"""What a draw and a saved scheme of draws are both asked: who keeps the secrets, at which rates, who is left out."""

from typing import Any

from django import forms

from apps.accounts.models import User
from apps.accounts.roles import roles_holding
from apps.core.forms import ScopedModelForm
from apps.inspections.models import RiskGrade

USUAL_RECENT_DAYS = 90
USUAL_RATES = {"A": 5, "B": 10, "C": 20, "D": 50, "E": 100}
"""Percent by class of credit risk; a sample, as no text of the province that we know gives numbers."""
RATE_WORDS = "比例即每个项目的概率，各县相同；分配了检查数量的，按比例在各类间分配"


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


class DrawTermsForm(ScopedModelForm):
    custodian_a, custodian_b = custodian("保管人甲"), custodian("保管人乙")
    recent_days = forms.IntegerField(
        label="近期已检查的天数",
        min_value=0,
        max_value=730,
        initial=USUAL_RECENT_DAYS,
        help_text="这些天内检查过的项目不列入名单；0 表示不排除",
    )
    rate_a, rate_b, rate_c, rate_d, rate_e = map(rate, RiskGrade)
    RATES = ("各信用风险类别的抽取比例", ("rate_a", "rate_b", "rate_c", "rate_d", "rate_e"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("custodian_a", "custodian_b"):
            self.fields[name].queryset = custodians(self.user)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("custodian_a") and data.get("custodian_a") == data.get("custodian_b"):
            self.add_error("custodian_b", "两名保管人必须是不同的人")
        rates = self.rates(data)
        if None not in rates.values() and not any(rates.values()):
            self.add_error("rate_a", "抽取比例不能全部为 0")
        return data

    def rates(self, data: dict[str, Any]) -> dict[str, int | None]:
        return {grade: data.get(f"rate_{grade.lower()}") for grade in RiskGrade.values}

    def terms(self, data: dict[str, Any]) -> dict[str, Any]:
        """What the record keeps as its terms; the form must be valid so far."""
        return {"recent_days": data["recent_days"], "rates": self.rates(data)}


def custodians(user: Any) -> Any:
    """The people of the region's own offices who may keep a secret."""
    rows = User.objects.visible_to(user).holding(*roles_holding("inspections.commit_draw"))
    return rows.filter(organisation__region_path=user.organisation.region_path).order_by("pk")
