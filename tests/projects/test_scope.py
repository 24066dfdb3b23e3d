"""Who reaches which project, and with it what hangs on it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import GrantKind, User
from apps.accounts.services.grants import grant_access, revoke_grant
from apps.projects.models import DangerousWork, PartyRole, Project, ProjectMember, ProjectParty
from tests.factories import (
    DangerousWorkFactory,
    EnterpriseFactory,
    MemberFactory,
    PartyFactory,
    ProjectFactory,
    UserFactory,
)
from tests.personas import CHANGAN, LUBEI, QIAOXI, city_officer, inspector, persona, province_officer

pytestmark = pytest.mark.django_db


def seen_by(user: Any) -> set[int]:
    return set(Project.objects.visible_to(User.objects.get(pk=user.pk)).values_list("pk", flat=True))


def test_regulators_see_their_region_and_below() -> None:
    here, next_door, far = (ProjectFactory(at=code) for code in (CHANGAN, QIAOXI, LUBEI))
    assert seen_by(inspector(CHANGAN)) == {here.pk}
    assert seen_by(city_officer()) == {here.pk, next_door.pk}
    assert seen_by(province_officer()) == {here.pk, next_door.pk, far.pk}


@pytest.mark.parametrize("role", [PartyRole.OWNER, PartyRole.GENERAL_CONTRACTOR, PartyRole.SUPERVISION_FIRM])
def test_the_people_of_the_three_leading_parties_reach_the_project_while_they_take_part(role: str) -> None:
    firm = EnterpriseFactory()
    party = PartyFactory(project=ProjectFactory(), enterprise=firm, role=role)
    ProjectFactory(contractor=EnterpriseFactory())
    director = UserFactory(role="safety_director", enterprise=firm)
    assert seen_by(director) == {party.project_id}
    party.ended_on = timezone.localdate() - timedelta(days=1)
    party.save()
    assert seen_by(director) == set()


@pytest.mark.parametrize("role", [PartyRole.SUBCONTRACTOR, PartyRole.DESIGN, PartyRole.SURVEY, PartyRole.TESTING])
def test_other_parties_do_not_reach_the_whole_project(role: str) -> None:
    firm = EnterpriseFactory()
    PartyFactory(project=ProjectFactory(), enterprise=firm, role=role)
    assert seen_by(UserFactory(role="safety_director", enterprise=firm)) == set()


def test_a_post_opens_the_project_for_its_days_only() -> None:
    today = timezone.localdate()
    expert = persona("expert")
    member = MemberFactory(project=ProjectFactory(), user=expert, post="expert", started_on=today, ended_on=today)
    assert seen_by(expert) == {member.project_id}
    ProjectMember.objects.update(started_on=today - timedelta(days=9), ended_on=today - timedelta(days=1))
    assert seen_by(expert) == set()


def test_an_exceptional_grant_opens_one_project_until_it_is_withdrawn() -> None:
    project, _ = ProjectFactory(at=LUBEI), ProjectFactory(at=LUBEI)
    guest, admin, today = inspector(CHANGAN), persona("security_admin"), timezone.localdate()
    grant = grant_access(
        grantee=guest,
        subject=project,
        kind=GrantKind.JOINT_INSPECTION,
        reason="参加全省联合检查第三组",
        starts_on=today,
        ends_on=today + timedelta(days=7),
        by=admin,
    )
    assert seen_by(guest) == {project.pk}
    revoke_grant(grant=grant, reason="检查提前结束", by=admin)
    assert seen_by(guest) == set()


def test_a_grant_that_has_not_begun_or_has_run_out_opens_nothing() -> None:
    project, today = ProjectFactory(at=LUBEI), timezone.localdate()
    guest, admin = inspector(CHANGAN), persona("security_admin")
    grant = grant_access(
        grantee=guest,
        subject=project,
        kind=GrantKind.ADOPTED_SITE,
        reason="领导干部包联重点项目",
        starts_on=today + timedelta(days=1),
        ends_on=today + timedelta(days=7),
        by=admin,
    )
    assert seen_by(guest) == set()
    type(grant).objects.update(starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=1))
    assert seen_by(guest) == set()


def test_what_hangs_on_a_project_is_seen_by_those_who_see_the_project() -> None:
    ours, rival = EnterpriseFactory(), EnterpriseFactory()
    mine, theirs = ProjectFactory(contractor=ours), ProjectFactory(contractor=rival, at=QIAOXI)
    for project in (mine, theirs):
        DangerousWorkFactory(project=project)
    for user in (inspector(CHANGAN), UserFactory(role="safety_director", enterprise=ours)):
        assert {w.project_id for w in DangerousWork.objects.visible_to(user)} == {mine.pk}
        assert {p.project_id for p in ProjectParty.objects.visible_to(user)} == {mine.pk}


def test_the_scope_of_an_account_costs_one_query() -> None:
    firm = EnterpriseFactory()
    director = UserFactory(role="safety_director", enterprise=firm)
    ProjectFactory.create_batch(3, contractor=firm)
    seen_by(director)
    user = User.objects.select_related("organisation").get(pk=director.pk)
    with CaptureQueriesContext(connection) as queries:
        assert len(user.scope.project_ids) == 3
    assert len(queries) == 1
