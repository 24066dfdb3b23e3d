"""Signing in by the code: with an account, without one, by nobody else, and once."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from apps.core.models import Event
from apps.people.models import Person
from apps.training.models import Participation, SignInFailure
from apps.training.services.signing_in import MOST_OF_ADDRESS, UNKNOWN, forget_failures, sign_in_by_number
from apps.training.workflow import SESSION
from tests.factories import PersonFactory
from tests.hazards.stories import site
from tests.personas import signed_in
from tests.roster.stories import engaged
from tests.training import stories

pytestmark = pytest.mark.django_db


def told(person: Person) -> dict[str, str]:
    return {"name": person.name, "id_number": person.id_number}


def test_a_worker_without_an_account_signs_in_by_name_and_number_and_twice_is_once() -> None:
    where = site()
    person, session = stories.worker(where).person, stories.opened(where)
    for _ in range(2):
        page = Client().post(stories.token(session), told(person))
        assert "签到成功" in page.content.decode()
    line = session.participations.get()
    assert (line.person, line.signed_in_by, line.is_late) == (person, "code", False)
    assert Event.objects.of(line).count() == 1


def test_the_number_is_logged_and_kept_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    where = site()
    person, session = stories.worker(where).person, stories.opened(where)
    stranger = PersonFactory.build(employer=None, name="生人")
    with caplog.at_level(logging.DEBUG):
        done, refused = (Client().post(stories.token(session), told(who)) for who in (person, stranger))
    # Who was refused finds what they typed in the form again; the answer is for nobody's cache.
    assert person.id_number not in done.content.decode()
    assert "no-store" in refused["Cache-Control"]
    for number in (person.id_number, stranger.id_number):
        assert number not in caplog.text
        assert not Event.objects.filter(facts__icontains=number).exists()
    assert not Person.objects.filter(name="生人").exists()


def test_unknown_of_another_site_and_wrong_name_are_answered_alike_to_the_byte() -> None:
    where, other = site(), site()
    session, person = stories.opened(where), stories.worker(where).person
    elsewhere = stories.worker(other).person
    unknown = PersonFactory.build(employer=None)
    tries = [told(unknown), told(elsewhere), told(person) | {"name": "别的名字"}]
    client, pages = Client(), []
    for one in tries:
        page = client.post(stories.token(session), one | {"name": "同名"} if one is not tries[1] else one)
        assert page.status_code == 422
        pages.append(page.context["refusal"])
    assert set(pages) == {UNKNOWN}
    assert SignInFailure.objects.count() == 3
    assert not Participation.objects.exists()


def test_numbers_cannot_be_tried_out() -> None:
    where = site()
    session, person = stories.opened(where), stories.worker(where).person
    SignInFailure.objects.bulk_create(
        SignInFailure(session=session, address="127.0.0.1") for _ in range(MOST_OF_ADDRESS)
    )
    answer = Client().post(stories.token(session), told(person))
    assert (answer.status_code, answer["Retry-After"]) == (429, "900")
    assert not Participation.objects.exists()
    SignInFailure.objects.update(at=timezone.now() - timedelta(days=2))
    assert Client().post(stories.token(session), told(person)).status_code == 200
    assert forget_failures() == MOST_OF_ADDRESS


def test_who_has_an_account_taps_once() -> None:
    where = site()
    person = PersonFactory(employer=where.project.enterprise, user=where.manager)
    engaged(where.project, person, worker_class="leader")
    session = stories.opened(where)
    client = signed_in(where.manager)
    assert f"{person.name}，签到" in client.get(stories.token(session)).content.decode()
    client.post(stories.token(session), {"own": "1"})
    assert session.participations.get().recorded_by == where.manager


def test_staff_of_the_firm_sign_in_to_a_training_at_its_seat() -> None:
    where = site()
    session = stories.opened(where, project=None)
    staff = PersonFactory(employer=where.project.enterprise)
    assert Client().post(stories.token(session), told(staff)).status_code == 200
    assert session.participations.get().person == staff


def test_after_closing_and_long_after_the_end_the_code_opens_nothing() -> None:
    where = site()
    person, session = stories.worker(where).person, stories.opened(where)
    address = stories.token(session)
    Client().post(address, told(person))
    SESSION.perform(session, "hold", by=where.director)
    assert Client().get(address).status_code == 404
    now = timezone.now()
    forgotten = stories.opened(where, starts_at=now - timedelta(hours=3), ends_at=now - timedelta(hours=2))
    assert Client().get(stories.token(forgotten)).status_code == 404


def test_who_signed_in_elsewhere_at_the_time_is_told_so() -> None:
    where = site()
    person = stories.worker(where).person
    one, other = stories.opened(where), stories.opened(where)
    Client().post(stories.token(one), told(person))
    page = Client().post(stories.token(other), told(person))
    assert page.status_code == 422
    assert "同一时间已在另一个培训班次签到" in page.content.decode()
    assert not other.participations.exists()


def test_a_bad_number_says_what_is_wrong_with_it_and_keeps_the_name() -> None:
    session = stories.opened(site())
    page = Client().post(stories.token(session), {"name": "王某", "id_number": "110105194912310021"})
    assert page.status_code == 422
    assert "校验码" in page.content.decode()
    assert "王某" in page.content.decode()
    assert not SignInFailure.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_phones_at_the_same_moment_sign_one_person_in_once_and_two_codes_in_one_place() -> None:
    where = site()
    person = stories.worker(where).person
    one, other = stories.opened(where), stories.opened(where)

    def attempt(session: object) -> str:
        try:
            sign_in_by_number(session, name=person.name, number=person.id_number, address="10.0.0.1")  # type: ignore[arg-type]
            return "in"
        except Exception as refused:
            return type(refused).__name__
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(attempt, [one, one, other, other]))
    assert Participation.objects.filter(signed_in_at__isnull=False).count() == 1
    assert sorted(answers) == ["TransitionRefused", "TransitionRefused", "in", "in"]
