"""The life of a risk point as one table: 评价, 批准管控, 检查, 监理确认, 重新评价, 解除.

Red risks are the enterprise's to approve and to lift, the others the project's; who controls is who checks.
"""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from apps.core.workflow import Step, Transition, TransitionRefused, Workflow
from apps.projects.selectors import works_on
from apps.risks.models import ControlCheck, MeasureResult, RiskLevel, RiskPoint, State
from apps.risks.selectors import controls, keeps_risks

APPROVE_RED = "risks.approve_red_riskpoint"

# Guards: why this person may not move this risk point ----------------------------------------------------------------


def is_of_the_project(risk: RiskPoint, user: Any) -> str | None:
    return None if keeps_risks(user, risk.project) else "由施工总承包企业或项目部人员办理"


def controls_it(risk: RiskPoint, user: Any) -> str | None:
    return None if controls(user, risk) else "由责任单位或项目部人员办理"


def red_is_the_enterprises(risk: RiskPoint, user: Any) -> str | None:
    """Whoever controls a colour decides about it: red is controlled by the enterprise, not by the project alone."""
    if risk.level == RiskLevel.MAJOR and not user.has_perm(APPROVE_RED):
        return "重大（红色）风险由企业安全总监办理"
    return None


def has_measures(risk: RiskPoint, user: Any) -> str | None:
    return None if risk.measure_count else "还没有管控措施，不能批准；请先编辑并填写措施"


def supervises_the_project(risk: RiskPoint, user: Any) -> str | None:
    return None if works_on(user, risk.project) else "由本项目的总监理工程师确认"


def not_yet_confirmed(risk: RiskPoint, user: Any) -> str | None:
    return "监理已确认" if risk.confirmed_at else None


def red_to_approve(user: Any) -> Q:
    """Red risk points that wait for this person: the guards above, as a condition."""
    return RED_PROPOSED & Q(project__enterprise=user.organisation_id)


RED_PROPOSED = Q(state=State.PROPOSED, level=RiskLevel.MAJOR, measure_count__gt=0)


# Effects: what else a move writes, or refuses once it sees the facts -------------------------------------------------


def approved(step: Step) -> None:
    """In force from its first day; the first check is due one interval later."""
    risk = step.record
    risk.approved_by, risk.approved_at = step.by, step.at
    risk.confirmed_by = risk.confirmed_at = None
    start = max(risk.starts_on, timezone.localdate(step.at))
    risk.next_check_on = start + timedelta(days=risk.check_every_days)


def checked(step: Step) -> None:
    """Write the check with a result for each measure; the next one is due an interval after it."""
    risk, facts = step.record, step.facts
    day, results = facts["checked_on"], facts.pop("results")
    refuse_wrong_day(risk, day, timezone.localdate(step.at))
    measures = list(risk.measures.current())
    if set(results) != {measure.pk for measure in measures}:
        raise TransitionRefused("管控措施已有变动，请刷新页面，逐条重新检查")
    failed = [measure for measure in measures if not results[measure.pk]]
    check = ControlCheck.objects.create(
        risk=risk, checked_on=day, checked_by=step.by, failed=len(failed), remark=facts.get("remark", "")
    )
    MeasureResult.objects.bulk_create(
        MeasureResult(control_check=check, measure=measure, is_effective=results[measure.pk]) for measure in measures
    )
    risk.last_checked_on, risk.is_failing = day, bool(failed)
    risk.next_check_on = day + timedelta(days=risk.check_every_days)
    facts["effective"] = len(measures) - len(failed)
    if failed:
        facts["failed"] = "；".join(measure.text for measure in failed)


def refuse_wrong_day(risk: RiskPoint, day: Any, today: Any) -> None:
    if day > today:
        raise TransitionRefused("检查日期不能晚于今天")
    if risk.last_checked_on and day < risk.last_checked_on:
        raise TransitionRefused(f"检查日期不能早于最近一次检查（{risk.last_checked_on}）")
    if day < risk.starts_on:
        raise TransitionRefused(f"检查日期不能早于开始日期（{risk.starts_on}）")


def confirmed(step: Step) -> None:
    step.record.confirmed_by, step.record.confirmed_at = step.by, step.at


def no_longer_due(step: Step) -> None:
    step.record.next_check_on, step.record.is_failing = None, False


def lifted(step: Step) -> None:
    step.record.lifted_at = step.at


S = State
RISK = Workflow(
    (
        Transition(
            "put_in_force",
            "批准管控",
            (S.PROPOSED,),
            S.IN_FORCE,
            "risks.approve_riskpoint",
            optional=("remark",),
            guards=(is_of_the_project, red_is_the_enterprises, has_measures),
            effects=(approved,),
            notify=("engineers", "site"),
        ),
        Transition(
            "check",
            "管控检查",
            (S.IN_FORCE,),
            "",
            "risks.check_riskpoint",
            facts=("checked_on", "results"),
            optional=("remark",),
            guards=(controls_it,),
            effects=(checked,),
            notify=("directors", "site"),
        ),
        Transition(
            "confirm",
            "监理确认",
            (S.IN_FORCE,),
            "",
            "risks.confirm_riskpoint",
            optional=("remark",),
            guards=(supervises_the_project, not_yet_confirmed),
            effects=(confirmed,),
        ),
        Transition(
            "reassess",
            "重新评价",
            (S.IN_FORCE,),
            S.PROPOSED,
            "risks.change_riskpoint",
            facts=("reason",),
            guards=(is_of_the_project,),
            effects=(no_longer_due,),
            notify=("directors", "engineers"),
        ),
        Transition(
            "lift",
            "解除风险",
            (S.PROPOSED, S.IN_FORCE),
            S.LIFTED,
            "risks.approve_riskpoint",
            facts=("lift_reason",),
            guards=(is_of_the_project, red_is_the_enterprises),
            effects=(no_longer_due, lifted),
            notify=("engineers", "site"),
            danger=True,
        ),
    )
)
