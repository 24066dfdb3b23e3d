"""The first edition of the rule, loaded by migration.

The order names the target and no definition, so it is a sample until the office confirms one.
"""

from datetime import date
from typing import Any

SAMPLE = {
    "source": "示例；“从业人员安全培训率100%”只有目标，没有计算口径",
    "certainty": "待主管部门确认",
    "is_sample": True,
}
BEGINS = date(2026, 1, 1)


def load(rule: Any) -> None:
    """Where no edition stands."""
    if not rule.objects.exists():
        rule.objects.create(effective_from=BEGINS, **SAMPLE)
