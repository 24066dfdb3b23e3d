"""Photographs that come in pieces: begun, sent piece by piece in any order, whole when their hash says so."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.core.db import db_now
from apps.hazards.fields import as_hints
from apps.hazards.models import Photo, PhotoStage
from apps.hazards.services.photos import take_in
from apps.inspections.models import PhotoArrival, PhotoPiece, Visit, VisitPhoto, VisitState
from apps.inspections.services import answering
from apps.inspections.sync.batches import checklist_of

KEPT = timedelta(days=30)
MOST_PIECES = 1000


class ArrivalRefused(Exception):
    def __init__(self, status: int, code: str, message: str, **current: Any) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.current = status, code, message, current


@dataclass(frozen=True)
class Standing:
    """How far a photograph has come."""

    id: UUID
    is_complete: bool
    missing: tuple[int, ...] = ()


@transaction.atomic
def begin(
    visit: Visit | None,
    *,
    by: Any,
    id: UUID,  # noqa: A002
    size: int,
    sha256: str,
    piece_size: int,
    about: Any,
) -> Standing:
    """Announce a photograph.  Announced again it goes on where it was; another content needs another id.

    Without a visit it is of a hazard that is still to come.
    """
    if is_here(visit, id, by):
        return Standing(id, is_complete=True)
    if visit and visit.state not in VisitState.OPEN:
        message = f"检查{visit.get_state_display()}，不能再添加照片"
        raise ArrivalRefused(409, "visit_closed", message, state=visit.state)
    if number_of_pieces(size, piece_size) > MOST_PIECES:
        raise ArrivalRefused(422, "invalid", f"分片过小，一张照片最多 {MOST_PIECES} 片")
    arrival, _ = PhotoArrival.objects.get_or_create(
        id=id,
        defaults={
            "visit": visit,
            "size": size,
            "sha256": sha256,
            "piece_size": piece_size,
            "about": about,
            "user": by,
        },
    )
    told = (visit and visit.pk, by.pk, size, sha256)
    same = (arrival.visit_id, arrival.user_id, arrival.size, arrival.sha256) == told
    if not same or arrival.piece_size != piece_size:
        raise reused()
    return standing(arrival)


def is_here(visit: Visit | None, id: UUID, by: Any) -> bool:  # noqa: A002
    """Whether the photograph is whole already; ArrivalRefused where its id is that of another one."""
    known: Any = (VisitPhoto if visit else Photo).objects.filter(pk=id).first()
    if known and (known.visit_id != visit.pk if visit else known.uploaded_by_id != by.pk):
        raise reused()
    return known is not None


def reused() -> ArrivalRefused:
    return ArrivalRefused(422, "photo_reused", "这个照片编号已用于另一张照片，请换一个编号")


def number_of_pieces(size: int, piece_size: int) -> int:
    return -(-size // piece_size)


def standing(arrival: PhotoArrival) -> Standing:
    here = set(arrival.pieces.values_list("index", flat=True))
    wanted = range(number_of_pieces(arrival.size, arrival.piece_size))
    return Standing(arrival.pk, is_complete=False, missing=tuple(index for index in wanted if index not in here))


def take_piece(arrival: PhotoArrival, index: int, data: bytes, *, by: Any) -> Standing:
    """Keep one piece; the last one makes the photograph.  A piece that comes again replaces nothing."""
    key = arrival.pk
    with transaction.atomic():
        arrival = PhotoArrival.objects.select_for_update().get(pk=key)
        if not data or len(data) != length_of_piece(arrival, index):
            raise ArrivalRefused(422, "invalid", "分片的序号或长度与开始时说明的不符")
        PhotoPiece.objects.get_or_create(arrival=arrival, index=index, defaults={"data": data})
        now = standing(arrival)
        if now.missing:
            return now
        content = b"".join(bytes(piece.data) for piece in arrival.pieces.order_by("index"))
        if is_whole := hashlib.sha256(content).hexdigest() == arrival.sha256:
            complete(arrival, content, by)
        else:
            arrival.pieces.all().delete()
    if not is_whole:  # outside of the transaction, which has to forget the pieces
        raise ArrivalRefused(422, "hash_mismatch", "照片与校验值不符，已收到的分片作废，请重新发送")
    return Standing(key, is_complete=True)


def length_of_piece(arrival: PhotoArrival, index: int) -> int:
    """How long piece `index` has to be; 0, which none is, for one that there is not."""
    return max(0, min(arrival.piece_size, arrival.size - index * arrival.piece_size))


def complete(arrival: PhotoArrival, content: bytes, by: Any) -> None:
    """Make the photograph of its pieces, which are then no longer needed."""
    about = dict(arrival.about)
    if arrival.visit:
        of_visit(arrival, arrival.visit, about, content, by)
    else:
        take_in(
            BytesIO(content),
            name=f"{arrival.pk}.jpg",
            stage=PhotoStage.BEFORE,
            by=by,
            hints=as_hints(about),
            key=arrival.pk,
        )
    arrival.delete()


def of_visit(arrival: PhotoArrival, visit: Visit, about: dict[str, Any], content: bytes, by: Any) -> None:
    if about.get("finding") and not visit.findings.filter(pk=about["finding"]).exists():
        raise ValidationError("照片所属的隐患还没有收到，请先上传检查内容")
    photo = answering.take_in_photo(
        visit,
        by=by,
        key=arrival.pk,
        file=BytesIO(content),
        name=f"{arrival.pk}.jpg",
        hints=as_hints(about),
        checklist=checklist_of(visit, about["checklist"]) if about.get("checklist") else None,
        item=about.get("item"),
        finding=about.get("finding"),
        second_look=about.get("second_look"),
    )
    photo.camera_sha256 = about.get("original_sha256") or ""
    photo.save(update_fields=["camera_sha256"])


def forget_abandoned() -> int:
    """Photographs that never became whole, after thirty days; how many there were."""
    old = PhotoArrival.objects.filter(begun_at__lt=db_now() - KEPT)
    return old.delete()[1].get(PhotoArrival._meta.label, 0)
