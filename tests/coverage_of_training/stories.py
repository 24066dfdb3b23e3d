"""People on sites with what they were taught, and the figures counted from it."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.utils import timezone

from apps.coverage.models import CoverageDay, CoverageGap
from apps.coverage.services.sweeping import sweep
from apps.people.models import Certificate, Person
from apps.projects.models import Project
from apps.roster.models import Engagement
from apps.roster.services.attendance import take_in
from apps.training.models import Course, Level, Participation, Session
from tests.factories import PersonFactory
from tests.roster.stories import DAY, engaged, seen, site

INDUCTION = {Level.COMPANY: 15, Level.PROJECT: 15, Level.TEAM: 20}
MINUTES = count()
"""No two trainings of a story are at the same time: nobody can be at both."""
BEFORE = date(2026, 11, 1)
"""Before anybody in these stories is on site."""


def held(level: str, hours: Any, *, project: Project, on: date = BEFORE, enterprise: Any = None) -> Session:
    """A training that took place that day: of the company level at the firm's seat, else on the project."""
    firm: Any = enterprise or project.enterprise
    begins = timezone.make_aware(datetime.combine(on, time(6))) + timedelta(minutes=next(MINUTES) % 900)
    course, _ = Course.objects.get_or_create(
        enterprise=firm, name=f"{level}-{hours}", defaults={"level": level, "hours": Decimal(hours)}
    )
    at_seat = level == Level.COMPANY
    return Session.objects.create(
        course=course,
        enterprise=firm,
        project=None if at_seat else project,
        seat=firm if at_seat else None,
        region_path=firm.region_path if at_seat else project.region_path,
        level=level,
        hours=Decimal(hours),
        starts_at=begins,
        ends_at=begins + timedelta(minutes=1),
        place="会议室",
        trainer="王某",
        state="held",
        held_at=begins + timedelta(minutes=2),
    )


def credit(session: Session, *people: Person, on: date | None = None) -> list[Participation]:
    """They took part, and it counts from that day."""
    day = on or timezone.localdate(session.starts_at)
    return [
        Participation.objects.create(
            session=session,
            person=person,
            region_path=session.region_path,
            level=session.level,
            hours=session.hours,
            signed_in_at=session.starts_at,
            signed_in_by="trainer",
            credited_on=day,
        )
        for person in people
    ]


def inducted(*who: Engagement, on: date = BEFORE) -> None:
    """All three levels with their hours."""
    for engagement in who:
        for level, hours in INDUCTION.items():
            session = held(level, hours, project=engagement.project, on=on, enterprise=engagement.employer)
            credit(session, engagement.person)


def worker(project: Project | None = None, *, trained: bool = True, **values: Any) -> Engagement:
    """Somebody on the roster, with all that a worker needs or with nothing."""
    engagement = engaged(project or site(), **values)
    if trained:
        inducted(engagement)
    return engagement


def come(*who: Engagement, day: date = DAY) -> None:
    take_in([seen(one.project, one.person, day) for one in who])


def stranger(project: Project, name: str = "某人", day: date = DAY) -> Person:
    """Somebody at the gate whom nobody has entered."""
    person = PersonFactory.build(employer=None, name=name)
    take_in([seen(project, person, day)])
    return person


def certified(person: Person, kind: str, *, trade: str = "", until: date = date(2028, 1, 1)) -> Certificate:
    return Certificate.objects.create(
        person=person,
        kind=kind,
        trade=trade,
        number=f"冀{person.pk}{kind}{until:%Y%m%d}",
        issued_on=date(2024, 1, 1),
        valid_until=until,
    )


def figure(project: Project, day: date = DAY) -> CoverageDay:
    """The day of the project, once everything that waits has been counted."""
    sweep()
    return CoverageDay.objects.get(project=project, day=day)


def reasons(project: Project, day: date = DAY) -> dict[str, list[str]]:
    """Why, by name, of everybody who is not covered."""
    sweep()
    rows = CoverageGap.objects.filter(project=project, day=day).select_related("person", "fault")
    return {gap.name: gap.reasons for gap in rows}


def gap_of(project: Project, person: Person, day: date = DAY) -> CoverageGap:
    sweep()
    return CoverageGap.objects.get(project=project, person=person, day=day)


def uncovered() -> CoverageGap:
    """Somebody on a site of their own who was taught nothing."""
    who = worker(trained=False)
    come(who)
    return gap_of(who.project, who.person)
