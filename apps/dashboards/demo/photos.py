"""Drawn pictures hung on invented hazards.

A dozen drawings serve all of them; their perceptual hash is left at 0 (nothing to compare), so that the platform
does not rightly warn of the same picture everywhere.
"""

import random
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from apps.core import files, photos
from apps.core.models import StoredFile
from apps.dashboards.demo.pictures import SIZE, scene
from apps.hazards.models import Hazard, Photo, PhotoStage

KIND_OF_CATEGORY = {
    "高处作业": "hole",
    "脚手架": "edge",
    "施工用电": "box",
    "塔式起重机与起重吊装": "crane",
    "物料提升机与施工升降机": "crane",
}
VARIANTS = 3
Copies = tuple[StoredFile, StoredFile, StoredFile]


def add_photos(rng: random.Random, hazards: Sequence[Hazard]) -> None:
    """Before for all of them, after for those that were answered."""
    drawn: dict[tuple[str, bool, int], Copies] = {}
    hung = []
    for hazard in hazards:
        kind = KIND_OF_CATEGORY.get(hazard.category, "hole")
        variant = rng.randrange(VARIANTS)
        for fixed in (False, True) if hazard.answered_at else (False,):
            key = (kind, fixed, variant)
            if key not in drawn:
                drawn[key] = stored(kind, fixed, variant, hazard.recorded_by)
            hung.append(as_photo(hazard, drawn[key], fixed))
    Photo.objects.bulk_create(hung)


def stored(kind: str, fixed: bool, variant: int, by: Any) -> Copies:
    """Original, shown copy and thumbnail of one drawing; before and after of a variant show the same place."""
    picture = scene(kind, fixed, random.Random(variant))  # noqa: S311
    copies = []
    for name, content in (
        ("site.jpg", picture),
        ("shown.jpg", BytesIO(photos.shown_copy(picture))),
        ("thumbnail.jpg", BytesIO(photos.thumbnail(picture))),
    ):
        content.seek(0)
        copies.append(files.store(content, name=name, by=by))
    return copies[0], copies[1], copies[2]


def as_photo(hazard: Hazard, copies: Copies, fixed: bool) -> Photo:
    original, shown, thumbnail = copies
    return Photo(
        hazard=hazard,
        stage=PhotoStage.AFTER if fixed else PhotoStage.BEFORE,
        original=original,
        shown=shown,
        thumbnail=thumbnail,
        width=SIZE[0],
        height=SIZE[1],
        taken_at_hint=hazard.answered_at if fixed else hazard.created_at,
        latitude_hint=hazard.project.latitude,
        longitude_hint=hazard.project.longitude,
        phash=0,
        uploaded_by=(hazard.answered_by if fixed else None) or hazard.recorded_by,
        uploaded_at=hazard.answered_at or hazard.created_at if fixed else hazard.created_at,
    )
