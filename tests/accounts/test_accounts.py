"""Accounts: who makes them, who gives them rights, who may not."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from apps.accounts.forms import OrganisationForm, UserForm
from apps.accounts.models import Organisation, OrganisationKind, User
from apps.accounts.roles import ROLES
from apps.accounts.services import accounts
from apps.accounts.services.organisations import save_organisation
from apps.core.models import Event
from tests.personas import (
    CHANGAN,
    LUBEI,
    QIAOXI,
    SHIJIAZHUANG,
    city_officer,
    inspector,
    organisation,
    persona,
    province_officer,
    station_head,
)

pytestmark = pytest.mark.django_db


def new_account(by: User, home: Organisation, role: str = "inspector", **fields: Any) -> User:
    data = {"username": "new-one", "name": "新人", "organisation": home.pk, "role": role} | fields
    form = UserForm(data, user=by)
    assert form.is_valid(), form.errors
    return accounts.save_account(form, by=by)


# Making


def test_head_makes_an_inspector_of_the_own_station() -> None:
    head = station_head()
    user = new_account(head, head.organisation)
    assert (user.role, user.organisation, user.has_usable_password()) == ("inspector", head.organisation, False)
    event = Event.objects.of(user).get()
    assert (event.name, event.actor) == ("registered", head)


def test_head_cannot_choose_a_foreign_station() -> None:
    form = UserForm({"username": "new-one", "organisation": organisation(at=QIAOXI).pk}, user=station_head())
    assert "organisation" in form.errors


def test_head_cannot_make_another_head() -> None:
    head = station_head()
    form = UserForm(
        {"username": "new-one", "name": "新人", "organisation": head.organisation_id, "role": "station_head"}, user=head
    )
    assert "role" in form.errors


def test_system_administrator_makes_accounts_without_a_role() -> None:
    admin = persona("system_admin")
    home = organisation()
    form = UserForm({"username": "new-one", "name": "新人", "organisation": home.pk, "role": "inspector"}, user=admin)
    assert "role" in form.errors
    user = new_account(admin, home, role="")
    assert user.role_definition.permissions == frozenset()


def test_account_without_a_role_reaches_nothing() -> None:
    nobody = persona("")
    assert nobody.scope.region_path == ""
    assert not Organisation.objects.visible_to(nobody).exclude(pk=nobody.organisation_id).exists()


def test_director_makes_staff_of_the_own_firm_only() -> None:
    director = persona("safety_director")
    assert new_account(director, director.organisation, role="project_manager").role == "project_manager"
    rival = organisation(OrganisationKind.ENTERPRISE)
    assert "organisation" in UserForm({"organisation": rival.pk}, user=director).errors


def test_people_of_firms_never_get_an_authority_role() -> None:
    user, admin = persona("project_manager"), persona("security_admin")
    with pytest.raises(ValidationError, match="企业的人员不能担任“监督员”"):
        accounts.change_role(user=user, role="inspector", reason="试一试", by=admin)


@pytest.mark.parametrize("username", ["new", "a b", "中文", "x/y", "ab", "columns", "-start"])
def test_username_fits_into_an_address(username: str) -> None:
    form = UserForm({"username": username}, user=persona("system_admin"))
    assert "username" in form.errors


def test_username_is_taken_in_any_case() -> None:
    user = inspector()
    form = UserForm(
        {"username": user.username.upper(), "name": "新人", "organisation": user.organisation_id},
        user=persona("system_admin"),
    )
    assert not form.is_valid()
    with pytest.raises(IntegrityError), transaction.atomic():
        inspector(username=user.username.upper())


# Roles


def test_security_administrator_gives_a_role_and_it_is_written_down() -> None:
    user, admin = persona("", organisation=organisation()), persona("security_admin")
    accounts.change_role(user=user, role="inspector", reason="任命文件12号", by=admin)
    user.refresh_from_db()
    event = Event.objects.of(user).get()
    assert (user.role, event.before, event.after, event.facts) == (
        "inspector",
        "",
        "inspector",
        {"reason": "任命文件12号"},
    )


@pytest.mark.parametrize("role", [r for r in ROLES if r != "security_admin"])
def test_nobody_else_changes_roles(role: str) -> None:
    with pytest.raises(PermissionDenied):
        accounts.change_role(user=inspector(), role="station_head", reason="想当站长", by=persona(role))


def test_nobody_changes_the_own_role() -> None:
    admin = persona("security_admin")
    with pytest.raises(PermissionDenied):
        accounts.change_role(user=admin, role="auditor", reason="兼任", by=admin)


def test_editing_an_account_does_not_touch_its_role() -> None:
    head = station_head()
    user = inspector()
    data = {"name": "改名", "organisation": user.organisation_id, "role": "station_head", "username": "other-name"}
    form = UserForm(data, instance=User.objects.get(pk=user.pk), user=head)
    assert form.is_valid(), form.errors
    accounts.save_account(form, by=head)
    user.refresh_from_db()
    assert (user.name, user.role, user.username) == ("改名", "inspector", user.username)
    assert user.username != "other-name"


def test_the_three_administrators_hold_different_keys() -> None:
    maker, giver, reader = (ROLES[code].permissions for code in ("system_admin", "security_admin", "auditor"))
    assert "accounts.assign_role_user" in giver - maker - reader
    assert "core.view_event" in reader - maker - giver
    assert "accounts.add_user" in maker - giver - reader
    assert {p for p in maker | giver if p.startswith("hazards.")} == set()
    changing = {p for p in reader if p.split(".")[1].split("_")[0] not in ("view", "export")}
    assert changing == set()


# Looking after


@pytest.mark.parametrize(
    ("by", "role", "at", "allowed"),
    [
        ("station_head", "inspector", CHANGAN, True),
        ("station_head", "inspector", QIAOXI, False),
        ("station_head", "station_head", CHANGAN, False),
        ("system_admin", "inspector", LUBEI, True),
        ("system_admin", "security_admin", None, False),
        ("system_admin", "auditor", None, False),
        ("security_admin", "auditor", None, True),
        ("inspector", "inspector", CHANGAN, False),
        ("auditor", "inspector", CHANGAN, False),
    ],
)
def test_passwords_are_reset_only_downward_in_the_own_house(by: str, role: str, at: str | None, allowed: bool) -> None:
    user, actor = persona(role, at=at), persona(by)
    if not allowed:
        with pytest.raises(PermissionDenied):
            accounts.reset_password(user=user, by=actor)
        return
    password = accounts.reset_password(user=user, by=actor)
    user.refresh_from_db()
    assert (user.check_password(password), user.must_change_password) == (True, True)
    assert password not in str(list(Event.objects.values()))


def test_city_officer_looks_after_the_stations_that_answer_to_the_bureau() -> None:
    officer = city_officer()
    county = organisation(at=CHANGAN, parent=officer.organisation)
    inside, outside = inspector(organisation=county), inspector(at=QIAOXI)
    assert accounts.may_manage(officer, inside)
    assert not accounts.may_manage(officer, outside)


def test_nobody_disables_the_own_account() -> None:
    admin = persona("system_admin")
    with pytest.raises(PermissionDenied):
        accounts.disable_user(user=admin, reason="试一试", by=admin)


def test_disabled_account_comes_back_as_it_was() -> None:
    head, user = station_head(), inspector()
    accounts.disable_user(user=user, reason="借调", by=head)
    accounts.enable_user(user=user, by=head)
    user.refresh_from_db()
    assert (user.is_active, user.role) == (True, "inspector")
    assert [e.name for e in Event.objects.of(user)] == ["disabled", "enabled"]


def test_disabling_needs_a_reason() -> None:
    with pytest.raises(ValidationError, match="请填写停用理由"):
        accounts.disable_user(user=inspector(), reason=" ", by=station_head())


# Seeing


def test_station_head_sees_the_people_of_the_county_and_no_administrator() -> None:
    head, mine = station_head(), inspector()
    firm = persona("safety_director")
    inspector(at=QIAOXI), persona("system_admin"), province_officer()
    assert set(User.objects.visible_to(head)) == {head, mine, firm}


def test_director_sees_the_own_staff_and_others_see_themselves() -> None:
    director = persona("safety_director")
    manager = persona("project_manager", organisation=director.organisation)
    persona("project_manager")
    assert set(User.objects.visible_to(director)) == {director, manager}
    assert list(User.objects.visible_to(manager)) == [manager]


def test_disabled_account_sees_nothing() -> None:
    user = inspector(is_active=False)
    assert not User.objects.visible_to(user).exists()
    assert not Organisation.objects.visible_to(user).exists()


def test_city_officer_sees_the_organisations_of_the_city_only() -> None:
    officer = city_officer()
    inside, outside = organisation(at=CHANGAN), organisation(at=LUBEI)
    seen = set(Organisation.objects.visible_to(officer))
    assert seen == {officer.organisation, inside}
    assert outside not in seen


# Organisations


def test_scope_key_of_an_organisation_cannot_differ_from_its_region() -> None:
    station = organisation()
    with pytest.raises(IntegrityError, match="organisation_path_is_the_regions"), transaction.atomic():
        Organisation.objects.filter(pk=station.pk).update(region_path="/13/1302/130203/")
        transaction.get_connection().check_constraints()


def test_officer_founds_a_station_below_the_own_bureau() -> None:
    officer = city_officer()
    data = {
        "kind": "station",
        "name": "新监督站",
        "region": CHANGAN,
        "parent": officer.organisation_id,
        "is_active": True,
    }
    form = OrganisationForm(data, user=officer)
    assert form.is_valid(), form.errors
    station = save_organisation(form, by=officer)
    assert station.region_path == "/13/1301/130102/"


def test_officer_cannot_found_one_in_another_city() -> None:
    officer = city_officer()
    data = {"kind": "station", "name": "新监督站", "region": LUBEI, "parent": officer.organisation_id}
    assert list(OrganisationForm(data, user=officer).errors) == ["region"]


def test_organisation_cannot_answer_to_itself_in_a_circle() -> None:
    admin = persona("system_admin")
    upper = organisation(OrganisationKind.BUREAU, SHIJIAZHUANG)
    lower = organisation(at=CHANGAN, parent=upper)
    data = {"kind": upper.kind, "name": upper.name, "region": SHIJIAZHUANG, "parent": lower.pk, "is_active": True}
    form = OrganisationForm(data, instance=upper, user=admin)
    assert form.is_valid(), form.errors
    with pytest.raises(ValidationError, match="上级机构不能是"):
        save_organisation(form, by=admin)
