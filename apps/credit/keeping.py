"""Whom findings still name that are being decided or still count (`apps.people.keeping`)."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from apps.credit.models import Blacklisting, CreditEntry, EntryState, ListState, PermitCase, PermitState
from apps.people.keeping import keeps
from apps.people.models import Person

NAMED: dict[Any, tuple[str, ...]] = {
    CreditEntry: (*EntryState.OPEN, EntryState.EFFECTIVE, EntryState.PUBLISHED),
    Blacklisting: ListState.STANDING,
    PermitCase: PermitState.STANDING,
}
"""The states in which a finding is open or counts."""


@keeps("有办理中或仍在计分、公示的信用记录")
def is_named(today: date, before: date) -> QuerySet[Any]:
    named = Q(pk__in=())
    for model, states in NAMED.items():
        rows = model.objects.filter(state__in=states, person__isnull=False)
        named |= Q(pk__in=rows.order_by().values("person"))
    return Person.objects.filter(named).order_by().values("pk")
