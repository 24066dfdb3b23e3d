"""Taking photographs in: kept from the first moment, whatever becomes of the form they came with."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO, TypeVar
from uuid import UUID, uuid4

from django.core.cache import cache
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F, Func, IntegerField, Q, Value
from django.db.models.lookups import LessThanOrEqual

from apps.core import files, photos
from apps.hazards.models import Photo, PhotoStage
from apps.hazards.models.photo import Photograph

P = TypeVar("P", bound=Photograph)
REMEMBERED_S = 600
MOST_COMPARED = 200
TOLD = ("phash", "stage", "step", "hazard__number")


class DifferingBits(Func):
    """In how many of 64 bits two fingerprints differ."""

    template = "bit_count((%(expressions)s)::bit(64))"
    arg_joiner = " # "
    output_field = IntegerField()


@dataclass(frozen=True)
class Used:
    """Where else a picture was used: in another hazard, or at an earlier step of its own."""

    hazard_id: int
    number: str
    stage: str = ""


@dataclass(frozen=True)
class Hints:
    """What the browser read from the picture before it made it smaller; proves nothing."""

    taken_at: Any = None
    latitude: Any = None
    longitude: Any = None


@transaction.atomic
def take_in(
    file: BinaryIO | UploadedFile,
    *,
    name: str,
    stage: PhotoStage,
    by: Any,
    hints: Hints = Hints(),
    key: UUID | None = None,
) -> Photo:
    """Examine and store one photograph as waiting for its form, under a phone's own `key` where it has one.

    Raises core.photos.PhotoRefused with a Chinese sentence when the file is not a usable picture.
    """
    photo = kept(Photo(id=key or uuid4(), stage=stage), file, name, by, hints)
    photo.save(force_insert=True)
    return photo


def kept(photo: P, file: BinaryIO | UploadedFile, name: str, by: Any, hints: Hints) -> P:
    """The photograph, unsaved, with its bytes stored and what the picture says of itself; raises as `take_in`."""
    facts = photos.examine(file, name=name)
    file.seek(0)
    photo.original = files.store(file, name=name, by=by)
    copy = BytesIO(photos.shown_copy(file))
    photo.thumbnail = files.store(BytesIO(photos.thumbnail(copy)), name="thumbnail.jpg", by=by)
    copy.seek(0)
    photo.shown = files.store(copy, name="shown.jpg", by=by)
    photo.width, photo.height, photo.phash = facts.width, facts.height, facts.phash
    photo.taken_at_hint = facts.taken_at_hint or hints.taken_at
    photo.latitude_hint = facts.lat_hint if facts.lat_hint is not None else hints.latitude
    photo.longitude_hint = facts.lon_hint if facts.lon_hint is not None else hints.longitude
    photo.uploaded_by = by
    return photo


def similar_photos(shown: Sequence[Photo]) -> dict[UUID, list[Used]]:
    """For each photograph, where the same or a near-identical one was used: a warning, never a refusal.

    The caller names them only as far as they are visible.  Remembered for some minutes, since it is a pass over
    the hashes of all photographs.
    """
    keys = {f"similar:{photo.pk}": photo for photo in shown}
    found: dict[str, list[Used]] = cache.get_many(list(keys))
    if missing := [photo for key, photo in keys.items() if key not in found]:
        fresh = {f"similar:{pk}": used for pk, used in compared(missing).items()}
        cache.set_many(fresh, REMEMBERED_S)
        found |= fresh
    return {photo.pk: found[key] for key, photo in keys.items()}


def compared(shown: Sequence[Photo]) -> dict[UUID, list[Used]]:
    """One query for however many; a picture with nothing on it to compare has the hash 0 and is like no other."""
    near = Q()
    for phash in {photo.phash for photo in shown if photo.phash}:
        near |= Q(LessThanOrEqual(DifferingBits(F("phash"), Value(phash)), photos.SAME_PICTURE))
    others = Photo.objects.filter(near, hazard__isnull=False) if near else Photo.objects.none()
    told = list(others.select_related("hazard").only(*TOLD).order_by("uploaded_at")[:MOST_COMPARED])
    return {
        photo.pk: [
            Used(other.hazard_id, other.hazard.number, other.stage)  # type: ignore[arg-type, union-attr]
            for other in told
            if photo.phash and used_before(photo, other)
        ][:5]
        for photo in shown
    }


def used_before(photo: Photo, other: Photo) -> bool:
    """In its own hazard only an earlier step counts: what came together may well look alike."""
    if photo.hazard_id == other.hazard_id and place_in_case(other) >= place_in_case(photo):
        return False
    return photos.hamming(photo.phash, other.phash) <= photos.SAME_PICTURE


def place_in_case(photo: Photo) -> tuple[int, int]:
    return photo.step or 0, PhotoStage.values.index(photo.stage)
