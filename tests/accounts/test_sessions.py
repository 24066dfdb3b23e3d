"""Sessions: how long they last, what ends them, who sees them."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Session, User
from apps.accounts.services import accounts
from apps.accounts.services.own import change_password
from apps.accounts.services.sessions import number_of, open_sessions, tidy
from tests.personas import PASSWORD, inspector, persona, station_head

pytestmark = pytest.mark.django_db

NOON = "2026-11-24 12:00:00+08:00"
NEW = "Xin-Mima-2026-ok"


@pytest.fixture
def user() -> User:
    return inspector()


@pytest.fixture
def browser(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def key_of(browser: Client) -> str:
    return browser.session.session_key or ""


def is_in(browser: Client) -> bool:
    return browser.get("/account/").status_code == 200


def test_session_rests_at_most_half_an_hour(user: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        browser = Client()
        browser.force_login(user)
        clock.shift(timedelta(seconds=settings.SESSION_IDLE_SECONDS))
        assert is_in(browser)
        clock.shift(timedelta(seconds=settings.SESSION_IDLE_SECONDS + 1))
        assert not is_in(browser)


@pytest.mark.slow
def test_session_lasts_at_most_twelve_hours_however_busy(user: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        browser = Client()
        browser.force_login(user)
        for _ in range(12 * 3 - 1):
            clock.shift(timedelta(minutes=20))
            assert is_in(browser)
        clock.shift(timedelta(minutes=20, seconds=1))
        assert not is_in(browser)


def test_expired_session_leads_to_sign_in_and_back(user: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        browser = Client()
        browser.force_login(user)
        clock.shift(timedelta(hours=1))
        answer = browser.get("/account/")
    assert (answer.status_code, answer["Location"]) == (302, "/login/?next=/account/")


def test_nothing_ends_a_session_by_itself(browser: Client) -> None:
    """The negative control of the next test."""
    assert is_in(browser)
    assert is_in(browser)


def change_own_password(user: User) -> None:
    change_password(user=user, new=NEW)


def reset_by_head(user: User) -> None:
    accounts.reset_password(user=user, by=station_head())


def lose_role(user: User) -> None:
    accounts.change_role(user=user, role="", reason="调离岗位", by=persona("security_admin"))


def disable(user: User) -> None:
    accounts.disable_user(user=user, reason="离职", by=station_head())


def disable_in_the_database(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def change_role_in_the_database(user: User) -> None:
    User.objects.filter(pk=user.pk).update(role="enforcement_officer")


@pytest.mark.parametrize(
    "change",
    [
        change_own_password,
        reset_by_head,
        lose_role,
        disable,
        disable_in_the_database,
        change_role_in_the_database,
    ],
)
def test_session_dies_with_the_next_request_after(change: Any, browser: Client, user: User) -> None:
    assert is_in(browser)
    change(user)
    assert not is_in(browser)


def test_who_changes_the_own_password_stays_in_here_and_is_out_elsewhere(user: User) -> None:
    here, elsewhere = Client(), Client()
    here.force_login(user)
    elsewhere.force_login(user)
    answer = here.post("/password/", {"old": PASSWORD, "new": NEW, "again": NEW})
    assert (answer.status_code, is_in(here), is_in(elsewhere)) == (302, True, False)


@pytest.mark.parametrize(
    ("old", "new", "again", "complaint"),
    [
        ("falsch", NEW, NEW, "原密码不正确。"),
        (PASSWORD, PASSWORD, PASSWORD, "新密码不能与原密码相同。"),
        (PASSWORD, NEW, NEW + "x", "两次输入的新密码不一致。"),
        (PASSWORD, "Kurz-1", "Kurz-1", "密码不少于10个字符。"),
        (PASSWORD, "lowercaseonly", "lowercaseonly", "密码须包含大写字母、小写字母、数字、其他符号中的至少3类。"),
    ],
)
def test_password_rules_are_told_in_chinese(browser: Client, old: str, new: str, again: str, complaint: str) -> None:
    answer = browser.post("/password/", {"old": old, "new": new, "again": again})
    assert answer.status_code == 422
    assert complaint in answer.content.decode()


def test_first_password_must_be_replaced_before_anything_else(client: Client) -> None:
    client.force_login(inspector(must_change_password=True))
    assert client.get("/account/")["Location"] == "/password/"
    assert client.get("/api/anything/").json()["code"] == "password_change_required"
    answer = client.post("/password/", {"old": PASSWORD, "new": NEW, "again": NEW}, follow=True)
    assert answer.redirect_chain == [("/account/", 302)]


def test_person_with_a_first_password_may_leave(client: Client) -> None:
    client.force_login(inspector(must_change_password=True))
    assert client.post("/logout/")["Location"] == "/login/"


def test_own_sessions_are_listed_and_ended_one_by_one(user: User) -> None:
    here, elsewhere = Client(), Client()
    here.force_login(user)
    elsewhere.force_login(user)
    key = key_of(elsewhere)
    shown = open_sessions(user, key_of(here))
    assert [(s.number, s.is_this) for s in shown] == [
        (number_of(key_of(here)), True),
        (number_of(key), False),
    ]
    assert key not in here.get("/account/").content.decode()
    here.post(f"/account/sessions/{number_of(key)}/end/")
    assert (is_in(here), is_in(elsewhere)) == (True, False)


def test_all_other_sessions_end_at_once(user: User) -> None:
    here, others = Client(), [Client(), Client()]
    for browser in (here, *others):
        browser.force_login(user)
    here.post("/account/sessions/end-others/")
    assert [is_in(b) for b in (here, *others)] == [True, False, False]


def test_session_of_somebody_else_cannot_be_ended(browser: Client) -> None:
    other = Client()
    other.force_login(inspector())
    answer = browser.post(f"/account/sessions/{number_of(key_of(other))}/end/")
    assert (answer.status_code, is_in(other)) == (404, True)


def test_tidying_removes_only_sessions_that_have_run_out(browser: Client) -> None:
    with time_machine.travel(NOON, tick=False):
        old = Client()
        old.force_login(inspector())
    with time_machine.travel("2026-11-26 12:00:00+08:00", tick=False):
        new = Client()
        new.force_login(inspector())
        tidy(timezone.now())
    assert not Session.objects.filter(session_key=old.session.session_key).exists()
    assert Session.objects.filter(session_key=new.session.session_key).exists()


def test_nobody_not_signed_in_sees_a_page(client: Client) -> None:
    for page in ("/account/", "/password/", "/system/users/", "/system/roles/", "/system/events/"):
        assert client.get(page)["Location"] == f"/login/?next={page}"
