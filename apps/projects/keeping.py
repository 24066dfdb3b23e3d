"""Whom projects still need, though the years of keeping their identity are over (`apps.people.keeping`)."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from apps.people.keeping import keeps
from apps.projects.models import ProjectMember


@keeps("在项目任职，或离岗未满年限")
def holds_a_post(today: date, before: date) -> QuerySet[Any]:
    rows = ProjectMember.objects.filter(Q(ended_on=None) | Q(ended_on__gte=before), person__isnull=False)
    return rows.order_by().values("person")
