"""Persons and certificates: scope, secrecy of the identity number, expiry."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection
from django.http import QueryDict
from django.utils import timezone

from apps.core.encrypting import encrypt_column
from apps.core.models import Event
from apps.core.registers import Register, registry
from apps.people.forms import CertificateForm, PersonForm
from apps.people.models import Certificate, IdentityReveal, Person
from apps.people.selectors import certificate_lines, person_with_number
from apps.people.services import REVEALS_A_DAY, reveal_number, save_certificate
from tests.factories import (
    CertificateFactory,
    EnterpriseFactory,
    MemberFactory,
    PersonFactory,
    ProjectFactory,
    UserFactory,
)
from tests.personas import CHANGAN, LUBEI, QIAOXI, inspector, station_head

pytestmark = pytest.mark.django_db

GOOD = "11010519491231002X"
REASON = "核对事故伤员身份"


def seen_by(user: Any) -> set[int]:
    return set(Person.objects.visible_to(user).values_list("pk", flat=True))


# Scope


def test_an_inspector_sees_staff_of_local_firms_and_those_who_work_on_local_sites() -> None:
    local = PersonFactory(employer=EnterpriseFactory(at=CHANGAN))
    contractor = EnterpriseFactory(at=LUBEI)
    project = ProjectFactory(at=CHANGAN, contractor=contractor)
    on_site, _at_home = PersonFactory.create_batch(2, employer=contractor)
    MemberFactory(project=project, person=on_site)
    assert seen_by(inspector(CHANGAN)) == {local.pk, on_site.pk}
    assert seen_by(inspector(QIAOXI)) == set()


def test_a_firm_sees_its_own_staff_and_no_rivals() -> None:
    ours, rival = EnterpriseFactory(), EnterpriseFactory()
    mine, _ = PersonFactory(employer=ours), PersonFactory(employer=rival)
    for role in ("safety_director", "project_manager"):
        assert seen_by(UserFactory(role=role, enterprise=ours)) == {mine.pk}


def test_people_of_other_parties_are_seen_on_the_common_project() -> None:
    contractor, owner = EnterpriseFactory(), EnterpriseFactory(kind="owner")
    project = ProjectFactory(contractor=contractor, owner=owner)
    member = MemberFactory(project=project, person=PersonFactory(employer=contractor)).person
    PersonFactory(employer=contractor)
    assert seen_by(UserFactory(role="owner", enterprise=owner)) == {member.pk}


def test_who_changes_the_employer_leaves_the_old_ones_sight() -> None:
    old, new = EnterpriseFactory(at=CHANGAN), EnterpriseFactory(at=QIAOXI)
    person = PersonFactory(employer=old)
    person.employer = new
    person.save()
    assert seen_by(inspector(CHANGAN)) == set()
    assert seen_by(inspector(QIAOXI)) == {person.pk}


# The identity number


def test_the_number_is_nowhere_in_the_database_in_clear() -> None:
    person = PersonFactory(number=GOOD)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(p)::text FROM people_person p WHERE id = %s", [person.pk])
        assert GOOD not in cursor.fetchone()[0]
        cursor.execute("SELECT row_to_json(e)::text FROM people_personevent e")
        assert all(GOOD not in row[0] for row in cursor.fetchall())
    assert Person.objects.get().id_number == GOOD


def registered(by: Any, **changes: Any) -> Any:
    data = {"name": "韩志强", "id_number": GOOD, "phone": "13912345678", "post": "专职安全员"}
    return PersonForm(data | changes, user=by)


def test_registering_keeps_the_number_out_of_the_event() -> None:
    director = UserFactory(role="safety_director", enterprise=EnterpriseFactory())
    form = registered(director)
    assert form.is_valid(), form.errors
    person = registry["people"].save(form, by=director)
    assert (person.employer_id, person.id_masked) == (director.organisation_id, "1101**********002X")
    assert GOOD not in str(Event.objects.of(person).get().facts)


def test_the_same_number_is_registered_once() -> None:
    PersonFactory(number=GOOD)
    form = registered(UserFactory(role="safety_director", enterprise=EnterpriseFactory()))
    assert form.errors["id_number"] == ["该身份证号码已登记，调动须由现所在企业或住建部门办理"]


def test_a_wrong_number_is_refused_with_its_check_digit() -> None:
    form = registered(UserFactory(role="safety_director", enterprise=EnterpriseFactory()), id_number=GOOD[:-1] + "1")
    assert form.errors["id_number"] == ["身份证号码第18位校验码应为“X”，现为“1”，请核对前面各位"]


def test_the_form_of_a_stored_person_does_not_show_the_number() -> None:
    person = PersonFactory(number=GOOD)
    director = UserFactory(role="safety_director", enterprise=person.employer)
    html = PersonForm(instance=person, user=director).as_p()
    assert GOOD not in html and "1101**********002X" in html


def test_a_person_is_found_by_the_whole_number_only_and_only_in_scope() -> None:
    person = PersonFactory(number=GOOD, employer=EnterpriseFactory(at=CHANGAN))
    assert person_with_number(GOOD, inspector(CHANGAN)) == person
    assert person_with_number(GOOD[:-4], inspector(CHANGAN)) is None
    assert person_with_number(GOOD, inspector(QIAOXI)) is None


def test_a_reveal_needs_the_right_and_a_reason_and_is_on_record() -> None:
    person, officer = PersonFactory(number=GOOD), station_head()
    with pytest.raises(ValidationError):
        reveal_number(person, by=officer, reason="看看")
    with pytest.raises(PermissionDenied):
        reveal_number(person, by=UserFactory(role="owner", enterprise=EnterpriseFactory()), reason=REASON)
    assert reveal_number(person, by=officer, reason=REASON) == GOOD
    event = Event.objects.of(IdentityReveal.objects.get()).get()
    assert (event.actor, event.facts) == (officer, {"person": person.pk, "what": "id_number", "reason": REASON})


def test_the_twenty_first_reveal_of_a_day_is_refused() -> None:
    person, officer = PersonFactory(number=GOOD), station_head()
    for _ in range(REVEALS_A_DAY):
        reveal_number(person, by=officer, reason=REASON)
    with pytest.raises(ValidationError, match="每日上限"):
        reveal_number(person, by=officer, reason=REASON)
    assert reveal_number(person, by=station_head(), reason=REASON) == GOOD


# Certificates


@pytest.mark.parametrize(
    ("days", "views"),
    [(-1, {"expired"}), (0, {90, 60, 30, 7}), (7, {90, 60, 30, 7}), (8, {90, 60, 30}), (61, {90}), (91, set())],
)
def test_certificates_run_out_through_the_views(days: int, views: set[Any]) -> None:
    person = PersonFactory(employer=EnterpriseFactory(at=CHANGAN))
    CertificateFactory(person=person, valid_until=timezone.localdate() + timedelta(days=days))
    register, user = registry["people"], inspector(CHANGAN)
    names = {f"within_{v}" if isinstance(v, int) else v for v in views}
    shown = {v.name for v in register.views if register.rows(user).filter(v.condition(user)).exists()}
    assert shown - {"all_staff", "no_consent"} == names


def test_a_renewed_certificate_replaces_the_old_one() -> None:
    old = CertificateFactory(valid_until=timezone.localdate())
    by = UserFactory(role="safety_director", enterprise=old.person.employer)
    data = {
        "kind": "C3",
        "number": "冀建安C3（2026）0000009",
        "issued_on": "2026-11-01",
        "valid_until": "2029-10-31",
    }
    form = CertificateForm(data, instance=Certificate(person=old.person), user=by)
    assert form.is_valid(), form.errors
    save_certificate(form, by=by)
    old.refresh_from_db()
    assert old.replaced
    assert [c.number for c in Certificate.objects.current()] == [data["number"]]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": "冀A02202500001"}, "number"),
        ({"number": "冀A0220250000001"}, "number"),
        ({"number": "冀A032025000001"}, "number"),
        ({"trade": ""}, "__all__"),
        ({"valid_until": "2020-01-01"}, "__all__"),
    ],
)
def test_a_special_certificate_must_agree_with_itself(changes: dict[str, str], field: str) -> None:
    good = {
        "kind": "special",
        "trade": "02",
        "number": "冀A022025000001",
        "issued_on": "2025-01-01",
        "valid_until": "2027-01-01",
    }
    person, by = PersonFactory(), inspector()
    assert CertificateForm(good, instance=Certificate(person=person), user=by).is_valid()
    assert field in CertificateForm(good | changes, instance=Certificate(person=person), user=by).errors


def test_a_certificate_says_how_soon_it_ends() -> None:
    today = date(2026, 11, 22)
    days = (-3, 0, 30, 365)
    lines = certificate_lines([CertificateFactory(valid_until=today + timedelta(days=d)) for d in days], today)
    assert [line["words"] for line in lines] == ["已过期3天", "今天到期", "剩30天", "有效"]


def test_tabs_count_what_they_find() -> None:
    firm = EnterpriseFactory(at=CHANGAN)
    for days in (-1, 3, 20, 80, 400):
        person = PersonFactory(employer=firm)
        for more in (0, 1):
            CertificateFactory(person=person, valid_until=timezone.localdate() + timedelta(days=days + more))
    register, user = registry["people"], inspector(at=CHANGAN)
    counts = register.view_counts(user)
    assert counts == Register.view_counts(register, user)
    assert counts == {
        "all": 5,
        "all_staff": 5,
        "within_90": 4,
        "within_60": 3,
        "within_30": 3,
        "within_7": 2,
        "expired": 1,
        "number_doubted": 0,
        "renewed_early": 0,
        "no_consent": 5,
        "pseudonymised": 0,
    }
    assert set(register.view_counts(inspector(at=LUBEI)).values()) == {0}


# Telephone numbers, likewise

PHONE = "13912345678"


def test_a_telephone_is_nowhere_in_the_database_in_clear_and_is_masked_by_being_saved() -> None:
    person = PersonFactory(phone=PHONE)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT row_to_json(p)::text FROM people_person p UNION ALL SELECT row_to_json(e)::text"
            " FROM people_personevent e"
        )
        stored = "".join(row[0] for row in cursor.fetchall())
    assert PHONE not in stored and "139****5678" in stored
    assert Person.objects.get().phone == PHONE
    person.phone = "010-99"
    person.save()
    assert Person.objects.get().phone_masked == "****"


def test_the_database_refuses_a_telephone_without_its_mask() -> None:
    person = PersonFactory(phone="")
    with pytest.raises(IntegrityError, match="phone_is_masked"):
        Person.objects.filter(pk=person.pk).update(phone=PHONE)


def test_a_stored_telephone_stays_when_the_form_leaves_it_empty_and_goes_when_told() -> None:
    person = PersonFactory(phone=PHONE)
    director = UserFactory(role="safety_director", enterprise=person.employer)
    data = {"name": person.name, "post": "安全员", "employer": person.employer.uscc}
    form = PersonForm(data, instance=person, user=director)
    assert form.is_valid() and PHONE not in form.as_p() and "139****5678" in form.as_p()
    assert registry["people"].save(form, by=director).phone == PHONE
    form = PersonForm(data | {"phone_removed": "on"}, instance=Person.objects.get(), user=director)
    assert form.is_valid()
    saved = registry["people"].save(form, by=director)
    assert (saved.phone, Person.objects.get().phone_masked) == ("", "")


def test_a_telephone_is_revealed_by_the_same_way_and_the_event_says_which_of_the_two() -> None:
    person, officer = PersonFactory(number=GOOD, phone=PHONE), station_head()
    assert reveal_number(person, by=officer, reason=REASON, what="phone") == PHONE
    event = Event.objects.of(IdentityReveal.objects.get()).get()
    assert event.facts == {"person": person.pk, "what": "phone", "reason": REASON}
    for _ in range(REVEALS_A_DAY - 1):
        reveal_number(person, by=officer, reason=REASON)
    with pytest.raises(ValidationError, match="每日上限"):
        reveal_number(person, by=officer, reason=REASON, what="phone")


def test_what_was_in_clear_is_encrypted_in_batches_and_once() -> None:
    people = PersonFactory.create_batch(5)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_person SET phone = %s WHERE id <> %s", [PHONE, people[0].pk])
    for _ in range(2):
        encrypt_column(connection, "people_person", "phone", context="people.person.phone", batch=2)
    assert [p.phone for p in Person.objects.order_by("pk")] == [people[0].phone, *[PHONE] * 4]


@pytest.mark.parametrize("asked", ["139", "1391234", PHONE, "5678"])
def test_nobody_is_found_by_a_telephone_or_a_part_of_one(asked: str) -> None:
    person = PersonFactory(phone=PHONE, employer=EnterpriseFactory(at=CHANGAN))
    rows = registry["people"].filterset(inspector(CHANGAN), QueryDict(f"q={asked}&phone={asked}&phone_masked={asked}"))
    assert person in registry["people"].rows(inspector(CHANGAN))
    assert [p for p in rows.qs if "q" in rows.form.changed_data] == []
