"""A site of two hundred: entered by Excel, come to work, taught, and every gap named until nobody is missing."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apps.coverage.models import CoverageDay
from apps.coverage.services.sweeping import sweep
from apps.people.models import Person
from apps.roster.models import AttendanceFault, Engagement
from apps.roster.services.devices import add_device
from apps.roster.services.faults import set_aside
from apps.training.models import Level
from tests.core.imports.flow import Flow, workbook
from tests.coverage_of_training.stories import credit, held, reasons
from tests.factories import PersonFactory
from tests.hazards import stories
from tests.journeys.visitors import DESK, Visit
from tests.personas import persona
from tests.roster.test_workbooks import ATTENDANCE, ROSTER

WORKERS = 200
NEEDED = {Level.COMPANY: 15, Level.PROJECT: 15, Level.TEAM: 20}


def day(back: int = 0) -> date:
    return timezone.localdate() - timedelta(days=back)


def entered(site: stories.Site, people: list[Person], since: date) -> None:
    firm = site.project.enterprise
    assert firm
    lines = [
        (site.project.name, p.name, p.id_number, firm.uscc, "木工班", "一般作业人员", "木工", str(since), "")
        for p in people
    ]
    Flow(site.manager, "roster").whole(workbook(ROSTER, *lines))


def came(site: stories.Site, people: list[Person], on: date) -> None:
    lines = [(site.project.name, p.name, p.id_number, str(on), "", "") for p in people]
    Flow(site.manager, "attendance").whole(workbook(ATTENDANCE, *lines))


def figure_of(site: stories.Site, on: date) -> CoverageDay:
    sweep()
    return CoverageDay.objects.get(project=site.project, day=on)


@pytest.mark.slow
@pytest.mark.django_db
def test_two_hundred_workers_reach_a_hundred_per_cent_and_one_who_does_not_is_named() -> None:
    site = stories.site()
    people = [PersonFactory.build(employer=None) for _ in range(WORKERS)]
    entered(site, people, day(9))
    came(site, people, day(2))
    # Nobody has been taught anything: every one of them is a gap with all its reasons.
    before = figure_of(site, day(2))
    assert (before.counted, before.covered, before.is_whole) == (WORKERS, 0, False)
    named = reasons(site.project, day(2))
    assert set(named) == {p.name for p in people}
    assert set(map(tuple, named.values())) == {("lacks_company", "lacks_project", "lacks_team", "lacks_hours")}
    # Taught the day after; what was is not made better by it.
    known = list(Person.objects.filter(engagements__project=site.project))
    for level, hours in NEEDED.items():
        credit(held(level, hours, project=site.project, on=day(1)), *known)
    came(site, people, day(1))
    assert figure_of(site, day(1)).rate == 100
    assert figure_of(site, day(2)).covered == 0
    # This morning somebody new walks in through the gate.
    new = PersonFactory.build(employer=None, name="新来的")
    entered(site, [new], day())
    _device, key = add_device(site.project, "东门闸机", by=site.manager)
    passed(key, *people, new)
    today = figure_of(site, day())
    assert (today.counted, today.covered, str(today.rate)) == (WORKERS + 1, WORKERS, "99.5")
    assert list(reasons(site.project, day())) == ["新来的"]
    taught_at_once(site, "新来的")
    assert figure_of(site, day()).rate == 100
    # And somebody whom nobody knows.
    passed(key, PersonFactory.build(employer=None, name="生人"))
    today = figure_of(site, day())
    assert (today.counted, today.unexplained, today.is_whole) == (WORKERS + 2, 1, False)
    assert reasons(site.project, day()) == {"生人": ["off_roster"]}
    set_aside(AttendanceFault.objects.get(name="生人"), by=site.manager, reason="送货司机，已由保卫登记")
    assert figure_of(site, day()).rate == 100


def passed(key: str, *people: Person) -> None:
    """Through the gate, as its device says it: just now, lest the day has not begun long enough."""
    told = [{"name": p.name, "id_number": p.id_number, "at": timezone.now().isoformat()} for p in people]
    answer = Client().post(
        "/api/attendance-passes/",
        {"passes": told},
        content_type="application/json",
        headers={"authorization": f"Device {key}", "idempotency-key": f"{len(told)}-{people[-1].id_number}"},
    )
    assert answer.status_code == 200, answer.content


def taught_at_once(site: stories.Site, name: str) -> None:
    who = Engagement.objects.get(project=site.project, person__name=name)
    for level, hours in NEEDED.items():
        credit(held(level, hours, project=site.project, on=day()), who.person)


@pytest.mark.browser
@pytest.mark.slow
def test_from_the_province_to_a_person_it_is_three_clicks(visit: Callable[..., Visit]) -> None:
    site = stories.site()
    person = PersonFactory.build(employer=None, name="王未训")
    entered(site, [person], day(1))
    came(site, [person], day())
    sweep()
    visitor = visit(persona("province_officer"), size=DESK).open("/coverage/")
    for name in ("石家庄市", site.project.name, "王未训"):
        visitor.press(name, among="table a")
    assert "未完成公司级三级教育" in visitor.text
    assert "由用工单位或施工总承包单位组织公司级三级教育" in visitor.text
    assert visitor.faults == []
