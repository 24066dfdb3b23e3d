"""Notes on the visit as a whole from two phones: each is its own, and nobody's words go unseen."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from apps.inspections.models import Visit
from tests.inspections import stories
from tests.inspections.phone.handling import Handheld
from tests.inspections.phone.phones import Phone, operation, planned

Start = Callable[[Any], Handheld]


def write(phone: Handheld, **notes: str) -> None:
    phone.open(f"/m/inspect/{phone.page.url.split('/')[5]}/#sum")
    if not phone.page.locator("details[open] textarea").count():
        phone.page.get_by_text("现场情况与意见").tap()
    for label, words in notes.items():
        phone.page.get_by_label(label).fill(words)
    phone.page.locator("#total").tap()


def both(handheld: Start, visit: Visit) -> list[Handheld]:
    phones = [handheld(member.inspector.user).take_along() for member in visit.team.order_by("position")]
    for phone in phones:
        phone.cut().begin()
    return phones


def held(visit: Visit) -> tuple[str, str, str]:
    visit.refresh_from_db()
    return (visit.site_note, visit.conclusion, visit.inspected_opinion)


@pytest.mark.django_db(transaction=True)
@pytest.mark.browser
@pytest.mark.slow
def test_a_phone_that_knows_nothing_of_a_colleagues_note_does_not_wipe_it(handheld: Start) -> None:
    visit = planned()
    mine, theirs = both(handheld, visit)
    write(mine, 检查意见="责令限期整改")
    write(theirs, 现场情况="正在安装")
    mine.back_on_the_net().uploaded()
    theirs.back_on_the_net().uploaded()
    assert held(visit) == ("正在安装", "责令限期整改", "")
    assert mine.faults == theirs.faults == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.browser
@pytest.mark.slow
def test_what_two_phones_wrote_into_one_note_stands_side_by_side(handheld: Start) -> None:
    visit = planned()
    mine, theirs = both(handheld, visit)
    write(mine, 检查意见="责令限期整改", 现场情况="停工")
    write(theirs, 检查意见="现场合格", 现场情况="在施")
    mine.back_on_the_net().uploaded()
    theirs.back_on_the_net().settled()
    theirs.sees("检查意见：与他人的修改冲突", "现场情况：与他人的修改冲突")
    theirs.open("/m/offline/").settled()
    sides = theirs.page.locator(".inspect-conflict")
    expect(sides).to_have_count(2)
    opinion = sides.filter(has_text="检查意见")
    expect(opinion).to_contain_text("现场合格")
    expect(opinion).to_contain_text("责令限期整改")
    theirs.press("保留本机的", opinion)
    expect(sides).to_have_count(1)
    theirs.press("采用服务器的", sides.first)
    expect(sides).to_have_count(0)
    theirs.uploaded()
    assert held(visit) == ("停工", "现场合格", "")
    assert theirs.faults == []


@pytest.mark.django_db
def test_a_note_on_words_that_have_changed_since_is_a_conflict_with_both_versions() -> None:
    visit = planned()
    mine, theirs = (Phone(member.inspector.user, visit) for member in visit.team.order_by("position"))
    mine.put(operation("notes", notes={"conclusion": "合格"}))
    stale = theirs.put(operation("notes", notes={"conclusion": ""}, was={"conclusion": "优良"}))
    assert (stale.status_code, stale.json()["code"]) == (409, "conflict")
    (conflict,) = stale.json()["current"]["conflicts"]
    assert conflict["theirs"]["conclusion"] == "合格"
    unseen = theirs.put(operation("notes", notes={"conclusion": "不合格"}))
    assert unseen.status_code == 409
    seen = theirs.put(operation("notes", notes={"conclusion": "不合格"}, was={"conclusion": "合格"}))
    again = theirs.put(operation("notes", notes={"conclusion": "不合格"}, was={"conclusion": "优良"}))
    assert (seen.status_code, again.status_code) == (200, 200)
    assert held(visit) == ("", "不合格", "")


@pytest.mark.django_db
def test_only_a_note_says_on_which_words_it_builds() -> None:
    visit = planned()
    refused = Phone(stories.lead(visit), visit).put(operation("submit", was={"conclusion": ""}))
    assert "只用于 notes" in refused.content.decode()
