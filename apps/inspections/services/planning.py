"""Planning visits outside draws: whom to send, many sites at once, and following up what was found."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from apps.core.workdays import days_after, is_working
from apps.core.workflow import TransitionRefused
from apps.hazards.calendar import CALENDAR
from apps.hazards.models import State as HazardState
from apps.inspections.coverage import year_of
from apps.inspections.models import (
    FEWEST_INSPECTORS,
    Campaign,
    CampaignState,
    Finding,
    Inspector,
    Kind,
    Visit,
    VisitInspector,
    VisitState,
)
from apps.inspections.services.visits import plan_visit, refusals_of, warnings_of
from apps.projects.geometry import Point, distance_m
from apps.projects.models import Project

MOST_AT_ONCE = 30
OFFERED = 60
"""So many inspectors are shown to choose from; a province has hundreds."""


@dataclass
class Candidate:
    """An inspector as one of those who could go: what forbids it or speaks against it, how much to do, how far."""

    inspector: Inspector
    refusal: str = ""
    warning: str = ""
    load: int = 0
    distance_m: float | None = None
    same_day: list[Visit] = field(default_factory=list)

    @property
    def km(self) -> float | None:
        return None if self.distance_m is None else round(self.distance_m / 1000, 1)

    def rank(self, office: int) -> tuple[Any, ...]:
        """Whom nothing speaks against, of the own office first, who has nothing on that day, by load, by distance."""
        far = float("inf") if self.distance_m is None else self.distance_m
        strange = self.inspector.organisation_id != office
        return bool(self.refusal), bool(self.warning), strange, len(self.same_day), self.load, far, self.inspector.pk


def candidates(user: Any, projects: Sequence[Project], day: date, *, drawn: bool = False) -> list[Candidate]:
    """Those in reach, the best first.  Asks as often for hundred inspectors as for one."""
    rows = Inspector.objects.visible_to(user).filter(is_active=True, user__is_active=True)
    inspectors = list(rows.select_related("user", "organisation"))
    keys = [inspector.pk for inspector in inspectors]
    loads, busy = load_of(keys, day), visits_on(keys, day)
    refusals, warnings = refusals_of(inspectors, projects, day, drawn=drawn), warnings_of(projects)
    places = [place for project in projects if (place := place_of(project))]
    found = [
        Candidate(
            i,
            refusals.get(i.pk, ""),
            warnings.get(i.pk, ""),
            loads.get(i.pk, 0),
            mean_distance(i.place, places),
            busy[i.pk],
        )
        for i in inspectors
    ]
    return sorted(found, key=lambda one: one.rank(user.organisation_id))[:OFFERED]


def place_of(project: Project) -> Point | None:
    if project.longitude is None or project.latitude is None:
        return None
    return float(project.longitude), float(project.latitude)


def mean_distance(start: Point | None, places: Sequence[Point]) -> float | None:
    if start is None or not places:
        return None
    return sum(distance_m(start, place) for place in places) / len(places)


def load_of(inspectors: Iterable[int], day: date) -> dict[int, int]:
    """Visits of the year of that day, done or planned."""
    first, after = year_of(day)
    this_year = Q(visit__planned_on__gte=first.date(), visit__planned_on__lt=after.date())
    rows = VisitInspector.objects.filter(this_year, inspector__in=list(inspectors))
    rows = rows.exclude(visit__state=VisitState.CANCELLED)
    return dict(rows.order_by().values_list("inspector").annotate(n=Count("pk")))


def visits_on(inspectors: Iterable[int], day: date) -> dict[int, list[Visit]]:
    rows = VisitInspector.objects.filter(inspector__in=list(inspectors), visit__planned_on=day)
    rows = rows.filter(visit__state__in=VisitState.OPEN).select_related("visit__project").order_by("visit")
    found: dict[int, list[Visit]] = defaultdict(list)
    for member in rows:
        found[member.inspector_id].append(member.visit)
    return found


def proposed(found: Sequence[Candidate], each: int = FEWEST_INSPECTORS) -> list[int]:
    """The keys of the first that can go."""
    return [one.inspector.pk for one in found if not one.refusal][:each]


def usual_checklists(user: Any, projects: Sequence[Project]) -> list[str]:
    """The codes of the checklists of the last visit to one of these projects, else of the office's own last one."""
    rows = Visit.objects.visible_to(user).exclude(state=VisitState.CANCELLED).order_by("-planned_on", "-pk")
    last = rows.filter(project__in=projects).first() or rows.filter(organisation=user.organisation_id).first()
    return list(last.checklists.values_list("code", flat=True)) if last else []


# Writing --------------------------------------------------------------------------------------------------------------


@transaction.atomic
def plan_many(
    projects: Sequence[Project],
    *,
    by: Any,
    kind: str,
    planned_on: date,
    inspectors: Sequence[Inspector],
    checklists: Sequence[str],
    campaign: Campaign | None = None,
    number: int = 1,
) -> list[Visit]:
    """A visit for each project, all of them or none; what speaks against one is said with its name."""
    if planned_on < timezone.localdate():
        raise TransitionRefused("计划检查日期不能早于今天")
    refuse_campaign(campaign, kind, number)
    made, problems = [], []
    for project in projects:
        try:
            with transaction.atomic():
                visit = plan_visit(
                    project=project,
                    kind=kind,
                    planned_on=planned_on,
                    inspectors=inspectors,
                    checklists=checklists,
                    by=by,
                    campaign=campaign,
                    round_number=number,
                )
        except ValidationError as refused:
            problems += [f"{project.name}：{message}" for message in refused.messages]
        else:
            made.append(visit)
    if problems:
        raise ValidationError(list(dict.fromkeys(problems)))
    return made


def refuse_campaign(campaign: Campaign | None, kind: str, number: int) -> None:
    if campaign is None:
        return
    if campaign.state != CampaignState.RUNNING:
        raise TransitionRefused(f"任务“{campaign}”{campaign.get_state_display()}，不能安排检查")
    if kind != campaign.kind:
        raise TransitionRefused(f"任务“{campaign}”的检查类型是{campaign.get_kind_display()}")
    if not 1 <= number <= campaign.rounds:
        raise TransitionRefused(f"任务“{campaign}”共 {campaign.rounds} 轮，没有第 {number} 轮")


# Following up ---------------------------------------------------------------------------------------------------------


def open_findings() -> QuerySet[Finding]:
    return Finding.objects.filter(hazard__state__in=HazardState.OPEN, is_dropped=False)


def to_follow_up(user: Any) -> QuerySet[Visit]:
    """Visits that were handed in, with hazards still open, and no follow-up on its way; the oldest first."""
    again = Visit.objects.filter(follows=OuterRef("pk"), state__in=VisitState.OPEN)
    found = open_findings().filter(visit=OuterRef("pk"))
    rows = Visit.objects.visible_to(user).filter(Exists(found), ~Exists(again), state__in=VisitState.DONE)
    still = Count("findings", filter=Q(findings__hazard__state__in=HazardState.OPEN, findings__is_dropped=False))
    return (
        rows.select_related("project__region", "enterprise__organisation")
        .annotate(still_open=still)
        .order_by("submitted_at", "pk")
    )


def next_working_day(day: date) -> date:
    return next(following for following in days_after(day) if is_working(CALENDAR, following))


@transaction.atomic
def plan_follow_up(visit: Visit, *, by: Any, planned_on: date | None = None) -> Visit:
    """The same team with the same checklists on the next working day; who can't go is replaced by the next best."""
    if not to_follow_up(by).filter(pk=visit.pk).exists():
        raise TransitionRefused(f"{visit} 没有未销号的隐患，或者已安排回访")
    day = planned_on or next_working_day(timezone.localdate())
    return plan_visit(
        project=visit.project,
        kind=Kind.FOLLOW_UP,
        planned_on=day,
        inspectors=team_again(visit, by, day),
        checklists=list(visit.checklists.values_list("code", flat=True)),
        by=by,
        follows=visit,
    )


def team_again(visit: Visit, by: Any, day: date) -> list[Inspector]:
    before = [member.inspector for member in visit.team.select_related("inspector__user")]
    refused = refusals_of(before, [visit.project], day)
    team = [inspector for inspector in before if inspector.pk not in refused]
    if len(team) < FEWEST_INSPECTORS:
        others = [one.inspector for one in candidates(by, [visit.project], day) if not one.refusal]
        team += [inspector for inspector in others if inspector not in team][: FEWEST_INSPECTORS - len(team)]
    return team
