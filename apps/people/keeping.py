"""Who is kept whole though the years are over: each app says whom it still needs, and what it holds of them besides.

Apps above add theirs when they are ready; nothing here names them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from apps.people.models import Certificate, Person

Keeps = Callable[[date, date], QuerySet[Any]]
"""Given today and the day before which all must lie, the keys of persons (`values` of one column, never null)."""
Forgets = Callable[[QuerySet[Person]], None]
"""Removes what an app has copied of these persons, in the transaction and before the person itself is changed."""


@dataclass(frozen=True)
class Keeper:
    """Why a person is kept, in words for the forecast, and who they are."""

    label: str
    keeps: Keeps


KEEPERS: list[Keeper] = []
FORGETTERS: list[Forgets] = []


def keeps(label: str) -> Callable[[Keeps], Keeps]:
    """Registers whom an app still needs."""

    def register(function: Keeps) -> Keeps:
        KEEPERS.append(Keeper(label, function))
        return function

    return register


def forgets(function: Forgets) -> Forgets:
    """Registers what else is to be removed with a person."""
    FORGETTERS.append(function)
    return function


@keeps("有未停用的平台账号")
def has_an_account(today: date, before: date) -> QuerySet[Any]:
    return Person.objects.filter(user__is_active=True).values("pk")


@keeps("有在有效期内的证书")
def has_a_certificate(today: date, before: date) -> QuerySet[Any]:
    return Certificate.objects.in_force(today).values("person")
