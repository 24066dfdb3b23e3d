"""Photographs of a visit."""

from collections.abc import Sequence
from typing import Any, BinaryIO
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.hazards.models import Photo
from apps.hazards.services.photos import Hints, kept
from apps.inspections.models import (
    Checklist,
    Finding,
    Visit,
    VisitPhoto,
)
from apps.inspections.services.answering.opening import asked_item, opened

NO_HINTS = Hints()


@transaction.atomic
def take_in_photo(
    visit: Visit,
    *,
    by: Any,
    key: UUID,
    file: BinaryIO,
    name: str,
    hints: Hints = NO_HINTS,
    checklist: Checklist | None = None,
    item: int | None = None,
    finding: UUID | None = None,
    second_look: UUID | None = None,
) -> VisitPhoto:
    """Keep a photograph under the client's key; one that is there already is answered with what is there.

    `finding` may name a problem that the phone has not sent yet: the photograph waits for it under its key.
    """
    if known := VisitPhoto.objects.filter(pk=key).first():
        if known.visit_id != visit.pk:
            raise ValidationError("这张照片属于另一次检查")
        return known
    visit = opened(visit, by)
    if checklist is not None:
        asked_item(visit, checklist, item or 0)
    if finding and Finding.objects.filter(pk=finding).exclude(visit=visit).exists():
        raise ValidationError("这条问题属于另一次检查")
    if second_look and not visit.second_looks.filter(pk=second_look).exists():
        raise ValidationError("这条隐患不在本次检查的复查清单中")
    photo = VisitPhoto(
        pk=key, visit=visit, checklist=checklist, item=item, finding_id=finding, second_look_id=second_look
    )
    kept(photo, file, name, by, hints).save(force_insert=True)
    return photo


@transaction.atomic
def adopt_photos(visit: Visit, *, by: Any, keys: Sequence[str], **shows: Any) -> list[VisitPhoto]:
    """Photographs that came with a form of the page and waited for it; `shows` is finding or second_look."""
    visit = opened(visit, by)
    waiting = list(Photo.objects.waiting(by).filter(pk__in=keys).order_by("uploaded_at"))
    made = [VisitPhoto.objects.create(visit=visit, uploaded_by=by, **shows, **photo.picture) for photo in waiting]
    Photo.objects.waiting(by).filter(pk__in=[photo.pk for photo in waiting]).delete()
    return made
