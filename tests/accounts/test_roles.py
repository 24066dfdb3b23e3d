"""The access matrix: the page, the document and the code are one."""

import pytest
from django.conf import settings

from apps.accounts.permissions import SUBJECTS, VERBS, as_markdown, matrix, split
from apps.accounts.roles import NO_ROLE, ROLES
from apps.accounts.scopes import scope_of
from apps.core.scoping import Scope
from tests.personas import CHANGAN, DINGZHOU, everyone, inspector, persona


def test_document_is_the_one_made_from_the_code() -> None:
    assert (settings.BASE_DIR / "docs" / "permissions.md").read_text(encoding="utf-8") == as_markdown()


def test_every_role_of_the_plan_exists() -> None:
    assert list(ROLES) == [
        "province_officer",
        "city_officer",
        "county_officer",
        "station_head",
        "inspector",
        "enforcement_officer",
        "permit_officer",
        "safety_director",
        "project_manager",
        "project_safety_officer",
        "supervising_engineer",
        "owner",
        "expert",
        "system_admin",
        "security_admin",
        "auditor",
    ]


def test_every_permission_has_chinese_words() -> None:
    for line in matrix().lines:
        subject, verb = split(line.permission)
        assert (SUBJECTS[subject], VERBS[verb]) == (line.subject, line.verb)


def test_no_authority_answers_and_only_the_supervising_engineer_confirms() -> None:
    answering = {"hazards.receive_hazard", "hazards.rectify_hazard"}
    for role in ROLES.values():
        assert role.side == "enterprise" or not answering & role.permissions
        assert ("hazards.confirm_hazard" in role.permissions) == (role.code == "supervising_engineer")
    assert not {*answering, "hazards.verify_hazard", "hazards.close_hazard"} & ROLES["supervising_engineer"].permissions


def test_only_those_who_are_above_a_role_manage_it() -> None:
    for role in ROLES.values():
        assert role.code not in role.manages or role.side == "system"
        assert set(role.assigns) <= set(ROLES)


@pytest.mark.django_db
def test_permissions_come_from_the_role_and_nothing_else() -> None:
    for code, user in everyone().items():
        for line in matrix().lines:
            assert user.has_perm(line.permission) == (line.permission in ROLES[code].permissions)
        assert not user.has_perm("accounts.delete_user")
        assert not user.is_superuser


@pytest.mark.django_db
def test_disabled_account_may_nothing() -> None:
    assert not inspector(is_active=False).has_perm("hazards.view_hazard")
    assert NO_ROLE.permissions == frozenset()


@pytest.mark.django_db
def test_scope_follows_role_and_organisation() -> None:
    people = everyone(CHANGAN)
    firm = people["safety_director"].organisation_id
    county, city, province = "/13/1301/130102/", "/13/1301/", "/13/"
    assert {code: scope_of(user) for code, user in people.items()} == {
        "province_officer": Scope(province, of_authority=True),
        "city_officer": Scope(city, of_authority=True),
        "county_officer": Scope(county, region_is_leaf=True, of_authority=True),
        "station_head": Scope(county, region_is_leaf=True, of_authority=True),
        "inspector": Scope(county, region_is_leaf=True, of_authority=True),
        "enforcement_officer": Scope(of_authority=True),
        "permit_officer": Scope(county, region_is_leaf=True, of_authority=True),
        "safety_director": Scope(enterprise_id=firm),
        "project_manager": Scope(),
        "project_safety_officer": Scope(),
        "supervising_engineer": Scope(),
        "owner": Scope(),
        "expert": Scope(),
        "system_admin": Scope(),
        "security_admin": Scope(),
        "auditor": Scope(province),
    }


@pytest.mark.django_db
def test_inspector_of_dingzhou_does_not_reach_baoding() -> None:
    assert inspector(DINGZHOU).scope == Scope("/13/130682/", region_is_leaf=True, of_authority=True)


@pytest.mark.django_db
def test_scope_is_asked_once_per_instance(django_assert_num_queries: object) -> None:
    user = persona("inspector")
    first = user.scope
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert user.scope is first
