"""What a phone signs is what the server holds, and both name what is missing in the same words."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from apps.inspections.checklists import table_of
from apps.inspections.models import Signature
from apps.inspections.submitting.content import changes_since
from apps.inspections.submitting.record import Record
from tests.inspections import stories
from tests.inspections.phone.handling import Handheld
from tests.inspections.phone.phones import planned
from tests.inspections.phone.test_offline import steps

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.slow]
Start = Callable[[Any], Handheld]


def test_what_was_signed_without_a_net_is_what_the_record_says(handheld: Start, shot: Path) -> None:
    visit = planned()
    phone = handheld(stories.lead(visit)).take_along().cut()
    for step in steps(phone, shot):
        if step == "hazard":
            phone.press("汇总与签字").page.get_by_text("现场情况与意见").click()
            phone.page.get_by_label("检查意见").fill("  限期整改  ")
            phone.page.go_back()
    phone.back_on_the_net().uploaded()
    expect(phone.page.locator("#dock")).to_contain_text("已提交")
    visit.refresh_from_db()
    signed = list(visit.signatures.all())
    assert len(signed) == 3
    for one in signed:
        assert hashlib.sha256(one.content.encode()).hexdigest() == one.content_sha256
        assert changes_since(visit, one.content) == []
        assert "限期整改" in one.content
    assert {one["signed_content"] for one in visit.record["signatures"]} == {one.content_sha256 for one in signed}
    assert phone.faults == []


def test_who_signed_what_a_colleague_has_changed_meanwhile_is_asked_to_sign_anew(handheld: Start, shot: Path) -> None:
    visit = planned()
    phone = handheld(stories.lead(visit)).take_along()
    phone.begin().settled().cut()
    for number in range(1, 11):
        phone.answer(number, "符合")
    phone.press("汇总与签字").sign(0)
    other = visit.team.all()[1].inspector.user
    stories.problem(visit, by=other)
    phone.back_on_the_net()
    phone.sees("签名后检查内容有变动（问题 1 处），请核对后重新签名")
    assert not Signature.objects.exists()
    phone.settled().press("重签")
    expect(phone.page.get_by_role("link", name="请签名")).to_have_count(3)
    phone.sign(0).uploaded()
    assert Signature.objects.get().visit == visit


def test_a_failed_visit_without_a_problem_is_held_up_in_the_words_of_the_desk(handheld: Start) -> None:
    visit = planned()
    checklist = visit.checklists.get()
    items = table_of(checklist).items
    stories.answered(visit, {(checklist.code, item.seq): item.deductions[0].code for item in items})
    (words,) = Record(visit).without_demand()
    phone = handheld(stories.lead(visit)).take_along()
    phone.press("继续检查").press("汇总与签字")
    expect(phone.page.locator("#grade")).to_have_text("不合格")
    expect(phone.page.locator("#lacks").get_by_text(words, exact=True)).to_be_visible()
    assert phone.faults == []
