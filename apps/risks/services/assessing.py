"""Judging a risk point by the rule of the day: its colour is said here and nowhere else."""

from datetime import date

from django.core.exceptions import ValidationError

from apps.projects.models import DangerousWork
from apps.risks.grading import NotInTable, Scale, Verdict, judge
from apps.risks.models import ControlLevel, RiskLevel, RiskPoint, RiskRule


def assess(risk: RiskPoint, day: date, *, raised_to: int | None = None) -> Verdict:
    """Set score, levels, rule and day on the risk point from its values.

    Raises ValidationError, by field where one is to blame: values that the tables do not know, a level below the rule's
    or raised without a reason.
    """
    rule = RiskRule.objects.in_force(risk.method, day)
    if rule is None:
        raise ValidationError({"method": f"{day} 没有施行中的“{risk.get_method_display()}”评价规则，请联系系统管理员"})
    values = {name: getattr(risk, name) for name in ("likelihood", "exposure", "consequence")}
    try:
        verdict = judge(rule.tables, values, scale=scale_of(risk.dangerous_work))
    except NotInTable as wrong:
        raise ValidationError({wrong.factor: str(wrong)}) from wrong
    risk.rule, risk.assessed_on, risk.score = rule, day, verdict.score
    risk.scored_level, risk.floor, risk.level = verdict.by_score, verdict.floor, verdict.level
    raise_level(risk, verdict, raised_to)
    settle_control_level(risk)
    return verdict


def scale_of(work: DangerousWork | None) -> Scale:
    if work is None:
        return ""
    return "super" if work.is_super else "dangerous" if work.is_dangerous else ""


def raise_level(risk: RiskPoint, verdict: Verdict, raised_to: int | None) -> None:
    """By hand a level goes up, with a reason, and never below what the rule says."""
    if raised_to is None or raised_to == verdict.level:
        risk.raised_reason = "" if raised_to is None else risk.raised_reason
        return
    if raised_to < verdict.level:
        words = RiskLevel(verdict.level).label
        raise ValidationError({"raised_to": f"按规则为{words}，只能提高，不能降低"})
    if not risk.raised_reason:
        raise ValidationError({"raised_reason": "提高等级须写明理由"})
    risk.level = raised_to


def settle_control_level(risk: RiskPoint) -> None:
    """Each colour has its own hand; an upper one may take what a lower one could, not the other way round."""
    wanted = ControlLevel(risk.level)
    if not risk.control_level:
        risk.control_level = wanted
    elif risk.control_level < wanted:
        raise ValidationError({"control_level": f"{RiskLevel(risk.level).label}至少由{wanted.label}管控"})
