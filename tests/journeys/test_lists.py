"""The month's lists in the browser: defined, frozen, signed, compared, settled; and pages that everybody can use."""

from collections.abc import Callable
from typing import Any

import pytest

from apps.lists.models import Difference, ListSnapshot, Side
from tests.hazards import stories
from tests.journeys.test_accessibility import looked_at, walked
from tests.journeys.visitors import DESK, PHONE, Visit
from tests.lists.shelf import shipped
from tests.personas import persona

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def snapshot_of(side: str) -> ListSnapshot:
    return ListSnapshot.objects.get(side=side)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_lists_of_the_month_are_frozen_signed_and_compared(visit: Callable[..., Visit], scripts: bool) -> None:
    site, told = stories.site(), shipped("duties")
    hazard = stories.taken_to("ordered", site)

    def open_as(user: Any, size: tuple[int, int] = DESK) -> Visit:
        return visit(user, size=size, scripts=scripts)

    keeper = open_as(persona("system_admin")).open(f"/system/lists/lists/{told.pk}/")
    keeper.page.fill("[name=name]", "责任清单")
    keeper.page.select_option("[name=new_field]", "clause")
    keeper.press("增加")
    keeper.page.locator(".actionbar").get_by_role("button", name="预览").click()
    keeper.page.get_by_role("heading", name="预览：责任清单").wait_for()
    assert keeper.reads("违反条款")
    assert keeper.press("保存").reads("已保存“责任清单”")

    inspector = open_as(site.inspector).open("/lists/")
    inspector.page.get_by_role("link", name="监管责任", exact=True).click()
    inspector.page.get_by_role("heading", name="责任清单").wait_for()
    assert inspector.reads("责任清单", "违反条款", hazard.number, "名称待主管部门确认")
    inspector.page.get_by_role("link", name="冻结清单").click()
    assert inspector.press("冻结").reads("已冻结“责任清单”", "校验", "相符")
    inspector.page.get_by_role("link", name="编制签字").click()
    assert inspector.press("编制签字").reads("已编制签字")
    url = snapshot_of(Side.AUTHORITY).get_absolute_url()
    second = open_as(site.second).open(f"{url}sign/")
    assert second.press("审核").reads("已审核")
    head = open_as(site.head, PHONE).open(f"{url}sign/")
    assert head.press("批准签发").reads("已批准签发", "已签发")

    stories.taken_to("ordered", site)
    director = open_as(site.director, PHONE).open("/lists/show/cures/freeze/")
    director.press("冻结")
    assert director.reads("已冻结“隐患治理清单”")

    inspector.open(f"{url}compare/")
    inspector.page.locator("[name=firm_snapshot]").check()
    assert inspector.press("核对").reads("企业有、主管部门无", "待处理")
    director.open(f"/lists/differences/{only_difference()}/")
    director.page.get_by_label("口径不同，无需更正").check()
    director.page.fill("[name=reason]", "冻结后登记，下期列入")
    assert director.press("处理差异").reads("已处理", "冻结后登记，下期列入")
    assert [who.faults for who in (keeper, inspector, second, head, director)] == [[], [], [], [], []]


def only_difference() -> int:
    return Difference.objects.get().pk


def test_pages_of_lists_can_be_used_by_everybody(visit: Callable[..., Visit]) -> None:
    site, told = stories.site(), shipped("duties")
    inspector = visit(site.inspector, size=DESK)
    assert walked(inspector, ["/lists/show/duties/", "/lists/snapshots/", "/lists/reconciliations/"]) == {}
    for state in ("ordered", "closed"):
        stories.taken_to(state, site)
    inspector.open("/lists/show/duties/freeze/").press("冻结")
    snapshot = snapshot_of(Side.AUTHORITY).get_absolute_url()
    pages = ["/lists/", "/lists/show/red-risks/", "/lists/show/duties/", "/lists/show/duties/freeze/"]
    papers = [snapshot, f"{snapshot}print/", f"{snapshot}sign/", f"{snapshot}void/", f"{snapshot}compare/"]
    assert walked(inspector, [*pages, *papers, "/stats/statutory/"]) == {}
    assert looked_at(inspector.open(f"{snapshot}void/").press("作废")) == {}
    keeper = visit(persona("province_officer"), size=DESK)
    settings = ["/system/lists/", f"/system/lists/lists/{told.pk}/", f"/system/lists/{told.list_set_id}/new/"]
    assert walked(keeper, [*settings, "/stats/statutory/"]) == {}
    keeper.open(settings[1]).page.fill("[name=query]", "level=red")
    keeper.page.locator(".actionbar").get_by_role("button", name="预览").click()
    keeper.page.get_by_text("没有筛选条件").first.wait_for()
    assert looked_at(keeper) == {}
    assert (inspector.faults, keeper.faults) == ([], [])
