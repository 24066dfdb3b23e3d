"""Photographs and papers of a training, each kept the moment it is sound."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from apps.core import files
from apps.core.events import record_event
from apps.core.files import HEAD, FileRefused, clean_name, kind_of, size_label
from apps.core.scans import MOST_BYTES
from apps.core.workflow import TransitionRefused, lock
from apps.hazards.services.photos import Hints, kept
from apps.training.models import Session, SessionFile, SessionPhoto, SessionState
from apps.training.selectors import organises
from apps.training.workflow import NOT_YOURS

MOST_OF_A_SESSION = 60
PICTURES = frozenset({"image/jpeg", "image/png", "image/heic"})
PAPERS = frozenset({"application/pdf", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"})


def add_evidence(session: Session, uploads: Sequence[Any], *, by: Any) -> tuple[int, list[str]]:
    """Take in what is sound, picture or paper; answers how many were, and a sentence for each that was not."""
    refuse_strangers(session, by)
    added, refusals = 0, []
    for upload in uploads:
        try:
            add_one(session, upload, by)
            added += 1
        except FileRefused as refusal:
            refusals.append(f"{clean_name(str(upload.name))}：{refusal.reason_zh}")
    return added, refusals


def refuse_strangers(session: Session, by: Any) -> None:
    if not organises(by, session):
        raise TransitionRefused(NOT_YOURS)
    if session.state == SessionState.CANCELLED:
        raise TransitionRefused("培训已取消，不能再添加照片和附件")


@transaction.atomic
def add_one(session: Session, upload: Any, by: Any) -> None:
    """One file with its event, in a transaction of its own."""
    fresh: Session = lock(session, by)
    if fresh.photos.count() + fresh.files.count() >= MOST_OF_A_SESSION:
        raise FileRefused(f"每个培训班次最多 {MOST_OF_A_SESSION} 个照片和附件")
    upload.seek(0)
    kind = kind_of(upload.read(HEAD))
    upload.seek(0)
    if kind in PICTURES:
        photo = kept(SessionPhoto(session=fresh), upload, upload.name, by, Hints())
        photo.save(force_insert=True)
        stored = photo.original
    elif kind in PAPERS:
        if upload.size > MOST_BYTES:
            raise FileRefused(f"文件超过 {size_label(MOST_BYTES)}，请压缩后再上传")
        stored = files.store(upload, name=upload.name, by=by, limit=MOST_BYTES)
        SessionFile.objects.create(session=fresh, file=stored, added_by=by)
    else:
        raise FileRefused("只接受 JPEG、PNG、HEIC 照片和 PDF、Excel 文件，请转换后再上传")
    fresh.version += 1
    fresh.save(update_fields=["version"])
    facts = {"file": stored.original_name, "sha256": stored.sha256}
    record_event(fresh, "evidence_added", by=by, after=fresh.state, facts=facts)
