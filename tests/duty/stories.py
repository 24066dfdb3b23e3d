"""A site with its leader, its officer, its owner and a day of attendance, and what is written of their duties."""

from dataclasses import dataclass
from datetime import date, time
from io import BytesIO
from typing import Any

from django.utils import timezone
from PIL import Image, ImageDraw

from apps.accounts.models import User
from apps.duty.models import (
    Answer,
    Commitment,
    DirectorAppointment,
    DutyDay,
    DutyKind,
    InspectorAppointment,
    Leave,
    Level,
    LogItem,
    SafetyLog,
    Wording,
)
from apps.duty.services.appointments import appoint_director, send_inspector
from apps.duty.services.commitments import sign_commitment
from apps.duty.services.days import ask_for_leave, write_duty_day
from apps.duty.services.logs import Line, sign_log
from apps.people.models import Person
from apps.projects.models import Project
from apps.roster.services.attendance import take_in
from tests.factories import CertificateFactory, EnterpriseFactory, PersonFactory, ProjectFactory
from tests.personas import persona
from tests.roster import stories as roster


@dataclass
class Site:
    """One project and the people who have duties there."""

    project: Project
    director: User
    manager: User
    officer: User
    owner: User
    leader: Person
    head: Person
    deputy: Person
    worker: Person


def site(**values: Any) -> Site:
    firm, owners = EnterpriseFactory(at=values.get("at", "130102")), EnterpriseFactory(kind="owner")
    project = ProjectFactory(contractor=firm, owner=owners, **values)
    manager = persona("project_manager", organisation=firm.organisation)
    officer = persona("project_safety_officer", organisation=firm.organisation)
    leader = PersonFactory(employer=firm, user=manager, post="项目经理")
    head = PersonFactory(employer=firm, post="总经理")
    deputy = PersonFactory(employer=firm, post="生产经理")
    CertificateFactory(person=head, kind="A")
    CertificateFactory(person=deputy, kind="B")
    project.members.create(user=manager, person=leader, post="project_manager")
    project.members.create(user=officer, post="project_safety_officer")
    return Site(
        project,
        persona("safety_director", organisation=firm.organisation),
        manager,
        officer,
        persona("owner", organisation=owners.organisation),
        leader,
        head,
        deputy,
        PersonFactory(employer=firm),
    )


def came(place: Site, *days: date) -> None:
    """A worker of the site on these days."""
    if not place.worker.engagements.exists():
        roster.engaged(place.project, place.worker, entered_on=date(2020, 1, 1))
    take_in([roster.seen(place.project, place.worker, day) for day in days])


def led(place: Site, day: date | None = None, **values: Any) -> DutyDay:
    told: dict[str, Any] = {"kind": DutyKind.LEADER, "person": place.leader, "looked_at": "主体结构三层", **values}
    told = {"began": time(8), "ended": time(17, 30)} | told
    return write_duty_day(place.project, by=place.manager, day=day or timezone.localdate(), **told)


def headed(place: Site, day: date | None = None) -> DutyDay:
    return led(place, day, kind=DutyKind.HEAD, person=place.head)


def asked(place: Site, first: date, last: date, **values: Any) -> Leave:
    told = {"person": place.leader, "deputy": place.deputy, "reason": "参加培训", **values}
    return ask_for_leave(place.project, by=place.manager, starts_on=first, ends_on=last, **told)


def signature() -> bytes:
    """Something written, as PNG."""
    made, picture = BytesIO(), Image.new("RGB", (320, 140), "white")
    ImageDraw.Draw(picture).line((20, 100, 120, 30, 200, 110, 300, 40), fill="navy", width=5)
    picture.save(made, "PNG")
    return made.getvalue()


def logged(place: Site, day: date | None = None, problem: str = "", photos: list[str] | None = None) -> SafetyLog:
    """A log in which all is well but, with `problem`, the first item."""
    lines = [Line(item, Answer.NORMAL) for item in LogItem.objects.in_force(timezone.localdate()).order_by("position")]
    if problem:
        lines[0] = Line(lines[0].item, Answer.PROBLEM, problem, time(9, 5), photos or [])
    told: dict[str, Any] = {"weather": "fine", "summary": "三层绑筋", "lines": lines, "signature": signature()}
    return sign_log(place.project, by=place.officer, day=day or timezone.localdate(), **told)


def promised(place: Site, level: str = Level.PROJECT, **values: Any) -> Commitment:
    today = timezone.localdate()
    told = {"person": place.leader, "post": "项目经理", "signed_on": today, "valid_until": today, **values}
    project = None if level == Level.ENTERPRISE else place.project
    return sign_commitment(by=place.director, level=level, project=project, signature=signature(), **told)


def appointed(place: Site, **values: Any) -> DirectorAppointment:
    told = {"paper_number": "示例任〔2026〕1号", "qualification": "注册安全工程师", "reports_to": "董事长", **values}
    told.setdefault("started_on", timezone.localdate())
    assert place.project.enterprise
    return appoint_director(place.project.enterprise, by=place.director, person=place.head, **told)


def sent(place: Site, person: Person | None = None, **values: Any) -> InspectorAppointment:
    told = {"started_on": timezone.localdate(), **values}
    return send_inspector(place.project, by=persona("station_head"), person=person or PersonFactory(), **told)


def wording(level: str) -> Wording:
    return Wording.objects.for_day(timezone.localdate(), level=level)
