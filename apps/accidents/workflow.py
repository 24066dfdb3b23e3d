"""上报, 补报, 认定 or 撤销 as a table."""

from typing import Any

from django.utils import timezone

from apps.accidents.grading import grade_of
from apps.accidents.models import Accident, AccidentLiability, AccidentState, Responsibility
from apps.core.effects import not_in_future, stamp
from apps.core.workflow import Step, Transition, TransitionRefused, Workflow
from apps.enterprises.models import Enterprise

S = AccidentState
DETERMINES = "accidents.determine_accident"


def is_not_the_reporter(accident: Accident, user: Any) -> str | None:
    """Nobody judges what they themselves have reported."""
    return "由上报人以外的人办理" if user.pk == accident.reported_by_id else None


def grade_follows(step: Step) -> None:
    """As its figures now are; the event says the grade with them."""
    accident = step.record
    accident.grade = grade_of(accident.deaths, accident.serious_injuries, accident.direct_loss)
    step.facts["grade"] = accident.grade


def not_before_it_happened(step: Step) -> None:
    happened = timezone.localdate(step.record.occurred_at)
    if step.facts["determined_on"] < happened:
        raise TransitionRefused(f"认定日期不能早于事故发生日期（{happened}）")


def liable_fit_the_finding(step: Step) -> None:
    """A 责任事故 has somebody who is liable, another has nobody."""
    if step.facts["is_liability"] and not step.facts["liable"]:
        raise TransitionRefused("属于生产安全责任事故的，至少填一家责任单位")
    if step.facts["liable"] and not step.facts["is_liability"]:
        raise TransitionRefused("不属于生产安全责任事故的，不填责任单位")


def write_the_liable(step: Step) -> None:
    """`liable` is a list of {"enterprise": key, "responsibility": code}; the event tells them by name as well."""
    liable = [
        AccidentLiability(
            accident=step.record, enterprise_id=one["enterprise"], responsibility=Responsibility(one["responsibility"])
        )
        for one in step.facts["liable"]
    ]
    keys = [one.enterprise_id for one in liable]
    if len(set(keys)) < len(keys):
        raise TransitionRefused("同一家企业只能列一次")
    firms = Enterprise.objects.select_related("organisation").in_bulk(keys)
    if len(firms) < len(keys):
        raise TransitionRefused("责任单位中有平台上没有的企业")
    AccidentLiability.objects.bulk_create(liable)
    named = (f"{firms[one.enterprise_id].name}（{one.get_responsibility_display()}）" for one in liable)
    if liable:
        step.facts["liable_named"] = "；".join(named)


ACCIDENT = Workflow(
    (
        Transition(
            "supplement",
            "补报",
            (S.REPORTED,),
            "",
            "accidents.supplement_accident",
            facts=("deaths", "serious_injuries", "remark"),
            optional=("direct_loss",),
            effects=(grade_follows,),
            notify=("deciders",),
        ),
        Transition(
            "determine",
            "认定",
            (S.REPORTED,),
            S.DETERMINED,
            DETERMINES,
            facts=("determination_number", "determined_on", "determination", "is_liability", "liable"),
            optional=("concealment",),
            guards=(is_not_the_reporter,),
            effects=(
                not_in_future("determined_on"),
                not_before_it_happened,
                liable_fit_the_finding,
                write_the_liable,
                grade_follows,
                stamp("determined"),
            ),
            notify=("firm", "liable", "reporter"),
        ),
        Transition(
            "withdraw",
            "撤销",
            (S.REPORTED,),
            S.WITHDRAWN,
            "accidents.withdraw_accident",
            facts=("reason",),
            guards=(is_not_the_reporter,),
            effects=(stamp("withdrawn"),),
            notify=("firm", "reporter", "deciders"),
            danger=True,
        ),
    )
)
