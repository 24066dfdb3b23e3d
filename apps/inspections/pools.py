"""What could be drawn today: projects with their risk grades, who is left out and why, and the inspectors.

Read from the tables here and handed to `apps.inspections.drawing`, which knows no database.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Max, Q, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from apps.core.crypto import blind_index
from apps.core.scoping import at_or_below
from apps.core.today import today
from apps.core.workdays import is_working
from apps.hazards.calendar import CALENDAR
from apps.inspections.coverage import USUAL_GRADE, of_campaign_kind, stages_of
from apps.inspections.drawing import ALGORITHM
from apps.inspections.drawing.drawing import Document, group_of, numbered, strata_of
from apps.inspections.drawing.matching import IN_A_ROW, Period, twice_running, unfit
from apps.inspections.models import (
    Absence,
    Avoidance,
    Draw,
    Inspector,
    RiskClass,
    Visit,
    VisitInspector,
    VisitState,
)
from apps.projects.models import Project, ProjectParty, Stage
from apps.regions.models import Region

MILLION = 1_000_000
COARSE = 10_000
"""Where inspectors set out from is published to a hundredth of a degree, a kilometre: it may be near their home."""
KEY_LENGTH = 12
LEFT_OUT = {
    "recent": "近期已检查",
    "completed": "已竣工",
    "not_started": "未开工",
    "suspended": "停工",
    "no_count": "所在区域没有下达检查数量",
}
Excluded = list[dict[str, str]]


@dataclass(frozen=True)
class Prospect:
    """All that a draw would freeze; `projects` and `people` lead from its documents back to the records."""

    terms: Document
    pool: list[Document]
    inspectors: list[Document]
    projects: Mapping[str, Project]
    people: Mapping[str, Inspector]


def prospect(draw: Draw) -> Prospect:
    groups = groups_of(draw)
    projects = {project.number: project for project in in_scope(draw)}
    reasons = left_out(draw, projects.values(), groups)
    firms = {project.enterprise_id for project in projects.values()} - {None}
    grades = dict(RiskClass.objects.filter(enterprise__in=firms).values_list("enterprise", "grade"))
    pool = numbered(candidate(project, grades) for number, project in projects.items() if number not in reasons)
    groups = groups or groups_by_rates(line["path"] for line in pool)
    people = {key_of(draw, person): person for person in staff(draw)}
    excluded = [{"project": n, "name": projects[n].name, **reasons[n]} for n in sorted(reasons)]
    terms = terms_of(draw) | {
        "groups": groups,
        "strata": strata_of(pool, groups, draw.terms["rates"]),
        "excluded": excluded,
    }
    return Prospect(terms, pool, inspector_lines(draw, people, projects), projects, people)


def terms_of(draw: Draw) -> Document:
    """The rules that were set for this draw; the groups, strata and exclusions come to them."""
    campaign = draw.campaign
    return {
        "algorithm": ALGORITHM,
        "number": draw.number or "",
        "organisation": draw.organisation.name,
        "campaign": campaign.number,
        "campaign_title": campaign.title,
        "round": draw.round,
        "draw_at": draw.draw_at,
        "public_source": draw.public_source,
        "inspectors_each": campaign.inspectors_each,
        "theme": campaign.theme,
        **draw.terms,
    }


# Projects -------------------------------------------------------------------------------------------------------------


def in_scope(draw: Draw) -> Iterable[Project]:
    """The projects that the campaign is about, by its scope alone; what is left out for its stage is told with it."""
    scope, here = draw.campaign.scope, at_or_below("region_path", draw.region_path)
    rows = of_campaign_kind(Project.objects.filter(here), scope)
    if scope.get("stages"):
        rows = rows.filter(stage__in=scope["stages"])
    return rows.select_related("enterprise__organisation").order_by("number")


def left_out(draw: Draw, projects: Iterable[Project], groups: Sequence[Document]) -> dict[str, dict[str, str]]:
    """Why a project in scope is no candidate, by its number."""
    asked = set(stages_of(draw.campaign.scope))
    since = timezone.now() - timedelta(days=draw.terms["recent_days"])
    visited = Visit.objects.done().filter(at_or_below("region_path", draw.region_path), submitted_at__gte=since)
    last = dict(visited.values_list("project").annotate(Max("submitted_at")).order_by())
    reasons: dict[str, dict[str, str]] = {}
    for project in projects:
        if project.stage not in asked:
            reasons[project.number] = {"reason": stage_words(project.stage)}
        elif project.pk in last:
            reasons[project.number] = {"reason": "recent", "on": timezone.localdate(last[project.pk]).isoformat()}
        elif groups and group_of(project.region_path, groups) is None:
            reasons[project.number] = {"reason": "no_count"}
    return reasons


def stage_words(stage: str) -> str:
    return {Stage.COMPLETED: "completed", Stage.SUSPENDED: "suspended"}.get(Stage(stage), "not_started")


def candidate(project: Project, grades: Mapping[int, str]) -> Document:
    firm = project.enterprise
    return {
        "project": project.number,
        "name": project.name,
        "enterprise": firm.uscc if firm else "",
        "enterprise_name": firm.name if firm else "",
        "grade": str(grades.get(firm.pk, USUAL_GRADE) if firm else USUAL_GRADE),
        "path": project.region_path,
        "place": place(project.longitude, project.latitude, 1),
    }


def place(longitude: Decimal | None, latitude: Decimal | None, step: int) -> list[int] | None:
    """Millionths of a degree, rounded to a multiple of `step`."""
    if longitude is None or latitude is None:
        return None
    return [round(degrees * MILLION / step) * step for degrees in (longitude, latitude)]


# Numbers --------------------------------------------------------------------------------------------------------------


def groups_of(draw: Draw) -> list[Document]:
    """The regions for which the campaign sets a number in this round; none where rates alone decide."""
    rows = draw.campaign.quotas.filter(round=draw.round).order_by("region__path")
    return [
        {"code": code, "path": path, "count": count}
        for code, path, count in rows.values_list("region__code", "region__path", "count")
    ]


def groups_by_rates(paths: Iterable[str]) -> list[Document]:
    """Every region with a candidate; how many follow from the rates."""
    rows = Region.objects.filter(path__in=set(paths)).order_by("path").values_list("code", "path")
    return [{"code": code, "path": path, "count": None} for code, path in rows]


# Inspectors -----------------------------------------------------------------------------------------------------------


def key_of(draw: Draw, inspector: Inspector) -> str:
    """The name under which an inspector is published: another one in each draw, and known to the platform alone."""
    return blind_index(f"draw {draw.pk} inspector {inspector.pk}")[:KEY_LENGTH]


def staff(draw: Draw) -> Iterable[Inspector]:
    rows = Inspector.objects.filter(at_or_below("region_path", draw.region_path), is_active=True, user__is_active=True)
    return rows.select_related("user", "organisation").order_by("pk")


def inspector_lines(draw: Draw, people: Mapping[str, Inspector], projects: Mapping[str, Project]) -> list[Document]:
    first, last = (date.fromisoformat(draw.terms[name]) for name in ("visits_from", "visits_until"))
    away, loads = absences_of(people.values(), first, last), loads_of(people.values())
    barred = barred_projects(people.values(), projects, first)
    return [
        {
            "key": key,
            "area": person.region_path,
            "place": place(person.longitude, person.latitude, COARSE),
            "fields": sorted(person.fields),
            "load": loads.get(person.pk, 0),
            "barred": sorted(barred[person.pk]),
            "unfit": unfit(person.valid_until, away[person.pk], first, last),
        }
        for key, person in sorted(people.items())
    ]


def absences_of(people: Iterable[Inspector], first: date, last: date) -> dict[int, list[Period]]:
    found: dict[int, list[Period]] = defaultdict(list)
    rows = Absence.objects.filter(inspector__in=people, starts_on__lte=last, ends_on__gte=first)
    for person, start, end in rows.values_list("inspector", "starts_on", "ends_on"):
        found[person].append((start, end))
    return found


def loads_of(people: Iterable[Inspector]) -> dict[int, int]:
    """How many visits each of them has before them."""
    rows = VisitInspector.objects.filter(inspector__in=people, visit__state__in=VisitState.OPEN)
    return dict(rows.values_list("inspector").annotate(Count("pk")).order_by())


def barred_projects(people: Collection[Inspector], projects: Mapping[str, Project], day: date) -> dict[int, set[str]]:
    """The projects to which somebody is not sent: a party they avoid builds there, or they were there twice running.

    The two are published as one, so that nobody learns who is kin to whom.
    """
    avoided, often = avoided_projects(people, projects, day), often_seen_projects(projects)
    nothing: set[str] = set()
    return {person.pk: avoided.get(person.pk, nothing) | often.get(person.pk, nothing) for person in people}


def avoided_projects(people: Collection[Inspector], projects: Mapping[str, Project], day: date) -> dict[int, set[str]]:
    """By inspector, those in which a party that they avoid has a part on this day; who avoids none is left out."""
    avoided: dict[int, set[str]] = defaultdict(set)
    by_firm = projects_of_firms(projects, day)
    rows = Avoidance.objects.filter(Q(until=None) | Q(until__gte=day), inspector__in=people)
    for person, firm in rows.values_list("inspector", "enterprise"):
        if found := by_firm.get(firm):
            avoided[person] |= found
    return avoided


def often_seen_projects(projects: Mapping[str, Project]) -> dict[int, set[str]]:
    """By inspector, those of firms whose last two visits they made: a third in a row would be too often."""
    often: dict[int, set[str]] = defaultdict(set)
    for firm, twice in seen_twice({p.enterprise_id for p in projects.values() if p.enterprise_id}).items():
        for person in twice:
            often[person] |= {n for n, project in projects.items() if project.enterprise_id == firm}
    return often


def projects_of_firms(projects: Mapping[str, Project], day: date) -> dict[int, set[str]]:
    """The numbers of the projects in which each firm has a part."""
    found: dict[int, set[str]] = defaultdict(set)
    for number, project in projects.items():
        if project.enterprise_id:
            found[project.enterprise_id].add(number)
    parts = ProjectParty.objects.current(day).filter(project__in=projects.values())
    for firm, number in parts.values_list("enterprise", "project__number"):
        found[firm].add(number)
    return found


def seen_twice(firms: Iterable[int]) -> dict[int, set[int]]:
    """By enterprise, who was there at each of the last two visits."""
    newest = Window(RowNumber(), partition_by=F("enterprise"), order_by=[F("submitted_at").desc(), F("pk").desc()])
    visits = Visit.objects.done().filter(enterprise__in=firms).annotate(place=newest).filter(place__lte=IN_A_ROW)
    order = [(pk, firm) for pk, firm in visits.order_by("enterprise", "place").values_list("pk", "enterprise")]
    teams: dict[int, set[int]] = {pk: set() for pk, _ in order}
    for visit, person in VisitInspector.objects.filter(visit__in=teams).values_list("visit", "inspector"):
        teams[visit].add(person)
    by_firm: dict[int, list[set[int]]] = defaultdict(list)
    for visit, firm in order:
        by_firm[firm].append(teams[visit])
    return {firm: twice_running(own) for firm, own in by_firm.items()}


def days_of(terms: Mapping[str, Any]) -> list[date]:
    """The days on which the drawn projects may be visited, working days where there is one."""
    first, last = (date.fromisoformat(terms[name]) for name in ("visits_from", "visits_until"))
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    days = [day for day in days if day >= today()] or [last]
    return [day for day in days if is_working(CALENDAR, day)] or days
