"""What identifies a person leaves when the years are over: only then, only of those whom nobody needs, and for good."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils import timezone

from apps.core.models import Event
from apps.core.registers import registry
from apps.duty.models import DirectorAppointment, InspectorAppointment
from apps.people import retention
from apps.people.cards import state_of
from apps.people.models import Card, Certificate, Consent, ConsentWording, Person, RetentionRule
from apps.people.retention import forecast, forget_due
from apps.people.services import issue_card, record_consent
from apps.roster.models import AttendanceFault
from tests.accidents import stories as accidents
from tests.credit import stories as credit
from tests.factories import (
    CertificateFactory,
    EnterpriseFactory,
    MemberFactory,
    PersonFactory,
    ProjectFactory,
    identity_number,
)
from tests.hazards import stories as hazards
from tests.personas import inspector, persona, signed_in
from tests.roster import stories as roster

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
NUMBER, PHONE, NAME = "11010519491231002X", "13912345678", "韩志强"


def switched_on(years: int = 3) -> RetentionRule:
    told = {"years": years, "is_on": True, "source": "省厅文件"}
    return RetentionRule.objects.create(effective_from=TODAY, **told)


def former(**told: Any) -> Person:
    """Somebody entered four years ago of whom nothing was heard since."""
    person = PersonFactory(**{"name": NAME, "number": NUMBER, "phone": PHONE} | told)
    aged(person)
    return person


def aged(person: Person, days: int = 4 * 365) -> None:
    with connection.cursor() as cursor:
        at: list[Any] = [timezone.now() - timedelta(days=days), person.pk]
        cursor.execute("SET LOCAL pgtrigger.ignore = '{pgtrigger_append_only_1d49f}'")
        cursor.execute("UPDATE people_person SET created_at = %s WHERE id = %s", at)
        cursor.execute("UPDATE people_certificate SET created_at = %s WHERE person_id = %s", at)
        cursor.execute("UPDATE people_personevent SET pgh_created_at = %s WHERE pgh_obj_id = %s", at)
        cursor.execute("SET LOCAL pgtrigger.ignore = '{}'")


def rows_of(*tables: str) -> str:
    with connection.cursor() as cursor:
        parts = " UNION ALL ".join(f"SELECT row_to_json(t)::text FROM {table} t" for table in tables)
        cursor.execute(parts)
        return "\n".join(row[0] for row in cursor.fetchall())


def test_nothing_is_removed_while_it_is_not_switched_on() -> None:
    person = former()
    assert not RetentionRule.objects.get().is_on
    assert RetentionRule.objects.get().is_sample
    assert forget_due() == 0
    person.refresh_from_db()
    assert (person.name, person.id_number, person.phone) == (NAME, NUMBER, PHONE)


def test_identity_leaves_the_row_its_history_and_its_certificates_and_an_event_says_so() -> None:
    rule, person = switched_on(), former()
    CertificateFactory(person=person, number="冀建安C3（2020）0007777", valid_until=TODAY - timedelta(days=1100))
    aged(person)
    assert forget_due() == 1
    person.refresh_from_db()
    assert person.name == f"已去标识-{person.pk}"
    assert (person.id_number, person.id_index, person.id_masked) == ("", None, "")
    assert (person.phone, person.phone_masked, person.user) == ("", "", None)
    assert person.pseudonymised_at
    left = rows_of("people_person", "people_personevent", "people_certificate")
    for told in (NAME, NUMBER, PHONE, "1101**********002X", "139****5678", "hzq", "0007777"):
        assert told not in left
    event = Event.objects.of(person).get(name="pseudonymised")
    assert (event.actor, event.step, event.facts) == (None, person.version, {"rule": rule.pk, "years": 3})
    call_command("verify_audit")


def test_running_again_changes_nothing_and_batches_reach_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    switched_on()
    people = [former(number=number) for number in numbers(5)]
    monkeypatch.setattr(retention, "BATCH", 2)
    assert forget_due() == len(people)
    versions = list(Person.objects.order_by("pk").values_list("version", flat=True))
    assert forget_due() == 0
    assert list(Person.objects.order_by("pk").values_list("version", flat=True)) == versions
    assert Event.objects.filter(name="pseudonymised").count() == 5


def numbers(count: int) -> list[str]:
    return [identity_number(900_000 + n) for n in range(count)]


def with_an_account(person: Person) -> None:
    person.user = persona("project_manager", organisation=person.employer.organisation)
    person.save()


def with_a_certificate(person: Person) -> None:
    CertificateFactory(person=person, valid_until=TODAY)


def on_a_post(person: Person) -> None:
    MemberFactory(project=ProjectFactory(), person=person, started_on="2022-01-01")


def lately_on_a_post(person: Person) -> None:
    MemberFactory(project=ProjectFactory(), person=person, started_on="2022-01-01", ended_on=TODAY - timedelta(days=9))


def on_a_site(person: Person) -> None:
    roster.engaged(person=person, entered_on="2022-01-01")


def lately_on_a_site(person: Person) -> None:
    left = TODAY - timedelta(days=3 * 365 - 5)
    roster.engaged(person=person, entered_on="2022-01-01", left_on=left)


def with_an_open_fault(person: Person) -> None:
    roster.doubted(roster.site(), name=person.name)
    AttendanceFault.objects.update(id_index=person.id_index)


def named_in_a_credit_case(person: Person) -> None:
    credit.effective(credit.Cast(firm=person.employer), "R-B03", person=person)


def where_an_accident_is_open(person: Person) -> None:
    place = hazards.site()
    roster.engaged(place.project, person, entered_on="2020-01-01", left_on="2020-02-01")
    accidents.reported(place)


def a_director_of_the_firm(person: Person) -> None:
    told = {"paper_number": "1", "qualification": "注册安全工程师", "reports_to": "董事长", "started_on": "2022-01-01"}
    DirectorAppointment.objects.create(enterprise=person.employer, person=person, **told)


def lately_an_inspector_of_a_site(person: Person) -> None:
    told: dict[str, Any] = {"started_on": "2022-01-01", "ended_on": TODAY - timedelta(days=9)}
    InspectorAppointment.objects.create(project=ProjectFactory(), person=person, firm=person.employer, **told)


@pytest.mark.parametrize(
    "keep",
    [
        a_director_of_the_firm,
        lately_an_inspector_of_a_site,
        with_an_account,
        with_a_certificate,
        on_a_post,
        lately_on_a_post,
        on_a_site,
        lately_on_a_site,
        with_an_open_fault,
        named_in_a_credit_case,
        where_an_accident_is_open,
    ],
)
def test_who_is_still_needed_is_kept_whole(keep: Callable[[Person], None]) -> None:
    switched_on()
    person = former()
    keep(person)
    aged(person)
    assert forget_due() == 0
    person.refresh_from_db()
    assert (person.name, person.id_number, person.phone) == (NAME, NUMBER, PHONE)


def test_a_shorter_term_of_the_office_does_not_shorten_that_of_wages() -> None:
    switched_on(years=1)
    person = former()
    lately_on_a_site(person)
    assert forget_due() == 0
    assert forget_due(TODAY + timedelta(days=3)) == 0
    assert forget_due(TODAY + timedelta(days=10)) == 1


@pytest.mark.parametrize("change", ["person", "certificate"])
def test_the_years_count_from_the_last_change(change: str) -> None:
    switched_on()
    person = former()
    if change == "person":
        person.post = "电工"
        person.save()
    else:
        CertificateFactory(person=person, valid_until=TODAY - timedelta(days=30))
    assert forget_due() == 0


def test_what_the_gate_told_of_the_person_leaves_too() -> None:
    switched_on()
    person = former()
    roster.doubted(roster.site(), name=NAME)
    settled = {"settled_at": timezone.now(), "reason": "不是本工地人员", "settled_by": inspector()}
    AttendanceFault.objects.update(id_index=person.id_index, id_masked=person.id_masked, name=NAME, **settled)
    assert forget_due() == 1
    fault = AttendanceFault.objects.get()
    assert (fault.name, fault.id_masked, fault.id_index) == ("已去标识", "", "")


def test_a_card_keeps_neither_name_nor_number() -> None:
    switched_on()
    person = former()
    CertificateFactory(person=person, valid_until=TODAY)
    cards = [issue_card(person, by=inspector()) for _ in range(2)]
    person.certificates.update(valid_until=TODAY - timedelta(days=1100), issued_on=date(2020, 1, 1))
    aged(person)
    assert forget_due() == 1
    assert list(Card.objects.filter(revoked_at__isnull=False).values_list("token", flat=True)) == ["", ""]
    assert [state_of(card.token, TODAY) for card in cards] == ["revoked"] * 2
    with pytest.raises(InternalError):
        Card.objects.update(token="x")


def test_consents_and_counts_stay() -> None:
    switched_on()
    person = former()
    told = {"wording": ConsentWording.objects.get(purpose="face"), "answer": "refused", "how": "paper"}
    record_consent(Consent(person=person, answered_on=date(2026, 2, 1), **told), by=inspector())
    assert forget_due() == 1
    assert (Person.objects.count(), person.consents.count()) == (1, 1)


def test_somebody_engaged_between_the_look_and_the_lock_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    rule, person = switched_on(), former()
    asked: list[Any] = []
    due = retention.due

    def asked_twice(*args: Any) -> Any:
        asked.append(args)
        if len(asked) == 2:  # the rows are locked: what was committed just before is seen by the second look
            roster.engaged(person=person, entered_on=TODAY)
        return due(*args)

    monkeypatch.setattr(retention, "due", asked_twice)
    with transaction.atomic():
        assert retention.forget_batch(rule, TODAY, 0) == ([person.pk], 0)
    assert Person.objects.get().name == NAME


def test_a_pseudonym_takes_no_number_again() -> None:
    switched_on()
    person = former()
    forget_due()
    with pytest.raises(IntegrityError, match="pseudonym_is_all_that_is_left"):
        Person.objects.filter(pk=person.pk).update(id_number=NUMBER, id_index="x", id_masked="x")


def test_the_number_may_be_registered_anew() -> None:
    switched_on()
    former()
    forget_due()
    assert PersonFactory(number=NUMBER).pk


def test_the_history_of_persons_who_are_known_cannot_be_touched_by_that_way() -> None:
    person = former()
    with connection.cursor() as cursor:
        cursor.execute("SELECT people_forget_history(%s)", [[person.pk]])
    assert NAME in rows_of("people_personevent")


def test_the_forecast_counts_before_anything_is_switched_on() -> None:
    rule = RetentionRule.objects.get()
    gone, held = (former(number=number) for number in numbers(2))
    with_a_certificate(held)
    aged(held)
    PersonFactory()
    told = forecast(rule, TODAY)
    kept = dict(told.kept)
    assert (told.due, kept["年限内有登记或变更"], kept["有在有效期内的证书"]) == (1, 1, 1)
    page = signed_in(persona("province_officer")).get(f"/system/retention/{rule.pk}/").content.decode()
    assert "可去标识" in page and "本版没有启用，不去除任何内容" in page
    assert "可去标识" not in signed_in(inspector()).get(f"/system/retention/{rule.pk}/").content.decode()
    assert Person.objects.get(pk=gone.pk).name == NAME


def test_pages_of_a_pseudonym_say_what_it_is_and_offer_no_change() -> None:
    switched_on()
    person = former(employer=EnterpriseFactory())
    forget_due()
    officer = inspector()
    browser = signed_in(officer)
    page = browser.get(f"/people/{person.pk}/").content.decode()
    assert f"已去标识-{person.pk}" in page and "certificates/new" not in page
    assert NAME not in browser.get(f"/people/{person.pk}/history/").content.decode()
    person.refresh_from_db()
    assert registry["people"].locked(person)
    assert browser.get(f"/people/{person.pk}/certificates/new/").status_code == 403
    assert not Certificate.objects.exists()
