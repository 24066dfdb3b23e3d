"""People to tell things, and a mail server that only counts."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from apps.accounts.models import User
from apps.notifications import channels, digests
from apps.notifications.channels import Channel
from apps.notifications.models import Message
from tests.personas import inspector


@pytest.fixture
def person(db: None) -> User:
    return inspector()


@pytest.fixture
def colleague(db: None) -> User:
    return inspector()


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch) -> dict[str, digests.Source]:
    """The registered sources, none to begin with and as before afterwards."""
    monkeypatch.setattr(digests, "_sources", {})
    return digests._sources


@pytest.fixture
def by_mail(settings: Any) -> Any:
    """The platform has been given a mail server."""
    settings.EMAIL_CONFIGURED = True
    return settings


@pytest.fixture
def pigeon(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Callable[[Message], None]], None]]:
    """Opens a channel that takes every message; the test says what sending does."""

    def open_channel(send: Callable[[Message], None]) -> None:
        channel = Channel("pigeon", "信鸽", lambda: True, lambda messages: messages, send)
        monkeypatch.setitem(channels.CHANNELS, "pigeon", channel)

    yield open_channel
