"""People to tell things, and a mail server that only counts."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from apps.accounts.models import User
from apps.notifications import channels, digests
from apps.notifications.channels import Channel
from apps.notifications.models import ChannelSetting, Message, MessageKind
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
    """Opens a gateway for text messages, at all hours; the test says what sending each message does."""

    def open_channel(send: Callable[[Message], None]) -> None:
        def send_all(recipient: Any, messages: Sequence[Message]) -> str:
            for message in messages:
                send(message)
            return ""

        monkeypatch.setitem(channels.CHANNELS, "sms", Channel("sms", lambda: True, "name", send_all))
        MessageKind.objects.update_or_create(kind="hazard_ordered", defaults={"label": "下达", "channels": ["sms"]})
        ChannelSetting.objects.update_or_create(channel="sms", defaults={"quiet_from": None, "quiet_until": None})

    yield open_channel
