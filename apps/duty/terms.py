"""The limits of a day, read from the editions of that day."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from apps.duty.models import DutyTerm, Term
from apps.duty.models.words import B_OR_TECHNICAL
from apps.people.models import Certificate, CertificateKind, Person


def value_on(code: Term, day: date) -> str:
    return DutyTerm.objects.for_day(day, code=code).value


def number_on(code: Term, day: date) -> int:
    return int(value_on(code, day))


def words_on(code: Term, day: date) -> list[str]:
    """特级、一级 as ["特级", "一级"]."""
    return [word for word in value_on(code, day).replace("，", "、").split("、") if word]


def needs_director(words: Iterable[str]) -> Q:
    """Of contractors, those whose qualification names one of these words."""
    found = Q(pk__in=[])
    for word in words:
        found |= Q(qualification__contains=word)
    return found


def may_deputise(person: Person, day: date) -> bool:
    """Whether the person may stand in for a project's leader by the term in force on this day."""
    leads = Certificate.objects.in_force(day).filter(person=person, kind=CertificateKind.PROJECT_LEADER).exists()
    return leads or (value_on(Term.DEPUTY, day) == B_OR_TECHNICAL and "技术负责人" in person.post)
