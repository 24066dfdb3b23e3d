"""The order in which a day's sites are visited: nearest neighbour, made shorter by 2-opt.  Knows points, nothing else.

Legs are great circles; roads are longer.  The way begins where the team sets out and does not lead back.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.projects.geometry import Point, distance_m


@dataclass(frozen=True)
class Route:
    """`order` are indexes into the given sites, `legs` the metres to each of them from the one before."""

    order: tuple[int, ...]
    legs: tuple[float, ...]

    @property
    def total(self) -> float:
        return sum(self.legs)


def route(start: Point | None, sites: Sequence[Point]) -> Route:
    """Without a start the first site is one, and its leg is 0."""
    if not sites:
        return Route((), ())
    points = [start if start is not None else sites[0], *sites]
    # From two beginnings, so that the outcome is never worse than the order in which the sites were listed.
    beginnings = (nearest_first(points), list(range(1, len(points))))
    order = min((shortened(points, one) for one in beginnings), key=lambda one: length_of(points, one))
    legs = [distance_m(points[a], points[b]) for a, b in zip([0, *order[:-1]], order, strict=True)]
    return Route(tuple(n - 1 for n in order), tuple(legs))


def nearest_first(points: Sequence[Point]) -> list[int]:
    """From point 0 on always to the nearest that is left; of equally near ones to the first."""
    left, here, order = list(range(1, len(points))), 0, []
    while left:
        here = min(left, key=lambda n: (distance_m(points[here], points[n]), n))
        left.remove(here)
        order.append(here)
    return order


def shortened(points: Sequence[Point], order: list[int]) -> list[int]:
    """Turn stretches round as long as that makes the way shorter by more than a centimetre."""
    best, length = order, length_of(points, order)
    improved = True
    while improved:
        improved = False
        for first in range(len(best) - 1):
            for last in range(first + 1, len(best)):
                turned = [*best[:first], *reversed(best[first : last + 1]), *best[last + 1 :]]
                new = length_of(points, turned)
                if new < length - 0.01:
                    best, length, improved = turned, new, True
    return best


def length_of(points: Sequence[Point], order: Sequence[int]) -> float:
    return sum(distance_m(points[a], points[b]) for a, b in zip([0, *order[:-1]], order, strict=True))
