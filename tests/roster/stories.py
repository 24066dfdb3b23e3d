"""A site with workers, and attendance as its sources tell it."""

from datetime import date, datetime
from typing import Any

from apps.core.crypto import blind_index
from apps.people.models import Person
from apps.projects.models import Project
from apps.roster.models import Attendance, AttendanceFault, Engagement, Source, WorkerClass
from apps.roster.services.attendance import Line, take_in
from tests.factories import EnterpriseFactory, PersonFactory, ProjectFactory

ENTERED = date(2026, 11, 2)
DAY = date(2026, 11, 10)


def site() -> Project:
    """A project with its general contractor."""
    return ProjectFactory(enterprise=EnterpriseFactory())


def engaged(project: Project | None = None, person: Person | None = None, **values: Any) -> Engagement:
    """Somebody on the roster of a project from ENTERED on."""
    project = project or site()
    told: dict[str, Any] = {"worker_class": WorkerClass.WORKER, "job": "钢筋工", "entered_on": ENTERED, **values}
    person = person or PersonFactory(employer=project.enterprise)
    told.setdefault("employer", person.employer)
    return Engagement.objects.create(project=project, region_path=project.region_path, person=person, **told)


def seen(
    project: Project,
    person: Person,
    day: date = DAY,
    first_at: datetime | None = None,
    last_at: datetime | None = None,
) -> Line:
    """A line of attendance about this person."""
    last_at = last_at or first_at
    index = blind_index(person.id_number)
    return Line(project.pk, day, person.name, person.id_masked, index, first_at, last_at, Source.DEVICE)


def attended(project: Project | None = None, person: Person | None = None) -> Attendance:
    """A day of somebody on the roster, who is entered where they are not yet."""
    project = project or site()
    known = Engagement.objects.filter(project=project, person=person).first() if person else None
    who = known or engaged(project, person)
    take_in([seen(project, who.person)])
    return Attendance.objects.get(engagement=who)


def doubted(project: Project | None = None, name: str = "某人") -> AttendanceFault:
    """A day of somebody whom the roster does not know."""
    project = project or site()
    stranger = PersonFactory.build(employer=None, name=name)
    take_in([seen(project, stranger)])
    return AttendanceFault.objects.get(project=project, name=name)
