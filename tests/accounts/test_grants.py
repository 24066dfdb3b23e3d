"""Exceptional access: for a reason, until a day, by somebody else."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from guardian.shortcuts import assign_perm

from apps.accounts.grants import granted_ids
from apps.accounts.models import Grant, User
from apps.accounts.services.grants import expire_grants, grant_access, revoke_grant
from apps.core.models import Event
from apps.projects.models import Project, ProjectKind, ProjectUserObjectPermission
from tests.personas import LUBEI, inspector, persona, region

pytestmark = pytest.mark.django_db

REASON = "市安委办联合检查通知第三号"
NOON = "2026-11-24 12:00:00+08:00"
TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def noon() -> Any:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def site() -> Project:
    """A project in 唐山, out of reach of everybody in 石家庄."""
    place = region(LUBEI)
    return Project.objects.create(
        number="T-1", name="唐山某工程", region=place, region_path=place.path, kind=ProjectKind.values[0]
    )


@pytest.fixture
def admin() -> User:
    return persona("security_admin")


def reaches(user: User, project: Project) -> bool:
    """Asked of a fresh instance, as the next request would."""
    fresh = User.objects.get(pk=user.pk)
    return Project.objects.visible_to(fresh).filter(pk=project.pk).exists()


def give(user: User, project: Project, by: User, **changes: Any) -> Grant:
    facts: dict[str, Any] = {
        "kind": "joint_inspection",
        "reason": REASON,
        "starts_on": TODAY,
        "ends_on": TODAY + timedelta(days=3),
    }
    return grant_access(grantee=user, subject=project, by=by, **facts | changes)


def test_grant_opens_one_project_and_no_other(site: Project, admin: User) -> None:
    user, other = inspector(), inspector()
    place = region(LUBEI)
    second = Project.objects.create(
        number="T-2", name="另一工程", region=place, region_path=place.path, kind=ProjectKind.values[0]
    )
    assert not reaches(user, site)
    give(user, site, admin)
    assert (reaches(user, site), reaches(user, second), reaches(other, site)) == (True, False, False)
    assert user.has_perm("hazards.record_hazard")


def test_grant_ends_with_its_last_day_although_the_task_is_late(site: Project, admin: User, noon: Any) -> None:
    user = inspector()
    give(user, site, admin, ends_on=TODAY)
    noon.move_to("2026-11-24 23:59:00+08:00")
    assert reaches(user, site)
    noon.move_to("2026-11-25 00:00:01+08:00")
    assert not reaches(user, site)
    assert ProjectUserObjectPermission.objects.count() == 1


def test_task_removes_what_has_run_out_once(site: Project, admin: User) -> None:
    user = inspector()
    grant = give(user, site, admin, ends_on=TODAY)
    later = TODAY + timedelta(days=1)
    with time_machine.travel("2026-11-25 01:00:00+08:00", tick=False):
        assert [expire_grants(later), expire_grants(later)] == [1, 0]
    assert not ProjectUserObjectPermission.objects.exists()
    assert [e.name for e in Event.objects.of(grant)] == ["granted", "lapsed"]


def test_grant_of_tomorrow_opens_tomorrow(site: Project, admin: User, noon: Any) -> None:
    user = inspector()
    give(user, site, admin, starts_on=TODAY + timedelta(days=1))
    assert not reaches(user, site)
    noon.move_to("2026-11-25 00:30:00+08:00")
    expire_grants(timezone.localdate())
    assert reaches(user, site)


def test_permission_without_a_grant_opens_nothing(site: Project) -> None:
    user = inspector()
    assign_perm("view_project", user, site)
    assert not list(granted_ids(user, Project))
    assert not reaches(user, site)


def test_revoking_closes_at_once_and_says_why(site: Project, admin: User) -> None:
    user = inspector()
    grant = give(user, site, admin)
    revoke_grant(grant=grant, reason="检查提前结束", by=admin)
    assert not reaches(user, site)
    assert not ProjectUserObjectPermission.objects.exists()
    assert Event.objects.of(grant).get(name="revoked").facts["reason"] == "检查提前结束"
    with pytest.raises(ValidationError, match="已经撤销"):
        revoke_grant(grant=grant, reason="再撤一次", by=admin)


def test_second_grant_outlives_the_first(site: Project, admin: User) -> None:
    user = inspector()
    first = give(user, site, admin)
    give(user, site, admin, kind="adopted_site")
    revoke_grant(grant=first, reason="检查提前结束", by=admin)
    assert reaches(user, site)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"reason": "检查"}, "授权理由不少于10个字"),
        ({"reason": "检查　　　　　　　　　　"}, "授权理由不少于10个字"),
        ({"ends_on": TODAY - timedelta(days=1)}, "截止日期不能早于开始日期"),
        ({"starts_on": TODAY - timedelta(days=9), "ends_on": TODAY - timedelta(days=1)}, "截止日期已过"),
        ({"ends_on": TODAY + timedelta(days=400)}, "授权最长366天"),
    ],
)
def test_grant_needs_a_reason_and_an_end(site: Project, admin: User, changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        give(inspector(), site, admin, **changes)


def test_nobody_grants_to_themselves(site: Project, admin: User) -> None:
    with pytest.raises(ValidationError, match="不能给自己授权"):
        give(admin, site, admin)
    with pytest.raises(IntegrityError, match="nobody_grants_to_themselves"), transaction.atomic():
        Grant.objects.filter(pk=give(inspector(), site, admin).pk).update(granted_by=Grant.objects.get().grantee)


@pytest.mark.parametrize("role", ["system_admin", "auditor", "province_officer", "station_head", "inspector"])
def test_only_the_security_administrator_grants(site: Project, role: str) -> None:
    with pytest.raises(PermissionDenied):
        give(inspector(), site, persona(role))


def test_invited_expert_sees_the_project_of_the_invitation(site: Project, admin: User) -> None:
    expert = persona("expert")
    assert not reaches(expert, site)
    give(expert, site, admin, kind="invited_expert")
    assert reaches(expert, site)


def test_grant_is_given_and_revoked_on_its_pages(site: Project, admin: User, client: Client) -> None:
    user = inspector()
    client.force_login(admin)
    data = {
        "grantee": user.username,
        "subject": "T-1",
        "kind": "joint_inspection",
        "reason": REASON,
        "starts_on": "2026-11-24",
        "ends_on": "2026-11-30",
    }
    wrong = client.post("/system/grants/new/", data | {"subject": "T-9", "grantee": "never-was"})
    assert (wrong.status_code, set(wrong.context["form"].errors)) == (422, {"grantee", "subject"})
    answer = client.post("/system/grants/new/", data)
    grant = Grant.objects.get()
    assert answer["Location"] == f"/system/grants/{grant.pk}/"
    assert "唐山某工程" in client.get("/system/grants/").content.decode()
    assert client.post(f"/system/grants/{grant.pk}/revoke/", {"reason": ""}).status_code == 422
    assert client.post(f"/system/grants/{grant.pk}/revoke/", {"reason": "检查提前结束"}).status_code == 302
    assert not reaches(user, site)
