"""How often each firm and each inspector was drawn, beside how often they were to be expected."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from typing import Any

from django.db.models import Count, ExpressionWrapper, F, FloatField, Q, QuerySet, Sum

from apps.inspections.models import DrawState, Inspector, PoolEntry, PoolInspector
from apps.projects.models import Project

CHANCE = ExpressionWrapper(F("chosen_of") * 1.0 / F("stratum_size"), FloatField())
WORDS = ((1, "与预期相符"), (2, "略{}于预期"), (3, "{}于预期"))
FAR_OFF = "明显{}于预期，应当核查"


@dataclass
class Share:
    """What fell to one person in all draws together; `expected` and `variance` are sums over the draws."""

    label: str
    key: str
    draws: int = 0
    expected: float = 0.0
    variance: float = 0.0
    actual: int = 0

    @property
    def words(self) -> str:
        return deviation(self.actual, self.expected, self.variance)


def deviation(actual: int, expected: float, variance: float) -> str:
    """How far the number is from what was expected, by its standard deviation and in words."""
    if variance <= 0:
        return WORDS[0][1]
    distance = (actual - expected) / sqrt(variance)
    direction = "多" if distance > 0 else "少"
    return next((words for most, words in WORDS if abs(distance) < most), FAR_OFF).format(direction)


def firms(user: Any) -> QuerySet[PoolEntry, dict[str, Any]]:
    """One row for each firm whose projects this user sees: times in a pool, sum of the chances, times chosen."""
    rows = PoolEntry.objects.visible_to(user).filter(
        draw__state=DrawState.DRAWN, enterprise__isnull=False, project__in=Project.objects.visible_to(user)
    )
    return (
        rows.values("enterprise__uscc", "enterprise__organisation__name")
        .annotate(
            draws=Count("draw", distinct=True),
            entries=Count("pk"),
            expected=Sum(CHANCE),
            variance=Sum(CHANCE * (1.0 - CHANCE), output_field=FloatField()),
            actual=Count("pk", filter=Q(is_chosen=True)),
        )
        .order_by("-actual", "-expected", "enterprise__uscc")
    )


def of_firm(row: dict[str, Any]) -> Share:
    return Share(
        row["enterprise__organisation__name"],
        row["enterprise__uscc"],
        row["draws"],
        row["expected"],
        row["variance"],
        row["actual"],
    )


def of_inspectors(user: Any) -> list[Share]:
    """The same for inspectors: in each draw every one of its pool could expect an equal part of the visits."""
    drawn = PoolInspector.objects.visible_to(user).filter(draw__state=DrawState.DRAWN)
    totals = {pk: (sent, size) for pk, sent, size in per_draw(drawn)}
    shares: dict[str, Share] = {}
    seen = drawn.filter(inspector__in=Inspector.objects.visible_to(user)).order_by("inspector__user__username")
    for draw, username, name, assigned in seen.values_list(
        "draw", "inspector__user__username", "inspector__user__name", "assigned"
    ):
        share = shares.setdefault(username, Share(name, username))
        add(share, assigned, *totals[draw])
    return sorted(shares.values(), key=lambda share: (-share.actual, -share.expected, share.key))


def per_draw(rows: QuerySet) -> Iterable[tuple[int, int, int]]:
    """Of each draw, how many places its inspectors were given, and how many inspectors there were."""
    return rows.values_list("draw").annotate(Sum("assigned"), Count("pk")).order_by()


def add(share: Share, assigned: int, sent: int, size: int) -> None:
    share.draws += 1
    share.actual += assigned
    share.expected += sent / size
    share.variance += sent / size * (1 - 1 / size)
