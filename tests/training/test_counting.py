"""Induction, hours of twelve months and plans, as lists and tabs tell them."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.coverage.services.sweeping import sweep
from apps.roster.models import Engagement, WorkerClass
from apps.training.choosing import EVERYBODY, UNTRAINED, candidates
from apps.training.counting import with_hours
from apps.training.models import NOT_ENOUGH, NOTHING_ASKED, HoursRule, Level, Participation, Session, TrainingStanding
from apps.training.registers import PlanRegister, SessionRegister, TraineeRegister
from apps.training.registers.people import few_hours
from apps.training.selectors import hours_in_force
from apps.training.services.people import call_roll
from tests.factories import PersonFactory
from tests.hazards.stories import Site, site
from tests.personas import persona, signed_in
from tests.roster.stories import engaged
from tests.training import stories

pytestmark = pytest.mark.django_db
TRAINEES, PLANS = TraineeRegister(), PlanRegister()


def of(where: Site) -> Any:
    return TRAINEES.rows(where.director).filter(project=where.project).get()


def taught(where: Site, person: Any, level: str, hours: int, back: int = 0) -> Session:
    """Held so many days ago; the row is as confirming on that day would have left it."""
    course = stories.course(level=level, hours=Decimal(hours))
    # Each at an hour of its own, since nobody is in two at once.
    at = timezone.now() - timedelta(hours=2 * Session.objects.count() + 1)
    session = stories.held(where, person, course=course, starts_at=at, ends_at=at + timedelta(hours=1))
    day = timezone.localdate() - timedelta(days=back)
    Participation.objects.filter(session=session).update(credited_on=day)
    return session


def test_the_law_as_shipped() -> None:
    day = date(2026, 11, 26)
    assert hours_in_force(day) == {
        WorkerClass.LEADER: 30,
        WorkerClass.SAFETY_OFFICER: 40,
        WorkerClass.MANAGER: 20,
        WorkerClass.SPECIAL: 24,
        WorkerClass.WORKER: 15,
        WorkerClass.RETURNING: 20,
        Level.COMPANY: 15,
        Level.PROJECT: 15,
        Level.TEAM: 20,
    }
    assert all(rule.source and rule.certainty for rule in HoursRule.objects.all())


def test_induction_is_done_when_all_three_levels_have_their_hours() -> None:
    where = site()
    person = stories.worker(where).person
    taught(where, person, "company", 15)
    taught(where, person, "project", 8)
    taught(where, person, "team", 20)
    now = of(where)
    assert (now.is_company, now.is_project, now.is_team, now.is_inducted) == ("已完成", "未完成", "已完成", False)
    taught(where, person, "project", 7)
    assert of(where).is_inducted


def test_induction_on_another_site_counts_there_and_that_of_the_company_here_too() -> None:
    where = site()
    other = site()
    person = stories.worker(where).person
    for level in ("company", "project", "team"):
        taught(other, person, level, 20)
    now = of(where)
    assert (now.is_company, now.is_project, now.is_team) == ("未完成", "未完成", "未完成")


def test_hours_count_for_twelve_months_and_the_day_on_which_they_no_longer_suffice_is_told() -> None:
    where = site()
    person = stories.worker(where).person
    today = timezone.localdate()
    taught(where, person, "yearly", 10, back=300)
    taught(where, person, "topic", 3, back=20)
    taught(where, person, "briefing", 9, back=1)
    taught(where, person, "yearly", 30, back=366)
    now = of(where)
    assert (now.hours_year, now.hours_required, now.lacks_hours, now.enough_until) == (13, 15, True, None)
    taught(where, person, "topic", 4, back=10)
    now = of(where)
    assert (now.hours_year, now.lacks_hours) == (17, False)
    oldest = today - timedelta(days=300)
    assert now.enough_until == oldest.replace(year=oldest.year + 1) - timedelta(days=1)


LEAP, COMMON = date(2024, 2, 29), date(2023, 2, 28)


@pytest.mark.parametrize("credited", [date(2025, 3, 1), LEAP, date(2024, 3, 1), date(2027, 3, 1), COMMON])
def test_hours_are_enough_through_the_last_day_that_still_counts_them(credited: date) -> None:
    where = site()
    person = stories.worker(where).person
    taught(where, person, "yearly", 20)
    Participation.objects.filter(person=person).update(credited_on=credited)
    mine = Engagement.objects.filter(person=person)
    until = with_hours(mine, credited).get().enough_until
    assert not with_hours(mine, until).get().lacks_hours
    assert with_hours(mine, until + timedelta(days=1)).get().lacks_hours


def test_a_new_edition_of_hours_asks_more_from_its_day_on() -> None:
    where = site()
    officer = signed_in(persona("province_officer"))
    today = timezone.localdate()
    told = {"subject": "worker", "hours": "18", "effective_from": str(today), "source": "省厅〔2026〕1号（示例）"}
    assert officer.post("/system/hours-rules/new/", told).status_code == 302
    stories.worker(where)
    assert of(where).hours_required == 18
    assert hours_in_force(today - timedelta(days=1))[WorkerClass.WORKER] == 15
    early = officer.post("/system/hours-rules/new/", told | {"effective_from": str(today - timedelta(days=3))})
    assert early.status_code == 422
    assert signed_in(where.director).post("/system/hours-rules/new/", told).status_code == 403


def test_the_tabs_find_who_lacks_what() -> None:
    where = site()
    done, fresh = (stories.worker(where).person for _ in range(2))
    for level in ("company", "project", "team"):
        taught(where, done, level, 20)
    client = signed_in(where.director)
    sweep()
    found = {"no_induction": {fresh.name}, "few_hours": {fresh.name}, "present": {done.name, fresh.name}}
    for view, names in found.items():
        page = client.get(f"/training/people/?view={view}&project__number={where.project.number}")
        assert len(page.context["rows"]) == len(names)
        assert all(name in page.content.decode() for name in names)


def shown(where: Site, view: str) -> int:
    page = signed_in(where.director).get(f"/training/people/?view={view}&project__number={where.project.number}")
    return len(page.context["rows"])


def test_who_leaves_is_on_no_tab_and_who_comes_back_is() -> None:
    where = site()
    fresh = stories.worker(where)
    sweep()
    assert TrainingStanding.objects.get().engagement == fresh
    Engagement.objects.update(left_on=timezone.localdate())
    assert (shown(where, "no_induction"), shown(where, "few_hours")) == (0, 0)
    sweep()
    assert not TrainingStanding.objects.exists()
    Engagement.objects.update(left_on=None)
    sweep()
    assert (shown(where, "no_induction"), shown(where, "few_hours")) == (1, 1)


def test_hours_run_out_and_other_hours_begin_without_anything_being_written() -> None:
    where = site()
    taught(where, stories.worker(where).person, "yearly", 16)
    today = timezone.localdate()
    begins = today + timedelta(days=30)
    HoursRule.objects.create(subject="worker", hours=18, effective_from=begins, source="测试")
    sweep()
    assert shown(where, "few_hours") == 0
    with time_machine.travel(timezone.now() + timedelta(days=29), tick=False):
        sweep()
        assert shown(where, "few_hours") == 0
    with time_machine.travel(timezone.now() + timedelta(days=30), tick=False):
        assert shown(where, "few_hours") == 0  # not before the day's first sweep
        sweep()
        assert shown(where, "few_hours") == 1
        assert TrainingStanding.objects.get().rules_from == begins
    with time_machine.travel(timezone.now() + timedelta(days=366), tick=False):
        assert TraineeRegister().rows(where.director).filter(few_hours(where.director)).count() == 1


def test_before_the_first_edition_of_hours_nothing_is_asked_and_everything_is_counted() -> None:
    where = site()
    stories.worker(where)
    with time_machine.travel("1990-01-01 12:00:00+08:00", tick=False):
        sweep()
        standing = TrainingStanding.objects.get()
        assert (standing.is_inducted, standing.enough_until) == (True, NOTHING_ASKED)
        assert standing.rules_from == date.min
    sweep()
    standing.refresh_from_db()
    assert (standing.is_inducted, standing.enough_until) == (False, NOT_ENOUGH)


def test_the_picker_offers_who_lacks_what_this_training_teaches() -> None:
    where = site()
    done, fresh = (stories.worker(where).person for _ in range(2))
    stories.worker(where, left_on=timezone.localdate() - timedelta(days=5))
    taught(where, done, "team", 20)
    session = stories.planned(where)
    assert list(candidates(session, where.director, {"lack": UNTRAINED})) == [fresh]
    assert set(candidates(session, where.director, {"lack": EVERYBODY})) == {done, fresh}
    assert not candidates(session, where.director, {"lack": EVERYBODY, "worker_class": "leader"}).exists()


def test_at_the_firms_seat_people_lack_what_their_class_on_site_needs() -> None:
    where = site()
    leader, clerk = (PersonFactory(employer=where.project.enterprise) for _ in range(2))
    engaged(where.project, leader, worker_class=WorkerClass.LEADER)
    for person in (leader, clerk):
        taught(where, person, "yearly", 20)
    session = stories.planned(where, project=None, course=stories.course(level="yearly"))
    found: Any = candidates(session, where.director, {"lack": UNTRAINED})
    assert [(one.pk, one.kind, one.needed) for one in found] == [(leader.pk, "leader", 30)]


def test_a_training_tells_how_many_are_listed_and_came_and_a_mere_count_of_trainings_reads_no_people() -> None:
    where = site()
    session = stories.opened(where)
    there, _ = stories.listed(session, where, *(stories.worker(where).person for _ in range(2)))
    call_roll(session, there=[there.pk], was_there=[], by=where.director)
    empty = stories.planned(where)
    rows = SessionRegister().rows(where.director)
    told = {one.pk: (one.people_listed, one.people_present) for one in rows}
    assert told == {session.pk: (2, 1), empty.pk: (0, 0)}
    with CaptureQueriesContext(connection) as queries:
        assert rows.all().count() == 2
    assert "training_participation" not in queries[0]["sql"]


def test_a_plan_is_done_by_trainings_of_its_course_in_its_month() -> None:
    where = site()
    today = timezone.localdate()
    plan = stories.plan(where, people_planned=2)
    last = stories.plan(where, course=plan.course, year=today.year - 1, people_planned=1)

    def now(one: Any) -> tuple[int, int, bool, bool]:
        row = PLANS.rows(where.director).get(pk=one.pk)
        return row.sessions_held, row.people_credited, row.is_done, row.is_late

    assert (now(plan), now(last)) == ((0, 0, False, False), (0, 0, False, True))
    people = [stories.worker(where).person for _ in range(2)]
    stories.held(where, people[0], course=plan.course)
    assert now(plan) == (1, 1, False, False)
    at = timezone.now() - timedelta(hours=5)
    stories.held(where, people[1], course=plan.course, starts_at=at, ends_at=at + timedelta(hours=1))
    assert now(plan) == (2, 2, True, False)


def test_tabs_of_project_and_person_open_the_rows_of_their_figures() -> None:
    where = site()
    person = stories.worker(where).person
    taught(where, person, "company", 15)
    client: Client = signed_in(where.manager)
    page = client.get(f"/projects/{where.project.number}/training/")
    for figure in page.context["figures"]:
        rows = client.get(figure["url"])
        assert rows.status_code == 200
        assert len(rows.context["rows"]) == figure["value"], figure["label"]
    text = client.get(f"/people/{person.pk}/training/").content.decode()
    assert "已完成（15/15学时）" in text
