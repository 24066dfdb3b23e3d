"""A query in the browser: what is asked for stays in sight, on the screen and on paper."""

from collections.abc import Callable

import pytest

from tests.hazards import stories
from tests.journeys.visitors import DESK, PHONE, Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FURTHER = "#query .query-extra:visible label"


@pytest.fixture
def site(reference: None) -> stories.Site:
    place = stories.site()
    for state in ("ordered", "closed"):
        stories.taken_to(state, place)
    return place


def printed(visitor: Visit, words: str) -> str:
    """One paragraph as it stands on paper, and only there."""
    paragraph = visitor.page.locator(words)
    assert not paragraph.is_visible()
    visitor.page.emulate_media(media="print")
    text = paragraph.inner_text().strip()
    visitor.page.emulate_media(media="screen")
    return text


def test_a_printed_ledger_says_what_was_asked_for_and_who_printed_it(
    visit: Callable[..., Visit], site: stories.Site
) -> None:
    head = visit(site.head, size=DESK).open("/hazards/?view=all")
    assert printed(head, "#asked") == "全部，共 2 条"
    head.page.locator("#query [name=q]").fill(site.project.name)
    with head.page.expect_response(lambda answer: "q=" in answer.url):
        head.press("查询")
    head.page.locator("#list:not(.htmx-request)").wait_for()
    assert printed(head, "#asked") == f"全部，关键字“{site.project.name}”，共 2 条"
    assert site.head.name in printed(head, ".page-foot .print-only")
    assert head.faults == []


@pytest.mark.parametrize(("size", "scripts"), [(DESK, True), (DESK, False), (PHONE, True)])
def test_a_condition_in_use_is_not_folded_away(
    visit: Callable[..., Visit], site: stories.Site, size: tuple[int, int], scripts: bool
) -> None:
    head = visit(site.head, size=size, scripts=scripts).open("/hazards/?view=all")
    assert head.page.locator(FURTHER).all_inner_texts() == []
    head.open("/hazards/?view=all&state=closed")
    assert head.page.locator(FURTHER).all_inner_texts() == ["状态"]
    head.page.locator("label.query-more").click()
    assert "检查日期" in head.page.locator(FURTHER).all_inner_texts()


def test_a_query_that_finds_nothing_names_its_conditions(visit: Callable[..., Visit], site: stories.Site) -> None:
    head = visit(site.head, size=DESK).open("/hazards/?view=all&q=没有这样的&state=closed")
    assert head.reads("没有符合条件的记录：关键字“没有这样的”，状态“已销号”")
    assert head.press("清除条件").reads(site.project.name)


def test_the_button_prints_with_all_pictures(visit: Callable[..., Visit], site: stories.Site) -> None:
    head = visit(site.head, size=DESK)
    head.page.add_init_script("window.print = () => document.body.setAttribute('data-printed', 'yes')")
    head.open(site.project.hazards.get(state="closed").get_absolute_url()).press("打印")
    head.page.locator("body[data-printed]").wait_for()
    assert head.page.locator(".photo img").count() >= 2
    whole = "Array.from(document.querySelectorAll('.photo img')).every(i => i.complete && i.naturalWidth)"
    assert head.page.evaluate(whole)


def test_the_current_tab_is_in_sight_on_a_phone(visit: Callable[..., Visit], site: stories.Site) -> None:
    inspector = visit(site.inspector, size=PHONE).open(f"/projects/{site.project.number}/history/")
    box = inspector.page.locator(".views [aria-current]").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE[0]
