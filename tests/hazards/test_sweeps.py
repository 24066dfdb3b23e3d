"""Deadlines run by themselves: reminders, escalation, answers that wait; nothing is said twice, nothing floods."""

from collections.abc import Callable
from datetime import date, timedelta
from importlib import import_module
from itertools import count
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from apps.hazards.models import Alarm, Grade, Hazard, Plan, Reminder
from apps.hazards.services import reminding, sweeps
from apps.hazards.workflow import HAZARD
from apps.notifications.models import Message
from apps.projects.models import ProjectMember
from tests.hazards import stories
from tests.notifications.helpers import Gate, at_once, held, open_when_somebody_waits, without
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
    reminder = Reminder.objects.get(hazard=hazard)
    assert (reminder.kind, reminder.day) == ("escalate_county", day(hazard, 3))
    assert reminder.skipped == ["due_in_3", "due_in_1", "due_today", "escalate_station"]


def test_steps_that_lie_before_the_order_are_never_said(site: stories.Site) -> None:
    hazard = ordered(site, days=1)
    sweeps.sweep_deadlines(stories.today())
    assert told(site.director) == ["hazard_due_in_1"]
    assert Reminder.objects.get(hazard=hazard).skipped == []


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


def test_a_sweep_with_nothing_due_asks_two_questions_however_many_hazards_there_are(site: stories.Site) -> None:
    for _ in range(3):
        ordered(site)
    Hazard.objects.update(next_reminder_on=F("deadline"))
    with CaptureQueriesContext(connection) as queries:
        assert sweeps.sweep_deadlines(stories.today()) == 0
    assert len(queries) == 2


def test_the_question_whether_anything_is_due_is_answered_by_the_index_of_alarms(db: None) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sweeps.DUE_DAYS}", [Plan.DEADLINE, stories.today()])
        assert any("alarm_due" in line for (line,) in cursor.fetchall())
        cursor.execute(f"EXPLAIN {reminding.UNSAID}")
        assert any("reminder_unsaid" in line for (line,) in cursor.fetchall())


def test_the_cost_of_a_sweep_does_not_grow_with_the_hazards_of_a_chunk(site: stories.Site) -> None:
    def queries_for(number: int) -> int:
        hazards = [ordered(site) for _ in range(number)]
        with CaptureQueriesContext(connection) as queries:
            assert sweeps.sweep_deadlines(day(hazards[0], -3)) == number
        Hazard.objects.update(next_reminder_on=None)
        return len(queries)

    assert queries_for(1) == queries_for(3)


# What is said


def test_a_message_says_what_where_and_until_when(site: stories.Site) -> None:
    hazard = ordered(site)
    sweeps.sweep_deadlines(day(hazard, 0))
    message = Message.objects.get(recipient=site.director, kind="hazard_due_today")
    assert (message.title, message.level) == ("整改期限今天到期：五层预留洞口未封闭", "must_do")
    assert message.body == f"{hazard.number}　{site.project.name}　期限 {hazard.deadline}"
    assert message.url == hazard.get_absolute_url()
    assert message.dedupe_key == f"hazard:{hazard.pk}:due_today:{hazard.deadline}"


@pytest.mark.parametrize(
    "description",
    [
        "洞口未封闭",
        "  洞口未封闭 \r\n第二行",
        "\n\t\n　洞口　未封闭　\n",
        "长" * 61,
        "长" * 59 + " 尾",
        "甲\u2028乙",
        "甲\x0b乙\x0c丙\x85丁",
        "100%（见 \\1 条）",
        "😀" * 70,
    ],
)
def test_a_message_is_headed_like_the_hazard(site: stories.Site, description: str) -> None:
    hazard = ordered(site)
    Hazard.objects.filter(pk=hazard.pk).update(description=description)
    sweeps.sweep_deadlines(day(hazard, 0))
    title = Message.objects.get(recipient=site.director, kind="hazard_due_today").title
    assert title == f"整改期限今天到期：{Hazard.objects.get(pk=hazard.pk).title}"


def test_one_person_in_two_roles_is_told_once(site: stories.Site) -> None:
    ProjectMember.objects.create(project=site.project, user=site.director, post="project_safety_officer")
    hazard = ordered(site)
    sweeps.sweep_deadlines(day(hazard, -3))
    assert told(site.director) == ["hazard_due_in_3"]


# The alarm


def alarm(hazard: Hazard) -> tuple[str, date, date] | None:
    found = Alarm.objects.filter(hazard=hazard).first()
    return (found.plan, found.counted_from, found.began_on) if found else None


def test_the_alarm_follows_the_hazard_from_hand_to_hand_and_ends_with_it(site: stories.Site) -> None:
    hazard, today = stories.draft(site), stories.today()
    assert alarm(hazard) is None
    stories.order(hazard, site, days=5)
    assert alarm(hazard) == ("deadline", today + timedelta(days=5), today)
    for stage in ("answered", "confirmed", "verified"):
        assert alarm(stories.taken_to(stage, site)) == (stage, today, today)
    assert alarm(stories.taken_to("closed", site)) is None


def test_a_new_deadline_is_planned_for_whoever_writes_it(site: stories.Site) -> None:
    hazard = ordered(site)
    sweeps.sweep_deadlines(day(hazard, 1))
    later = day(hazard, 10)
    Hazard.objects.filter(pk=hazard.pk).update(deadline=later)
    assert sweeps.sweep_deadlines(later - timedelta(days=2)) == 1
    assert told(site.director)[-1] == "hazard_due_in_3"


def test_a_plan_that_has_said_all_is_not_looked_at_again(site: stories.Site) -> None:
    hazard = ordered(site)
    sweeps.sweep_deadlines(day(hazard, 7))
    assert Alarm.objects.get(hazard=hazard).day is None
    assert sweeps.sweep_deadlines(day(hazard, 400)) == 0


def test_hazards_of_before_the_alarms_get_the_same_ones(site: stories.Site) -> None:
    for stage in ("ordered", "received", "answered", "confirmed", "verified", "closed"):
        stories.taken_to(stage, site)
    stories.order(stories.draft(site), site, days=None)
    by_trigger = set(Alarm.objects.values_list())
    Alarm.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(import_module("apps.hazards.migrations.0004_alarms").FILL)
    assert len(by_trigger) == 5
    assert set(Alarm.objects.values_list()) == by_trigger


# Chunks and workers


def test_more_than_a_chunk_is_swept_chunk_by_chunk(site: stories.Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeps, "CHUNK", 2)
    hazards = [ordered(site) for _ in range(5)]
    assert sweeps.sweep_deadlines(day(hazards[0], -3)) == 5
    assert told(site.director) == ["hazard_due_in_3"] * 5


def second_call_ends_the_worker(work: Callable[..., Any]) -> Callable[..., Any]:
    """The work, but a second time it ends in the middle of its transaction."""
    calls = count()

    def dying(*asked: Any) -> Any:
        with transaction.atomic():
            done = work(*asked)
            if next(calls):
                raise SystemExit
            return done

    return dying


def test_a_sweep_that_dies_keeps_its_finished_chunks_and_the_next_one_says_them_and_the_rest(
    site: stories.Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeps, "CHUNK", 2)
    today = day([ordered(site) for _ in range(5)][-1], -3)
    with monkeypatch.context() as dying, pytest.raises(SystemExit):
        dying.setattr(sweeps, "_claim_chunk", second_call_ends_the_worker(sweeps._claim_chunk))
        sweeps.sweep_deadlines(today)
    assert (Reminder.objects.count(), told(site.director)) == (2, [])
    assert sweeps.sweep_deadlines(today) == 3
    assert told(site.director) == ["hazard_due_in_3"] * 5


def test_one_that_dies_while_saying_keeps_what_it_said_and_the_next_one_says_only_the_rest(
    site: stories.Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminding, "CHUNK", 2)
    today = day([ordered(site) for _ in range(5)][-1], -3)
    with monkeypatch.context() as dying, pytest.raises(SystemExit):
        dying.setattr(reminding, "_say_chunk", second_call_ends_the_worker(reminding._say_chunk))
        sweeps.sweep_deadlines(today)
    assert told(site.director) == ["hazard_due_in_3"] * 2
    assert sweeps.sweep_deadlines(today) == 0
    assert told(site.director) == ["hazard_due_in_3"] * 5
    assert not Reminder.objects.filter(settled_at=None).exists()


def claimed_only(today: date) -> None:
    """A sweep whose worker died before it said anything."""
    with pytest.MonkeyPatch.context() as dying:
        dying.setattr(sweeps, "say_what_is_claimed", lambda: None)
        assert sweeps.sweep_deadlines(today) == 1


def test_what_was_answered_between_claim_and_saying_is_not_said(site: stories.Site) -> None:
    hazard = ordered(site)
    claimed_only(day(hazard, 0))
    HAZARD.perform(hazard, "receive", by=site.director)
    stories.answer(hazard, site)
    reminding.say_what_is_claimed()
    assert told(site.director) == []
    assert not Reminder.objects.filter(settled_at=None).exists()


def test_what_got_a_new_deadline_between_claim_and_saying_is_said_for_the_new_one_alone(site: stories.Site) -> None:
    hazard = ordered(site)
    claimed_only(day(hazard, 0))
    later = day(hazard, 10)
    Hazard.objects.filter(pk=hazard.pk).update(deadline=later)
    assert sweeps.sweep_deadlines(later) == 1
    assert told(site.director) == ["hazard_due_today"]
    assert Message.objects.get(recipient=site.director, kind="hazard_due_today").body.endswith(f"期限 {later}")


@pytest.mark.django_db(transaction=True)
def test_two_workers_sweeping_at_once_say_each_step_once() -> None:
    place = stories.site()
    today = day([ordered(place) for _ in range(6)][-1], -3)
    assert sum(at_once(lambda: sweeps.sweep_deadlines(today), lambda: sweeps.sweep_deadlines(today))) == 6
    assert told(place.director) == ["hazard_due_in_3"] * 6


def first_is_held(monkeypatch: pytest.MonkeyPatch, module: Any, chunk: str) -> Gate:
    """The first to have done a chunk stands at the gate with its transaction open."""
    gate, work = Gate(), getattr(module, chunk)

    def slowly(*asked: Any) -> Any:
        with transaction.atomic():
            done = work(*asked)
            if not gate.reached.is_set():
                gate.pass_through()
            return done

    monkeypatch.setattr(module, chunk, slowly)
    return gate


@pytest.fixture
def first_holds(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """The first sweep to have claimed its steps."""
    return first_is_held(monkeypatch, sweeps, "_claim_chunk")


@pytest.mark.django_db(transaction=True)
def test_what_one_worker_is_at_another_neither_claims_nor_waits_for(first_holds: Gate) -> None:
    place = stories.site()
    today = day([ordered(place) for _ in range(6)][-1], -3)
    with held(first_holds, lambda: sweeps.sweep_deadlines(today)) as first:
        assert sweeps.sweep_deadlines(today) == 0
    assert first == [6]
    assert told(place.director) == ["hazard_due_in_3"] * 6


@pytest.mark.django_db(transaction=True)
def test_what_one_worker_is_saying_another_neither_says_nor_waits_for(monkeypatch: pytest.MonkeyPatch) -> None:
    place = stories.site()
    today = day([ordered(place) for _ in range(6)][-1], -3)
    gate = first_is_held(monkeypatch, reminding, "_say_chunk")
    with held(gate, lambda: sweeps.sweep_deadlines(today)):
        assert sweeps.sweep_deadlines(today) == 0
        assert told(place.director) == []
    assert told(place.director) == ["hazard_due_in_3"] * 6


def sweep_past_the_first(gate: Gate, today: date) -> int:
    """How many steps two sweeps claim together of which the second reads before the first has committed."""
    with held(gate, lambda: sweeps.sweep_deadlines(today)) as first:
        _, second = at_once(lambda: open_when_somebody_waits(gate), lambda: sweeps.sweep_deadlines(today))
    return first[0] + second


@pytest.mark.django_db(transaction=True)
def test_even_without_row_locks_the_unique_claims_let_no_step_be_claimed_twice(
    first_holds: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = stories.site()
    today = day([ordered(place) for _ in range(6)][-1], -3)
    without_row_locks(monkeypatch)
    assert sweep_past_the_first(first_holds, today) == 6
    assert told(place.director) == ["hazard_due_in_3"] * 6


@pytest.mark.django_db(transaction=True)
def test_without_locks_and_claims_two_workers_would_claim_steps_twice(
    first_holds: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the two tests above."""
    place = stories.site()
    today = day([ordered(place) for _ in range(6)][-1], -3)
    without_row_locks(monkeypatch)
    with without(Reminder, "reminder_once"):
        assert sweep_past_the_first(first_holds, today) == 12


def without_row_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    unlocked = sweeps.SWEEP.replace("FOR NO KEY UPDATE SKIP LOCKED", "")
    assert unlocked != sweeps.SWEEP
    monkeypatch.setattr(sweeps, "SWEEP", unlocked)
