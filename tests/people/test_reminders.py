"""Certificates that run out are told of in time, to holder and firm, each step once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.enterprises.models import Enterprise
from apps.notifications.models import Message
from apps.people.models import Certificate
from apps.people.reminders import remind
from tests.factories import CertificateFactory, EnterpriseFactory, PersonFactory
from tests.personas import persona

pytestmark = pytest.mark.django_db


def holder(days: int) -> tuple[Certificate, User, User]:
    """A certificate with so many days left, its holder's account and the firm's director."""
    firm = EnterpriseFactory()
    user = persona("project_manager", organisation=firm.organisation)
    person = PersonFactory(employer=firm, user=user, name="王建国")
    made = CertificateFactory(person=person, valid_until=timezone.localdate() + timedelta(days=days))
    return made, user, persona("safety_director", organisation=firm.organisation)


def told(user: User) -> list[str]:
    rows = Message.objects.filter(recipient=user, kind="certificate_expiry").order_by("pk")
    return list(rows.values_list("title", flat=True))


@pytest.mark.parametrize(("days", "count"), [(91, 0), (90, 1), (61, 1), (7, 1), (0, 1), (-1, 0)])
def test_holder_and_firm_are_told_from_ninety_days_before_to_the_last(days: int, count: int) -> None:
    _, user, director = holder(days)
    remind()
    assert (len(told(user)), len(told(director))) == (count, count)


def test_each_step_is_told_once_however_often_the_clock_runs() -> None:
    certificate, user, _ = holder(90)
    for days in (0, 0, 1, 29, 30, 31, 60, 83, 83, 90):
        remind(timezone.localdate() + timedelta(days=days))
    label = certificate.get_kind_display()
    assert told(user) == [f"王建国的{label} {left} 天后到期" for left in (90, 60, 30, 7)]
    levels = Message.objects.filter(recipient=user).order_by("pk").values_list("level", flat=True)
    assert list(levels)[-1] == "must_do"


def test_a_renewed_certificate_is_told_of_anew_and_a_replaced_one_no_more() -> None:
    certificate, user, _ = holder(7)
    remind()
    CertificateFactory(person=certificate.person, valid_until=timezone.localdate() + timedelta(days=80))
    Certificate.objects.filter(pk=certificate.pk).update(replaced=True)
    remind(timezone.localdate() + timedelta(days=1))
    assert len(told(user)) == 2


def test_a_closed_firm_and_another_firm_hear_nothing() -> None:
    certificate, user, _ = holder(7)
    other = persona("safety_director", organisation=EnterpriseFactory().organisation)
    Enterprise.objects.filter(pk=certificate.person.employer_id).update(status="closed")
    remind()
    assert (told(user), told(other)) == ([], [])


def test_no_message_holds_an_identity_number() -> None:
    certificate, user, _ = holder(7)
    remind()
    message = Message.objects.get(recipient=user)
    assert certificate.person.id_number not in f"{message.title}{message.body}{message.url}"
