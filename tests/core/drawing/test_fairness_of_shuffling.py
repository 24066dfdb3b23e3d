"""100,000 draws: every project is as likely as its neighbour, and a shuffle that is not fair is found out."""

from collections import Counter
from collections.abc import Callable, Sequence
from math import sqrt

import pytest

from apps.core.drawing.drbg import HmacDrbg
from apps.core.drawing.shuffling import Source, below, shuffled

pytestmark = pytest.mark.slow

DRAWS, SIZE, CHOSEN = 100_000, 6, 2
Shuffle = Callable[[Sequence[int], Source], list[int]]


def critical(freedom: int, sigma: float = 3.0902) -> float:
    """The value that chi square exceeds in one of a thousand cases (Wilson and Hilferty)."""
    return freedom * (1 - 2 / (9 * freedom) + sigma * sqrt(2 / (9 * freedom))) ** 3


def chi_squares(shuffle: Shuffle) -> tuple[float, float]:
    """How far being chosen, and the ordered pair that is chosen, are from even."""
    pairs: Counter[tuple[int, ...]] = Counter()
    for number in range(DRAWS):
        source = HmacDrbg(number.to_bytes(32, "big"), personalisation=b"hebei-draw/1 stratum 130102/C")
        pairs[tuple(shuffle(range(SIZE), source)[:CHOSEN])] += 1
    even = DRAWS / (SIZE * (SIZE - 1))
    of_pairs = sum((pairs[a, b] - even) ** 2 / even for a in range(SIZE) for b in range(SIZE) if a != b)
    chosen = Counter(project for pair, times in pairs.items() for project in pair for _ in range(times))
    expected = DRAWS * CHOSEN / SIZE
    # Two of six without putting back vary less than two throws of a die, by (6 - 2) / (6 - 1).
    spread = (SIZE - CHOSEN) / (SIZE - 1)
    return sum((chosen[i] - expected) ** 2 / expected for i in range(SIZE)) / spread, of_pairs


def careless(items: Sequence[int], source: Source) -> list[int]:
    """The usual mistake: every place is changed with any other, so that some orders come more often."""
    order = list(items)
    for place in range(len(order)):
        other = below(len(order), source)
        order[place], order[other] = order[other], order[place]
    return order


def test_a_hundred_thousand_draws_are_fair() -> None:
    single, paired = chi_squares(shuffled)
    assert single < critical(SIZE - 1)
    assert paired < critical(SIZE * (SIZE - 1) - 1)


def test_a_careless_shuffle_is_found_out() -> None:
    """The control: the same measure does not pass what is unfair."""
    _, paired = chi_squares(careless)
    assert paired > critical(SIZE * (SIZE - 1) - 1)


def test_the_critical_value_is_that_of_the_tables() -> None:
    assert critical(5) == pytest.approx(20.515, rel=0.02)
    assert critical(29) == pytest.approx(58.301, rel=0.02)
