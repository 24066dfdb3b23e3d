"""Reporting an accident."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from apps.accidents.grading import grade_of
from apps.accidents.models import Accident
from apps.accidents.selectors import deciding_over
from apps.core.db import db_now
from apps.core.events import record_event
from apps.core.numbers import next_numbers
from apps.core.records import inserted
from apps.core.workflow import TransitionRefused
from apps.notifications.services import notify
from apps.projects.models import Project

PREFIX = "SG"
IN_FUTURE = "发生时间不能晚于现在"
HARMLESS = "死亡、重伤人数和直接经济损失不能都为零或者不详"
OUT_OF_REACH = "您可查看的项目中没有这个项目"


def did_harm(deaths: int, serious_injuries: int, direct_loss: Decimal | None) -> bool:
    return bool(deaths or serious_injuries or direct_loss)


@transaction.atomic
def report(
    project: Project,
    *,
    by: Any,
    occurred_at: datetime,
    deaths: int = 0,
    serious_injuries: int = 0,
    direct_loss: Decimal | None = None,
    **values: Any,
) -> Accident:
    """Enter an accident and tell those who determine; its grade follows from the figures."""
    now = db_now()
    if not Project.objects.visible_to(by).filter(pk=project.pk).exists():
        raise TransitionRefused(OUT_OF_REACH)
    if occurred_at > now:
        raise TransitionRefused(IN_FUTURE)
    if not did_harm(deaths, serious_injuries, direct_loss):
        raise TransitionRefused(HARMLESS)
    told = {
        "occurred_at": occurred_at,
        **values,
        "deaths": deaths,
        "serious_injuries": serious_injuries,
        "direct_loss": direct_loss,
        "grade": grade_of(deaths, serious_injuries, direct_loss),
    }
    accident = inserted(
        Accident(
            number=next_numbers(PREFIX, "accidents_number_seq")[0],
            project=project,
            region_path=project.region_path,
            enterprise_id=project.enterprise_id,
            reported_at=now,
            reported_by=by,
            **told,
        )
    )
    record_event(accident, "reported", by=by, after=accident.state, facts={"project": project, **told}, at=now)
    tell_the_deciders(accident)
    return accident


def tell_the_deciders(accident: Accident) -> None:
    people = set(deciding_over([accident.region_path])[accident.region_path]) - {accident.reported_by_id}
    notify(
        people,
        kind="accident_reported",
        title=f"事故上报：{accident.title}",
        body=f"{accident.number}　{accident.toll}　请核实，并按规定认定",
        url=accident.get_absolute_url(),
        level="must_do",
        dedupe_key=f"accident:{accident.pk}:reported",
    )
