"""Whom an accident still needs that is not determined: everybody known on its site (`apps.people.keeping`)."""

from datetime import date
from typing import Any

from django.db.models import QuerySet

from apps.accidents.models import Accident, AccidentState
from apps.people.keeping import keeps
from apps.people.models import PersonPresence


@keeps("所在项目有未认定的事故")
def knows_of_an_accident(today: date, before: date) -> QuerySet[Any]:
    sites = Accident.objects.filter(state=AccidentState.REPORTED).order_by().values("project")
    return PersonPresence.objects.filter(project_id__in=sites).order_by().values("person")
