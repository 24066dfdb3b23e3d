"""Fair integers and fair orders from a source of bytes."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

T = TypeVar("T")
BYTES = 8
SPAN = 2 ** (8 * BYTES)


class Source(Protocol):
    def generate(self, size: int) -> bytes: ...


def below(bound: int, source: Source) -> int:
    """A whole number from 0 up to and without `bound`, each as likely as the others.

    Eight bytes at a time; those beyond the last whole multiple of `bound` are thrown away, for the remainder alone
    would favour small numbers.
    """
    if not 0 < bound <= SPAN:
        raise ValueError(f"no number lies below {bound}")
    limit = SPAN - SPAN % bound
    while True:
        value = int.from_bytes(source.generate(BYTES), "big")
        if value < limit:
            return value % bound


def shuffled(items: Iterable[T], source: Source) -> list[T]:
    """All items in a drawn order, from the last place to the first (Fisher and Yates)."""
    order = list(items)
    for last in range(len(order) - 1, 0, -1):
        other = below(last + 1, source)
        order[last], order[other] = order[other], order[last]
    return order
