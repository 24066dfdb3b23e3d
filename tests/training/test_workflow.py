"""A training is opened on its day, confirmed with who was there, and what it counts is written once."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.services.tokens import digest_of
from apps.core.workflow import TransitionRefused
from apps.training.codes import code_of
from apps.training.models import SESSION_CHANGES, Course, Participation, Result, Session, SessionState, SignedInBy
from apps.training.services.participations import record_result
from apps.training.services.people import add_people, call_roll
from apps.training.services.sessions import make_up, missed
from apps.training.services.signing_in import sign_in
from apps.training.workflow import SESSION
from tests.hazards.stories import site
from tests.training import stories

pytestmark = pytest.mark.django_db
MOVES = [move.name for move in SESSION.transitions]


def facts_of(move: str) -> dict[str, Any]:
    return {"reason": "停电改期"} if move == "cancel" else {}


def test_the_table_and_the_database_know_the_same_changes() -> None:
    assert SESSION.pairs() == set(SESSION_CHANGES)


def test_confirming_credits_all_who_were_there_in_one_statement() -> None:
    where = site()
    session = stories.opened(where)
    lines = stories.listed(session, where, *(stories.worker(where).person for _ in range(4)))
    call_roll(session, there=[line.pk for line in lines[:3]], was_there=[], by=where.director)
    with CaptureQueriesContext(connection) as queries:
        SESSION.perform(session, "hold", by=where.director)
    told = [q["sql"] for q in queries if "training_participation" in q["sql"] and q["sql"].startswith("UPDATE")]
    assert len(told) == 1
    session.refresh_from_db()
    assert (session.state, session.sign_in_sha256) == ("held", "")
    credited = session.participations.filter(credited_on=session.day)
    assert set(credited) == set(lines[:3])


def test_who_needs_an_examination_is_credited_by_passing_it_alone() -> None:
    where = site()
    people = [stories.worker(where).person for _ in range(2)]
    session = stories.held(where, *people, course=stories.course(needs_exam=True))
    one, other = session.participations.order_by("person")
    assert (one.result, one.credited_on) == (Result.WAITING, None)
    day = timezone.localdate()
    assert record_result(one, score=81, passed=True, on=day, by=where.director).credited_on == day
    failed = record_result(other, score=40, passed=False, on=day, by=where.director)
    assert (failed.result, failed.score, failed.credited_on) == (Result.FAILED, 40, None)
    again = record_result(other, score=70, passed=True, on=day, by=None)
    assert (again.result, again.credited_on) == (Result.PASSED, day)
    assert record_result(again, score=10, passed=False, on=day, by=None).score == 70


def test_who_was_absent_passes_no_examination() -> None:
    where = site()
    session = stories.opened(where, course=stories.course(needs_exam=True))
    (line,) = stories.listed(session, where, stories.worker(where).person)
    with pytest.raises(TransitionRefused, match="未签到"):
        record_result(line, score=90, passed=True, on=timezone.localdate(), by=where.director)


def test_a_training_is_not_opened_before_its_day_nor_confirmed_before_its_end() -> None:
    where, now = site(), timezone.now()
    later = stories.planned(where, starts_at=now + timedelta(days=2), ends_at=now + timedelta(days=2, hours=1))
    with pytest.raises(TransitionRefused, match="培训当天"):
        SESSION.perform(later, "open", by=where.director)
    long = stories.opened(where, ends_at=now + timedelta(days=2))
    (line,) = stories.listed(long, where, stories.worker(where).person)
    call_roll(long, there=[line.pk], was_there=[], by=where.director)
    with pytest.raises(TransitionRefused, match="那一天才能确认"):
        SESSION.perform(long, "hold", by=where.director)


def test_nobody_there_means_it_was_not_held() -> None:
    where = site()
    session = stories.opened(where)
    with pytest.raises(TransitionRefused, match="没有人签到"):
        SESSION.perform(session, "hold", by=where.director)


def test_each_opening_has_a_secret_of_its_own_and_only_its_hash_is_kept() -> None:
    where = site()
    session = stories.opened(where)
    first = code_of(session)
    assert session.sign_in_sha256 == digest_of(first)
    fresh = SESSION.perform(session, "renew", by=where.director)
    assert code_of(fresh) != first
    assert fresh.sign_in_sha256 == digest_of(code_of(fresh))
    assert Client().get(f"/m/training/sign-in/{first}/").status_code == 404
    assert Client().get(stories.token(fresh)).status_code == 200


def test_others_than_the_organiser_make_no_move() -> None:
    where, other = site(), site()
    session = stories.planned(where)
    for user in (where.inspector, where.engineer):
        assert SESSION.open_to(session, user) == []
    assert [move.name for move in SESSION.open_to(session, where.manager)] == ["open", "cancel"]
    assert not Session.objects.visible_to(other.director).exists()


def test_a_training_with_credits_is_not_cancelled() -> None:
    where = site()
    session = stories.opened(where, course=stories.course(needs_exam=True))
    (line,) = stories.listed(session, where, stories.worker(where).person)
    call_roll(session, there=[line.pk], was_there=[], by=where.director)
    record_result(line, score=90, passed=True, on=timezone.localdate(), by=where.director)
    with pytest.raises(TransitionRefused, match="不能取消"):
        SESSION.perform(session, "cancel", by=where.director, reason="停电改期")


def test_what_was_held_stays_as_it_was() -> None:
    where = site()
    session = stories.held(where, stories.worker(where).person)
    for change in ({"hours": 99}, {"state": "planned", "held_at": None}, {"place": "别处"}):
        with pytest.raises(Exception, match=r"stays|transition"), transaction.atomic():
            Session.objects.filter(pk=session.pk).update(**change)
    with pytest.raises(Exception, match=r"who_was_there_stays|delete"), transaction.atomic():
        session.participations.all().delete()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([*MOVES, "roll"]), min_size=1, max_size=8))
def test_whatever_is_tried_in_whatever_order_credits_stand_exactly_on_held_trainings(tries: list[str]) -> None:
    where = site()
    session = stories.planned(where)
    lines = stories.listed(session, where, *(stories.worker(where).person for _ in range(2)))
    for name in tries:
        before = Session.objects.get(pk=session.pk)
        try:
            if name == "roll":
                call_roll(before, there=[lines[0].pk], was_there=[], by=where.director)
            else:
                SESSION.perform(before, name, by=where.director, **facts_of(name))
        except TransitionRefused:
            assert Session.objects.get(pk=session.pk).state == before.state
        now = Session.objects.get(pk=session.pk)
        assert now.state == before.state or (before.state, now.state) in SESSION.pairs()
        credited = now.participations.filter(credited_on__isnull=False).count()
        assert credited == (1 if now.state == SessionState.HELD else 0)
        assert bool(now.sign_in_sha256) == (now.state == SessionState.OPEN)


# Make-ups and lists ---------------------------------------------------------------------------------------------------


def test_who_was_absent_or_failed_is_taught_once_more_with_one_press_and_not_twice() -> None:
    where = site()
    session = stories.opened(where, course=stories.course(needs_exam=True))
    there, absent, failing = stories.listed(session, where, *(stories.worker(where).person for _ in range(3)))
    call_roll(session, there=[there.pk, failing.pk], was_there=[], by=where.director)
    SESSION.perform(session, "hold", by=where.director)
    record_result(there, score=90, passed=True, on=timezone.localdate(), by=where.director)
    record_result(failing, score=9, passed=False, on=timezone.localdate(), by=where.director)
    again = make_up(session, by=where.director)
    assert set(again.participations.values_list("person", flat=True)) == {absent.person_id, failing.person_id}
    assert (again.makes_up_id, again.course_id, again.state) == (session.pk, session.course_id, "planned")
    assert timezone.localdate(again.starts_at) == timezone.localdate() + timedelta(days=7)
    assert not missed(session).exists()
    with pytest.raises(TransitionRefused, match="没有缺勤"):
        make_up(session, by=where.director)
    SESSION.perform(again, "cancel", by=where.director, reason="时间不合适")
    assert missed(session).count() == 2


def test_hundreds_are_put_on_the_list_in_a_few_statements() -> None:
    where = site()
    session = stories.planned(where)
    people = [stories.worker(where).person for _ in range(30)]
    with CaptureQueriesContext(connection) as queries:
        stories.listed(session, where, *people)
    assert session.participations.count() == 30
    assert len(queries) < 20
    assert len(stories.listed(session, where, *people)) == 30


def test_who_is_on_another_list_at_the_time_is_left_out_and_named() -> None:
    where = site()
    one, other = stories.planned(where), stories.planned(where)
    busy = stories.worker(where).person
    free = stories.worker(where).person
    stories.listed(one, where, busy)
    done = add_people(other, type(busy).objects.filter(pk__in=[busy.pk, free.pk]), by=where.director)
    assert (done.added, done.elsewhere) == (1, (busy.name,))


def test_the_database_refuses_a_person_in_two_trainings_at_once() -> None:
    where = site()
    person = stories.worker(where).person
    one, other = stories.opened(where), stories.opened(where)
    stories.listed(one, where, person)
    line = one.participations.get()
    call_roll(one, there=[line.pk], was_there=[], by=where.director)
    with pytest.raises(IntegrityError, match="participation_in_one_place"), transaction.atomic():
        Participation.objects.create(
            session=other,
            person=person,
            region_path=other.region_path,
            level=other.level,
            hours=other.hours,
            signed_in_at=timezone.now(),
            signed_in_by="trainer",
        )


def test_the_roll_takes_back_an_own_mistake_and_nothing_that_somebody_else_has_said() -> None:
    where = site()
    session = stories.opened(where)
    mistaken, own = stories.listed(session, where, *(stories.worker(where).person for _ in range(2)))
    Client().post(stories.token(session), {"name": own.person.name, "id_number": own.person.id_number})
    call_roll(session, there=[mistaken.pk], was_there=[], by=where.director)
    done = call_roll(session, there=[], was_there=[mistaken.pk, own.pk], by=where.director)
    assert done.undone == 1
    assert list(session.participations.filter(signed_in_at__isnull=False)) == [own]


@pytest.mark.parametrize(("before", "counts"), [(False, True), (True, False)])
def test_what_was_asked_when_somebody_was_listed_decides_whatever_the_course_asks_later(
    before: bool, counts: bool
) -> None:
    where = site()
    session = stories.opened(where, course=stories.course(needs_exam=before))
    first, late = stories.listed(session, where, *(stories.worker(where).person for _ in range(2)))
    call_roll(session, there=[first.pk], was_there=[], by=where.director)
    session = SESSION.perform(session, "hold", by=where.director)
    Course.objects.filter(pk=session.course_id).update(needs_exam=not before)
    line = sign_in(session, late.person, how=SignedInBy.IMPORT, by=where.director)
    assert (line.credited_on is not None) == counts


def test_who_is_entered_after_the_end_is_marked_and_counts_at_once() -> None:
    where = site()
    session = stories.opened(where)
    first, late = stories.listed(session, where, *(stories.worker(where).person for _ in range(2)))
    call_roll(session, there=[first.pk], was_there=[], by=where.director)
    session = SESSION.perform(session, "hold", by=where.director)
    call_roll(session, there=[late.pk], was_there=[], by=where.director)
    late.refresh_from_db()
    assert (late.is_late, late.credited_on, late.signed_in_by) == (True, session.day, "trainer")
