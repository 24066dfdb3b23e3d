"""Who is where when: changing a team or a day, the load of each and what an equal share would be."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from apps.core.events import record_event
from apps.core.workdays import is_working
from apps.core.workflow import StaleRecord, TransitionRefused, lock
from apps.hazards.calendar import CALENDAR
from apps.inspections.adjusting import must_be_fit_to_publish
from apps.inspections.models import Absence, Inspector, Visit, VisitInspector, VisitState
from apps.inspections.services.visits import editions_of, must_be_sendable, send, tell_the_team
from apps.notifications.services import notify

ONE_DAY = timedelta(days=1)


def cannot_reassign(visit: Visit, user: Any) -> str | None:
    if not user.has_perm("inspections.assign_visit"):
        return "您没有调整检查安排的权限"
    if visit.state != VisitState.PLANNED:
        return f"{visit} {visit.get_state_display()}，不能再调整日期和检查组"
    return None


def must_be_movable(visit: Visit, user: Any, day: date) -> None:
    if refusal := cannot_reassign(visit, user):
        raise TransitionRefused(refusal)
    if day != visit.planned_on and day < timezone.localdate():
        raise TransitionRefused("计划检查日期不能早于今天")


@transaction.atomic
def reassign(
    visit: Visit,
    *,
    by: Any,
    planned_on: date,
    inspectors: Sequence[Inspector],
    reason: str = "",
    version: int | None = None,
) -> Visit:
    """Another day or another team; both who go and who no longer go are told.  What was drawn takes a reason."""
    visit = lock(visit, by)
    if version is not None and version != visit.version:
        raise StaleRecord(visit)
    must_be_movable(visit, by, planned_on)
    drawn = visit.draw_id is not None
    must_be_sendable(inspectors, visit.project, planned_on, drawn=drawn)
    before = [member.inspector for member in visit.team.select_related("inspector__user")]
    if (visit.planned_on, before) == (planned_on, list(inspectors)):
        return visit
    if drawn:
        must_be_fit_to_publish(reason, visit, inspectors)
    facts: dict[str, Any] = {
        "planned_on": [visit.planned_on, planned_on],
        "inspectors": ["、".join(str(one) for one in team) for team in (before, inspectors)],
    }
    move_to(visit, planned_on, inspectors)
    record_event(visit, "reassigned", by=by, facts=facts | ({"reason": reason} if reason else {}))
    tell_the_team(visit, by)
    tell_released(visit, [one.user_id for one in before if one not in inspectors], by=by)
    return visit


def move_to(visit: Visit, day: date, inspectors: Sequence[Inspector]) -> None:
    """The day with the editions that are in force then, and the team."""
    if day != visit.planned_on:
        codes = list(visit.checklists.values_list("code", flat=True))
        visit.checklists.set(editions_of(codes, day))
    visit.planned_on = day
    visit.version += 1
    visit.save(update_fields=["planned_on", "version"])
    send(visit, inspectors)


def tell_released(visit: Visit, people: Sequence[int], *, by: Any) -> None:
    notify(
        [person for person in people if person != by.pk],
        kind="visit_released",
        title=f"不再参加检查：{visit.project.name}",
        body=f"{visit.number}　检查组已调整",
        url="/inspections/calendar/",
        level="info",
        dedupe_key=f"visit:{visit.pk}:released:{visit.version}",
    )


# Load and fairness ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Load:
    """What one inspector had this year; `share` is what an equal division by days of presence would have given."""

    inspector: Inspector
    month: int
    year: int
    ahead: int
    days: int
    share: float

    @property
    def difference(self) -> float:
        return self.year - self.share


def loads(inspectors: Sequence[Inspector], today: date) -> list[Load]:
    """Set-based: as many queries for hundred inspectors as for one."""
    first, month = date(today.year, 1, 1), today.replace(day=1)
    not_cancelled = ~Q(visit__state=VisitState.CANCELLED)
    rows = VisitInspector.objects.filter(not_cancelled, inspector__in=inspectors, visit__planned_on__gte=first)
    counted = (
        rows.order_by()
        .values("inspector")
        .annotate(
            year=Count("pk", filter=Q(visit__planned_on__lte=today)),
            month=Count("pk", filter=Q(visit__planned_on__range=(month, today))),
            ahead=Count("pk", filter=Q(visit__planned_on__gt=today)),
        )
    )
    figures = {line["inspector"]: line for line in counted}
    days = days_present(inspectors, first, today)
    total, all_days = sum(line["year"] for line in figures.values()), sum(days.values())
    none = {"year": 0, "month": 0, "ahead": 0}
    return [
        Load(
            inspector,
            (line := figures.get(inspector.pk, none))["month"],
            line["year"],
            line["ahead"],
            days[inspector.pk],
            total * days[inspector.pk] / all_days if all_days else 0,
        )
        for inspector in inspectors
    ]


def days_present(inspectors: Sequence[Inspector], first: date, last: date) -> dict[int, int]:
    """Working days on which each could be sent: not away, with a valid certificate."""
    working = [day for day in days_between(first, last) if is_working(CALENDAR, day)]
    away: dict[int, list[tuple[date, date]]] = defaultdict(list)
    rows = Absence.objects.filter(inspector__in=inspectors, starts_on__lte=last, ends_on__gte=first)
    for key, starts, ends in rows.values_list("inspector", "starts_on", "ends_on"):
        away[key].append((starts, ends))
    return {
        one.pk: sum(
            day <= one.valid_until and not any(starts <= day <= ends for starts, ends in away[one.pk])
            for day in working
        )
        for one in inspectors
    }


def days_between(first: date, last: date) -> list[date]:
    return [first + n * ONE_DAY for n in range((last - first).days + 1)]


# The calendar ---------------------------------------------------------------------------------------------------------


@dataclass
class Cell:
    """One inspector on one day."""

    day: date
    visits: list[Visit]
    away: str = ""
    works: bool = True

    @property
    def is_double(self) -> bool:
        """More than one visit: allowed, but shown."""
        return len(self.visits) > 1


@dataclass
class Row:
    inspector: Inspector
    cells: list[Cell]


def calendar(user: Any, inspectors: Sequence[Inspector], first: date, last: date) -> list[Row]:
    """Each inspector's visits and absences from day to day, as far as the reader sees the visits."""
    visits: dict[tuple[int, date], list[Visit]] = defaultdict(list)
    seen = Visit.objects.visible_to(user).filter(planned_on__range=(first, last)).exclude(state=VisitState.CANCELLED)
    members = VisitInspector.objects.filter(inspector__in=inspectors, visit__in=seen)
    for member in members.select_related("visit__project").order_by("visit"):
        visits[member.inspector_id, member.visit.planned_on].append(member.visit)
    away: dict[tuple[int, date], str] = {}
    for absence in Absence.objects.filter(inspector__in=inspectors, starts_on__lte=last, ends_on__gte=first):
        for day in days_between(max(first, absence.starts_on), min(last, absence.ends_on)):
            away[absence.inspector_id, day] = absence.reason or "不在岗"
    days = [(day, is_working(CALENDAR, day)) for day in days_between(first, last)]
    return [
        Row(one, [Cell(day, visits.get((one.pk, day), []), away.get((one.pk, day), ""), works) for day, works in days])
        for one in inspectors
    ]


def of_office(user: Any) -> list[Inspector]:
    """The inspectors of the user's own office who are in service."""
    rows = Inspector.objects.visible_to(user).filter(organisation=user.organisation_id, is_active=True)
    return list(rows.select_related("user", "organisation").order_by("user__name", "pk"))
