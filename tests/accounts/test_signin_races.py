"""Many attempts at the same moment: no more reach the password than the limit allows."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import RequestFactory

from apps.accounts.services import signin
from tests.personas import inspector

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

TRIES = 12


def at_once(work: Callable[[], str]) -> list[str]:
    """What each of the parallel attempts came to."""
    start = Barrier(TRIES)

    def run(number: int) -> str:
        start.wait(timeout=30)
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(TRIES) as pool:
        return list(pool.map(run, range(TRIES)))


def guess(username: str) -> Callable[[], str]:
    def work() -> str:
        request = RequestFactory().post("/login/", REMOTE_ADDR="10.5.5.5")
        try:
            signin.sign_in(request, username=username, password="wrong")
        except signin.SignInRefused as refusal:
            return "locked" if refusal.retry_after else "tried"
        return "in"

    return work


def test_of_many_parallel_guesses_only_five_are_looked_at() -> None:
    outcomes = at_once(guess(inspector().username))
    assert outcomes.count("tried") == settings.LOGIN_FAILURES_PER_ACCOUNT
    assert outcomes.count("locked") == TRIES - settings.LOGIN_FAILURES_PER_ACCOUNT


def test_without_the_queue_all_of_them_would_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: the queue taken out, and everybody counting before anybody is counted."""
    counted, count = Barrier(TRIES), signin._refuse_if_locked

    def count_together(*args: Any) -> None:
        count(*args)
        counted.wait(timeout=30)

    monkeypatch.setattr(signin, "_queue_up", lambda name: None)
    monkeypatch.setattr(signin, "_refuse_if_locked", count_together)
    assert at_once(guess(inspector().username)).count("tried") == TRIES
