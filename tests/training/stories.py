"""Trainings of a site, taken as far as a test wants them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from apps.people.models import Person
from apps.roster.models import Engagement
from apps.training.codes import code_of
from apps.training.models import Course, Level, Participation, Result, Session, TrainingPlan
from apps.training.services.people import add_people, call_roll
from apps.training.workflow import SESSION
from tests.hazards.stories import Site, site
from tests.roster.stories import engaged

HOUR = timedelta(hours=1)


def course(**values: Any) -> Course:
    """One of everybody, with the hours of the team's induction."""
    told: dict[str, Any] = {
        "name": f"课程{Course.objects.count()}",
        "level": Level.TEAM,
        "hours": Decimal(20),
        **values,
    }
    return Course.objects.create(**told)


def planned(where: Site | None = None, **values: Any) -> Session:
    """For the site's project, from an hour ago to now, so that it can be opened and confirmed today."""
    where = where or site()
    taught = values.pop("course", None) or course()
    now = timezone.now()
    told: dict[str, Any] = {"starts_at": now - HOUR, "ends_at": now, "place": "会议室", "trainer": "王教员", **values}
    told.setdefault("project", where.project)
    place = told["project"] or where.director.organisation
    return Session.objects.create(
        course=taught,
        enterprise_id=where.director.organisation_id,
        seat_id=None if told["project"] else where.director.organisation_id,
        region_path=place.region_path,
        level=taught.level,
        hours=taught.hours,
        **told,
    )


def worker(where: Site, **values: Any) -> Engagement:
    """Somebody on the site's roster."""
    return engaged(where.project, **values)


def listed(session: Session, where: Site, *people: Person) -> list[Participation]:
    """Put on the list by the site's manager, in the order given."""
    add_people(session, Person.objects.filter(pk__in=[person.pk for person in people]), by=where.director)
    lines = {line.person_id: line for line in session.participations.all()}
    return [lines[person.pk] for person in people]


def opened(where: Site, session: Session | None = None, **values: Any) -> Session:
    return SESSION.perform(session or planned(where, **values), "open", by=where.director)


def token(session: Session) -> str:
    return f"/m/training/sign-in/{code_of(session)}/"


def held(where: Site, *people: Person, **values: Any) -> Session:
    """With these people there, called by the trainer."""
    session = opened(where, **values)
    lines = listed(session, where, *people)
    call_roll(session, there=[line.pk for line in lines], was_there=[], by=where.director)
    return SESSION.perform(session, "hold", by=where.director)


def part(where: Site | None = None, person: Person | None = None, **values: Any) -> Participation:
    """Somebody's part in a training that was held."""
    where = where or site()
    if person is None:
        person = worker(where).person
    elif not person.engagements.filter(project=where.project).exists():
        engaged(where.project, person)
    return held(where, person, **values).participations.get()


def plan(where: Site | None = None, **values: Any) -> TrainingPlan:
    where = where or site()
    today = timezone.localdate()
    told: dict[str, Any] = {"year": today.year, "month": today.month, "people_planned": 1, **values}
    told.setdefault("course", None)
    told["course"] = told["course"] or course()
    told.setdefault("project", where.project)
    return TrainingPlan.objects.create(
        enterprise_id=where.director.organisation_id, region_path=where.project.region_path, **told
    )


def failed(line: Participation) -> None:
    Participation.objects.filter(pk=line.pk).update(result=Result.FAILED)
