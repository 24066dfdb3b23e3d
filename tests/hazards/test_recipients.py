"""Whom a hazard concerns, by the roles that transitions and sweeps name."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.hazards.models import Grade, Hazard, Source
from apps.hazards.recipients import ROLES, Recipients
from apps.projects.models import ProjectMember
from tests.hazards import stories
from tests.personas import CHANGAN, persona

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> stories.Site:
    return stories.site()


def people(hazard: Hazard, role: str) -> set[User]:
    return set(User.objects.filter(pk__in=Recipients([hazard]).of(hazard, role)))


def self_check(site: stories.Site) -> Hazard:
    return stories.draft(site, by=site.director, source=Source.SELF_CHECK)


def test_each_role_names_those_who_stand_in_it(site: stories.Site) -> None:
    county, city = persona("county_officer", at=CHANGAN), persona("city_officer")
    hazard = stories.draft(site)
    found = {role: people(hazard, role) for role in ROLES}
    assert found == {
        "firm": {site.director},
        "site": {site.manager},
        "supervising_engineer": {site.engineer},
        "recorder": {site.inspector},
        "handler": set(),
        "head": {site.head},
        "approvers": {site.head},
        "county": {county},
        "city": {city},
        "closers": {site.inspector},
    }


def test_a_major_is_closed_by_the_recorder_or_the_head(site: stories.Site) -> None:
    hazard = stories.draft(site)
    Hazard.objects.filter(pk=hazard.pk).update(grade=Grade.MAJOR)
    assert people(hazard, "closers") == {site.inspector, site.head}


def test_a_self_check_has_its_director_as_head_and_approver(site: stories.Site) -> None:
    hazard = self_check(site)
    assert people(hazard, "head") == people(hazard, "approvers") == {site.director}
    Hazard.objects.filter(pk=hazard.pk).update(grade=Grade.MAJOR)
    assert people(hazard, "closers") == {site.director}


def test_a_place_without_a_head_of_its_own_has_the_one_of_the_city_above(site: stories.Site) -> None:
    above = persona("station_head", at="130100")
    hazard = stories.draft(site)
    assert people(hazard, "head") == {site.head}
    User.objects.filter(pk=site.head.pk).update(is_active=False)
    assert people(hazard, "head") == {above}


def test_a_city_without_officers_has_those_of_the_province(site: stories.Site) -> None:
    province = persona("province_officer", at="130000")
    hazard = stories.draft(site)
    assert people(hazard, "city") == {province}
    city = persona("city_officer")
    assert people(hazard, "city") == {city}


def test_who_left_the_site_or_is_switched_off_is_nobody(site: stories.Site) -> None:
    hazard = stories.draft(site)
    ProjectMember.objects.filter(user=site.manager).update(started_on="2026-01-01", ended_on="2026-02-01")
    User.objects.filter(pk__in=[site.director.pk, site.inspector.pk, site.engineer.pk]).update(is_active=False)
    assert [people(hazard, role) for role in ("site", "firm", "recorder", "supervising_engineer")] == [set()] * 4


def test_people_of_another_site_and_county_have_no_part_in_it(site: stories.Site) -> None:
    elsewhere = stories.site(at="130104")
    hazard = stories.draft(site)
    strangers = {elsewhere.director, elsewhere.manager, elsewhere.engineer, elsewhere.head, elsewhere.inspector}
    assert not strangers & {user for role in ROLES for user in people(hazard, role)}


def test_many_hazards_are_asked_about_in_one_query(site: stories.Site) -> None:
    hazards = [stories.draft(site) for _ in range(3)]
    with CaptureQueriesContext(connection) as queries:
        found = Recipients(hazards)
        assert all(found.all_of(hazard, ROLES) for hazard in hazards)
    assert len(queries) == 1
