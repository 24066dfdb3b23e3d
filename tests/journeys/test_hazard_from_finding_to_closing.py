"""The platform's main story: a hazard is found, ordered, answered, confirmed, verified and closed, by four people."""

from collections.abc import Callable
from pathlib import Path

import pytest

from apps.core.models import Event
from apps.hazards.models import Hazard, State
from tests.hazards import stories
from tests.journeys.visitors import DESK, PHONE, Visit
from tests.personas import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FOUND, DEMANDS = "3号楼12层东侧临边未设防护栏杆", "三日内补齐临边防护并自检"
MEASURES, OPINION = "已安装防护栏杆和挡脚板并验收", "现场复查，栏杆牢固，整改到位"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_hazard_from_finding_to_closing(visit: Callable[..., Visit], before: Path, after: Path, scripts: bool) -> None:
    site = stories.site()

    inspector = visit(size=PHONE, scripts=scripts).sign_in(site.inspector.username, PASSWORD)
    inspector.press("登记隐患").take_photos(before).choose("工程项目", site.project.name)
    inspector.fill(隐患描述=FOUND).choose("隐患类别", "高处作业").tick("3 天").fill(整改要求=DEMANDS)
    inspector.press("保存并下达")
    hazard = Hazard.objects.get()
    assert inspector.path == hazard.get_absolute_url()
    assert inspector.reads(f"{hazard.number} 已下达", FOUND, "待签收", "剩 3 天")

    director = visit(size=DESK, scripts=scripts).sign_in(site.director.username, PASSWORD)
    assert director.reads("待签收", FOUND)
    director.press("签收").press("签收整改通知")
    assert director.reads("已签收")

    director.press("提交整改回复").take_photos(after).fill(整改措施=MEASURES)
    director.press("提交给监理确认")
    assert director.reads("填写整改资金，没有发生填 0")
    assert kept_photos(director) == 1
    director.fill(整改资金="3500").press("提交给监理确认")
    assert director.reads("待监理确认")

    engineer = visit(size=DESK, scripts=scripts).sign_in(site.engineer.username, PASSWORD)
    engineer.press("确认").fill(监理意见="现场核对属实").press("确认已整改")
    assert engineer.reads("待复查")

    inspector.open("/").press("复查").fill(复查意见=OPINION).press("提交复查结论")
    assert inspector.reads("已销号")
    hazard.refresh_from_db()
    assert (hazard.state, hazard.photos.count()) == (State.CLOSED, 2)

    told = ["登记隐患", "下达整改", "签收", "提交整改回复", "监理确认", "复查合格", "销号"]
    assert [event.name for event in Event.objects.of(hazard)] == [
        "registered",
        "order",
        "receive",
        "answer",
        "confirm",
        "verify",
        "close",
    ]
    assert timeline(inspector) == told[::-1]
    assert inspector.reads(MEASURES, OPINION, "3,500.00 元")

    ledger = inspector.open("/hazards/?view=all")
    assert ledger.reads(FOUND, "已销号")
    assert [visitor.faults for visitor in (inspector, director, engineer)] == [[], [], []]


def kept_photos(visitor: Visit) -> int:
    """Photographs that a refused form still has, with nothing chosen anew."""
    return visitor.page.locator("[name=kept_photos]").count()


def timeline(visitor: Visit) -> list[str]:
    return [title.strip() for title in visitor.page.locator(".timeline b").all_inner_texts()]
