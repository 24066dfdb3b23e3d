"""Reference facts of this app, loaded by migration: value tables, bands and kinds of accidents.

The values of LEC and of the matrix are common knowledge; where the colours begin differs by province and no source
settles it for Hebei, so both rules are samples.
"""

from typing import Any

LEC: dict[str, list[tuple[str, str]]] = {
    "likelihood": [
        ("10", "完全可以预料"),
        ("6", "相当可能"),
        ("3", "可能，但不经常"),
        ("1", "可能性小，完全意外"),
        ("0.5", "很不可能，可以设想"),
        ("0.2", "极不可能"),
        ("0.1", "实际不可能"),
    ],
    "exposure": [
        ("10", "连续暴露"),
        ("6", "每天工作时间内暴露"),
        ("3", "每周一次，或偶然暴露"),
        ("2", "每月一次暴露"),
        ("1", "每年几次暴露"),
        ("0.5", "非常罕见的暴露"),
    ],
    "consequence": [
        ("100", "大灾难，许多人死亡"),
        ("40", "灾难，数人死亡"),
        ("15", "非常严重，一人死亡"),
        ("7", "严重，重伤"),
        ("3", "重大，致残"),
        ("1", "引人注目，需要救护"),
    ],
}
LS: dict[str, list[tuple[str, str]]] = {
    "likelihood": [
        ("5", "极有可能发生"),
        ("4", "很可能发生"),
        ("3", "可能发生"),
        ("2", "较不可能发生"),
        ("1", "基本不可能发生"),
    ],
    "consequence": [
        ("5", "影响特别重大"),
        ("4", "影响重大"),
        ("3", "影响较大"),
        ("2", "影响一般"),
        ("1", "影响很小"),
    ],
}
FLOORS = {"super": 4, "dangerous": 3}
SAMPLE = "取值为通行表，分级界限各省不一，为样例，由主管部门确定"
RULES: tuple[dict[str, Any], ...] = (
    {
        "method": "lec",
        "name": "LEC 法取值与分级（样例）",
        "effective_from": "2018-07-01",
        "factors": LEC,
        "bands": [("320", 4), ("160", 3), ("70", 2), ("0", 1)],
        "floors": FLOORS,
        "source": "作业条件危险性评价法通行取值表；超危大直接判定为红色",
        "certainty": SAMPLE,
        "is_sample": True,
    },
    {
        "method": "ls",
        "name": "风险矩阵法取值与分级（样例）",
        "effective_from": "2018-07-01",
        "factors": LS,
        "bands": [("20", 4), ("15", 3), ("9", 2), ("0", 1)],
        "floors": FLOORS,
        "source": "风险矩阵法通行取值表；超危大直接判定为红色",
        "certainty": SAMPLE,
        "is_sample": True,
    },
)

GB6441 = "GB/T 6441《企业职工伤亡事故分类》"
ACCIDENT_TYPES = (
    "高处坠落",
    "物体打击",
    "起重伤害",
    "坍塌",
    "机械伤害",
    "触电",
    "车辆伤害",
    "中毒和窒息",
    "火灾",
    "爆炸",
    "淹溺",
    "灼烫",
    "其他伤害",
)
"""Those that statistics of building sites use; the standard's kinds of explosion stand as one."""


def load(rule_model: Any, entry_model: Any) -> None:
    """Write what is missing; what an office has changed or added stays as it is."""
    for rule in RULES:
        keys = {name: rule[name] for name in ("method", "effective_from")}
        rule_model.objects.get_or_create(**keys, defaults=rule)
    for position, label in enumerate(ACCIDENT_TYPES):
        facts = {"label": label, "position": position, "source": GB6441, "certainty": "高"}
        entry_model.objects.get_or_create(kind="accident_type", code=label, defaults=facts)
