"""The day's safety log on a phone: a problem with its photograph becomes a hazard in the same submit, and is signed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from apps.duty.models import SafetyLog
from apps.hazards.models import Hazard, Source
from tests.duty import stories
from tests.journeys.test_accessibility import looked_at
from tests.journeys.visitors import PHONE, Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def sign(page: Page) -> None:
    """Strokes with the finger on the pad."""
    pad = page.locator("[data-signature] canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    page.mouse.move(box["x"] + 30, box["y"] + 80)
    page.mouse.down()
    for step in range(1, 8):
        page.mouse.move(box["x"] + 30 + 30 * step, box["y"] + (40 if step % 2 else 100))
    page.mouse.up()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_safety_log_with_a_problem_that_becomes_a_hazard(
    visit: Callable[..., Visit], before: Path, after: Path, scripts: bool
) -> None:
    site = stories.site()
    stories.came(site, timezone.localdate())
    officer = visit(site.officer, size=PHONE, scripts=scripts).open("/m/site/")
    officer.sees("今天还没有写").press("写安全日志")
    officer.sees("1 人").fill(当日施工和安全工作="三层绑筋，外架搭设")
    page = officer.page
    page.locator("#id_answer_electricity").get_by_label("发现问题").or_(
        page.locator('input[name="answer_electricity"][value="problem"]')
    ).first.check()
    page.locator("#id_note_electricity").fill("二级配电箱未上锁")
    officer.tick("以上未选的项目均为")

    # Sent without photograph and signature it comes back with all that was typed.
    officer.press("签名并提交").sees("请拍照", "还没有签名")
    assert page.locator("#id_note_electricity").input_value() == "二级配电箱未上锁"
    assert not SafetyLog.objects.exists()

    page.locator("#id_photo_electricity").set_input_files(before)
    if scripts:
        page.locator("[data-take]").first.wait_for()
        sign(page)
    else:
        page.locator("#id_signature_file").set_input_files(after)
    if scripts:
        assert looked_at(officer) == {}
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    officer.press("签名并提交").sees("1 项问题已登记为隐患")

    log, hazard = SafetyLog.objects.get(), Hazard.objects.get()
    assert (log.headcount, log.problems, log.written_by) == (1, 1, site.officer)
    assert (hazard.source, hazard.photos.count()) == (Source.SELF_CHECK, 1)
    assert log.answers.get(item__code="electricity").hazard == hazard
    officer.press(hazard.number).sees("二级配电箱未上锁")
    officer.open("/m/site/").sees("已签署")
    assert officer.faults == []
