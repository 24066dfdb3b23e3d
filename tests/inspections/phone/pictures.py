"""Photographs as heavy as those of a telephone, made in the test."""

from pathlib import Path

from PIL import Image, ImageChops

from tests.core.pictures import scene

SIZE = (1600, 1200)
LEAST_BYTES = 300 * 1024


def photograph(path: Path, seed: int) -> Path:
    """A scene with the grain of a sensor: more than 300 KB, some pieces even after the phone has made it smaller."""
    grain = Image.effect_noise(SIZE, 8).convert("RGB")
    ImageChops.add(scene(seed).resize(SIZE), grain, scale=2).save(path, "JPEG", quality=90)
    assert path.stat().st_size >= LEAST_BYTES
    return path
