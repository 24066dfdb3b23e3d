"""What the server takes no longer, or not yet: it is named, carried off, and does not hold the phone for ever."""

import base64
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from apps.inspections.models import Visit
from apps.inspections.workflow.visit import VISIT
from tests.inspections import stories
from tests.inspections.phone.handling import Handheld
from tests.inspections.phone.phones import planned
from tests.inspections.phone.test_offline import steps

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.slow]
Start = Callable[[Any], Handheld]


def handed_in_at_a_desk(visit: Visit) -> str:
    stories.submitted(visit)
    return "已提交"


def cancelled(visit: Visit) -> str:
    VISIT.perform(visit, "cancel", by=visit.made_by, cancel_reason="工程停工")
    return "已取消"


def given_to_others(visit: Visit) -> str:
    visit.team.filter(inspector__user=stories.lead(visit)).delete()
    return "已不在您的任务中"


@pytest.mark.parametrize("ended", [handed_in_at_a_desk, cancelled, given_to_others])
def test_what_cannot_be_delivered_is_carried_off_and_given_up_so_that_one_can_sign_out(
    handheld: Start, shot: Path, ended: Callable[[Visit], str]
) -> None:
    visit = planned()
    user = stories.lead(visit)
    phone = handheld(user).take_along().cut()
    phone.begin().answer(1, "扣分").photograph(shot, phone.item(1))
    phone.page.locator("summary", has_text="备注").tap()
    phone.page.get_by_label("备注").fill("吊钩无防脱装置")
    phone.answer(2, "符合")
    why = ended(visit)
    phone.back_on_the_net().settled()
    phone.sees("没有上传").open("/m/offline/").settled()
    phone.sees(visit.number, why, "不能再上传", "第 2 项")
    phone.press("退出登录").sees("不能退出登录")
    phone.press("放弃未上传的内容").sees("请先导出")
    with phone.page.expect_download() as download:
        phone.press("导出未上传的内容")
    (kept,) = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))["visits"]
    assert len(kept["waiting"]) >= 1
    picture = base64.b64decode(kept["photos"][0]["data"])
    assert hashlib.sha256(picture).hexdigest() == kept["photos"][0]["sha256"]
    with phone.page.expect_download() as saved:
        phone.press("存照片")
    assert Path(saved.value.path()).read_bytes() == picture
    phone.press("放弃未上传的内容").sees("不能恢复").press("先不放弃")
    expect(phone.page.get_by_text("不能恢复")).to_have_count(0)
    phone.press("放弃未上传的内容").press("确认放弃")
    phone.sees("没有待上传的内容").press("退出登录")
    phone.page.wait_for_url("**/login/")
    assert phone.faults == []


def test_two_who_both_hand_in_are_held_by_nothing(handheld: Start, shot: Path) -> None:
    """The second submission says nothing that the first did not."""
    visit = planned()
    phone = handheld(stories.lead(visit)).take_along()
    hand_in = [*steps_until_submission(phone, shot)]
    assert hand_in
    phone.uploaded().cut().press("提交并下发通知书").sees("取消提交")
    VISIT.perform(visit, "submit", by=visit.team.order_by("position")[1].inspector.user)
    phone.back_on_the_net().uploaded()
    expect(phone.page.locator("#dock")).to_contain_text("已提交")


def steps_until_submission(phone: Handheld, shot: Path) -> Any:
    for step in steps(phone, shot):
        yield step
        if step == "signature 2":
            return


def test_a_draft_on_an_item_that_is_no_longer_asked_does_not_hold_up_the_submission(
    handheld: Start, shot: Path
) -> None:
    visit = planned()
    phone = handheld(stories.lead(visit)).take_along().cut()
    for _ in steps_until_submission(phone, shot):
        pass
    # As a condition of the table leaves it: begun, lacking its deduction, and no longer asked.
    left_over = {"checklist": visit.checklists.get().pk, "item": 99, "verdict": "deduct", "deductions": []}
    phone.page.evaluate(
        """async ([number, value]) => {
            const visit = await hb.visit.load(number);
            await hb.visit.put(visit, "answer", [value.checklist, value.item], value, { draft: true });
        }""",
        [visit.number, left_over],
    )
    phone.press("提交并下发通知书").sees("取消提交")
    phone.back_on_the_net().uploaded()
    expect(phone.page.locator("#dock")).to_contain_text("已提交")
    visit.refresh_from_db()
    assert visit.state == "submitted"
    assert phone.faults == []


def test_a_photograph_that_the_server_refuses_is_named_with_what_to_do(handheld: Start, shot: Path) -> None:
    visit = planned()
    phone = handheld(stories.lead(visit)).take_along().cut()
    for _ in steps(phone, shot):
        pass
    refusing = refuse_photos(phone)
    phone.back_on_the_net().settled()
    phone.sees("提交前还需要", "照片没有被服务器接受：图片已损坏", "请先取消提交，移除后重拍")
    phone.open("/m/").sees("提交受阻")
    expect(phone.page.locator("main")).not_to_contain_text("已提交，待上传")
    phone.context.unroute(refusing)
    phone.open(f"/m/inspect/{visit.number}/#sum").press("取消提交").press("照片没有被服务器接受")
    phone.press("移除照片")
    expect(phone.page.locator(".inspect-photos img")).to_have_count(0)
    phone.open(f"/m/inspect/{visit.number}/#sum").settled()
    phone.sees("还没有照片")
    phone.open(f"/m/inspect/{visit.number}/#f{visit.findings.get().pk}").photograph(shot)
    phone.open(f"/m/inspect/{visit.number}/#sum").press("提交并下发通知书")
    phone.uploaded()
    expect(phone.page.locator("#dock")).to_contain_text("已提交")
    visit.refresh_from_db()
    assert (visit.state, visit.photos.count()) == ("submitted", 1)
    assert phone.faults == []


def refuse_photos(phone: Handheld) -> str:
    address = "**/api/inspections/photos/"

    def refuse(route: Route) -> None:
        route.fulfill(status=422, json={"code": "invalid", "message": "图片已损坏"})

    phone.context.route(address, refuse)
    return address


def test_a_draft_of_a_hazard_that_is_taken_back_while_a_batch_is_under_way_holds_up_nothing(handheld: Start) -> None:
    visit = planned()
    phone = handheld(stories.lead(visit)).take_along()
    phone.context.route("**/batches/", lambda route: route.abort())
    phone.begin().answer(1, "扣分")
    phone.tap(phone.item(1).locator(".inspect-check").first)
    expect(phone.page.locator("#net")).to_contain_text("没有网络")
    phone.press("登记隐患", phone.item(1))
    expect(phone.page.get_by_label("隐患描述")).not_to_be_empty()
    phone.press("撤回这条隐患")
    expect(phone.item(1)).to_be_visible()
    phone.context.unroute("**/batches/")
    phone.killed().uploaded()
    assert (visit.answers.count(), visit.findings.count()) == (1, 0)
    assert phone.faults == []
