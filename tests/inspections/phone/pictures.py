"""Photographs as heavy as those of a telephone, made in the test."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops

from apps.core import files
from tests.core.pictures import scene

SIZE = (900, 675)
LEAST_BYTES = 300 * 1024


def photograph(path: Path, seed: int) -> Path:
    """A scene with the grain of a sensor: more than 300 KB, some pieces even after the phone has made it smaller."""
    grain = Image.effect_noise(SIZE, 22).convert("RGB")
    ImageChops.add(scene(seed).resize(SIZE), grain, scale=2).save(path, "JPEG", quality=95)
    assert path.stat().st_size >= LEAST_BYTES
    return path


def held(photos: Iterable[Any]) -> dict[str, str]:
    """SHA-256 by key of the bytes that the server keeps of these photographs."""
    found = {}
    for photo in photos:
        with files.open_stored(photo.original) as file:
            found[str(photo.pk)] = hashlib.sha256(file.read()).hexdigest()
    return found
