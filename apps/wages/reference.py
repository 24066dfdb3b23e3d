"""The rules of warning that ship, loaded by migration.

The law says that labour money is paid at least monthly and wages monthly; how many days of grace there are and how
grave each case is says no text that we have, so all are samples which the authority replaces by editions of its own.
"""

from collections.abc import Mapping
from typing import Any

from apps.wages.models import WarningKind

REGULATION = "《保障农民工工资支付条例》（国令第724号）"
SAMPLE = "法规未规定宽限天数和预警等级，为样例，由主管部门确定"
RULES: tuple[dict[str, Any], ...] = (
    {
        "kind": "no_account",
        "days": 30,
        "level": "orange",
        "source": "人社部发〔2021〕53号：工程施工合同签订之日起30日内开立专用账户",
        "certainty": "开立期限自合同签订起算；平台没有合同日期，以开工日期代替，为样例",
    },
    {"kind": "not_paid_in", "days": 0, "level": "yellow", "source": f"{REGULATION}第二十四条", "certainty": SAMPLE},
    {"kind": "short", "days": 30, "level": "red", "source": f"{REGULATION}第三十一条", "certainty": SAMPLE},
    {"kind": "fewer", "days": 30, "level": "orange", "source": f"{REGULATION}第三十一条", "certainty": SAMPLE},
)
RULES_OF_REPORTS: tuple[dict[str, Any], ...] = (
    {
        "kind": "no_report",
        "days": 15,
        "level": "orange",
        "source": f"{REGULATION}第十五条（书面工资支付台账）、第三十一条（按月代发）",
        "certainty": "条例未规定向平台填报的期限，期限和预警等级为样例，由主管部门确定",
    },
)
KINDS: Mapping[str, str] = {f"wages_{kind.value}": f"工资：{kind.label}" for kind in WarningKind}


def load(rule_model: Any, rules: tuple[dict[str, Any], ...] = RULES) -> None:
    """Write what is missing; what an office has added stays as it is."""
    for rule in rules:
        told = rule | {"is_sample": True}
        rule_model.objects.get_or_create(kind=rule["kind"], effective_from="2020-05-01", defaults=told)
