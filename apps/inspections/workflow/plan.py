"""年度检查计划 as a table: drafted, then made public before it is carried out."""

from typing import Any

from apps.core.workflow import Step, Transition, Workflow
from apps.inspections.models import PlanState


def is_of_the_office(record: Any, user: Any) -> str | None:
    """Who ordered it decides of it; offices below only carry it out."""
    return None if record.organisation_id == user.organisation_id else f"由{record.organisation}办理"


def stamp_published(step: Step) -> None:
    step.record.published_at, step.record.published_by = step.at, step.by


PLAN = Workflow(
    (
        Transition(
            "publish_plan",
            "公布计划",
            (PlanState.DRAFT,),
            PlanState.PUBLISHED,
            "inspections.publish_plan",
            guards=(is_of_the_office,),
            effects=(stamp_published,),
        ),
    )
)
