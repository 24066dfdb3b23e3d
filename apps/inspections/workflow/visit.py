"""A visit as a table: planned, begun, handed in, made public; 《安全生产法》第六十八条 and 国发〔2019〕5号."""

from typing import Any

from apps.core.canonical import sha256_of
from apps.core.workflow import Step, Transition, TransitionRefused, Workflow
from apps.inspections.adjusting import must_be_fit_to_publish
from apps.inspections.carrying import carry
from apps.inspections.models import Visit, VisitState
from apps.inspections.publication import publication_deadline
from apps.inspections.submitting.hazards import issue_notices, issue_record, make_hazards
from apps.inspections.submitting.record import Record, visit_day
from apps.inspections.submitting.second_looks import act_on_ledger

S = VisitState


def team_member(visit: Visit, user: Any) -> str | None:
    """Only who was sent writes the record."""
    if visit.team.filter(inspector__user=user).exists():
        return None
    return "只有本次检查组的成员才能记录和提交"


def of_the_office(visit: Visit, user: Any) -> str | None:
    return None if visit.organisation_id == user.organisation_id else "由检查单位办理"


def stamp_start(step: Step) -> None:
    step.record.started_at = step.at


def take_hazards_along(step: Step) -> None:
    """From here on the list of hazards to look at again is fixed."""
    carry([step.record])


def freeze(step: Step) -> None:
    """All or nothing: what is not whole is refused with every reason, what is whole becomes record, hazards, papers."""
    visit = step.record
    record = Record(visit)
    if problems := record.problems(step.at):
        raise TransitionRefused(problems)
    act_on_ledger(record, step.by)
    document = record.document(step.at)
    hazards = make_hazards(record, step.by, step.at)
    document["hazards"] = [hazard.number for hazard in hazards]
    notices = [*issue_notices(record, hazards, step.by), issue_record(record, document, step.by)]
    document["papers"] = [paper.number for paper in notices]
    visit.record, visit.record_sha256 = document, sha256_of(document)
    summary = record.summary
    visit.score, visit.grade = summary.shown, summary.grade
    visit.started_at = visit.started_at or step.at
    visit.submitted_at, visit.submitted_by = step.at, step.by
    due = publication_deadline(visit_day(visit, step.at))
    visit.publish_by, visit.publish_basis = due.due, due.as_json()
    step.facts.update(
        record_sha256=visit.record_sha256,
        hazards="、".join(document["hazards"]),
        papers="、".join(document["papers"]),
        publish_by=due.due,
    )


def tell_why(step: Step) -> None:
    """What came out of a draw is not dropped in silence: the reason stands on the public page of the draw."""
    if step.record.draw_id is not None:
        must_be_fit_to_publish(step.facts["cancel_reason"], step.record)


def stamp_publication(step: Step) -> None:
    step.record.published_at, step.record.published_by = step.at, step.by


VISIT = Workflow(
    (
        Transition(
            "start",
            "开始检查",
            (S.PLANNED,),
            S.UNDER_WAY,
            "inspections.inspect_visit",
            guards=(team_member,),
            effects=(stamp_start, take_hazards_along),
        ),
        Transition(
            "submit",
            "提交并下发通知书",
            (S.PLANNED, S.UNDER_WAY),
            S.SUBMITTED,
            "inspections.inspect_visit",
            guards=(team_member,),
            effects=(freeze,),
            notify=("team", "heads", "firm", "site"),
        ),
        Transition(
            "publish",
            "公示结果",
            (S.SUBMITTED,),
            S.PUBLISHED,
            "inspections.publish_visit",
            facts=("public_result",),
            guards=(of_the_office,),
            effects=(stamp_publication,),
            notify=("team", "firm"),
        ),
        Transition(
            "cancel",
            "取消检查",
            (S.PLANNED, S.UNDER_WAY),
            S.CANCELLED,
            "inspections.assign_visit",
            facts=("cancel_reason",),
            guards=(of_the_office,),
            effects=(tell_why,),
            notify=("team", "heads"),
            danger=True,
        ),
        # Made by the voiding of a draw alone, whichever of the offices approved it.
        Transition(
            "call_off",
            "随抽取作废取消",
            (S.PLANNED,),
            S.CANCELLED,
            "inspections.void_draw",
            facts=("cancel_reason",),
            notify=("team",),
            by_itself=True,
        ),
    )
)
