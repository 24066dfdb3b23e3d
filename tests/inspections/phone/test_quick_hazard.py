"""随手拍: a hazard outside of any visit, from the phone's bottom bar to the ledger, on the net and without it."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Geolocation, Route, expect

from apps.hazards.models import Hazard, Photo, State
from apps.inspections.models import PhoneHazard, PhotoArrival
from apps.projects.models import Project
from tests.hazards.stories import Site, site
from tests.inspections.phone.handling import TAPS_OF_A_PHOTOGRAPH, Handheld
from tests.inspections.phone.pictures import held, photograph
from tests.inspections.phone.test_phone_pages import AXE
from tests.personas import LUBEI

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.slow]
Start = Callable[[Any], Handheld]
MOST_TAPS = 6
HERE: Geolocation = {"longitude": 114.5, "latitude": 38.05, "accuracy": 12}
WORDS = "12层临边未设防护栏杆"


@pytest.fixture
def place() -> Site:
    return site()


@pytest.fixture
def sites(place: Site) -> list[Project]:
    """Seven sites on a line to the north, the first beside the phone, and one of another county beside it too."""
    found = [place.project, *(site().project for _ in range(6))]
    for number, project in enumerate([*found, site(LUBEI).project]):
        north = 38.05 + number % len(found) / 100
        Project.objects.filter(pk=project.pk).update(longitude="114.500000", latitude=f"{north:.6f}")
    return found


def started(handheld: Start, place: Site) -> Handheld:
    """At the workbench of somebody whose phone says where it is, and holds the shell and the sites."""
    phone = handheld(place.inspector)
    phone.context.grant_permissions(["geolocation"])
    phone.context.set_geolocation(HERE)
    phone.open("/m/")
    phone.page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    phone.settled().has_sites()
    return phone


def begun(phone: Handheld, project: Project) -> Handheld:
    """From the page before it: 登记隐患 in the bar at its foot, and the site from the list."""
    phone.press("登记隐患", phone.page.locator(".dock, #dock"))
    phone.press(project.name)
    return phone.sees("改选")


def described(phone: Handheld) -> Handheld:
    """Typing is no tap."""
    phone.page.get_by_label("隐患描述").fill(WORDS)
    return phone


def entered(place: Site) -> Hazard:
    """The one hazard that there is; nothing is left of how it came."""
    hazard = Hazard.objects.get()
    assert (hazard.project, hazard.description, hazard.state) == (place.project, WORDS, State.ORDERED)
    assert PhoneHazard.objects.get().hazard == hazard
    assert not PhotoArrival.objects.exists()
    assert not Photo.objects.waiting(place.inspector).exists()
    return hazard


# Taps -----------------------------------------------------------------------------------------------------------------


def test_grade_and_term_are_among_six_taps_from_the_workbench(
    handheld: Start, place: Site, sites: list[Project], shot: Path
) -> None:
    """登记隐患, the site, 拍照, 等级, 期限, 保存; shutter and 使用照片 belong to the telephone's camera."""
    phone = begun(started(handheld, place).open("/"), place.project)
    described(phone.photograph(shot))
    phone.press("重大隐患").press("3 天").press("保存并下达").sees("全部上传", "待签收")
    assert phone.taps - (TAPS_OF_A_PHOTOGRAPH - 1) <= MOST_TAPS, phone.taps
    hazard = entered(place)
    assert (hazard.grade, hazard.deadline) == ("major", timezone.localdate() + timedelta(days=3))
    assert phone.faults == []


def test_the_usual_grade_and_term_take_six_taps_with_all_of_the_camera(
    handheld: Start, place: Site, sites: list[Project], shot: Path
) -> None:
    phone = begun(started(handheld, place).open("/"), place.project)
    described(phone.photograph(shot)).press("保存并下达").sees("全部上传", "待签收")
    assert phone.taps <= MOST_TAPS, phone.taps
    hazard = entered(place)
    assert (hazard.grade, hazard.deadline) == ("ordinary", timezone.localdate() + timedelta(days=7))
    assert (str(hazard.longitude), hazard.accuracy_m) == ("114.500000", 12)


# Sites ----------------------------------------------------------------------------------------------------------------


def test_the_five_nearest_are_offered_and_others_are_found_by_name_without_a_net(
    handheld: Start, place: Site, sites: list[Project]
) -> None:
    phone = started(handheld, place).cut().open("/m/hazard/new/")
    offered = phone.page.get_by_role("group", name="可选项目").get_by_role("button")
    # Until the phone knows where it is, five others stand there.
    expect(offered.locator(".inspect-row-name")).to_have_text([project.name for project in sites[:5]])
    expect(offered.nth(1)).to_contain_text("1.1 公里")
    phone.page.get_by_label("工程项目").fill(sites[6].name)
    expect(offered).to_have_count(1)
    phone.press(sites[6].name).sees("改选")


def test_without_a_position_sites_are_found_by_name(handheld: Start, place: Site, sites: list[Project]) -> None:
    phone = handheld(place.inspector).open("/m/").settled().has_sites().cut().open("/m/hazard/new/")
    offered = phone.page.get_by_role("group", name="可选项目").get_by_role("button")
    expect(offered).to_have_count(5)
    phone.page.get_by_label("工程项目").fill("没有的项目")
    phone.sees("没有找到这个项目")
    phone.page.get_by_label("工程项目").fill(sites[5].number)
    expect(offered).to_have_count(1)


COMES_TO_REST = """async (box) => {
    box.focus();
    window.hb.idle();
    for (let turn = 0; turn < 9; turn += 1) await window.hb.quick.all();
    return box.isConnected;
}"""


def test_a_field_that_is_being_typed_in_stays_when_the_phone_comes_to_rest(handheld: Start, place: Site) -> None:
    """The sheet drawn anew from the store would lack the last letters."""
    phone = begun(started(handheld, place).open("/"), place.project).settled()
    assert phone.page.get_by_label("隐患描述").evaluate(COMES_TO_REST)


# Without a net --------------------------------------------------------------------------------------------------------


def test_saved_without_a_net_in_a_tab_that_dies_it_is_sent_once(handheld: Start, place: Site, tmp_path: Path) -> None:
    phone = started(handheld, place).cut().open("/m/hazard/new/")
    phone.press(place.project.name).sees("改选").killed()
    phone.photograph(photograph(tmp_path / "现场.jpg", 1)).killed()
    expect(phone.page.locator(".inspect-photos img")).to_have_count(1)
    described(phone).press("保存并下达").sees("已存本机，联网后自动上传并下达", "本机-").killed()
    kept = phone.hashes()
    phone.open("/m/offline/").sees("待上传 1 项、照片 1 张", f"{place.project.name}·随手拍").killed()
    assert not Hazard.objects.exists()
    phone.back_on_the_net().uploaded().sees("回执", "待签收")
    assert held(entered(place).photos.all()) == kept
    phone.killed().uploaded()
    entered(place)
    assert phone.faults == []


def test_a_receipt_that_never_came_back_and_pieces_that_broke_off_double_nothing(
    handheld: Start, place: Site, tmp_path: Path
) -> None:
    phone = started(handheld, place).cut().open("/m/hazard/new/")
    phone.press(place.project.name).sees("改选")
    for seed in (1, 2):
        phone.photograph(photograph(tmp_path / f"{seed}.jpg", seed))
    described(phone).press("保存并下达").sees("已存本机")
    kept = phone.hashes()
    pieces: list[str] = []
    lost: list[str] = []

    def break_off(route: Route) -> None:
        pieces.append(route.request.url)
        route.abort() if len(pieces) == 2 else route.continue_()

    def lose_the_answer(route: Route) -> None:
        if lost:
            return route.continue_()
        lost.append(route.request.post_data or "")
        route.fetch()
        return route.abort()

    phone.context.route(re.compile("/pieces/"), break_off)
    phone.context.route(re.compile("/phone/hazards/"), lose_the_answer)
    phone.back_on_the_net()
    expect(phone.page.locator("#net")).to_contain_text("没有网络")
    assert (PhotoArrival.objects.get().pieces.count(), Hazard.objects.count()) == (1, 0)
    phone.killed()
    expect(phone.page.locator("#net")).to_contain_text("没有网络")
    assert (len(lost), Hazard.objects.count()) == (1, 1)
    phone.sees("已发送，正在等服务器的回执").killed().uploaded().sees("待签收")
    assert held(entered(place).photos.all()) == kept
    assert len(pieces) == len(set(pieces)) + 1  # only the piece that broke off was sent twice
    assert phone.faults == []


def test_what_the_server_refuses_is_said_put_right_and_sent(handheld: Start, place: Site, shot: Path) -> None:
    phone = started(handheld, place).cut().open("/m/hazard/new/")
    phone.press(place.project.name).sees("改选")
    described(phone.photograph(shot)).page.get_by_label("违反条款").fill("x" * 1001)
    phone.press("保存并下达").sees("已存本机").back_on_the_net().sees("服务器没有接受")
    phone.open("/m/offline/").sees("服务器没有接受").press("打开").press("修改")
    phone.page.get_by_label("违反条款").fill("JGJ 80-2016 第4.1.1条")
    phone.press("保存并下达").sees("全部上传", "待签收")
    assert entered(place).clause == "JGJ 80-2016 第4.1.1条"


def test_a_draft_waits_for_its_finder_and_can_be_given_up(handheld: Start, place: Site, shot: Path) -> None:
    phone = begun(started(handheld, place), place.project).photograph(shot)
    phone.press("保存并下达").sees("请填写隐患描述")
    phone.press("存草稿").settled().open("/m/hazard/new/").settled()
    phone.press(f"未完成的草稿：{place.project.name}")
    expect(phone.page.locator(".inspect-photos img")).to_have_count(1)
    phone.press("删除这条隐患").press("确认删除")
    expect(phone.page.locator("#net")).to_contain_text("全部上传")
    phone.open("/m/offline/").settled().sees("没有待上传的内容")
    assert not Hazard.objects.exists()
    assert not Photo.objects.exists()


def test_the_copy_and_the_way_out_know_of_it(handheld: Start, place: Site, shot: Path) -> None:
    phone = begun(started(handheld, place), place.project).photograph(shot).cut().open("/m/offline/")
    phone.press("退出登录").sees("还有 1 项内容、1 张照片没有上传，不能退出登录")
    with phone.page.expect_download() as download:
        phone.press("导出备份")
    (kept,) = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))["visits"]
    assert (kept["project"], len(kept["records"]), len(kept["photos"])) == (place.project.name, 1, 1)


# Readers and no scripts -----------------------------------------------------------------------------------------------


def test_readers_of_screens_find_no_obstacle(handheld: Start, place: Site, shot: Path) -> None:
    phone = begun(started(handheld, place), place.project).photograph(shot)
    found = Axe().run(phone.page, options=AXE).response["violations"]
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == []
    wide = phone.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0


def test_without_scripts_it_is_entered_by_the_plain_form(visit: Callable[..., Any], place: Site, shot: Path) -> None:
    inspector = visit(place.inspector, scripts=False).open("/m/hazard/new/")
    inspector.take_photos(shot).choose("工程项目", place.project.name).tick("一般隐患")
    inspector.fill(隐患描述=WORDS, 整改要求="立即设置防护栏杆").choose("隐患类别", "高处作业").tick("3 天")
    inspector.press("保存并下达").sees("已下达")
    assert Hazard.objects.get().project == place.project
