"""A telephone's browser for the tests of the inspection pages."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ViewportSize

from apps.accounts.models import User
from apps.documents.models import PaperTemplate
from apps.documents.reference import load
from tests.inspections.phone.handling import Handheld
from tests.journeys.conftest import browser, reference, saved, session_of, visit

__all__ = ["browser", "reference", "visit"]
SIZE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture
def wordings(transactional_db: None) -> None:
    """Of the papers that are issued at submission; tests of whole transactions empty them."""
    load(PaperTemplate)


@pytest.fixture
def handheld(
    browser: Browser, live_server: Any, reference: None, wordings: None
) -> Iterator[Callable[[User], Handheld]]:
    """handheld(user): a telephone on which the user is signed in, with a browser of its own."""
    contexts: list[BrowserContext] = []

    def start(user: User) -> Handheld:
        context = browser.new_context(
            base_url=live_server.url,
            viewport=SIZE,
            has_touch=True,
            is_mobile=True,
            locale="zh-CN",
            timezone_id=settings.TIME_ZONE,
            accept_downloads=True,
        )
        context.set_default_timeout(20_000)
        context.add_cookies([session_of(user, live_server.url)])
        contexts.append(context)
        return Handheld(context, live_server.url)

    yield start
    for context in contexts:
        context.close()


@pytest.fixture
def shot(tmp_path: Path) -> Path:
    """What the camera takes."""
    return saved(tmp_path / "现场.jpg", 7)
