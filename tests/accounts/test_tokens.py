"""Tokens for programs: the same rules and the same lock as the page."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client, RequestFactory
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from apps.accounts.authentication import TokenAuthentication
from apps.accounts.models import ApiToken, User
from apps.accounts.services.tokens import issue_token
from tests.personas import PASSWORD, inspector

pytestmark = pytest.mark.django_db

NOON = "2026-11-24 12:00:00+08:00"


def ask(client: Client, username: str, password: str = PASSWORD, **more: str) -> Any:
    data = {"username": username, "password": password, **more}
    return client.post("/api/auth/token/", data, content_type="application/json")


def who_is(token: str) -> User | None:
    request = RequestFactory().get("/", headers={"Authorization": f"Bearer {token}"})
    try:
        found = TokenAuthentication().authenticate(Request(request))
    except AuthenticationFailed:
        return None
    return found[0] if found else None


def test_token_names_its_user(client: Client) -> None:
    user = inspector()
    answer = ask(client, user.username)
    assert (answer.status_code, answer.json()["token_type"]) == (200, "Bearer")
    assert who_is(answer.json()["token"]) == user


def test_only_a_digest_of_the_token_is_kept() -> None:
    clear, row = issue_token(user=inspector())
    kept = ApiToken.objects.values().get(pk=row.pk)
    assert all(clear not in str(value) for value in kept.values())
    assert kept["prefix"] == clear[:8]


def test_wrong_password_is_401_in_chinese(client: Client) -> None:
    answer = ask(client, inspector().username, "wrong")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json()["message"] == "用户名、密码或动态口令不正确。"


def test_failures_here_lock_the_page_too(client: Client, sign_in: Any) -> None:
    user = inspector()
    for _ in range(settings.LOGIN_FAILURES_PER_ACCOUNT):
        ask(client, user.username, "wrong")
    refused = ask(client, user.username)
    assert (refused.status_code, int(refused["Retry-After"]) > 800) == (429, True)
    assert sign_in(user.username).status_code == 429


def test_missing_password_is_a_problem_with_its_field(client: Client) -> None:
    answer = client.post("/api/auth/token/", {"username": "x"}, content_type="application/json")
    assert (answer.status_code, list(answer.json()["fields"])) == (400, ["password"])


def test_account_with_a_first_password_gets_no_token(client: Client) -> None:
    answer = ask(client, inspector(must_change_password=True).username)
    assert (answer.status_code, answer.json()["code"]) == (403, "password_change_required")


def test_token_ends_after_twelve_hours() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        clear, _ = issue_token(user=inspector())
        clock.shift(timedelta(hours=11, minutes=59))
        assert who_is(clear) is not None
        clock.shift(timedelta(minutes=2))
        assert who_is(clear) is None


@pytest.mark.parametrize("change", [{"role": "expert"}, {"is_active": False}, {"password": "other"}])
def test_token_dies_with_any_change_of_the_account(change: dict[str, Any]) -> None:
    user = inspector()
    clear, _ = issue_token(user=user)
    assert who_is(clear) == user
    User.objects.filter(pk=user.pk).update(**change)
    assert who_is(clear) is None


def test_signing_out_revokes_the_token_it_came_with(client: Client) -> None:
    user = inspector()
    clear, other = issue_token(user=user)[0], issue_token(user=user)[0]
    answer = client.post("/api/auth/logout/", headers={"Authorization": f"Bearer {clear}"})
    assert (answer.status_code, who_is(clear), who_is(other)) == (204, None, user)


def test_made_up_token_is_refused() -> None:
    assert who_is("x" * 43) is None


def test_own_token_is_revoked_on_the_account_page(client: Client) -> None:
    user = inspector()
    clear, row = issue_token(user=user)
    _, foreign = issue_token(user=inspector())
    client.force_login(user)
    assert row.prefix in client.get("/account/").content.decode()
    assert client.post(f"/account/tokens/{row.pk}/revoke/").status_code == 302
    assert client.post(f"/account/tokens/{foreign.pk}/revoke/").status_code == 404
    assert who_is(clear) is None
