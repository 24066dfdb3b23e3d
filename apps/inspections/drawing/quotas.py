"""How many are drawn of each stratum, in whole numbers and known before the draw."""

from collections.abc import Mapping

GRADES = "ABCDE"


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


def by_rates(sizes: Mapping[str, int], rates: Mapping[str, int]) -> int:
    """How many a region gives that no count is set for: the sum of rate times size, rounded up."""
    return -(-sum(rates[grade] * size for grade, size in sizes.items()) // 100)
