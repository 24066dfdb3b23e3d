"""A city plans a campaign and draws in public; two inspectors visit in a basement; a stranger takes the draw again."""

import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from apps.accounts.models import User
from apps.documents.models import Paper
from apps.hazards.models import Hazard
from apps.inspections.drawing.drawing import commitment_of
from apps.inspections.models import Campaign, Draw, Inspector
from apps.inspections.models import Visit as SiteVisit
from apps.regions.models import Region
from tests.factories import EnterpriseFactory, ProjectFactory
from tests.hazards.stories import site
from tests.inspections.draw_stories import the_time_has_come
from tests.inspections.phone.conftest import handheld, shot, wordings
from tests.inspections.phone.handling import Handheld
from tests.inspections.stories import HEIGHT, certified, checklists
from tests.journeys.test_draw_in_public import downloaded
from tests.journeys.visitors import DESK, Visit
from tests.personas import CHANGAN, persona

__all__ = ["handheld", "shot", "wordings"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]
SECRETS = ("first-keeper-of-the-city-2026", "second-keeper-of-the-city-2026")
TITLE = "高处作业双随机抽查"
FAILING: dict[int, str] = {1: "3号楼", 4: "5号楼", 7: "2号楼"}
"""Items that fail, and where."""


def test_a_campaign_from_its_plan_to_a_draw_that_a_stranger_verifies(
    visit: Callable[..., Visit], handheld: Callable[[User], Handheld], shot: Path, tmp_path: Path
) -> None:
    checklists()
    place = site()
    team = [certified(place.inspector), certified(place.second)]
    for _ in range(2):
        ProjectFactory(at=CHANGAN, contractor=EnterpriseFactory(at=CHANGAN), stage="structure")
    city = persona("city_officer")
    officer = visit(city, size=DESK, scripts=False)

    campaign = planned(officer)
    draw = drawn(visit, officer, campaign, city)
    (site_visit,) = SiteVisit.objects.filter(draw=draw)
    assert {member.inspector_id for member in site_visit.team.all()} == {one.pk for one in team}

    inspected(handheld, site_visit, team, shot)
    hazards = Hazard.objects.filter(finding__visit=site_visit).order_by("pk")
    assert [hazard.state for hazard in hazards] == ["ordered"] * 3
    notice = Paper.objects.get(kind="rectification_notice")
    assert notice.number
    assert {hazard.order_notice_id for hazard in hazards} == {notice.pk}
    assert [item["text"][:3] for item in notice.contents["items"]] == list(FAILING.values())

    officer.open(site_visit.get_absolute_url()).press("公示结果").press("公示结果")
    site_visit.refresh_from_db()
    assert site_visit.state == "published"

    stranger = visit()
    stranger.open("/public/inspections/results/")
    assert stranger.reads(site_visit.project.name, "3")
    verified(stranger, draw, tmp_path)
    assert officer.faults == stranger.faults == []


def planned(officer: Visit) -> Campaign:
    """The campaign with its checklist, one project of the county in this round, begun."""
    today = timezone.localdate()
    officer.open("/inspections/campaigns/new/").fill(
        名称=TITLE, 开始日期=str(today), 结束日期=str(today + timedelta(days=60))
    )
    officer.page.locator(f"input[value='{HEIGHT}']").check()
    officer.press("保存")
    campaign = Campaign.objects.get(title=TITLE)
    county = Region.objects.get(code=CHANGAN)
    officer.open(f"{campaign.get_absolute_url()}quotas/")
    officer.page.locator(f"[name='q-1-{county.pk}']").fill("1")
    officer.press("保存")
    officer.open(campaign.get_absolute_url()).press("启动任务").press("启动任务")
    campaign.refresh_from_db()
    assert campaign.state == "running"
    return campaign


def drawn(visit: Callable[..., Visit], officer: Visit, campaign: Campaign, city: User) -> Draw:
    """Prepared, committed to by two on their own pages, announced, disclosed after the time, drawn."""
    keepers = [persona("city_officer", organisation=city.organisation) for _ in SECRETS]
    at = timezone.localtime() + timedelta(minutes=3)
    officer.open("/inspections/draws/new/")
    for name, key in (("campaign", campaign.pk), ("custodian_a", keepers[0].pk), ("custodian_b", keepers[1].pk)):
        officer.page.locator(f"[name={name}]").select_option(str(key))
    told = {
        "round": "1",
        "draw_at": f"{at:%Y-%m-%dT%H:%M}",
        "public_source": "抽取日上证指数收盘值",
        "visits_from": f"{at:%Y-%m-%d}",
        "visits_until": f"{at:%Y-%m-%d}",
    }
    for name, value in told.items():
        officer.page.locator(f"[name={name}]").fill(value)
    officer.press("保存")
    draw = Draw.objects.get(campaign=campaign)
    windows = [visit(keeper, size=DESK, scripts=False) for keeper in keepers]
    for window, secret in zip(windows, SECRETS, strict=True):
        window.open(f"{draw.get_absolute_url()}commit_secret/").fill(承诺值=commitment_of(secret)).press("交存承诺值")
    officer.open(draw.get_absolute_url()).press("公告抽取").press("公告抽取")
    with the_time_has_come(draw):
        for window, secret in zip(windows, SECRETS, strict=True):
            window.open(draw.get_absolute_url()).press("公开密语").fill(密语=secret).press("公开密语")
        officer.open(draw.get_absolute_url()).press("抽取", among=".page-actions, main .btn")
        officer.fill(公开随机值="3871.05").press("抽取")
    draw.refresh_from_db()
    assert draw.state == "drawn"
    return draw


def inspected(handheld: Callable[[User], Handheld], site_visit: SiteVisit, team: list[Inspector], shot: Path) -> None:
    """Both without a net: the second looks at three items, the leader at the rest, and hands the visit in."""
    leader, second = (member.inspector.user for member in site_visit.team.order_by("position"))
    helping = handheld(second).take_along().cut().begin()
    for number in (8, 9, 10):
        helping.answer(number, "符合")
    helping.back_on_the_net().uploaded()

    phone = handheld(leader).take_along().cut()
    phone.press("继续检查")
    for number in range(1, 8):
        if number in FAILING:
            fail(phone, number, FAILING[number], shot)
        else:
            phone.answer(number, "符合")
    phone.press("汇总与签字")
    for _ in team:
        phone.sign(0)
    phone.press("请签名")
    # Of a site whose manager nobody has registered, the name is asked for.
    phone.page.get_by_label("被检查方签名人").fill("赵伟")
    phone.draw_name().press("完成签名")
    phone.press("提交并下发通知书").sees("本机-", "还没有正式文号")
    assert not Hazard.objects.exists()
    phone.back_on_the_net().uploaded()
    expect(phone.page.locator("#dock")).to_contain_text("已提交")
    assert phone.faults == helping.faults == []


def fail(phone: Handheld, number: int, where: str, shot: Path) -> None:
    phone.answer(number, "扣分")
    phone.tap(phone.item(number).locator(".inspect-check").last)
    phone.press("登记隐患", phone.item(number))
    description = phone.page.get_by_label("隐患描述")
    expect(description).not_to_be_empty()
    description.fill(f"{where}{description.input_value()}")
    phone.press("一般隐患").press("3 天").photograph(shot).press("保存隐患")
    expect(phone.item(number).get_by_text(re.compile("已登记隐患"))).to_be_visible()


def verified(stranger: Visit, draw: Draw, folder: Path) -> None:
    stranger.open("/public/inspections/draws/").press(TITLE)
    bundle = downloaded(stranger, "下载数据包", folder / "bundle.json")
    script = downloaded(stranger, "Python 核验工具", folder / "verify_draw.py")
    done: Any = subprocess.run([sys.executable, "-I", script, bundle], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "全部相符" in done.stdout
