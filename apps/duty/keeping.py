"""Whom duties still need, though the years of keeping their identity are over (`apps.people.keeping`)."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from apps.duty.models import DirectorAppointment, InspectorAppointment
from apps.people.keeping import keeps


@keeps("任企业安全总监或项目安全督查员，或离任未满年限")
def is_appointed(today: date, before: date) -> QuerySet[Any]:
    """A director works at the firm's seat, where no roster has them."""
    late = Q(ended_on=None) | Q(ended_on__gte=before)
    directors, inspectors = (
        model.objects.filter(late).order_by().values("person") for model in (DirectorAppointment, InspectorAppointment)
    )
    return directors.union(inspectors, all=True)
