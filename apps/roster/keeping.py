"""Whom the roster still needs, and what its attendance has copied of persons (`apps.people.keeping`)."""

from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db.models import Q, QuerySet

from apps.people.keeping import forgets, keeps
from apps.people.models import Person
from apps.people.retention import PSEUDONYM
from apps.roster.models import AttendanceFault, Engagement

WAGES_KEPT = relativedelta(years=3)
"""《保障农民工工资支付条例》: what proves wages is kept for three years after the work; no office shortens it."""


@keeps("在场，或退场未满年限")
def works_on_a_site(today: date, before: date) -> QuerySet[Any]:
    since = min(before, today - WAGES_KEPT)
    return Engagement.objects.filter(Q(left_on=None) | Q(left_on__gte=since)).order_by().values("person")


@keeps("有未处理的考勤差异")
def has_an_open_fault(today: date, before: date) -> QuerySet[Any]:
    faults = AttendanceFault.objects.filter(settled_at=None).order_by().values("id_index")
    return Person.objects.filter(id_index__in=faults).values("pk")


@forgets
def what_the_gate_told(people: QuerySet[Person]) -> None:
    """Faults carry name and number as the source gave them; settled ones keep the day and what became of it."""
    known = people.filter(id_index__isnull=False).order_by().values("id_index")
    AttendanceFault.objects.filter(id_index__in=known).update(name=PSEUDONYM, id_masked="", id_index="")
