"""Adding to a record that has been handed in."""

from typing import Any

from django.db import transaction

from apps.core.events import record_event
from apps.core.workflow import TransitionRefused, lock
from apps.inspections.models import Supplement, Visit, VisitState


@transaction.atomic
def supplement(visit: Visit, text: str, by: Any) -> Supplement:
    """The record stays as it was; what is added stands after it with its own time and person."""
    visit = lock(visit, by)
    if visit.state not in VisitState.DONE:
        raise TransitionRefused("检查还没有提交，可以直接修改记录")
    made = Supplement.objects.create(visit=visit, text=text, made_by=by)
    Visit.objects.filter(pk=visit.pk).update(version=visit.version + 1)
    visit.version += 1
    record_event(visit, "supplemented", by=by, before=visit.state, after=visit.state, facts={"text": text})
    return made
