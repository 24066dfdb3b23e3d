"""How many are drawn of each stratum: known before the draw but for parts of one, whose chance is known."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

GRADES = "ABCDE"
WHOLE = 100
"""Rates are percentages: so many parts make one project."""


def shares(total: int, sizes: Mapping[str, int], weights: Mapping[str, int]) -> dict[str, int]:
    """Split `total` over strata in proportion to weight times size, by largest remainder, none beyond its size.

    A stratum whose share is more than it has gives all it has, and the rest is split over the others.  Of equal
    remainders the later name, which is the higher risk, comes first.  Weight 0 gives nothing.
    """
    given = dict.fromkeys(sizes, 0)
    open_ = {name: weights[name] * size for name, size in sizes.items() if weights[name] * size}
    left = min(total, sum(sizes[name] for name in open_))
    while full := [name for name, mass in open_.items() if left * mass >= sizes[name] * sum(open_.values())]:
        for name in full:
            given[name] = sizes[name]
            del open_[name]
        left = max(0, left - sum(sizes[name] for name in full))
    return given | largest_remainder(left, open_)


def largest_remainder(total: int, masses: Mapping[str, int]) -> dict[str, int]:
    """Split `total` in proportion to `masses`; what is over goes to the largest remainders."""
    whole = sum(masses.values())
    if not whole:
        return dict.fromkeys(masses, 0)
    given = {name: total * mass // whole for name, mass in masses.items()}
    by_remainder = sorted(masses, key=lambda name: (total * masses[name] % whole, name), reverse=True)
    for name in by_remainder[: total - sum(given.values())]:
        given[name] += 1
    return given


def by_rate(size: int, rate: int) -> tuple[int, int]:
    """How many are chosen where no count is set, and the hundredths of one that are left over.

    Rounding these up would draw the one project of a small region for certain and one of twenty elsewhere; rounding
    them down would never draw it.  They are the chance that one more is chosen.
    """
    return divmod(rate * size, WHOLE)


def one_more(parts: Mapping[str, int], start: int) -> Iterator[str]:
    """The strata in which one more is chosen; `parts` are hundredths below 100, `start` is drawn from 0 to 99.

    The parts lie end to end, and whoever reaches the next whole hundred has one more (systematic sampling).  Over all
    starts each does so exactly as often as its part says, and all together have their sum, rounded down or up.
    """
    reached = start
    for name, part in parts.items():
        reached += part
        if reached % WHOLE < part:
            yield name


def chance_of(stratum: Mapping[str, Any]) -> Fraction:
    """The chance of each project of a published stratum, exactly; no parts of one are told where there are none."""
    return Fraction(WHOLE * stratum["chosen"] + stratum.get("more", 0), WHOLE * stratum["size"])
