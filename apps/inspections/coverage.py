"""How often sites are visited: what the library of objects, the choice of quotas and the reports all count by.

A follow-up looks at what the last visit found and not at the whole site, so it is no round of its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from django.db.models import (
    BooleanField,
    Count,
    DateField,
    Exists,
    F,
    Func,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, Coalesce, TruncDate
from django.utils import timezone

from apps.hazards.models import Hazard
from apps.hazards.models import State as HazardState
from apps.inspections.models import Kind, Plan, PlanState, RiskGrade, Visit, VisitState
from apps.projects.models import UNDERWAY, DangerousWork, Project, WorkState

USUAL_ROUNDS = 2
"""Full rounds a year where no published plan says another number."""
USUAL_GRADE = RiskGrade.C
ROUND = Q(state__in=VisitState.DONE) & ~Q(kind=Kind.FOLLOW_UP)


def start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())


def year_of(day: date) -> tuple[datetime, datetime]:
    """From the first moment of the year to that of the next."""
    return start_of(date(day.year, 1, 1)), start_of(date(day.year + 1, 1, 1))


def in_year(day: date, field: str = "submitted_at") -> Q:
    first, after = year_of(day)
    return Q(**{f"{field}__gte": first, f"{field}__lt": after})


class StartsWith(Func):
    function = "starts_with"
    output_field = BooleanField()


def rounds_due(year: int) -> Any:
    """The full rounds that the published plans of the year over a project's region ask for; the most of them counts."""
    plans = Plan.objects.filter(StartsWith(OuterRef("region_path"), F("region_path")), year=year).order_by()
    most = plans.filter(state=PlanState.PUBLISHED).values("year").values(most=Max("coverage_rounds"))
    return Coalesce(Subquery(most), USUAL_ROUNDS, output_field=IntegerField())


class DaysBetween(Func):
    """Whole days from one date to another."""

    template = "(%(expressions)s)"
    arg_joiner = " - "
    output_field = IntegerField()


def counted(rows: QuerySet, key: str) -> Any:
    """How many of these rows belong to the outer project."""
    found = rows.filter(**{key: OuterRef("pk")}).order_by().values(key).values(n=Count("pk"))
    return Coalesce(Subquery(found), 0, output_field=IntegerField())


def last_visit() -> Subquery:
    done = Visit.objects.filter(project=OuterRef("pk"), state__in=VisitState.DONE).order_by()
    return Subquery(done.values("project").values(last=Max(TruncDate("submitted_at"))), output_field=DateField())


def with_coverage(projects: QuerySet[Project], today: date) -> QuerySet[Project]:
    """Each project with its risk class, last visit, days since, open hazards, rounds of this year, done and due."""
    open_hazards = Hazard.objects.filter(state__in=HazardState.OPEN, by_authority=True)
    return projects.annotate(
        risk_grade=Coalesce("enterprise__risk_class__grade", Value(USUAL_GRADE.value)),
        last_visit_on=last_visit(),
        days_since=DaysBetween(Cast(Value(today), DateField()), F("last_visit_on")),
        open_hazards=counted(open_hazards, "project"),
        rounds_done=counted(Visit.objects.filter(ROUND, in_year(today)), "project"),
        rounds_due=rounds_due(today.year),
    )


def with_category(rows: QuerySet[Project], categories: Sequence[str]) -> QuerySet[Project]:
    """Projects with an unfinished dangerous work of one of these categories."""
    works = DangerousWork.objects.filter(project=OuterRef("pk"), category__in=categories, is_dangerous=True)
    return rows.filter(Exists(works.exclude(state=WorkState.FINISHED)))


def stages_of(scope: Mapping[str, Any]) -> Sequence[str]:
    """The stages at which a campaign looks at a project: those it names, else those under way."""
    return scope.get("stages") or UNDERWAY


def in_campaign_scope(projects: QuerySet[Project], scope: Mapping[str, Any]) -> QuerySet[Project]:
    """The projects that a campaign's scope is about."""
    return of_campaign_kind(projects, scope).filter(stage__in=stages_of(scope))


def of_campaign_kind(projects: QuerySet[Project], scope: Mapping[str, Any]) -> QuerySet[Project]:
    """The same at whatever stage: a draw names those that it leaves out for theirs.  What is empty narrows nothing."""
    rows = projects.filter(kind__in=scope["kinds"]) if scope.get("kinds") else projects
    return with_category(rows, scope["categories"]) if scope.get("categories") else rows


def counts_by_path(projects: QuerySet[Project]) -> dict[str, int]:
    return dict(projects.order_by().values_list("region_path").annotate(n=Count("pk")))


def summed_below(counts: Mapping[str, int], paths: Iterable[str]) -> dict[str, int]:
    """For each path what lies at it or below it."""
    return {path: sum(n for place, n in counts.items() if place.startswith(path)) for path in paths}
