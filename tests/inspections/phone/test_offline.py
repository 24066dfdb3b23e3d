"""A whole visit in a basement: no net, tabs that die, a wrong clock, a photograph that breaks off; nothing is lost."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Route, expect

from apps.inspections.models import Answer, PhotoArrival, Visit, VisitPhoto
from tests.inspections import stories
from tests.inspections.phone.handling import Handheld
from tests.inspections.phone.phones import planned
from tests.inspections.phone.pictures import photograph

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.slow]
Start = Callable[[Any], Handheld]
FAILED = 4
"""The item of the ten that fails; its first ready deduction leaves the guarantee item some points."""
MOST_TAPS = 32


def steps(phone: Handheld, shot: Path, more: Sequence[Path] = ()) -> Iterator[str]:
    """Nine items pass, one fails with a photograph and a hazard, three sign, it is handed in: a step at a time.

    Whatever `more` was photographed is of the item that fails.
    """
    phone.begin()
    for number in range(1, 11):
        if number == FAILED:
            phone.answer(number, "扣分")
            phone.tap(phone.item(number).locator(".inspect-check").nth(1))
            expect(phone.item(number).locator("input[type=checkbox]").nth(1)).to_be_checked()
        else:
            phone.answer(number, "符合")
        yield f"item {number}"
    for number, file in enumerate(more, 1):
        phone.photograph(file, phone.item(FAILED))
        yield f"photograph {number}"
    phone.press("登记隐患", phone.item(FAILED))
    expect(phone.page.get_by_label("隐患描述")).not_to_be_empty()
    yield "begun hazard"
    for words in ("一般隐患", "3 天"):
        phone.press(words)
        expect(phone.page.get_by_role("radio", name=words)).to_have_attribute("aria-checked", "true")
    yield "graded hazard"
    phone.photograph(shot)
    yield "photograph"
    phone.press("保存隐患")
    expect(phone.item(FAILED).get_by_text("已登记隐患")).to_be_visible()
    yield "hazard"
    phone.press("汇总与签字")
    for signer in range(3):
        phone.sign(0)
        yield f"signature {signer}"
    phone.press("提交并下发通知书")
    phone.sees("取消提交") if phone.page.evaluate("!navigator.onLine") else None
    yield "handed in"


def final(visit: Visit) -> dict[str, Any]:
    """What the server holds in the end, without keys and times."""
    visit.refresh_from_db()
    findings = visit.findings.order_by("received_at")
    told = ("description", "category", "clause", "demands", "grade", "place", "term", "disposal", "item", "is_dropped")
    return {
        "state": visit.state,
        "score": (visit.score, visit.grade),
        "answers": list(visit.answers.order_by("item").values_list("item", "verdict", "deductions", "points_off")),
        "findings": [{name: getattr(one, name) for name in told} for one in findings],
        "hazards": [
            (one.hazard.state, one.hazard.deadline, one.hazard.photos.count()) for one in findings if one.hazard
        ],
        "photos": [(photo.item, photo.finding_id is not None) for photo in visit.photos.order_by("uploaded_at")],
        "signatures": sorted(visit.signatures.values_list("role", "is_refused")),
        "papers": len(visit.record.get("papers", [])),
    }


@pytest.fixture
def online(handheld: Start, shot: Path) -> dict[str, Any]:
    """The same visit on the net from beginning to end."""
    visit = planned()
    phone = handheld(stories.lead(visit)).take_along()
    for _ in steps(phone, shot):
        pass
    expect(phone.page.locator("#dock")).to_contain_text("已提交")
    assert phone.faults == []
    return final(visit)


def test_ten_items_take_few_taps(handheld: Start, shot: Path) -> None:
    visit = planned()
    phone = handheld(stories.lead(visit)).take_along().cut()
    for _ in steps(phone, shot):
        pass
    phone.sees("本机-", "还没有正式文号")
    assert phone.taps <= MOST_TAPS, phone.taps
    assert phone.faults == []


def test_a_visit_without_a_net_in_tabs_that_die_ends_as_one_on_the_net(
    handheld: Start, shot: Path, online: dict[str, Any]
) -> None:
    visit = planned()
    phone = handheld(stories.lead(visit)).take_along().cut()
    dying = {"item 4": phone.killed, "graded hazard": phone.crashed, "signature 1": phone.killed}
    for step in steps(phone, shot):
        if step in dying:
            dying.pop(step)()
    assert dying == {}
    assert not Answer.objects.filter(visit=visit).exists()
    phone.back_on_the_net().uploaded()
    expect(phone.page.locator("#dock")).to_contain_text("已提交")
    assert final(visit) == online
    assert phone.faults == []


def test_a_clock_that_is_days_off_changes_nothing(handheld: Start, shot: Path, online: dict[str, Any]) -> None:
    visit = planned()
    phone = handheld(stories.lead(visit))
    phone.context.clock.set_system_time(timezone.now() - timedelta(days=4))
    phone.take_along().sees("手机时间比服务器慢 4 天").cut()
    for _ in steps(phone, shot):
        pass
    phone.back_on_the_net().uploaded()
    expect(phone.page.locator("#dock")).to_contain_text("已提交")
    assert final(visit) == online
    claimed: Any = visit.answers.latest("claimed_at")
    assert claimed.received_at - claimed.claimed_at > timedelta(days=3)


def test_a_photograph_that_breaks_off_goes_on_where_it_was(handheld: Start, tmp_path: Path) -> None:
    visit = planned()
    phone = handheld(stories.lead(visit)).take_along().cut()
    phone.begin().answer(1, "扣分")
    phone.photograph(photograph(tmp_path / "现场.jpg", 1), phone.item(1))
    sent: list[str] = []

    def break_off(route: Route) -> None:
        sent.append(route.request.url)
        route.abort() if len(sent) == 2 else route.continue_()

    phone.context.route(re.compile("/pieces/"), break_off)
    phone.back_on_the_net()
    expect(phone.page.locator("#net")).to_contain_text("没有网络")
    assert PhotoArrival.objects.get().pieces.count() == 1
    phone.killed().settled()
    expect(phone.page.locator("#net")).not_to_contain_text("照片")
    assert len(sent) == len(set(sent)) + 1  # only the piece that broke off was sent twice
    assert VisitPhoto.objects.filter(visit=visit).count() == 1


def test_a_receipt_that_never_came_back_doubles_nothing(handheld: Start) -> None:
    """The server has done the batch; the phone, which does not know, sends it again under its id."""
    visit = planned()
    phone = handheld(stories.lead(visit)).take_along().cut()
    phone.begin().answer(1, "符合").answer(2, "缺项")
    lost: list[str] = []

    def lose_the_answer(route: Route) -> None:
        if lost:
            return route.continue_()
        lost.append(route.request.post_data or "")
        route.fetch()
        return route.abort()

    phone.context.route(re.compile("/batches/"), lose_the_answer)
    phone.back_on_the_net()
    expect(phone.page.locator("#net")).to_contain_text("没有网络")
    assert visit.answers.count() == 2
    phone.killed().uploaded()
    assert (visit.answers.count(), visit.batches.count()) == (2, 1)
    assert set(visit.answers.values_list("revision", flat=True)) == {1}
    assert lost
