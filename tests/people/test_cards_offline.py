"""The page that verifies cards, in a browser, with and without a net."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from apps.people.cards import encoded
from apps.people.models import Card
from apps.people.services import issue_card, revoke_card
from tests.factories import CertificateFactory, PersonFactory
from tests.journeys.conftest import browser
from tests.personas import inspector
from tests.waiting import until

__all__ = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ACTIVE = "navigator.serviceWorker.ready.then((worker) => worker.active.state === 'activated')"


@pytest.fixture
def gate(browser: Browser, live_server: Any, transactional_db: None) -> Iterator[BrowserContext]:
    """A guard's telephone that nobody has signed in on."""
    context = browser.new_context(base_url=live_server.url, viewport={"width": 390, "height": 844}, locale="zh-CN")
    context.set_default_timeout(15_000)
    yield context
    context.close()


def carded() -> Card:
    person = PersonFactory(name="韩志强", number="11010519491231002X")
    CertificateFactory(person=person, valid_until=timezone.localdate() + timedelta(days=200))
    return issue_card(person, by=inspector())


def shown(page: Page, token: str) -> Page:
    page.goto(f"/m/cards/verify/#{token}")
    return page


def test_a_link_from_the_camera_is_verified_with_and_without_a_net(gate: BrowserContext) -> None:
    card = carded()
    page = shown(gate.new_page(), card.token)
    result = page.locator("#card-result")
    expect(result).to_contain_text("已联网核对")
    expect(result.locator("b")).to_have_text("真")
    expect(result).to_contain_text("韩**　证件号码后四位 002X")
    until(page, ACTIVE)
    gate.set_offline(True)
    page.reload()
    expect(result.locator("b")).to_have_text("真")
    expect(result).to_contain_text("未联网；注销名单更新于")
    payload, key, signature = card.token.split(".")
    forged = f"{encoded(b'[1,2]')}.{key}.{signature}"
    for token in (forged, f"{payload}.{key}.{signature[:-6]}AAAAAA", f"{payload}.k9.{signature}", "x"):
        page.fill("#card-text", f"https://example.cn/m/cards/verify/#{token}")
        page.get_by_role("button", name="核验", exact=True).click()
        expect(result.locator("b")).to_have_text("伪")


def test_without_a_net_what_was_heard_last_tells_of_a_revoked_card(gate: BrowserContext) -> None:
    card = carded()
    revoke_card(card, by=inspector())
    page = shown(gate.new_page(), "x")
    expect(page.locator("#card-net")).to_contain_text("注销名单更新于")
    until(page, ACTIVE)
    gate.set_offline(True)
    page.fill("#card-text", card.token)
    page.keyboard.press("Enter")
    expect(page.locator("#card-result b")).to_have_text("已注销")


def test_the_browser_knows_that_a_day_has_passed(gate: BrowserContext) -> None:
    card = carded()
    page = gate.new_page()
    page.clock.set_fixed_time(timezone.now() + timedelta(days=300))
    gate.route("**/m/cards/state/", lambda route: route.abort())
    shown(page, card.token)
    expect(page.locator("#card-result b")).to_have_text("过期")
    expect(page.locator("#card-result")).to_contain_text("（已过期）")


def test_the_card_is_in_no_address_that_the_server_sees(gate: BrowserContext) -> None:
    card, asked = carded(), []
    page = gate.new_page()
    page.on("request", lambda request: asked.append(request.url))
    shown(page, card.token)
    expect(page.locator("#card-result")).to_contain_text("已联网核对")
    assert [url for url in asked if card.token[:20] in url.partition("#")[0]] == []
