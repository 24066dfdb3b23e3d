"""Measures begun by a program: as on the page, with the answers that the API promises."""

from typing import Any

import pytest

from apps.hazards.models import Grade, Hazard
from apps.supervision.api import BEGUN, WAYS
from apps.supervision.beginning import BEGINNINGS
from apps.supervision.models import Listing, StopWork, Transfer
from tests.api_client import Api
from tests.hazards import stories
from tests.personas import QIAOXI, city_officer, inspector
from tests.supervision import stories as measures

pytestmark = pytest.mark.django_db
ways = pytest.mark.parametrize("way", BEGINNINGS)


def address(hazard: Hazard, way: str) -> str:
    return f"/api/hazards/{hazard.number}/begin/{way}/"


def counted() -> list[int]:
    return [model.objects.count() for model in (Listing, StopWork, Transfer)]


def test_every_way_to_begin_has_an_operation_with_an_example() -> None:
    assert set(WAYS) == set(BEGUN) == set(BEGINNINGS)


@ways
def test_a_measure_is_begun_and_stands_at_the_address_that_is_told(way: str) -> None:
    place = measures.watch()
    api = Api(place.site.inspector)
    answer = api.post(address(place.hazard, way), BEGUN[way])
    assert (answer.status_code, sum(counted())) == (201, 1)
    assert answer["ETag"] == f'"{answer.json()["version"]}"'
    again = api.get(answer["Location"])
    assert again.json() == answer.json()
    assert answer.json()["hazard__number"] == place.hazard.number


@ways
def test_the_same_request_sent_twice_begins_one_measure(way: str) -> None:
    place = measures.watch()
    api = Api(place.site.inspector)
    first, second = (api.post(address(place.hazard, way), BEGUN[way], key="once") for _ in range(2))
    assert (second.json(), second["Location"], sum(counted())) == (first.json(), first["Location"], 1)
    assert second["Idempotency-Replayed"] == "true"
    assert api.post(address(place.hazard, way), BEGUN[way], key="").status_code == 400


@ways
def test_a_foreign_hazard_is_no_hazard(way: str) -> None:
    place = measures.watch()
    api = Api(inspector(QIAOXI))
    there, nowhere = api.post(address(place.hazard, way), BEGUN[way]), api.post(f"/api/hazards/X/begin/{way}/", {})
    assert (there.status_code, nowhere.status_code, counted()) == (404, 404, [0, 0, 0])
    assert there.json()["message"] == nowhere.json()["message"]


@ways
def test_those_who_only_see_the_hazard_may_not_begin(way: str) -> None:
    place = measures.watch()
    for user in (place.site.director, place.site.manager, place.site.engineer):
        assert Api(user).post(address(place.hazard, way), BEGUN[way]).status_code == 403
    assert counted() == [0, 0, 0]


def test_what_the_page_refuses_is_refused_with_its_reason() -> None:
    site = stories.site()
    ordinary = stories.taken_to("ordered", site)
    answer = Api(site.inspector).post(address(ordinary, "listing"), BEGUN["listing"])
    told = (answer.status_code, answer.json()["code"], answer.json()["message"])
    assert told == (409, "transition_refused", "只有重大隐患才能挂牌督办")
    place = measures.watch()
    measures.stopped(place)
    answer = Api(place.site.inspector).post(address(place.hazard, "stop-work"), BEGUN["stop-work"])
    assert (answer.status_code, answer.json()["message"]) == (409, "该隐患已责令停工")
    draft = stories.draft(site, grade=Grade.MAJOR)
    answer = Api(site.inspector).post(address(draft, "transfer"), BEGUN["transfer"])
    assert (answer.status_code, answer.json()["message"]) == (409, "草稿和已作废的隐患不能移送")


def test_a_level_that_is_proposed_already_is_refused_by_the_rule_of_the_database() -> None:
    place = measures.watch()
    measures.proposed(place)
    answer = Api(city_officer()).post(address(place.hazard, "listing"), BEGUN["listing"])
    assert (answer.status_code, Listing.objects.count()) == (409, 1)
    assert answer.json()["message"] == "该隐患在这一层级已有未办结的挂牌督办"


@pytest.mark.parametrize(
    ("way", "change", "status", "field"),
    [
        ("listing", {"level": "village"}, 422, "level"),
        ("listing", {"basis": "短"}, 422, "basis"),
        ("listing", {"state": "listed"}, 400, "state"),
        ("stop-work", {"part": ""}, 422, "part"),
        ("stop-work", {"reason": None}, 400, "reason"),
        ("transfer", {"addressee": ["局"]}, 400, "addressee"),
        ("transfer", {"evidence": ""}, 400, "evidence"),
        ("transfer", {"evidence": "无"}, 422, "evidence"),
    ],
)
def test_a_body_that_does_not_fit_names_the_field(way: str, change: dict[str, Any], status: int, field: str) -> None:
    place = measures.watch()
    answer = Api(place.site.inspector).post(address(place.hazard, way), BEGUN[way] | change)
    assert (answer.status_code, list(answer.json()["fields"])) == (status, [field])
    assert counted() == [0, 0, 0]
