"""Dividing a whole number among several by their weights, so that the parts add up to it (最大余数法)."""

from collections.abc import Mapping
from fractions import Fraction


def shared_out(total: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Each gets the whole part of its share; what is left goes one by one to the largest remainders.

    Of equal remainders the one with the larger weight comes first, then the smaller key, so that the outcome is one.
    Nobody gets more than its weight: a county can't inspect more sites than it has.
    """
    whole = sum(weights.values())
    total = min(total, whole)
    if total <= 0:
        return dict.fromkeys(weights, 0)
    exact = {key: Fraction(total * weight, whole) for key, weight in weights.items()}
    shares = {key: int(share) for key, share in exact.items()}
    left = total - sum(shares.values())
    by_remainder = sorted(exact, key=lambda key: (shares[key] - exact[key], -weights[key], key))
    return {key: shares[key] + (key in by_remainder[:left]) for key in weights}
