"""Signing in: the lock, what it tells strangers, and the second factor."""

import base64
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client
from django.utils import timezone

from apps.accounts import totp
from apps.accounts.models import LoginAttempt, LoginLock, User
from apps.accounts.services.accounts import unlock
from apps.accounts.services.own import turn_on_second_factor
from apps.core.models import Event
from tests.personas import PASSWORD, inspector, persona

pytestmark = pytest.mark.django_db

WRONG = "用户名、密码或动态口令不正确。"
LOCKED = "登录失败次数过多，请15分钟后再试。"
NOON = "2026-11-24 12:00:00+08:00"


def text(answer: Any) -> str:
    return answer.content.decode()


def test_right_password_opens_the_platform(sign_in: Any, client: Client) -> None:
    user = inspector()
    answer = sign_in(user.username)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/account/").context["account"] == user


def test_name_is_the_same_in_capitals(sign_in: Any) -> None:
    user = inspector()
    assert sign_in(user.username.upper()).status_code == 302


def test_sign_in_is_written_to_the_log(sign_in: Any) -> None:
    user = inspector()
    sign_in(user.username, address="10.9.8.7")
    event = Event.objects.get(name="signed_in")
    assert (event.actor, event.facts["address"]) == (user, "10.9.8.7")


def test_wrong_password_unknown_name_and_disabled_account_read_the_same(sign_in: Any) -> None:
    known, disabled = inspector(), inspector(is_active=False)
    answers = [sign_in(known.username, "falsch"), sign_in("nobody-here", "falsch"), sign_in(disabled.username)]
    assert {a.status_code for a in answers} == {401}
    assert all(WRONG in text(a) for a in answers)


def test_unknown_name_costs_the_same_hash_as_a_known_one(sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted, not timed: both answers make exactly one hash of the password."""
    user, hashed = inspector(), []
    encode = MD5PasswordHasher.encode

    def counting(self: Any, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counting)
    sign_in(user.username, "wrong-one")
    sign_in("nobody-here", "wrong-two")
    assert hashed == ["wrong-one", "wrong-two"]


def test_five_failures_lock_the_account_even_for_the_right_password(sign_in: Any) -> None:
    user = inspector()
    for _ in range(settings.LOGIN_FAILURES_PER_ACCOUNT):
        assert sign_in(user.username, "wrong").status_code == 401
    answer = sign_in(user.username)
    assert answer.status_code == 429
    assert LOCKED in text(answer)
    assert 800 < int(answer["Retry-After"]) <= 900
    assert Event.objects.filter(name="locked").count() == 1


def test_four_failures_do_not_lock(sign_in: Any) -> None:
    """The negative control of the test above: the lock is what refuses, nothing else."""
    user = inspector()
    for _ in range(settings.LOGIN_FAILURES_PER_ACCOUNT - 1):
        sign_in(user.username, "wrong")
    assert sign_in(user.username).status_code == 302


def test_success_forgives_earlier_failures_of_the_name(sign_in: Any, client: Client) -> None:
    user = inspector()
    for _ in range(2):
        for _ in range(settings.LOGIN_FAILURES_PER_ACCOUNT - 1):
            sign_in(user.username, "wrong")
        assert sign_in(user.username).status_code == 302
        client.post("/logout/")


def test_names_that_do_not_exist_are_locked_alike(sign_in: Any) -> None:
    for _ in range(settings.LOGIN_FAILURES_PER_ACCOUNT):
        sign_in("nobody-here", "wrong")
    answer = sign_in("nobody-here", "wrong")
    assert (answer.status_code, LOCKED in text(answer)) == (429, True)


def test_lock_ends_after_fifteen_minutes_and_not_before(sign_in: Any) -> None:
    user = inspector()
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(settings.LOGIN_FAILURES_PER_ACCOUNT):
            sign_in(user.username, "wrong")
        clock.shift(timedelta(minutes=14, seconds=59))
        assert sign_in(user.username).status_code == 429
        clock.shift(timedelta(seconds=2))
        assert sign_in(user.username).status_code == 302


def test_trying_while_locked_does_not_lengthen_the_lock(sign_in: Any) -> None:
    user = inspector()
    for _ in range(settings.LOGIN_FAILURES_PER_ACCOUNT):
        sign_in(user.username, "wrong")
    until = LoginLock.objects.get().until
    for _ in range(10):
        sign_in(user.username, "wrong")
    assert LoginLock.objects.get().until == until
    assert LoginAttempt.objects.count() == settings.LOGIN_FAILURES_PER_ACCOUNT


def test_twenty_failures_lock_the_address_for_every_name(sign_in: Any) -> None:
    user = inspector()
    for number in range(settings.LOGIN_FAILURES_PER_ADDRESS):
        sign_in(f"guess-{number}", "wrong", address="10.2.2.2")
    assert sign_in(user.username, address="10.2.2.2").status_code == 429
    assert sign_in(user.username, address="10.3.3.3").status_code == 302


def test_forwarded_for_of_a_stranger_does_not_help(sign_in: Any) -> None:
    for number in range(settings.LOGIN_FAILURES_PER_ADDRESS):
        sign_in(f"guess-{number}", "wrong", address="10.2.2.2", HTTP_X_FORWARDED_FOR=f"10.7.7.{number}")
    answer = sign_in("guess-again", "wrong", address="10.2.2.2", HTTP_X_FORWARDED_FOR="10.8.8.8")
    assert answer.status_code == 429


def test_forwarded_for_of_the_own_proxy_counts(sign_in: Any, settings: Any) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/24"]
    sign_in("guess", "wrong", address="10.0.0.1", HTTP_X_FORWARDED_FOR="1.2.3.4, 203.0.113.9")
    assert LoginAttempt.objects.get().address == "203.0.113.9"


def test_attempts_in_flight_count_before_they_have_failed(sign_in: Any) -> None:
    """As many as the limit may be at the password at once; a thousand parallel ones cannot all be tried."""
    user = inspector()
    now = timezone.now()
    for _ in range(settings.LOGIN_FAILURES_PER_ACCOUNT):
        LoginAttempt.objects.create(username=user.username, address="10.4.4.4", at=now)
    assert sign_in(user.username).status_code == 429


def test_security_administrator_unlocks_an_account(sign_in: Any) -> None:
    user = inspector()
    for _ in range(settings.LOGIN_FAILURES_PER_ACCOUNT):
        sign_in(user.username, "wrong")
    unlock(user=user, by=persona("security_admin"))
    assert sign_in(user.username).status_code == 302


def test_session_key_planted_before_sign_in_is_replaced(sign_in: Any, client: Client) -> None:
    session = client.session
    session["planted"] = 1
    session.save()
    planted = session.session_key
    sign_in(inspector().username)
    assert client.session.session_key != planted


@pytest.mark.parametrize(
    ("asked", "reached"),
    [("/account/", "/account/"), ("https://evil.example/", "/"), ("//evil.example", "/"), ("javascript:alert(1)", "/")],
)
def test_only_own_pages_are_returned_to(client: Client, asked: str, reached: str) -> None:
    data = {"username": inspector().username, "password": PASSWORD, "next": asked}
    assert client.post("/login/", data)["Location"] == reached


def test_form_without_token_is_refused() -> None:
    browser = Client(enforce_csrf_checks=True)
    assert browser.post("/login/", {"username": "a", "password": "b"}).status_code == 403


@pytest.fixture
def guarded() -> tuple[User, str]:
    """An account with second factor, switched on long ago, and its secret."""
    user, secret = inspector(), totp.new_secret()
    with time_machine.travel("2026-11-01 12:00:00+08:00", tick=False):
        step = int(timezone.now().timestamp()) // 30
        turn_on_second_factor(user=user, secret=secret, code=totp.code_at(secret, step))
    return user, secret


def code_now(secret: str, steps: int = 0) -> str:
    return totp.code_at(secret, int(timezone.now().timestamp()) // 30 + steps)


@time_machine.travel(NOON, tick=False)
def test_second_factor_is_asked_only_of_those_who_have_it(sign_in: Any, guarded: tuple[User, str]) -> None:
    user, secret = guarded
    assert sign_in(user.username).status_code == 401
    assert sign_in(user.username, otp="000000").status_code == 401
    assert sign_in(user.username, otp=code_now(secret)).status_code == 302


def test_code_works_once(sign_in: Any, client: Client, guarded: tuple[User, str]) -> None:
    user, secret = guarded
    with time_machine.travel(NOON, tick=False) as clock:
        code = code_now(secret)
        assert sign_in(user.username, otp=code).status_code == 302
        client.post("/logout/")
        assert sign_in(user.username, otp=code).status_code == 401
        clock.shift(timedelta(seconds=30))
        assert sign_in(user.username, otp=code_now(secret)).status_code == 302


@time_machine.travel(NOON, tick=False)
@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 302), (1, 302), (2, 401)])
def test_clock_of_the_phone_may_be_half_a_minute_off(
    sign_in: Any, guarded: tuple[User, str], steps: int, status: int
) -> None:
    user, secret = guarded
    assert sign_in(user.username, otp=code_now(secret, steps)).status_code == status


def test_secret_of_the_second_factor_is_not_readable_in_the_database(guarded: tuple[User, str]) -> None:
    user, secret = guarded
    with connection.cursor() as cursor:
        cursor.execute("SELECT totp_secret FROM accounts_user WHERE id = %s", [user.pk])
        stored = cursor.fetchone()[0]
    assert secret not in stored
    assert User.objects.get(pk=user.pk).totp_secret == secret


def test_codes_are_those_of_rfc_6238() -> None:
    """Appendix B, SHA-1, cut to six digits."""
    secret = base64.b32encode(b"12345678901234567890").decode()
    codes = {59: "287082", 1111111109: "081804", 1111111111: "050471", 2000000000: "279037", 20000000000: "353130"}
    assert {second: totp.code_at(secret, second // 30) for second in codes} == codes
