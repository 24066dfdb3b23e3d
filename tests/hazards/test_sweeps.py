"""Deadlines run by themselves: reminders, escalation, answers that wait; nothing is said twice, nothing floods."""

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from apps.hazards.models import Grade, Hazard, Reminder
from apps.hazards.services import sweeps
from apps.hazards.workflow import HAZARD
from apps.notifications.models import Message
from tests.hazards import stories
from tests.personas import CHANGAN, persona

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> stories.Site:
    return stories.site()


def told(user: Any) -> list[str]:
    """The kinds of sweep messages this person got, oldest first."""
    kinds = ("hazard_due", "hazard_escalate", "hazard_waits")
    rows = Message.objects.filter(recipient=user).order_by("pk").values_list("kind", flat=True)
    return [kind for kind in rows if kind.startswith(kinds)]


def ordered(place: stories.Site, days: int = 5) -> Hazard:
    return stories.order(stories.draft(place), place, days=days)


def day(hazard: Hazard, offset: int) -> date:
    assert hazard.deadline
    return hazard.deadline + timedelta(days=offset)


def test_firm_and_site_are_reminded_three_days_and_one_day_before_and_on_the_day(site: stories.Site) -> None:
    hazard = ordered(site)
    for offset in range(-5, 1):
        sweeps.sweep_deadlines(day(hazard, offset))
    expected = ["hazard_due_in_3", "hazard_due_in_1", "hazard_due_today"]
    assert (told(site.director), told(site.manager), told(site.head)) == (expected, expected, [])


def test_what_is_overdue_climbs_to_the_head_then_the_county_then_the_city(site: stories.Site) -> None:
    county = persona("county_officer", at=CHANGAN)
    city = persona("city_officer")
    hazard = ordered(site)
    for offset in range(8):
        sweeps.sweep_deadlines(day(hazard, offset))
    assert told(site.head) == ["hazard_escalate_station", "hazard_escalate_county", "hazard_escalate_city"]
    assert told(county) == ["hazard_escalate_county", "hazard_escalate_city"]
    assert told(city) == ["hazard_escalate_city"]


def test_a_second_sweep_on_the_same_day_says_nothing(site: stories.Site) -> None:
    hazard = ordered(site)
    assert sweeps.sweep_deadlines(day(hazard, -3)) == 1
    Hazard.objects.update(next_reminder_on=day(hazard, -3))
    assert sweeps.sweep_deadlines(day(hazard, -3)) == 0
    assert told(site.director) == ["hazard_due_in_3"]


def test_after_an_outage_only_the_latest_step_is_said_and_the_missed_ones_are_recorded(site: stories.Site) -> None:
    hazard = ordered(site)
    sweeps.sweep_deadlines(day(hazard, 4))
    assert told(site.director) == ["hazard_escalate_county"]
    skipped = Reminder.objects.filter(hazard=hazard, skipped=True).order_by("day").values_list("kind", flat=True)
    assert list(skipped) == ["due_in_3", "due_in_1", "due_today", "escalate_station"]


def test_steps_that_lie_before_the_order_are_never_said(site: stories.Site) -> None:
    hazard = ordered(site, days=1)
    sweeps.sweep_deadlines(stories.today())
    assert told(site.director) == ["hazard_due_in_1"]
    assert not Reminder.objects.filter(hazard=hazard, kind="due_in_3").exists()


def test_a_hazard_without_deadline_is_neither_reminded_nor_escalated(site: stories.Site) -> None:
    stories.order(stories.draft(site), site, days=None)
    assert sweeps.sweep_deadlines(stories.today() + timedelta(days=400)) == 0
    assert told(site.director) == []


def test_an_answered_hazard_is_no_longer_reminded(site: stories.Site) -> None:
    hazard = ordered(site)
    HAZARD.perform(hazard, "receive", by=site.director)
    stories.answer(hazard, site)
    assert sweeps.sweep_deadlines(day(hazard, 9)) == 0


def test_a_hazard_sent_back_with_a_new_deadline_is_reminded_anew(site: stories.Site) -> None:
    hazard = stories.taken_to("confirmed", site)
    new = stories.today() + timedelta(days=20)
    HAZARD.perform(hazard, "return", by=site.inspector, reason="仍有缺口", deadline=new)
    sweeps.sweep_deadlines(new)
    assert told(site.director)[-1] == "hazard_due_today"


def test_an_answer_that_waits_too_long_is_brought_to_those_who_must_act_and_again_after_three_days(
    site: stories.Site,
) -> None:
    stories.taken_to("confirmed", site)
    start = stories.today()
    for offset in range(14):
        sweeps.sweep_closures(start + timedelta(days=offset))
    assert told(site.inspector)[0] == "hazard_waits_confirmed"
    assert 2 <= len(told(site.inspector)) <= 4
    assert told(site.head) == told(site.inspector)
    assert told(site.director) == []


def test_the_engineer_is_reminded_of_an_answer_that_waits_for_confirmation(site: stories.Site) -> None:
    stories.taken_to("answered", site)
    for offset in range(6):
        sweeps.sweep_closures(stories.today() + timedelta(days=offset))
    assert told(site.engineer)[0] == "hazard_waits_answered"


def test_a_verified_major_waits_for_the_second_officer(site: stories.Site) -> None:
    stories.taken_to("verified", site, grade=Grade.MAJOR)
    for offset in range(8):
        sweeps.sweep_closures(stories.today() + timedelta(days=offset))
    assert told(site.head)[0] == "hazard_waits_verified"


def test_a_sweep_with_nothing_due_asks_one_question_however_many_hazards_there_are(site: stories.Site) -> None:
    for _ in range(3):
        ordered(site)
    Hazard.objects.update(next_reminder_on=F("deadline"))
    with CaptureQueriesContext(connection) as queries:
        assert sweeps.sweep_deadlines(stories.today()) == 0
    assert len([q for q in queries if "SELECT" in q["sql"]]) == 1


def test_the_cost_of_a_sweep_does_not_grow_with_the_hazards_of_a_batch(site: stories.Site) -> None:
    def queries_for(count: int) -> int:
        hazards = [ordered(site) for _ in range(count)]
        with CaptureQueriesContext(connection) as queries:
            assert sweeps.sweep_deadlines(day(hazards[0], -3)) == count
        Hazard.objects.update(next_reminder_on=None)
        return len(queries)

    assert queries_for(1) == queries_for(3)


def sweep_in_two_workers(today: date) -> int:
    """How many steps two sweeps say together that start at the same moment."""
    barrier = threading.Barrier(2)
    said: list[int] = []

    def worker() -> None:
        barrier.wait()
        said.append(sweeps.sweep_deadlines(today))
        connection.close()

    threads = [threading.Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(said)


@pytest.mark.django_db(transaction=True)
def test_two_workers_sweeping_at_once_say_each_step_once() -> None:
    place = stories.site()
    hazards = [ordered(place) for _ in range(6)]
    assert sweep_in_two_workers(day(hazards[0], -3)) == 6
    assert told(place.director) == ["hazard_due_in_3"] * 6


@pytest.mark.django_db(transaction=True)
def test_without_row_locks_two_workers_would_say_steps_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: both workers read before either writes, and no step is claimed."""
    place = stories.site()
    hazards = [ordered(place) for _ in range(6)]
    both_have_read = threading.Barrier(2)

    def unlocked(states: object, today: date) -> list[Hazard]:
        rows = Hazard.objects.filter(next_reminder_on__lte=today).select_related("project")
        found = list(rows)
        both_have_read.wait(timeout=10)
        return found

    monkeypatch.setattr(sweeps, "_due", unlocked)
    monkeypatch.setattr(sweeps, "_written", lambda rows: [])
    assert sweep_in_two_workers(day(hazards[0], -3)) == 12
