"""A fingerprint of what a picture shows: near-identical pictures differ in few bits."""

import math
from statistics import median

from PIL import Image

SIDE = 32
LOW = 8
SAME_PICTURE = 8
"""Up to this many differing bits two pictures are worth showing to a person as the same one."""
MASK = (1 << 64) - 1
COSINES = [[math.cos(math.pi * wave * (2 * at + 1) / (2 * SIDE)) for at in range(SIDE)] for wave in range(LOW)]


def picture_hash(picture: Image.Image) -> int:
    """The 64 lowest waves of the picture (DCT), each above or below the median, as PostgreSQL's signed bigint.

    In SQL the distance is `bit_count((a # b)::bit(64))`.
    """
    waves = _low_waves(picture.convert("L").resize((SIDE, SIDE), Image.Resampling.LANCZOS).tobytes())
    middle = median(waves)
    bits = sum(1 << place for place, wave in enumerate(waves) if wave > middle)
    return bits - (1 << 64) if bits >> 63 else bits


def hamming(a: int, b: int) -> int:
    """How many of the 64 bits differ: 0 the same picture, about 32 unrelated ones."""
    return ((a ^ b) & MASK).bit_count()


def _low_waves(grey: bytes) -> list[float]:
    """Two-dimensional DCT-II of 32×32 brightnesses, its 8×8 low corner, unscaled."""
    rows = [grey[at : at + SIDE] for at in range(0, SIDE * SIDE, SIDE)]
    across = [[sum(map(float.__mul__, cosine, map(float, row))) for row in rows] for cosine in COSINES]
    return [sum(map(float.__mul__, cosine, line)) for line in across for cosine in COSINES]
