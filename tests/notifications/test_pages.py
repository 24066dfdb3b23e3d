"""The inbox in the browser."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.notifications.models import Digest, Level, Message
from apps.notifications.services import unread_count
from tests.notifications.helpers import MONDAY, tell


@pytest.fixture
def page(client: Client, person: Any) -> Client:
    client.force_login(person)
    return client


def newest(person: Any) -> Message:
    message = Message.objects.visible_to(person).order_by("-pk").first()
    assert message is not None
    return message


def test_the_inbox_shows_the_newest_first_with_one_button_to_the_step(page: Client, person: Any) -> None:
    tell(person, key="a", title="第一条", level=Level.INFO)
    tell(person, key="b", title="第二条", body="限 3 日内签收")
    html = page.get("/messages/").content.decode()
    assert html.index("第二条") < html.index("限 3 日内签收") < html.index("第一条")
    assert f'href="/messages/{newest(person).pk}/" aria-label="去办理：第二条">去办理</a>' in html
    assert "必办" in html


def test_opening_a_message_leads_to_its_step_and_marks_it_read(page: Client, person: Any) -> None:
    tell(person)
    answer = page.get(newest(person).get_absolute_url())
    assert (answer.status_code, answer["Location"]) == (302, "/hazards/A1/")
    assert unread_count(person) == 0


def test_another_persons_message_is_not_found_like_one_that_never_was(
    page: Client, person: Any, colleague: Any
) -> None:
    tell(colleague)
    foreign, never = page.get(f"/messages/{newest(colleague).pk}/"), page.get("/messages/999999/")
    assert (foreign.status_code, never.status_code) == (404, 404)
    assert unread_count(colleague) == 1


@pytest.mark.parametrize(
    "address", ["/messages/99999999999999999999999/", "/messages/-1/", "/messages/digests/2026-11-31/"]
)
def test_impossible_addresses_are_not_found(page: Client, address: str) -> None:
    assert page.get(address).status_code == 404


def test_the_inbox_shows_ones_own_messages_only(page: Client, person: Any, colleague: Any) -> None:
    tell(colleague, title="别人的事")
    html = page.get("/messages/").content.decode()
    assert "别人的事" not in html
    assert "还没有消息" in html


def test_the_unread_tab_leaves_out_what_was_read(page: Client, person: Any) -> None:
    tell(person, key="a", title="读过的")
    page.get(newest(person).get_absolute_url())
    tell(person, key="b", title="没读的")
    html = page.get("/messages/?tab=unread").content.decode()
    assert ("没读的" in html, "读过的" in html) == (True, False)


@pytest.mark.parametrize("query", ["?tab=nonsense", "?page=abc", "?page=-1", "?page=9999", "?tab=unread&page=2"])
def test_a_strange_query_still_shows_a_page(page: Client, person: Any, query: str) -> None:
    tell(person)
    assert page.get(f"/messages/{query}").status_code == 200


def test_ticked_messages_are_marked_read_and_the_tab_is_kept(page: Client, person: Any) -> None:
    for key in "abc":
        tell(person, key=key)
    ticked = list(Message.objects.values_list("pk", flat=True))[:2]
    answer = page.post("/messages/read/", {"message": ticked, "tab": "unread"})
    assert answer["Location"] == "/messages/?tab=unread"
    assert unread_count(person) == 1


def test_all_are_marked_read_at_once(page: Client, person: Any) -> None:
    for key in "abc":
        tell(person, key=key)
    answer = page.post("/messages/read/", {"all": "1"}, follow=True)
    assert "已将 3 条消息标为已读。" in answer.content.decode()
    assert unread_count(person) == 0


def test_ticking_another_persons_message_does_nothing(page: Client, colleague: Any) -> None:
    tell(colleague)
    page.post("/messages/read/", {"message": [newest(colleague).pk, "x", "٣", "9" * 40]})
    assert unread_count(colleague) == 1


def test_reading_is_asked_for_by_post_only(page: Client) -> None:
    assert page.get("/messages/read/").status_code == 405


def test_a_title_is_text_and_never_markup(page: Client, person: Any) -> None:
    tell(person, title="<script>alert(1)</script>", body='"><img src=x onerror=alert(1)>')
    html = page.get("/messages/").content.decode()
    assert ("<script>alert" in html, "<img src=x" in html) == (False, False)


@pytest.mark.parametrize("count", [1, 20])
def test_the_inbox_costs_the_same_for_one_message_and_for_twenty(page: Client, person: Any, count: int) -> None:
    for key in range(count):
        tell(person, key=str(key))
    with CaptureQueriesContext(connection) as queries:
        page.get("/messages/")
    # The tabs' counts, the rows, and the count in the frame of every page.
    assert len([q for q in queries if "notifications_message" in q["sql"]]) == 3


# The digest


@pytest.fixture
def digest(person: Any) -> Digest:
    items = [
        {"title": "隐患 A1 今天到期", "url": "/hazards/A1/rectify/", "level": "must_do"},
        {"title": "隐患 A2 三天后到期", "url": "/hazards/A2/", "level": "reminder"},
    ]
    return Digest.objects.create(recipient=person, day=MONDAY, items=items, total=12)


def test_a_digest_lists_its_items_with_a_button_each(page: Client, digest: Digest) -> None:
    html = page.get(digest.get_absolute_url()).content.decode()
    assert "11 月 23 日待办汇总：12 项" in html
    assert 'href="/hazards/A1/rectify/" aria-label="去办理：隐患 A1 今天到期">去办理</a>' in html
    assert "另有 10 项未列出" in html


def test_another_persons_digest_is_not_found(client: Client, colleague: Any, digest: Digest) -> None:
    client.force_login(colleague)
    assert client.get(digest.get_absolute_url()).status_code == 404


def test_strangers_are_sent_to_sign_in(client: Client, digest: Digest) -> None:
    for address in ("/messages/", "/messages/1/", digest.get_absolute_url()):
        assert client.get(address)["Location"].startswith("/login/")
