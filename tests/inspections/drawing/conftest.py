"""The verifier's page in a browser."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from apps.inspections import verifiers
from tests.journeys.conftest import FLAGS, NAMES

FOLDER = Path(verifiers.__file__).parent


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """The page opened from disk in a browser that has no network."""
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.fail("No Chromium: use run.py test, which fetches it.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        page = browser.new_context(offline=True).new_page()
        yield page
        browser.close()


def opened(page: Page) -> list[str]:
    """Opens the page and gives the list in which its faults and requests are kept."""
    noted: list[str] = []
    page.on("pageerror", lambda error: noted.append(str(error)))
    page.on("request", lambda request: noted.append(request.url) if "verify.html" not in request.url else None)
    page.goto((FOLDER / "verify.html").as_uri())
    return noted
