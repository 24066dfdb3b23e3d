"""What became of hazards that visits of a period looked at again, by unit: one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q

from apps.inspections.models import LookEffect, LookOutcome, SecondLook
from apps.inspections.reports.asked import Asked
from apps.inspections.reports.figures import done_visits
from apps.regions.models import Region

COUNTS: Mapping[str, Q] = {
    "carried": Q(),
    "good": Q(outcome=LookOutcome.GOOD),
    "partly": Q(outcome=LookOutcome.PARTLY),
    "bad": Q(outcome=LookOutcome.BAD),
    "closed": Q(effect=LookEffect.CLOSED),
}


@dataclass(frozen=True)
class FollowedUp:
    """Hazards that visits took along; `closed` are those that a visit itself struck off."""

    label: str
    code: str
    carried: int = 0
    good: int = 0
    partly: int = 0
    bad: int = 0
    closed: int = 0

    @property
    def looked_at(self) -> int:
        return self.good + self.partly + self.bad

    @property
    def share(self) -> float | None:
        """In per cent of those looked at again, those found good."""
        return 100 * self.good / self.looked_at if self.looked_at else None


def by_unit(asked: Asked) -> tuple[list[FollowedUp], FollowedUp]:
    """A hazard that two visits looked at counts with both."""
    looks = SecondLook.objects.filter(visit__in=done_visits(asked).values("pk")).order_by()
    counts = {name: Count("pk", filter=which) for name, which in COUNTS.items()}
    rows = list(looks.values(path=F("visit__region_path")).annotate(**counts))
    return [sum_of(unit, rows) for unit in asked.units], sum_of(asked.region, rows)


def sum_of(unit: Region, rows: Sequence[Mapping[str, Any]]) -> FollowedUp:
    within = [line for line in rows if line["path"].startswith(unit.path)]
    return FollowedUp(unit.name, unit.code, **{name: sum(line[name] for line in within) for name in COUNTS})
