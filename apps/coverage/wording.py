"""The rule as a sentence, to stand beside every figure that was counted by it."""

from datetime import date
from decimal import Decimal

from apps.coverage.models import CoverageRule, Denominator
from apps.training.models import INDUCTION
from apps.training.selectors import hours_in_force


def rule_of(day: date) -> CoverageRule:
    """The edition by which the day is judged."""
    return CoverageRule.objects.for_day(day)


def in_words(rule: CoverageRule, day: date) -> str:
    sample = "示例口径，" if rule.is_sample else ""
    source = f"{rule.effective_from}起施行，{sample}依据：{rule.source}，把握程度：{rule.certainty or '未注明'}"
    return f"分母：{counted_in_words(rule)}；已培训：截至当天{asked_in_words(rule, day)}。{source}"


def counted_in_words(rule: CoverageRule) -> str:
    who = rule.get_denominator_display()
    if rule.denominator == Denominator.ROSTERED:
        who = f"在册且最近{rule.window_days}天内有考勤的人员"
    return f"{who}，加上考勤不能由名册说明的人员"


def asked_in_words(rule: CoverageRule, day: date) -> str:
    asked = []
    if rule.needs_induction:
        hours = hours_in_force(day)
        asked.append(f"三级教育{'/'.join(f'{hours.get(level, Decimal(0)).normalize():f}' for level in INDUCTION)}学时")
    if rule.needs_yearly:
        asked.append("近12个月学时达到本类人员标准")
    if rule.needs_certificate:
        asked.append("应持证人员证书有效")
    return "、".join(asked)
