"""The pages: beginning a measure, its case file, its moves, and what the public reads."""

from typing import Any

import pytest
from django.test import Client

from apps.core.listing import choose_columns
from apps.core.registers import registry
from apps.supervision.models import Listing, StopWork
from apps.supervision.workflow import LISTING
from tests.hazards import stories as hazards
from tests.personas import signed_in
from tests.supervision import stories

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> stories.Watch:
    return stories.watch()


def text(response: Any) -> str:
    return str(response.content.decode())


def test_a_hazard_offers_what_may_be_begun_and_shows_what_was(place: stories.Watch) -> None:
    client = signed_in(place.site.inspector)
    address = place.hazard.get_absolute_url()
    assert "提请挂牌督办" in text(client.get(address))
    listing = stories.proposed(place)
    assert f"挂牌督办 {listing}" in text(client.get(address))
    assert str(listing) not in text(signed_in(place.site.director).get(address))


def test_a_proposal_is_made_on_a_page_and_keeps_what_was_typed_when_it_is_wrong(place: stories.Watch) -> None:
    client = signed_in(place.site.inspector)
    address = f"/hazards/{place.hazard.number}/begin/listing/"
    wrong = client.post(address, {"level": "county", "basis": "短"})
    assert wrong.status_code == 422
    assert "至少 5 个字，现有 1 个字" in text(wrong)
    done = client.post(address, {"level": "county", "basis": "整改期限已过仍未消除"})
    assert done.status_code == 302
    assert Listing.objects.get().basis == "整改期限已过仍未消除"


def test_the_county_lists_on_a_page_that_is_filled_in_already(place: stories.Watch) -> None:
    listing = stories.proposed(place)
    client = signed_in(place.county)
    address = f"{listing.get_absolute_url()}list_publicly/"
    shown = text(client.get(address))
    assert place.hazard.description in shown
    assert "治理报告并提请解除督办" in shown
    told = stories.notice() | {"version": str(listing.version)}
    assert client.post(address, told).status_code == 302
    assert Listing.objects.get().state == "listed"


def test_a_move_that_somebody_else_made_first_is_told_and_nothing_typed_is_lost(place: stories.Watch) -> None:
    listing = stories.reported(place)
    client = signed_in(place.county)
    told = {"opinion": "北侧仍未加固", "deadline": str(stories.notice()["deadline"]), "version": "1"}
    answer = client.post(f"{listing.get_absolute_url()}go_on/", told)
    assert answer.status_code == 409
    assert "北侧仍未加固" in text(answer)
    assert "刚被他人办理过" in text(answer)


def test_a_move_that_is_not_open_leads_back_with_the_reason(place: stories.Watch) -> None:
    listing = stories.listed(place)
    answer = signed_in(place.county).get(f"{listing.get_absolute_url()}release/", follow=True)
    assert "当前状态为“督办中”" in text(answer)
    assert signed_in(place.county).get(f"{listing.get_absolute_url()}hand_up/").status_code == 404


def test_why_it_was_proposed_is_told_among_offices_alone(place: stories.Watch) -> None:
    listing = stories.reported(place)
    addresses = (
        listing.get_absolute_url(),
        "/listings/?view=all",
        f"/api/listings/{listing}/",
    )
    for reader, may in ((place.county, True), (place.site.director, False)):
        choose_columns(registry["listings"], reader, ["number", "basis", "decide_by"])
        for address in addresses:
            answer = signed_in(reader).get(address)
            told = [word in text(answer) for word in (str(listing), listing.basis, str(listing.decide_by))]
            assert (answer.status_code, told) == (200, [True, may, may]), (reader, address)


def test_the_way_of_a_listing_shows_its_state_and_the_days(place: stories.Watch) -> None:
    listing = stories.reported(place)
    page = signed_in(place.county).get(listing.get_absolute_url())
    day = f"{hazards.today():%m-%d}"
    assert [step["note"] for step in page.context["steps"]] == [day, day, "待核查", ""]
    assert "待核查" in page.context["marks"][0]


def test_work_is_stopped_on_a_page(place: stories.Watch) -> None:
    client = signed_in(place.site.inspector)
    address = f"/hazards/{place.hazard.number}/begin/stop-work/"
    wrong = client.post(address, {"extent": "part", "reason": "支护变形超过报警值"})
    assert "局部停工须写明停工部位" in text(wrong)
    done = client.post(address, {"extent": "whole", "reason": "支护变形超过报警值"}, follow=True)
    assert "停工中" in text(done)
    assert StopWork.objects.get().demands == ""


def test_the_public_reads_what_is_listed_and_nothing_else(place: stories.Watch) -> None:
    listing = stories.proposed(place)
    assert str(listing) not in text(Client().get("/public/listings/"))
    LISTING.perform(listing, "list_publicly", by=place.county, **stories.notice())
    shown = text(Client().get("/public/listings/"))
    for public in (str(listing), place.site.project.name, "深基坑坑边堆载", "县级挂牌", "督办中"):
        assert public in shown
    hidden = (place.hazard.enterprise.name, place.county.name, place.site.inspector.name, listing.basis)
    assert not [word for word in hidden if word in shown]


def test_a_released_listing_stays_public_with_its_day(place: stories.Watch) -> None:
    listing = stories.reported(place)
    hazards.advanced(listing.hazard, "verified", place.site)
    LISTING.perform(listing, "release", by=place.county, opinion="已治理到位", checked_on=hazards.today())
    assert f"已于 {hazards.today()} 解除" in text(Client().get("/public/listings/?state=released"))
    assert "没有符合条件的挂牌督办" in text(Client().get("/public/listings/?state=in_force"))


@pytest.mark.parametrize("query", ["level=x&state=y&page=z", "page=99999", "page=-1", "level=%00"])
def test_nonsense_in_the_public_address_is_no_error(place: stories.Watch, query: str) -> None:
    stories.listed(place)
    assert Client().get(f"/public/listings/?{query}").status_code == 200


def test_a_rule_that_an_office_sets_is_no_sample_any_more(place: stories.Watch) -> None:
    client = signed_in(place.province)
    assert "样例值" in text(client.get("/system/escalation-rules/county/"))
    changed = {"overdue_days": "5", "decide_within": "2", "is_active": "on", "basis": "省厅督办办法", "version": "1"}
    shown = text(client.post("/system/escalation-rules/county/edit/", changed, follow=True))
    assert "省厅督办办法" in shown
    assert "须由主管部门核定" not in shown
    wrong = client.post("/system/escalation-rules/county/edit/", changed | {"overdue_days": "0", "version": "2"})
    assert wrong.status_code == 422
