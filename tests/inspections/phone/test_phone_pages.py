"""What else happens to a phone: two of them on one visit, several users, signing out, no scripts, old readers."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import expect

from tests.inspections import stories
from tests.inspections.phone.handling import Handheld
from tests.inspections.phone.phones import planned
from tests.journeys.conftest import session_of
from tests.personas import inspector, persona

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.slow]
Start = Callable[[Any], Handheld]
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


def test_two_phones_on_one_visit_show_both_sides_and_let_one_choose(handheld: Start) -> None:
    visit = planned()
    mine, theirs = (handheld(member.inspector.user).take_along() for member in visit.team.order_by("position"))
    for phone in (mine, theirs):
        phone.cut().begin()
    mine.answer(1, "符合").answer(2, "符合").answer(3, "符合")
    theirs.answer(1, "缺项").answer(2, "缺项").answer(4, "符合")
    mine.back_on_the_net().uploaded()
    theirs.back_on_the_net()
    theirs.sees("与他人的修改冲突").open("/m/offline/").settled()
    sides = theirs.page.locator(".inspect-conflict")
    expect(sides).to_have_count(2)
    expect(sides.first).to_contain_text("缺项")
    expect(sides.first).to_contain_text(f"服务器（{stories.lead(visit).name}）符合")
    theirs.press("保留本机的", sides.first)
    expect(sides).to_have_count(1)
    theirs.press("采用服务器的", sides.first)
    expect(sides).to_have_count(0)
    theirs.uploaded()
    held = dict(visit.answers.values_list("item", "verdict"))
    assert held == {1: "absent", 2: "pass", 3: "pass", 4: "pass"}
    assert theirs.faults == mine.faults == []


def test_signing_out_is_refused_while_something_waits(handheld: Start) -> None:
    visit = planned()
    phone = handheld(stories.lead(visit)).take_along()
    phone.context.route("**/batches/", lambda route: route.abort())
    phone.begin().answer(1, "符合")
    phone.open("/m/offline/").press("退出登录").sees("还有 1 项内容、0 张照片没有上传，不能退出登录")
    phone.open("/account/").tap(phone.page.locator("details.popup summary"))
    phone.press("退出登录").sees("本机还有现场检查的 1 项内容、0 张照片没有上传，不能退出登录")
    assert phone.page.url.endswith("/account/")
    phone.context.unroute("**/batches/")
    phone.open("/m/").uploaded()
    phone.open("/account/").tap(phone.page.locator("details.popup summary"))
    phone.press("退出登录")
    phone.page.wait_for_url("**/login/")
    databases = phone.page.evaluate("indexedDB.databases().then((all) => all.map((one) => one.name))")
    assert databases == []


def test_another_user_of_the_telephone_sees_nothing_of_the_first(handheld: Start) -> None:
    visit = planned()
    phone = handheld(stories.lead(visit)).take_along().cut()
    phone.begin().answer(1, "符合")
    phone.back_on_the_net()
    phone.context.route("**/batches/", lambda route: route.abort())
    phone.context.clear_cookies()
    phone.open("/login/")
    other = inspector()
    phone.context.add_cookies([session_of(other, phone.home)])
    seen: list[str] = []
    phone.page.expose_function("seen", lambda text: seen.append(text))
    phone.page.add_init_script("setInterval(() => document.body && window.seen(document.body.innerText), 20)")
    phone.open("/m/").settled().sees("没有安排给您的检查")
    assert not any(visit.project.name in text for text in seen)
    phone.context.unroute("**/batches/")
    phone.context.add_cookies([session_of(stories.lead(visit), phone.home)])
    phone.open("/m/").sees(visit.project.name).uploaded()
    assert visit.answers.count() == 1


def test_what_lies_on_the_telephone_is_sealed(handheld: Start) -> None:
    visit = planned()
    phone = handheld(stories.lead(visit)).take_along().cut()
    phone.begin().answer(1, "符合")
    stored = phone.page.evaluate(
        """async () => {
            const decode = (bytes) => new TextDecoder("latin1").decode(bytes);
            const rows = [].concat(...await Promise.all(["visits", "records", "shared"].map(hb.store.all)));
            return rows.map((row) => Object.keys(row).sort().join() + decode(row.sealed.data)).join("\\n");
        }"""
    )
    assert "verdict" not in stored
    assert "sealed" in stored


def test_an_expired_session_keeps_the_work_and_asks_to_sign_in(handheld: Start) -> None:
    visit = planned()
    phone = handheld(stories.lead(visit)).take_along().cut()
    phone.begin().answer(1, "符合")
    phone.context.clear_cookies()
    phone.back_on_the_net().sees("登录已过期", "重新登录")
    phone.answer(2, "符合")
    phone.context.add_cookies([session_of(stories.lead(visit), phone.home)])
    phone.killed().uploaded()
    assert visit.answers.count() == 2


def test_the_copy_holds_everything_that_waits(handheld: Start, shot: Path) -> None:
    visit = planned()
    phone = handheld(stories.lead(visit)).take_along().cut()
    phone.begin().answer(1, "扣分").photograph(shot, phone.item(1))
    phone.open("/m/offline/").sees("待上传")
    with phone.page.expect_download() as download:
        phone.press("导出备份")
    told = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    (kept,) = told["visits"]
    assert (kept["number"], len(kept["waiting"]), len(kept["photos"])) == (visit.number, 1, 1)
    assert {record["kind"] for record in kept["records"]} == {"answer", "notes", "onsite"}
    assert len(kept["photos"][0]["data"]) > 1000


def test_a_refused_signature_is_recorded_with_its_witness(handheld: Start) -> None:
    visit = planned()
    phone = handheld(stories.lead(visit)).take_along().cut()
    phone.begin()
    phone.open(f"/m/inspect/{visit.number}/#sum")
    phone.tap(phone.page.get_by_role("link", name="请签名").nth(2))
    phone.press("对方拒绝签名").press("记录拒签").sees("请写明拒绝签名的情况")
    phone.page.get_by_label("拒签情况").fill("对扣分有异议")
    phone.page.get_by_label("见证人").fill("周敏")
    phone.press("记录拒签").sees("拒签，见证人 周敏")
    phone.back_on_the_net().uploaded()
    signature = visit.signatures.get()
    assert (signature.is_refused, signature.witnesses) == (True, "周敏")


def test_a_measured_value_out_of_bounds_deducts_by_itself(handheld: Start) -> None:
    visit = planned("ZX-LIFTING")
    table = stories.table_of(visit.checklists.get())
    item = next(one for one in table.items if one.limit)
    phone = handheld(stories.lead(visit)).take_along().cut().begin()
    phone.answer(item.seq, "符合").sees("请填写实测值")
    field = phone.item(item.seq).get_by_label("实测")
    field.fill("9")
    field.blur()
    expect(phone.item(item.seq).get_by_role("radio", name="扣分")).to_have_attribute("aria-checked", "true")
    phone.back_on_the_net().uploaded()
    assert visit.answers.get().points_off > 0


@pytest.mark.parametrize("place", ["", "#sum", "#sign-party", "/m/", "/m/offline/"])
def test_readers_of_screens_find_no_obstacle(handheld: Start, place: str) -> None:
    visit = planned()
    stories.problem(visit)
    phone = handheld(stories.lead(visit)).take_along()
    phone.open(place if place.startswith("/") else f"/m/inspect/{visit.number}/{place}").settled()
    expect(phone.page.locator("h1")).not_to_be_empty()
    found = Axe().run(phone.page, options=AXE).response["violations"]
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == []
    wide = phone.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0


def test_without_scripts_the_page_leads_to_the_desktop_form() -> None:
    visit = planned()
    client = Client()
    client.force_login(stories.lead(visit))
    page = client.get(f"/m/inspect/{visit.number}/").content.decode()
    assert "现场检查页需要 JavaScript" in page
    assert visit.get_absolute_url() in page


def test_pages_and_worker_answer_only_whom_they_should() -> None:
    visit = planned()
    client = Client()
    assert client.get("/m/").status_code == 302
    client.force_login(inspector())
    assert client.get("/m/").status_code == 200
    assert client.get(f"/m/inspect/{visit.number}/").status_code == 404
    worker = client.get("/m/sw.js")
    assert (worker["Service-Worker-Allowed"], worker["Cache-Control"]) == ("/m/", "no-cache")
    assert client.get("/m/manifest.webmanifest").json()["scope"] == "/m/"
    client.force_login(persona("safety_director"))
    assert client.get("/m/").status_code == 403


def test_the_shell_names_nobody() -> None:
    """What the browser keeps of it may be shown to whoever holds the telephone."""
    visit = planned()
    pages = []
    for user in (stories.lead(visit), inspector()):
        client = Client()
        client.force_login(user)
        pages.append(client.get("/m/").content)
    assert pages[0] == pages[1]
