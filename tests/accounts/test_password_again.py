"""The password once more of somebody who is signed in: guessing there is guessing at the door."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from apps.accounts import totp
from apps.accounts.models import LoginAttempt, User
from apps.people.models import IdentityReveal
from tests.accounts.conftest import SignIn
from tests.api_client import Api
from tests.credit import stories
from tests.factories import EnterpriseFactory, PersonFactory
from tests.personas import CHANGAN, PASSWORD, signed_in, station_head

pytestmark = pytest.mark.django_db
LOCKED = "密码错误次数过多，请15分钟后再试。"
AT_THE_DOOR = "登录失败次数过多，请15分钟后再试。"
WRONG = ("密码不正确，请重新填写", "原密码不正确。")
NEW = "Ganz-Neu-2026"
Ask = Callable[[str], Any]
"""Sends what asks for the password, with this one."""


def revealing() -> tuple[User, Ask]:
    user, person = station_head(CHANGAN), PersonFactory(employer=EnterpriseFactory(at=CHANGAN))
    told = {"reason": "核对事故伤员身份"}
    return user, lambda word: signed_in(user).post(f"/people/{person.pk}/reveal/", told | {"password": word})


def changing_it() -> tuple[User, Ask]:
    user = station_head(CHANGAN)
    return user, lambda word: signed_in(user).post("/password/", {"old": word, "new": NEW, "again": NEW})


def turning_off_the_second_factor() -> tuple[User, Ask]:
    user = station_head(CHANGAN)
    user.totp_secret = totp.new_secret()
    user.save(update_fields=["totp_secret"])
    return user, lambda word: signed_in(user).post("/account/second-factor/", {"password": word})


def putting_a_firm_on_a_list() -> tuple[User, Ask]:
    cast = stories.Cast()
    url = f"{stories.list_heard(cast).get_absolute_url()}put_on_list/"
    told = {"decision_number": "冀建信黑〔2026〕14号", "months": "12"}
    return cast.second_province, lambda word: signed_in(cast.second_province).post(url, told | {"password": word})


def the_same_as_a_program() -> tuple[User, Ask]:
    cast = stories.Cast()
    url = f"/api/blacklistings/{stories.list_heard(cast).number}/put_on_list/"
    told = {"decision_number": "冀建信黑〔2026〕14号"}
    return cast.second_province, lambda word: Api(cast.second_province).post(url, told | {"password": word})


@pytest.mark.parametrize(
    "place",
    [revealing, changing_it, turning_off_the_second_factor, putting_a_firm_on_a_list, the_same_as_a_program],
)
def test_who_guesses_too_often_is_locked_out_here_and_at_the_door(
    place: Callable[[], tuple[User, Ask]], sign_in: SignIn
) -> None:
    user, ask = place()
    for _ in range(settings.LOGIN_FAILURES_PER_ACCOUNT):
        page = ask("geraten").content.decode()
        assert any(sentence in page for sentence in WRONG)
    refused = ask(PASSWORD)
    assert refused.status_code == 422
    assert LOCKED in refused.content.decode()
    assert AT_THE_DOOR in sign_in(user.username).content.decode()
    assert (
        LoginAttempt.objects.filter(username=user.username, address=None).count() == settings.LOGIN_FAILURES_PER_ACCOUNT
    )


def test_the_right_password_forgives_the_wrong_ones_before_it() -> None:
    _, ask = revealing()
    for word in 2 * [*["geraten"] * (settings.LOGIN_FAILURES_PER_ACCOUNT - 1), PASSWORD]:
        answer = ask(word)
        assert answer.status_code == (200 if word == PASSWORD else 422)
    assert IdentityReveal.objects.count() == 2


def test_guesses_of_many_people_lock_no_address(sign_in: SignIn) -> None:
    """The platform knows no address for them, and none is not one that they share."""
    for _ in range(settings.LOGIN_FAILURES_PER_ADDRESS):
        LoginAttempt.objects.create(username="somebody", address=None, at=timezone.now())
    assert revealing()[1](PASSWORD).status_code == 200
    assert sign_in(station_head(CHANGAN).username).status_code == 302
