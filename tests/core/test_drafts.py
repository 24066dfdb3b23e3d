"""Drafts of forms: kept for their author alone, within limits, and gone once they are done with."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.core import drafts
from apps.core.models import Draft
from tests.personas import inspector

pytestmark = pytest.mark.django_db
PLACE = "/drafts/hazard-new/"


@pytest.fixture
def user(client: Client) -> User:
    user = inspector()
    client.force_login(user)
    return user


def kept(user: User) -> dict[str, Any]:
    return Draft.objects.get(user=user).data


def test_form_encoded_words_are_kept(client: Client, user: User) -> None:
    answer = client.post(
        PLACE,
        "description=%E6%B4%9E%E5%8F%A3&csrfmiddlewaretoken=x&version=3",
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.json() == {"saved_at": f"{timezone.localtime():%H:%M}"}
    assert kept(user) == {"description": ["洞口"]}


def test_json_words_are_kept(client: Client, user: User) -> None:
    sent = {"description": "洞口", "photos": ["a", "b"]}
    assert client.post(PLACE, sent, content_type="application/json").status_code == 200
    assert kept(user) == {"description": ["洞口"], "photos": ["a", "b"]}


def test_saving_again_replaces(client: Client, user: User) -> None:
    for words in ("一", "二"):
        client.post(PLACE, {"description": words}, content_type="application/json")
    assert kept(user) == {"description": ["二"]}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"x" * (drafts.MOST_BYTES + 1), 413),
        (b"{", 400),
        (b"[" * 60000, 400),
        (b"[]", 400),
        (b'{"a": 1}', 400),
        (b'{"a": {"b": "c"}}', 400),
        (b'{"a": [1]}', 400),
        (json.dumps({f"f{n}": "x" for n in range(300)}).encode(), 400),
    ],
)
def test_what_is_no_draft_is_refused(client: Client, user: User, body: bytes, status: int) -> None:
    assert client.post(PLACE, body, content_type="application/json").status_code == status
    assert not Draft.objects.exists()


def test_a_form_with_files_is_refused(client: Client, user: User) -> None:
    assert client.post(PLACE, {"description": "洞口"}).status_code == 400
    assert not Draft.objects.exists()


def test_characters_that_the_database_cannot_hold_are_dropped(client: Client, user: User) -> None:
    client.post(PLACE, b'{"a": "x\\u0000y\\ud800z"}', content_type="application/json")
    assert kept(user) == {"a": ["xyz"]}


@pytest.mark.parametrize("name", ["Hazard", "a" * 81, "a b", "草稿", "../x"])
def test_names_have_a_form(client: Client, user: User, name: str) -> None:
    assert client.post(f"/drafts/{name}/", "{}", content_type="application/json").status_code == 404


def test_nobody_reads_or_discards_another_persons_draft(client: Client, user: User) -> None:
    drafts.keep(inspector(), "hazard-new", {"description": ["别人的"]})
    assert "别人的" not in client.get("/hazards/new/?draft=1").content.decode()
    client.post(f"{PLACE}discard/", {"next": "/hazards/new/"})
    assert Draft.objects.count() == 1


def test_those_who_have_not_signed_in_are_sent_to_do_so(client: Client) -> None:
    answer = client.post(PLACE, "{}", content_type="application/json")
    assert (answer.status_code, answer.headers["Location"].startswith("/login/")) == (302, True)


@pytest.mark.parametrize(
    ("back", "leads_to"), [("/hazards/new/", "/hazards/new/"), ("//evil.example/x", "/"), ("https://evil.example", "/")]
)
def test_discarding_leads_back_within_the_site(client: Client, user: User, back: str, leads_to: str) -> None:
    drafts.keep(user, "hazard-new", {"description": ["洞口"]})
    answer = client.post(f"{PLACE}discard/", {"next": back})
    assert (answer.headers["Location"], Draft.objects.exists()) == (leads_to, False)


def test_the_oldest_of_many_drafts_give_way(user: User) -> None:
    for number in range(drafts.MOST_DRAFTS + 3):
        drafts.keep(user, f"form-{number}", {})
    assert Draft.objects.count() == drafts.MOST_DRAFTS
    assert not Draft.objects.filter(name="form-0").exists()


def test_drafts_of_last_month_give_way(user: User) -> None:
    drafts.keep(user, "old", {})
    Draft.objects.update(saved_at=timezone.now() - drafts.KEPT_FOR - timedelta(days=1))
    drafts.keep(user, "new", {})
    assert list(Draft.objects.values_list("name", flat=True)) == ["new"]
