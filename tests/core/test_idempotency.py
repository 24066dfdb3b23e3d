"""Sent twice under one key: done once, answered twice the same; also by two at once and after a failure between."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from apps.core import idempotency
from apps.core.models import Event, IdempotencyKey
from apps.core.tasks import forget_answers
from apps.enterprises.models import Enterprise
from apps.projects.models import DangerousWork
from tests.api_client import Api
from tests.factories import ProjectFactory, credit_code
from tests.notifications.helpers import at_once, without
from tests.personas import CHANGAN, inspector

pytestmark = pytest.mark.django_db

LIST = "/api/enterprises/"
NEW = {"name": "河北某某建工有限公司", "uscc": "91130102MA0ABCDE1W", "kind": "contractor", "region": CHANGAN}


@pytest.fixture
def api() -> Api:
    return Api(inspector())


def test_same_request_again_gets_the_same_answer_and_does_nothing(api: Api) -> None:
    first, again = api.post(LIST, NEW, key="k-1"), api.post(LIST, NEW, key="k-1")
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert (again["ETag"], again["Location"]) == (first["ETag"], first["Location"])
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert Event.objects.filter(name="registered", record_type="enterprises.enterprise").count() == 1


def test_order_of_members_does_not_make_another_request(api: Api) -> None:
    api.post(LIST, NEW, key="k-1")
    assert api.post(LIST, dict(reversed(NEW.items())), key="k-1").status_code == 201


@pytest.mark.parametrize("key", ["", "two words", "编号", "x" * 101, "tab\there"])
def test_program_must_give_a_sound_key(api: Api, key: str) -> None:
    answer = api.post(LIST, NEW, key=key)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")
    assert not Enterprise.objects.exists()


def test_browser_session_may_do_without_a_key() -> None:
    client = Client()
    client.post("/login/", {"username": inspector().username, "password": "Anquan-Diyi-2026"})
    assert client.post(LIST, NEW, content_type="application/json").status_code == 201


def test_another_request_under_the_key_is_422(api: Api) -> None:
    api.post(LIST, NEW, key="k-1")
    answer = api.post(LIST, NEW | {"address": "别处"}, key="k-1")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


def test_keys_of_two_users_do_not_meet(api: Api) -> None:
    api.post(LIST, NEW, key="k-1")
    other = Api(inspector()).post(LIST, NEW | {"uscc": credit_code(7)}, key="k-1")
    assert other.status_code == 201


def test_refused_request_is_not_remembered_and_may_be_put_right(api: Api) -> None:
    assert api.post(LIST, NEW | {"uscc": "wrong"}, key="k-1").status_code == 422
    assert api.post(LIST, NEW, key="k-1").status_code == 201


def test_only_a_keyed_digest_of_the_request_is_kept(api: Api) -> None:
    api.post(LIST, NEW, key="k-1")
    row = IdempotencyKey.objects.get()
    assert (len(row.request_hash), row.status, (row.body or {})["uscc"]) == (64, 201, NEW["uscc"])


def test_answers_are_forgotten_after_a_week(api: Api) -> None:
    api.post(LIST, NEW, key="k-1")
    api.post(LIST, NEW | {"uscc": credit_code(7)}, key="k-2")
    IdempotencyKey.objects.filter(key="k-1").update(created_at=timezone.now() - timedelta(days=8))
    forget_answers.run()
    assert IdempotencyKey.objects.get().key == "k-2"


@contextmanager
def held_elsewhere(name: str) -> Iterator[None]:
    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])
        yield
    other.close()


def test_request_still_being_done_is_409_and_says_when_to_ask_again() -> None:
    user = inspector()
    api = Api(user)
    with held_elsewhere(f"idempotency:{user.pk}:k-1"):
        answer = api.post(LIST, NEW, key="k-1")
    assert (answer.status_code, answer["Retry-After"], answer.json()["code"]) == (409, "1", "in_flight")
    assert api.post(LIST, NEW, key="k-1").status_code == 201


# Races: dangerous works have no number of their own, so nothing but the key keeps two of them apart

AT_ONCE = 6
WORKS = "/api/dangerous_works/"


def posted(keys: list[str]) -> list[int]:
    """One new work per key, all at once, by one person on one site."""
    user, project = inspector(), ProjectFactory()
    body = {"project": project.number, "category": "pit", "excavation_depth": "6.5", "name": "1号楼基坑"}
    answers = at_once(*[partial(Api(user).post, WORKS, body, key=key) for key in keys])
    return sorted(answer.status_code for answer in answers)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_six_at_once_under_one_key_do_it_once() -> None:
    statuses = posted(["k-1"] * AT_ONCE)
    assert set(statuses) <= {201, 409}
    assert DangerousWork.objects.count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_six_at_once_under_six_keys_do_it_six_times() -> None:
    """The control: the six do run at once, and only the key makes them one."""
    assert posted([f"k-{n}" for n in range(AT_ONCE)]) == [201] * AT_ONCE
    assert DangerousWork.objects.count() == AT_ONCE


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_six_at_once_would_do_it_more_than_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: lock and unique key off."""
    monkeypatch.setattr(idempotency, "try_lock", lambda name: True)
    with without(IdempotencyKey, "idempotency_key_once"):
        posted(["k-1"] * AT_ONCE)
    assert DangerousWork.objects.count() > 1
