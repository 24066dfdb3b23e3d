"""Who sees which enterprise."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from apps.enterprises.models import Enterprise, EnterprisePresence
from apps.projects.models import PartyRole
from tests.factories import EnterpriseFactory, PartyFactory, ProjectFactory, UserFactory
from tests.personas import CHANGAN, LUBEI, QIAOXI, SHIJIAZHUANG, city_officer, inspector, province_officer, region

pytestmark = pytest.mark.django_db


def seen_by(user: Any) -> set[int]:
    return set(Enterprise.objects.visible_to(user).values_list("pk", flat=True))


def test_an_inspector_sees_the_firms_seated_in_the_county() -> None:
    here, _ = EnterpriseFactory(at=CHANGAN), EnterpriseFactory(at=QIAOXI)
    assert seen_by(inspector(CHANGAN)) == {here.pk}


def test_a_contractor_from_another_city_is_seen_where_it_builds_and_only_there() -> None:
    stranger = EnterpriseFactory(at=LUBEI)
    ProjectFactory(at=CHANGAN, contractor=stranger)
    assert seen_by(inspector(CHANGAN)) == {stranger.pk}
    assert seen_by(city_officer(at=SHIJIAZHUANG)) == {stranger.pk}
    assert seen_by(inspector(QIAOXI)) == set()


def test_it_stays_in_sight_after_it_left_the_site() -> None:
    stranger = EnterpriseFactory(at=LUBEI)
    project = ProjectFactory(at=CHANGAN, contractor=stranger)
    project.parties.update(ended_on="2026-06-30")
    assert seen_by(inspector(CHANGAN)) == {stranger.pk}


def test_a_part_entered_by_mistake_leaves_no_trace() -> None:
    stranger = EnterpriseFactory(at=LUBEI)
    party = PartyFactory(project=ProjectFactory(at=CHANGAN), enterprise=stranger, role=PartyRole.TESTING)
    party.delete()
    assert seen_by(inspector(CHANGAN)) == set()


def test_presence_moves_with_the_project_and_with_the_seat() -> None:
    firm = EnterpriseFactory(at=LUBEI)
    project = ProjectFactory(at=CHANGAN, contractor=firm)
    project.region, project.region_path = region(QIAOXI), region(QIAOXI).path
    project.save()
    firm.organisation.region, firm.organisation.region_path = region(CHANGAN), region(CHANGAN).path
    firm.organisation.save()
    firm.refresh_from_db()
    assert firm.region_path == region(CHANGAN).path
    assert set(EnterprisePresence.objects.values_list("project_id", "region_path")) == {
        (None, region(CHANGAN).path),
        (project.pk, region(QIAOXI).path),
    }


def test_a_firm_sees_itself_and_its_partners_but_no_rival() -> None:
    ours, owner, rival = EnterpriseFactory(), EnterpriseFactory(kind="owner"), EnterpriseFactory()
    ProjectFactory(contractor=ours, owner=owner)
    ProjectFactory(contractor=rival)
    for role in ("safety_director", "project_manager"):
        assert seen_by(UserFactory(role=role, enterprise=ours)) == {ours.pk, owner.pk}


def test_a_subcontractor_sees_neither_its_rival_nor_the_other_parties() -> None:
    ours, rival = EnterpriseFactory(), EnterpriseFactory()
    project = ProjectFactory(contractor=EnterpriseFactory())
    for firm in (ours, rival):
        PartyFactory(project=project, enterprise=firm, role=PartyRole.SUBCONTRACTOR)
    assert seen_by(UserFactory(role="safety_director", enterprise=ours)) == {ours.pk}


def test_the_province_sees_all_and_who_is_not_signed_in_or_disabled_none() -> None:
    firm = EnterpriseFactory(at=LUBEI)
    assert seen_by(province_officer()) == {firm.pk}
    assert seen_by(AnonymousUser()) == set()
    assert seen_by(province_officer(is_active=False)) == set()
    assert seen_by(UserFactory(role="system_admin")) == set()
