"""Hazards that phones find outside of visits, as the API takes them: once, with their photographs, within the scope."""

import hashlib
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from apps.hazards.models import Hazard, Photo, State
from apps.inspections.models import PhoneHazard, PhotoArrival
from tests.api_client import Api
from tests.core.pictures import jpeg
from tests.hazards.stories import Site, site
from tests.inspections.phone.phones import picture, pieces
from tests.personas import LUBEI, inspector, persona

pytestmark = pytest.mark.django_db
HAZARDS = "/api/inspections/phone/hazards/"


@pytest.fixture
def place() -> Site:
    return site()


def sent(api: Api, content: bytes, **about: Any) -> str:
    """A photograph in pieces; answers its key."""
    told = {"id": str(uuid4()), "size": len(content), "sha256": hashlib.sha256(content).hexdigest(), "piece_size": 4096}
    begun = api.post("/api/inspections/photos/", told | about).json()
    for index, part in enumerate(pieces(content)):
        address = f"/api/inspections/photos/{begun['id']}/pieces/{index}/"
        api.client.generic("PUT", address, part, "application/octet-stream", headers=api.headers)
    return str(begun["id"])


def found(place: Site, *photos: str, **more: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "project": place.project.pk,
        "found_on": timezone.localdate().isoformat(),
        "description": "12层临边未设防护栏杆",
        "category": "高处作业",
        "demands": "立即设置防护栏杆",
        "grade": "ordinary",
        "term": "calendar:7",
        "photos": list(photos),
        "order": True,
    } | more


def test_it_becomes_an_ordered_hazard_with_its_photographs(place: Site) -> None:
    api, content = Api(place.inspector), picture()
    answer = api.post(HAZARDS, found(place, sent(api, content), longitude="114.5", latitude="38.1", accuracy_m=8))
    receipt, hazard = answer.json(), Hazard.objects.get()
    assert (receipt["number"], receipt["photos"], receipt["state"]) == (hazard.number, 1, hazard.get_state_display())
    assert (hazard.state, hazard.source, hazard.inspectors) == (State.ORDERED, "daily", place.inspector.name)
    assert hazard.deadline == timezone.localdate() + timedelta(days=7)
    assert (str(hazard.longitude), hazard.accuracy_m) == ("114.500000", 8)
    assert hazard.photos.get().original.sha256 == hashlib.sha256(content).hexdigest()
    assert not PhotoArrival.objects.exists()


def test_sent_again_it_gets_the_same_receipt_and_makes_no_second(place: Site) -> None:
    api = Api(place.inspector)
    told = found(place, sent(api, picture()))
    first, again = api.post(HAZARDS, told), api.post(HAZARDS, told)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert (Hazard.objects.count(), PhoneHazard.objects.count()) == (1, 1)


def test_another_content_under_its_key_is_told_where_the_first_is(place: Site) -> None:
    api = Api(place.inspector)
    told = found(place, sent(api, picture()))
    number = api.post(HAZARDS, told).json()["number"]
    answer = api.post(HAZARDS, told | {"description": "另外的文字"})
    assert (answer.status_code, answer.json()["code"]) == (422, "hazard_reused")
    assert number in answer.json()["message"]
    theirs = Api(place.second).post(HAZARDS, told)
    assert (theirs.status_code, theirs.json()["code"]) == (422, "hazard_reused")
    assert number not in theirs.content.decode()


def test_photographs_that_are_not_there_are_named_and_nothing_is_entered(place: Site) -> None:
    api, missing = Api(place.inspector), str(uuid4())
    told = found(place, sent(api, picture()), missing)
    answer = api.post(HAZARDS, told)
    assert (answer.status_code, answer.json()["code"]) == (409, "photos_missing")
    assert answer.json()["current"]["missing"] == [missing]
    assert not Hazard.objects.exists()
    sent(api, picture(), id=missing)
    assert api.post(HAZARDS, told).status_code == 200
    assert Hazard.objects.get().photos.count() == 2


def test_photographs_of_others_are_none(place: Site) -> None:
    theirs = sent(Api(place.second), picture())
    answer = Api(place.inspector).post(HAZARDS, found(place, theirs))
    assert answer.json()["current"]["missing"] == [theirs]
    content = picture()
    taken = {"id": theirs, "size": len(content), "sha256": hashlib.sha256(content).hexdigest(), "piece_size": 4096}
    assert Api(place.inspector).post("/api/inspections/photos/", taken).json()["code"] == "photo_reused"


def test_a_photograph_that_broke_off_goes_on_and_is_seen_by_its_sender_alone(place: Site) -> None:
    api, content, key = Api(place.inspector), picture(), str(uuid4())
    told = {"id": key, "size": len(content), "sha256": hashlib.sha256(content).hexdigest(), "piece_size": 4096}
    missing = api.post("/api/inspections/photos/", told).json()["missing"]
    api.client.generic(
        "PUT",
        f"/api/inspections/photos/{key}/pieces/0/",
        content[:4096],
        "application/octet-stream",
        headers=api.headers,
    )
    assert api.get(f"/api/inspections/photos/{key}/").json()["missing"] == missing[1:]
    assert Api(place.second).get(f"/api/inspections/photos/{key}/").status_code == 404
    sent(api, content, id=key)
    assert Photo.objects.waiting(place.inspector).get().pk.hex == key.replace("-", "")
    assert api.post("/api/inspections/photos/", told).json() == {"id": key, "is_complete": True, "missing": []}


def test_without_a_photograph_nothing_is_ordered_and_the_reason_is_said(place: Site) -> None:
    answer = Api(place.inspector).post(HAZARDS, found(place))
    assert (answer.status_code, answer.json()["code"]) == (422, "refused")
    assert answer.json()["message"] == "现场照片：下达前至少要有 1 张整改前照片"
    draft = Api(place.inspector).post(HAZARDS, found(place, order=False))
    assert (draft.status_code, Hazard.objects.get().state) == (200, State.DRAFT)


def test_what_a_wrong_clock_claims_meets_the_day_of_arrival(place: Site) -> None:
    api, today = Api(place.inspector), timezone.localdate()
    ahead, past = (today + timedelta(days=400)).isoformat(), (today - timedelta(days=3)).isoformat()
    told = found(place, sent(api, picture()), found_on=ahead, term="", deadline=past)
    assert api.post(HAZARDS, told).status_code == 200
    hazard = Hazard.objects.get()
    assert (hazard.found_on, hazard.deadline) == (today, today)


def test_sites_of_other_counties_are_neither_told_nor_taken(place: Site) -> None:
    other = site(LUBEI)
    api = Api(place.inspector)
    told = api.get("/api/inspections/phone/sites/").json()
    assert [one["id"] for one in told["sites"]] == [place.project.pk]
    assert told["sites"][0]["parties"][0]["firm"]
    answer = api.post(HAZARDS, found(other, sent(api, picture())))
    assert answer.status_code == 422
    assert other.project.name not in answer.content.decode()
    assert not Hazard.objects.exists()


def test_more_sites_cost_no_more_queries(place: Site, django_assert_max_num_queries: Any) -> None:
    api = Api(place.inspector)
    for _ in range(3):
        site()
    with django_assert_max_num_queries(12):
        assert len(api.get("/api/inspections/phone/sites/").json()["sites"]) == 4


def test_firms_enter_nothing_here(place: Site) -> None:
    director = persona("safety_director")
    assert Api(director).post(HAZARDS, found(place)).status_code == 403
    assert Api(director).get("/api/inspections/phone/sites/").status_code == 403
    content = jpeg(1).getvalue()
    told = {"id": str(uuid4()), "size": len(content), "sha256": "0" * 64, "piece_size": 4096}
    assert Api(director).post("/api/inspections/photos/", told).status_code == 403


# Without scripts ------------------------------------------------------------------------------------------------------


def test_the_page_is_a_plain_form_of_the_desks_sheet(place: Site) -> None:
    client = Client()
    client.force_login(place.inspector)
    page = client.get("/m/hazard/new/").content.decode()
    assert page.count("<noscript>") == page.count("</noscript>") == 1
    plain = page.partition("<noscript>")[2].partition("</noscript>")[0]
    for name in ("project", "grade", "description", "category", "term", "demands", "photos", "csrfmiddlewaretoken"):
        assert f'name="{name}"' in plain
    assert place.project.name in plain


def test_the_plain_form_enters_and_orders(place: Site) -> None:
    client = Client()
    client.force_login(place.inspector)
    told = {
        "project": place.project.pk,
        "source": "daily",
        "found_on": timezone.localdate().isoformat(),
        "description": "12层临边未设防护栏杆",
        "category": "高处作业",
        "grade": "ordinary",
        "disposal": "rectify",
        "term": "calendar:3",
        "demands": "立即设置防护栏杆",
        "photos": jpeg(3),
        "order": "1",
    }
    lacking = client.post("/m/hazard/new/", told | {"description": "", "photos": jpeg(3)})
    assert lacking.status_code == 422
    assert "inspect-top" in lacking.content.decode()
    assert Photo.objects.waiting(place.inspector).count() == 1  # kept, though the form came back
    answer = client.post("/m/hazard/new/", told | {"photos": jpeg(4)})
    hazard = Hazard.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, hazard.get_absolute_url())
    assert (hazard.state, hazard.photos.count()) == (State.ORDERED, 1)


def test_the_dock_of_inspectors_leads_to_the_phones_page_and_that_of_firms_to_the_desks() -> None:
    for user, address in ((inspector(), "/m/hazard/new/"), (persona("safety_director"), "/hazards/new/")):
        client = Client()
        client.force_login(user)
        dock = client.get("/").content.decode().partition('class="dock"')[2].partition("</nav>")[0]
        assert dock.count("登记隐患") == 1
        assert f'href="{address}"' in dock
