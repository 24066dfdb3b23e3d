"""Planning visits: who goes where on which day, with which checklists."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from apps.accounts.models import Organisation
from apps.core.events import record_event
from apps.core.scoping import get_visible_or_404
from apps.inspections.models import (
    Avoidance,
    Campaign,
    Checklist,
    Draw,
    Inspector,
    Kind,
    Visit,
    VisitInspector,
)
from apps.inspections.recipients import team_of
from apps.notifications.services import notify
from apps.projects.models import Project

PREFIX = "JC"
FEWEST = 2
"""Inspectors that a visit takes: 《行政处罚法》（2021）第四十二条."""


def next_numbers(count: int = 1) -> list[str]:
    """So many new numbers, such as JC-2026-000123."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('inspections_visit_seq') FROM generate_series(1, %s)", [count])
        year = timezone.localdate().year
        return [f"{PREFIX}-{year}-{serial:06d}" for (serial,) in cursor.fetchall()]


@transaction.atomic
def plan_visit(
    *,
    project: Project,
    kind: str,
    planned_on: date,
    inspectors: Sequence[Inspector],
    checklists: Sequence[str],
    by: Any,
    organisation: Organisation | None = None,
    campaign: Campaign | None = None,
    draw: Draw | None = None,
    round_number: int = 1,
    follows: Visit | None = None,
) -> Visit:
    """A visit to be carried out; `checklists` are codes, of which the editions of the day are taken.

    Raises ValidationError naming who cannot be sent and why, Http404 for a project that `by` does not reach.
    """
    project = get_visible_or_404(Project, by, pk=project.pk)
    must_be_sendable(inspectors, project, planned_on)
    visit = Visit(
        number=next_numbers()[0],
        kind=Kind(kind),
        campaign=campaign,
        draw=draw,
        round=round_number,
        follows=follows,
        project=project,
        region_path=project.region_path,
        enterprise_id=project.enterprise_id,
        organisation=organisation or by.organisation,
        planned_on=planned_on,
        made_by=by,
    )
    editions = editions_of(checklists, planned_on)
    visit.save(force_insert=True)
    visit.checklists.set(editions)
    send(visit, inspectors)
    facts = {
        "project": project.pk,
        "planned_on": planned_on,
        "team": "、".join(map(str, inspectors)),
        "tables": "、".join(map(str, editions)),
    }
    record_event(visit, "registered", by=by, after=visit.state, facts=facts)
    tell_the_team(visit, by)
    return visit


def tell_the_team(visit: Visit, by: Any, people: Iterable[int] | None = None) -> None:
    """They are sent out: to be done on that day."""
    told = set(team_of(visit) if people is None else people)
    notify(
        told - {by.pk},
        kind="visit_planned",
        title=f"安排检查：{visit.project.name}",
        body=f"{visit.number}　{visit.get_kind_display()}　计划 {visit.planned_on} 检查",
        url=visit.get_absolute_url(),
        level="must_do",
        dedupe_key=f"visit:{visit.pk}:planned:{visit.version}",
    )


def send(visit: Visit, inspectors: Sequence[Inspector]) -> None:
    """Make these the team, the first of them leading."""
    visit.team.all().delete()
    VisitInspector.objects.bulk_create(
        VisitInspector(visit=visit, inspector=inspector, position=position)
        for position, inspector in enumerate(inspectors)
    )


def editions_of(codes: Sequence[str], day: date) -> list[Checklist]:
    found = {edition.code: edition for edition in Checklist.objects.in_force(day).filter(code__in=codes)}
    if not codes:
        raise ValidationError("请至少选择一张检查表")
    if missing := [code for code in codes if code not in found]:
        raise ValidationError(f"{day} 没有施行中的检查表：{'、'.join(missing)}")
    return [found[code] for code in dict.fromkeys(codes)]


def must_be_sendable(inspectors: Sequence[Inspector], project: Project, day: date) -> None:
    """At least two, each fit on that day and with nothing to avoid."""
    if len({inspector.pk for inspector in inspectors}) < FEWEST:
        raise ValidationError(f"检查人员不得少于 {FEWEST} 人")
    reasons = [reason for inspector in inspectors if (reason := cannot_be_sent(inspector, project, day))]
    if reasons:
        raise ValidationError("；".join(reasons))


def cannot_be_sent(inspector: Inspector, project: Project, day: date) -> str:
    """Why this inspector may not go to this site on this day, or ""; the reason of an avoidance is not told."""
    if not inspector.is_active or not inspector.user.is_active:
        return f"{inspector}已不在检查人员库"
    if inspector.valid_until < day:
        return f"{inspector}的执法证 {inspector.valid_until} 到期，{day} 不能参加检查"
    if inspector.absences.filter(starts_on__lte=day, ends_on__gte=day).exists():
        return f"{inspector} {day} 不在岗"
    if project.enterprise_id and avoids(inspector, project.enterprise_id, day):
        return f"{inspector}对该项目施工单位应当回避"
    return ""


def avoids(inspector: Inspector, enterprise_id: int, day: date) -> bool:
    rows = Avoidance.objects.filter(inspector=inspector, enterprise=enterprise_id)
    return rows.exclude(until__lt=day).exists()
