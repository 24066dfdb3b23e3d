"""Which open hazards a visit takes along to be looked at again, and when that is fixed.

Those that earlier visits to the site found, whichever office made them, since they are what a follow-up is about; and
those that wait for 复查 by the office of the visit, since the answer asks for somebody to go there.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from apps.hazards.models import Hazard, State
from apps.inspections.models import Kind, SecondLook, Visit, VisitState

LOOKS_AT_WHAT_IS_DUE = (Kind.DAILY, Kind.KEY)


def carry(visits: Sequence[Visit]) -> None:
    """Take along what is open now; what was taken along before stays as it was.  As many queries for however many."""
    if rows := missing(visits):
        SecondLook.objects.bulk_create(rows, ignore_conflicts=True)


def carry_to_phones(visits: Iterable[Visit]) -> None:
    """The same for visits that a phone fetches before they begin, so that it and the server mean the same hazards.

    What has begun meanwhile has its list; only where something is missing the visits are locked, and read anew.
    """
    planned = [visit for visit in visits if visit.state == VisitState.PLANNED]
    if not missing(planned):
        return
    with transaction.atomic():
        keys = [visit.pk for visit in planned]
        rows = Visit.objects.select_for_update().filter(pk__in=keys, state=VisitState.PLANNED)
        carry(list(rows.order_by("pk")))


def missing(visits: Sequence[Visit]) -> list[SecondLook]:
    """Unsaved rows for what these visits do not carry yet."""
    if not visits:
        return []
    hazards = by_project({visit.project_id for visit in visits})
    carried: dict[int, set[int]] = defaultdict(set)
    for visit_id, hazard_id in SecondLook.objects.filter(visit__in=visits).values_list("visit", "hazard"):
        carried[visit_id].add(hazard_id)
    made = []
    for visit in visits:
        new = [one for one in hazards[visit.project_id] if concerns(visit, one) and one.pk not in carried[visit.pk]]
        made += [row_of(visit, hazard, n) for n, hazard in enumerate(new, start=len(carried[visit.pk]))]
    return made


def by_project(projects: Iterable[int]) -> dict[int, list[Any]]:
    """Open hazards of authorities that may be carried, those due first; `found_at` is the finding of a visit."""
    rows = Hazard.objects.open().filter(by_authority=True, project__in=projects)
    rows = rows.filter(Q(finding__isnull=False) | Q(state=State.CONFIRMED)).annotate(found_at=F("finding"))
    found: dict[int, list[Any]] = defaultdict(list)
    for hazard in rows.order_by(F("deadline").asc(nulls_last=True), "pk"):
        found[hazard.project_id].append(hazard)
    return found


def concerns(visit: Visit, hazard: Any) -> bool:
    return hazard.found_at is not None or hazard.organisation_id == visit.organisation_id


def row_of(visit: Visit, hazard: Hazard, position: int) -> SecondLook:
    needed = is_needed(visit.kind, hazard, visit.planned_on)
    return SecondLook(visit=visit, hazard=hazard, position=position, facts=facts_of(hazard), is_needed=needed)


def is_needed(kind: str, hazard: Hazard, day: date) -> bool:
    """A follow-up looks at all of them, a daily visit at those that wait for 复查 or are late.

    What a random or special visit looks at was fixed by its draw or campaign: there it is up to the inspectors.
    """
    if kind == Kind.FOLLOW_UP:
        return True
    late = hazard.state in State.WITH_FIRM and hazard.deadline is not None and hazard.deadline < day
    return kind in LOOKS_AT_WHAT_IS_DUE and (hazard.state == State.CONFIRMED or late)


def facts_of(hazard: Hazard) -> dict[str, str]:
    return {
        "number": hazard.number,
        "description": hazard.description,
        "place": hazard.full_place,
        "grade": hazard.grade,
        "deadline": hazard.deadline.isoformat() if hazard.deadline else "",
        "state": hazard.state,
    }
