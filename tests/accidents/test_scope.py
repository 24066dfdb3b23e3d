"""Who sees an accident: offices by region, firms their own and those for which they are liable, people their sites."""

import pytest
from django.http import Http404
from django.test import Client

from apps.accidents.models import Accident, AccidentLiability
from apps.accidents.workflow import ACCIDENT
from tests.accidents import stories
from tests.hazards.stories import Site, enterprise, site
from tests.personas import LUBEI, QIAOXI, city_officer, inspector, persona, province_officer

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Site:
    return site()


def status(user: object, address: str) -> int:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client.get(address).status_code


def test_offices_see_what_happened_in_their_region(place: Site) -> None:
    address = stories.reported(place).get_absolute_url()
    for reader in (place.inspector, place.head, city_officer(), province_officer(), persona("auditor")):
        assert status(reader, address) == 200
    for stranger in (inspector(QIAOXI), inspector(LUBEI), city_officer("130200")):
        assert status(stranger, address) == 404


def test_a_foreign_accident_answers_like_one_that_never_was(place: Site) -> None:
    accident, stranger = stories.reported(place), persona("county_officer", at=QIAOXI)
    moves = ("", *(f"{move}/" for move in ACCIDENT.by_name))
    for tail in moves:
        told = [status(stranger, f"/accidents/{number}/{tail}") for number in (accident.number, "SG-1999-999999")]
        assert told == [404, 404]
    with pytest.raises(Http404):
        ACCIDENT.perform(accident, "withdraw", by=stranger, reason="不构成事故")


def test_a_firm_sees_accidents_of_its_projects_and_people_those_of_their_sites(place: Site) -> None:
    accident = stories.reported(place)
    for own in (place.director, place.manager):
        assert list(Accident.objects.visible_to(own)) == [accident]
    for other in (persona("safety_director"), persona("project_manager")):
        assert not Accident.objects.visible_to(other).exists()


def test_a_firm_sees_an_accident_elsewhere_once_it_is_found_liable(place: Site) -> None:
    far = enterprise(at=QIAOXI)
    theirs = persona("safety_director", organisation=far.organisation)
    rival = persona("safety_director", at=QIAOXI)
    accident = stories.reported(place)
    assert status(theirs, accident.get_absolute_url()) == 404
    ACCIDENT.perform(
        accident, "determine", by=place.head, **stories.finding((far, "secondary"), (enterprise(), "main"))
    )
    assert (status(theirs, accident.get_absolute_url()), status(rival, accident.get_absolute_url())) == (200, 404)
    assert Accident.objects.visible_to(theirs).count() == 1


def test_who_is_liable_is_seen_with_the_accident(place: Site) -> None:
    stories.determined(place)
    seen = [AccidentLiability.objects.visible_to(user).count() for user in (place.director, inspector(QIAOXI))]
    assert seen == [1, 0]


def test_those_without_the_right_do_not_open_the_register(place: Site) -> None:
    address = stories.reported(place).get_absolute_url()
    for user in (place.engineer, persona("permit_officer"), persona("expert"), persona("system_admin")):
        assert (status(user, "/accidents/"), status(user, address)) == (403, 403)
