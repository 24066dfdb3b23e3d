"""A browser for the journeys: the system's Chromium, driven through Playwright against a server of the test run."""

import os
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from apps.accounts.models import User
from apps.core.models import DictionaryEntry
from apps.credit.reference import load as load_credit
from apps.hazards.models import Criterion, CriterionEdition
from apps.hazards.reference import load
from apps.risks.models import RiskRule
from apps.risks.reference import load as load_risks
from apps.training.models import Course, HoursRule
from apps.training.reference import load as load_training
from tests.core.pictures import camera_exif, jpeg
from tests.journeys.clock import Clock, moved_clock
from tests.journeys.visitors import PHONE, Visit

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed after each file: while Playwright's event loop runs, Django takes this thread for an async one."""
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.fail("No Chromium: install one, name it in CHROMIUM, or use run.py test, which fetches it.")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def reference(transactional_db: None) -> None:
    """What migrations fill and tests of whole transactions empty again: categories, terms, clauses, value tables."""
    load(CriterionEdition, Criterion, DictionaryEntry)
    load_risks(RiskRule, DictionaryEntry)
    load_credit(partial(apps.get_model, "credit"))
    load_training(HoursRule, Course)


@pytest.fixture
def visit(browser: Browser, live_server: Any, reference: None) -> Iterator[Callable[..., Visit]]:
    """visit(user, size=PHONE, scripts=False) opens the platform as somebody, in a browser of their own."""
    contexts: list[BrowserContext] = []

    def start(user: User | None = None, *, size: tuple[int, int] = PHONE, scripts: bool = True) -> Visit:
        width, height = size
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            has_touch=size == PHONE,
            java_script_enabled=scripts,
            locale="zh-CN",
            timezone_id=settings.TIME_ZONE,
            accept_downloads=True,
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        if user is not None:
            context.add_cookies([session_of(user, live_server.url)])
        return Visit(context.new_page(), live_server.url, scripts=scripts)

    yield start
    for context in contexts:
        context.close()


@pytest.fixture
def clock(reference: None) -> Iterator[Clock]:
    """Time that passes when the test says so, for the platform and its database alike."""
    with moved_clock() as moved:
        yield moved


@pytest.fixture
def before(tmp_path: Path) -> Path:
    """A photograph of what was found."""
    return saved(tmp_path / "整改前.jpg", 1)


@pytest.fixture
def after(tmp_path: Path) -> Path:
    """One of what was put right."""
    return saved(tmp_path / "整改后.jpg", 2)


def saved(path: Path, seed: int) -> Path:
    path.write_bytes(jpeg(seed, exif=camera_exif()).getvalue())
    return path


def session_of(user: User, url: str) -> Any:
    """The cookie of somebody who has signed in; signing in by hand is a journey of its own."""
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}
