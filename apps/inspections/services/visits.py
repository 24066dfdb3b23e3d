"""Planning visits: who goes where on which day, with which checklists."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.accounts.models import Organisation
from apps.core.events import record_event
from apps.core.numbers import next_numbers
from apps.core.scoping import get_visible_or_404
from apps.inspections.models import (
    FEWEST_INSPECTORS,
    Absence,
    Campaign,
    Checklist,
    Draw,
    Inspector,
    Kind,
    Visit,
    VisitInspector,
)
from apps.inspections.pools import avoided_projects, often_seen_projects
from apps.inspections.recipients import team_of
from apps.notifications.services import notify
from apps.projects.models import Project

PREFIX = "JC"


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
    must_be_sendable(inspectors, project, planned_on, drawn=draw is not None)
    visit = Visit(
        number=next_numbers(PREFIX, "inspections_visit_seq")[0],
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


def must_be_sendable(inspectors: Sequence[Inspector], project: Project, day: date, *, drawn: bool = False) -> None:
    """At least two, each fit on that day and with nothing to avoid."""
    if len({inspector.pk for inspector in inspectors}) < FEWEST_INSPECTORS:
        raise ValidationError(f"检查人员不得少于 {FEWEST_INSPECTORS} 人")
    reasons = refusals_of(inspectors, [project], day, drawn=drawn)
    if told := [f"{inspector}：{reasons[inspector.pk]}" for inspector in inspectors if inspector.pk in reasons]:
        raise ValidationError("；".join(told))


def refusals_of(
    inspectors: Sequence[Inspector], projects: Sequence[Project], day: date, *, drawn: bool = False
) -> dict[int, str]:
    """Who cannot be sent to these sites on this day, and why; as many queries for however many.

    The reason of an avoidance is not told.  To what was `drawn` goes nobody whom the draw itself would have barred for
    having been there twice running; elsewhere that is a warning, as a county may have no third inspector.
    """
    avoided = avoided_projects(inspectors, by_number(projects), day)
    away = Absence.objects.filter(starts_on__lte=day, ends_on__gte=day, inspector__in=inspectors)
    told = {one.pk: "管辖范围不含该项目" for one in inspectors if not reaches(one, projects)}
    told |= warnings_of(projects) if drawn else {}
    told |= dict.fromkeys(avoided, "应当回避")
    told |= dict.fromkeys(away.values_list("inspector", flat=True), "当日不在岗")
    told |= {one.pk: f"执法证 {one.valid_until} 到期" for one in inspectors if one.valid_until < day}
    told |= {one.pk: "已不在检查人员库" for one in inspectors if not (one.is_active and one.user.is_active)}
    return told


def warnings_of(projects: Sequence[Project]) -> dict[int, str]:
    """Who should rather not be sent to these sites, and why: others are to look there now and then."""
    return dict.fromkeys(often_seen_projects(by_number(projects)), "已连续两次检查该企业")


def by_number(projects: Iterable[Project]) -> dict[str, Project]:
    return {project.number: project for project in projects}


def reaches(inspector: Inspector, projects: Sequence[Project]) -> bool:
    """Whether the inspector will see the visits: by place, or by an exceptional grant, which is asked for only then."""
    strange = {one.pk for one in projects if not one.region_path.startswith(inspector.region_path)}
    return not strange or Project.objects.visible_to(inspector.user).filter(pk__in=strange).count() == len(strange)
