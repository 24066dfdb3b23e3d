"""The officers who decide on measures, by their office and their place."""

from collections.abc import Iterable, Sequence

from django.db.models import Q

from apps.accounts.models import User
from apps.core.scoping import lineage
from apps.supervision.models import Measure
from apps.supervision.workflow.guards import OFFICE_OF_LEVEL

HEADS = tuple(sorted({role for roles in OFFICE_OF_LEVEL.values() for role in roles}))


class Officers:
    """The active ones around these measures, in one query for however many."""

    def __init__(self, measures: Sequence[Measure]) -> None:
        places = {place for measure in measures for place in lineage(measure.region_path)}
        offices = {m.organisation_id for m in measures}
        around = Q(organisation__region_path__in=places) | Q(organisation__in=offices)
        rows = User.objects.holding(*HEADS).filter(around).order_by("pk")
        self._all = list(rows.values_list("pk", "role", "organisation", "organisation__region_path"))

    def of_office(self, organisation_id: int, roles: Iterable[str] = HEADS) -> list[int]:
        return [pk for pk, role, office, _ in self._all if office == organisation_id and role in roles]

    def of_level(self, measure: Measure, level: str) -> list[int]:
        """Those who list at this level and have the place below them; of the nearest offices alone."""
        roles = OFFICE_OF_LEVEL[level]
        found = [
            (pk, place) for pk, role, _, place in self._all if role in roles and measure.region_path.startswith(place)
        ]
        nearest = max((len(place) for _, place in found), default=0)
        return [pk for pk, place in found if len(place) == nearest]
