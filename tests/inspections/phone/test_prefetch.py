"""What a phone takes along."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.inspections.models import Checklist
from tests.api_client import Api
from tests.hazards.stories import draft, order, site
from tests.inspections import stories
from tests.inspections.phone.phones import Phone, answer, finding
from tests.personas import inspector, persona

pytestmark = pytest.mark.django_db
MEGABYTE = 1024 * 1024


def test_today_tomorrow_and_what_is_left_over_go_along() -> None:
    place, today = site(), timezone.localdate()
    team = [stories.certified(place.inspector), stories.certified(place.second)]
    days = {n: stories.planned(place, team=team, on=today + timedelta(days=n)).number for n in (-3, 0, 1, 2)}
    told = Api(place.inspector).get("/api/inspections/phone/").json()
    assert [one["number"] for one in told["visits"]] == [days[-3], days[0], days[1]]


def test_a_visit_brings_what_a_basement_needs() -> None:
    place = site()
    hazard = order(draft(place), place)
    visit = stories.planned(place)
    phone = Phone(place.inspector, visit)
    phone.put(answer(visit, 1), finding(visit, 1))
    told = phone.api.get("/api/inspections/phone/").json()
    (one,) = told["visits"]
    assert one["project"]["name"] == place.project.name
    assert one["project"]["parties"]
    assert [member["is_me"] for member in one["team"]] == [True, False]
    assert [found["number"] for found in one["hazards"]] == [hazard.number]
    assert [row["revision"] for row in one["held"]["answers"] + one["held"]["findings"]] == [1, 1]
    assert told["checklists"][0]["content"]["items"]
    assert all(told[name] for name in ("phrases", "terms", "categories", "criteria", "disposals"))


def test_twenty_tables_stay_far_below_three_megabytes() -> None:
    place = site()
    stories.checklists()
    codes = list(Checklist.objects.in_force(timezone.localdate()).values_list("code", flat=True))
    stories.planned(place, codes=codes)
    assert len(Api(place.inspector).get("/api/inspections/phone/").content) < 3 * MEGABYTE


def test_nothing_of_others_goes_along() -> None:
    visit = stories.planned()
    for other in (inspector(), persona("inspector", at="130203")):
        assert visit.number not in Api(other).get("/api/inspections/phone/").content.decode()
    assert Api(persona("safety_director")).get("/api/inspections/phone/").status_code == 403


def test_three_visits_cost_as_many_queries_as_one() -> None:
    place = site()
    team = [stories.certified(place.inspector), stories.certified(place.second)]
    client = Client()
    client.force_login(place.inspector)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/api/inspections/phone/").status_code == 200
        return len(queries)

    stories.answered(stories.planned(place, team=team))
    asked()
    one = asked()
    for _ in range(2):
        stories.answered(stories.planned(place, team=team))
    assert asked() == one


def test_the_session_gives_the_same_key_at_each_sign_in_and_another_to_another() -> None:
    one, other = inspector(), inspector()
    first, again = (Api(one).get("/api/inspections/phone/session/").json() for _ in range(2))
    assert first["key"] == again["key"] != Api(other).get("/api/inspections/phone/session/").json()["key"]
    assert first["user"]["id"] == one.pk
