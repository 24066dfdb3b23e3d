"""What accidents wait for, and in whose hands that is: for the tab of the register and for the morning digest."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Q

from apps.accidents.models import Accident, AccidentState
from apps.accidents.selectors import deciding_over
from apps.notifications.digests import OpenItem, digest_source
from apps.notifications.models import Level


def to_determine(user: Any) -> Q:
    """As the guard `is_not_the_reporter`: what somebody else has reported."""
    return Q(state=AccidentState.REPORTED) & ~Q(reported_by=user.pk)


@digest_source
def open_accidents(day: date) -> Iterator[OpenItem]:
    accidents = list(Accident.objects.filter(state=AccidentState.REPORTED).select_related("project").order_by("pk"))
    deciding = deciding_over(accident.region_path for accident in accidents)
    for accident in accidents:
        for person in deciding[accident.region_path]:
            if person != accident.reported_by_id:
                url = accident.get_absolute_url()
                yield OpenItem(person, f"待认定事故：{accident.title}", url, Level.MUST_DO)
