"""Hazards of earlier visits on a telephone: taken along, judged without a net, sent once however often it is tried."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import Route, expect

from apps.hazards.models import Hazard
from apps.inspections.models import SecondLook, Visit
from apps.inspections.workflow.visit import VISIT
from tests.api_client import Api
from tests.hazards.stories import Site, site
from tests.inspections import stories
from tests.inspections.phone.handling import Handheld
from tests.inspections.phone.phones import Phone, answer, operation, picture
from tests.inspections.phone.test_phone_pages import AXE
from tests.inspections.test_second_looks import followed, on

Start = Callable[[Any], Handheld]


def look_told(look: Any, outcome: str = "good", *, base: int | None = None, **more: Any) -> dict[str, Any]:
    key = look if isinstance(look, str) else str(look.pk)
    return operation("second_look", base=base, second_look={"id": key, "outcome": outcome, **more})


def fetched(visit: Visit) -> dict[str, Any]:
    told = Api(stories.lead(visit)).get("/api/inspections/phone/").json()
    return next(one for one in told["visits"] if one["number"] == visit.number)


# As the API sees it ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_what_a_phone_takes_along_is_what_the_server_means() -> None:
    """Taken along before the visit begins: what is closed afterwards is still there, and needs nothing."""
    place = site()
    visit, (found, other) = followed(place, problems=2)
    told = {one["number"]: one for one in fetched(visit)["second_looks"]}
    assert set(told) == {found.number, other.number}
    carried = told[found.number]
    assert (carried["state"], carried["now"], carried["needed"]) == ("待签收", "", True)
    assert carried["words"] == found.description
    on(found, "closed", place)
    visit = VISIT.perform(visit, "start", by=stories.lead(visit))
    again = {one["number"]: one for one in fetched(visit)["second_looks"]}
    assert (again[found.number]["id"], again[found.number]["now"]) == (carried["id"], "已销号")
    assert again[found.number]["over"] and not again[other.number]["over"]
    assert visit.second_looks.count() == 2


@pytest.mark.django_db
def test_what_was_found_after_the_visit_began_is_not_asked_of_its_phones() -> None:
    place = site()
    visit, _ = followed(place)
    phone = Phone(stories.lead(visit), visit)
    fetched(visit)
    phone.put(answer(visit, 1))
    team = [member.inspector for member in visit.team.all()]
    between = stories.submitted(stories.planned(place, team=team, kind="special"), problems=1)
    assert Hazard.objects.filter(finding__visit=between).exists()
    assert len(fetched(visit)["second_looks"]) == 1


@pytest.mark.django_db
def test_a_batch_with_an_outcome_counts_once_whichever_way_it_comes() -> None:
    visit, _ = followed(site())
    (told,) = fetched(visit)["second_looks"]
    phone = Phone(stories.lead(visit), visit)
    batch = phone.batch(look_told(told["id"], "bad"), answer(visit, 1))
    first, again = phone.send(batch), phone.send(batch)
    assert first.status_code == 200 and first.json() == again.json()
    look = visit.second_looks.get()
    assert (look.outcome, look.revision) == ("bad", 1)
    assert first.json()["counts"]["second_looks"] == 1
    late = phone.send(phone.batch(look_told(told["id"], "good"), sequence=1))
    assert (late.status_code, late.json()["code"]) == (409, "out_of_order")
    same = phone.put(look_told(told["id"], "bad"))  # the same outcome under another id, on no revision
    assert list(same.json()["revisions"].values()) == [1]
    assert phone.put(look_told(told["id"], "good", base=1)).status_code == 200
    assert visit.second_looks.get().revision == 2
    assert [row["outcome"] for row in fetched(visit)["held"]["second_looks"]] == ["good"]


@pytest.mark.django_db
def test_two_phones_with_two_outcomes_are_told_of_each_other() -> None:
    visit, _ = followed(site())
    (told,) = fetched(visit)["second_looks"]
    mine, theirs = (Phone(member.inspector.user, visit) for member in visit.team.order_by("position"))
    assert theirs.put(look_told(told["id"], "good")).status_code == 200
    refused = mine.put(look_told(told["id"], "bad"), answer(visit, 1))
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    (conflict,) = refused.json()["current"]["conflicts"]
    assert (conflict["theirs"]["outcome"], conflict["theirs"]["by"]) == ("good", theirs.user.name)
    assert not visit.answers.exists()


@pytest.mark.django_db
def test_a_foreign_hazard_an_unknown_outcome_and_a_missing_reason_keep_the_batch_out() -> None:
    visit, _ = followed(site())
    other, _ = followed(site())
    (mine,), (foreign,) = fetched(visit)["second_looks"], fetched(other)["second_looks"]
    phone = Phone(stories.lead(visit), visit)
    for operations, status, words in (
        ([look_told(foreign["id"])], 422, "不在本次检查的复查清单中"),
        ([look_told(mine["id"], "unseen", remark=" ")], 422, "未复查的原因"),
        ([look_told(mine["id"], "perhaps")], 400, ""),
        ([operation("second_look", answer={"checklist": 1, "item": 1, "verdict": "pass"})], 400, ""),
    ):
        refused = phone.put(answer(visit, 1), *operations)
        assert refused.status_code == status
        assert words in str(refused.json())
    assert not visit.answers.exists()
    assert set(SecondLook.objects.values_list("outcome", flat=True)) == {""}


@pytest.mark.django_db
def test_a_photograph_of_a_second_look_comes_in_pieces_and_shows_it() -> None:
    visit, _ = followed(site())
    other, _ = followed(site())
    (told,), (foreign,) = fetched(visit)["second_looks"], fetched(other)["second_looks"]
    phone = Phone(stories.lead(visit), visit)
    assert phone.upload(picture(), second_look=told["id"]).json()["is_complete"]
    assert visit.photos.get().second_look_id == visit.second_looks.get().pk
    assert fetched(visit)["held"]["photos"][0]["second_look"] == told["id"]
    refused = phone.upload(picture(), second_look=foreign["id"])
    assert (refused.status_code, visit.photos.count()) == (422, 1)


@pytest.mark.django_db
def test_three_visits_that_take_hazards_along_cost_as_many_queries_as_one() -> None:
    place = site()
    visit, _ = followed(place)
    team = [member.inspector for member in visit.team.all()]
    client = Client()
    client.force_login(stories.lead(visit))

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/api/inspections/phone/").status_code == 200
        return len(queries)

    carrying = asked()
    one = asked()
    for _ in range(2):
        more = stories.submitted(stories.planned(place, team=team, kind="special"), problems=2)
        stories.planned(place, team=team, kind="follow_up", follows=more)
    assert asked() <= carrying
    assert asked() == one
    assert SecondLook.objects.filter(visit__state="planned").count() == 5 * 3


# In somebody's hand ---------------------------------------------------------------------------------------------------


def card(phone: Handheld, hazard: Hazard) -> Any:
    return phone.page.locator("section.inspect-card", has_text=hazard.number)


def judge(phone: Handheld, hazard: Hazard, words: str) -> None:
    phone.press(words, card(phone, hazard))
    expect(card(phone, hazard).get_by_role("radio", name=words, exact=True)).to_have_attribute("aria-checked", "true")


@pytest.fixture
def followed_up(reference: None, wordings: None) -> tuple[Site, Visit, list[Hazard]]:
    place = site()
    visit, hazards = followed(place, problems=3)
    visit.project.parties.update(leader="赵伟", phone="13800000000")
    on(hazards[0], "confirmed", place)
    on(hazards[1], "confirmed", place)
    return place, visit, hazards


@pytest.mark.django_db(transaction=True)
@pytest.mark.browser
@pytest.mark.slow
def test_a_follow_up_in_a_basement_judges_each_hazard_and_the_ledger_follows(
    handheld: Start, shot: Path, followed_up: tuple[Site, Visit, list[Hazard]]
) -> None:
    _, visit, (good, partly, unseen) = followed_up
    phone = handheld(stories.lead(visit)).take_along().cut().begin()
    for number in range(1, 11):
        phone.answer(number, "符合")
    phone.press("汇总与签字").sees("以往隐患还有 3 条没有复查结论", good.number)
    phone.press("复查以往隐患").sees(good.description, "待复查", "已有结论 0/3")
    judge(phone, good, "合格")
    phone.photograph(shot, card(phone, good))
    judge(phone, partly, "部分整改")
    expect(card(phone, partly)).to_contain_text("请写明还有什么没有整改")
    card(phone, partly).get_by_label("复查说明").fill("西侧仍缺一道横杆")
    judge(phone, unseen, "未复查")
    phone.press("汇总与签字").sees(f"隐患 {unseen.number} 的复查：还没有填完")
    phone.killed().press("复查以往隐患")
    expect(card(phone, partly).get_by_label("复查说明")).to_have_value("西侧仍缺一道横杆")
    card(phone, unseen).get_by_label("复查说明").fill("停工，无法进入")
    card(phone, unseen).get_by_label("复查说明").blur()
    phone.sees("已有结论 3/3").press("汇总与签字")
    expect(phone.page.locator("#lacks")).not_to_contain_text("复查")
    for _ in range(3):
        phone.sign(0)
    phone.press("提交并下发通知书").sees("取消提交")
    phone.back_on_the_net().uploaded()
    expect(phone.page.locator("#dock")).to_contain_text("已提交")
    states = dict(Hazard.objects.values_list("number", "state"))
    assert states == {good.number: "closed", partly.number: "rectifying", unseen.number: "ordered"}
    told = {one.hazard.number: (one.outcome, one.remark, one.effect) for one in visit.second_looks.all()}
    assert told == {
        good.number: ("good", "", "closed"),
        partly.number: ("partly", "西侧仍缺一道横杆", "returned"),
        unseen.number: ("unseen", "停工，无法进入", "kept"),
    }
    assert good.photos.filter(stage="verification").count() == 1
    assert phone.faults == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.browser
@pytest.mark.slow
def test_a_lost_receipt_doubles_no_outcome_and_a_conflict_lets_one_choose(
    handheld: Start, followed_up: tuple[Site, Visit, list[Hazard]]
) -> None:
    _, visit, (first, second, _) = followed_up
    mine, theirs = (handheld(member.inspector.user).take_along() for member in visit.team.order_by("position"))
    lost: list[str] = []

    def lose_the_answer(route: Route) -> None:
        if lost:
            return route.continue_()
        lost.append(route.request.post_data or "")
        route.fetch()
        return route.abort()

    for phone in (mine, theirs):
        phone.cut().begin().press("复查以往隐患")
    judge(mine, first, "合格")
    judge(mine, second, "合格")
    judge(theirs, first, "未整改")
    mine.context.route("**/batches/", lose_the_answer)
    mine.back_on_the_net()
    expect(mine.page.locator("#net")).to_contain_text("没有网络")
    mine.killed().uploaded()
    assert set(visit.second_looks.values_list("outcome", "revision")) == {("good", 1), ("", 0)}
    assert (visit.batches.count(), len(lost)) == (1, 1)
    theirs.back_on_the_net().sees("与他人的修改冲突").open("/m/offline/").settled()
    side = theirs.page.locator(".inspect-conflict")
    expect(side).to_contain_text(f"隐患 {first.number} 的复查")
    expect(side).to_contain_text(f"服务器（{stories.lead(visit).name}）合格")
    theirs.press("保留本机的", side).uploaded()
    assert visit.second_looks.get(hazard=first).outcome == "bad"
    assert mine.faults == theirs.faults == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.browser
@pytest.mark.slow
def test_readers_of_screens_find_no_obstacle_among_the_outcomes(
    handheld: Start, followed_up: tuple[Site, Visit, list[Hazard]]
) -> None:
    _, visit, (first, _, last) = followed_up
    phone = handheld(stories.lead(visit)).take_along().begin().press("复查以往隐患")
    judge(phone, first, "合格")
    judge(phone, last, "未复查")
    found = Axe().run(phone.page, options=AXE).response["violations"]
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == []
    assert phone.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
