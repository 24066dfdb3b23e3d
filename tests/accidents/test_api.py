"""Accidents over the API: reported and moved as on the pages, with the answers that the API promises."""

from typing import Any

import pytest

from apps.accidents.api import EXAMPLES, REPORTED
from apps.accidents.models import Accident
from apps.projects.models import Project
from tests.accidents import stories
from tests.api_client import Api
from tests.hazards.stories import Site, site
from tests.personas import QIAOXI, inspector, persona

pytestmark = pytest.mark.django_db
ADDRESS = "/api/accidents/"


@pytest.fixture
def place() -> Site:
    return site()


def body(where: Site, **values: Any) -> dict[str, Any]:
    return REPORTED | {"project": where.project.number} | values


def test_a_program_reports_once_however_often_it_sends(place: Site) -> None:
    api = Api(place.inspector)
    first, second = (api.post(ADDRESS, body(place), key="once") for _ in range(2))
    assert (first.status_code, second.json(), Accident.objects.count()) == (201, first.json(), 1)
    told = api.get(first["Location"]).json()
    assert told == first.json()
    assert (told["grade"]["code"], told["project__name"], told["deaths"]) == ("general", place.project.name, 1)


def test_foreign_projects_are_no_projects_and_readers_do_not_report(place: Site) -> None:
    there, nowhere = (
        Api(inspector(QIAOXI)).post(ADDRESS, body(place, project=number)) for number in (place.project.number, "NO-1")
    )
    assert (there.status_code, nowhere.status_code) == (422, 422)
    assert there.json()["fields"].keys() == nowhere.json()["fields"].keys() == {"project"}
    assert Api(persona("auditor")).post(ADDRESS, body(place)).status_code == 403
    assert not Accident.objects.exists()


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"deaths": 0, "serious_injuries": 0, "direct_loss": None}, 422, "deaths"),
        ({"deaths": "many"}, 400, "deaths"),
        ({"occurred_at": "2199-01-01T00:00:00+08:00"}, 422, "occurred_at"),
        ({"grade": "major"}, 400, "grade"),
        ({"category": "nonsense"}, 422, "category"),
    ],
)
def test_a_report_that_does_not_fit_names_the_field(
    place: Site, change: dict[str, Any], status: int, field: str
) -> None:
    answer = Api(place.inspector).post(ADDRESS, body(place, **change))
    assert (answer.status_code, list(answer.json()["fields"])) == (status, [field])


def test_moves_are_made_by_those_to_whom_they_are_open(place: Site) -> None:
    accident = stories.reported(place)
    address = f"{ADDRESS}{accident.number}/"
    firm = place.project.enterprise
    assert firm
    told = EXAMPLES["determine"] | {"main": firm.uscc, "determined_on": str(stories.today())}
    assert Api(place.director).post(f"{address}determine/", told).status_code == 403
    assert Api(inspector(QIAOXI)).post(f"{address}supplement/", EXAMPLES["supplement"]).status_code == 404
    head = Api(place.head)
    offered = head.get(f"{address}moves/").json()["moves"]
    assert [move["name"] for move in offered] == ["supplement", "determine", "withdraw"]
    answer = head.post(f"{address}supplement/", EXAMPLES["supplement"])
    assert (answer.json()["state"]["code"], answer.json()["deaths"]) == ("reported", 2)
    answer = head.post(f"{address}determine/", told)
    assert (answer.status_code, answer.json()["is_liability"], answer.json()["moves"]) == (200, True, [])
    again = head.post(f"{address}withdraw/", EXAMPLES["withdraw"])
    assert (again.status_code, again.json()["message"]) == (409, "当前状态为“已认定”，不能撤销")


def test_a_firm_that_is_not_known_is_named_by_its_line(place: Site) -> None:
    accident = stories.reported(place)
    told = EXAMPLES["determine"] | {"main": "没有的公司", "determined_on": str(stories.today())}
    answer = Api(place.head).post(f"{ADDRESS}{accident.number}/determine/", told)
    assert answer.status_code == 422
    assert answer.json()["fields"]["main"][0].startswith("第 1 行：")
    assert Project.objects.get(pk=place.project.pk).accidents.get().state == "reported"
