"""Signatures, and what is said of the visit as a whole."""

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.core import files, photos
from apps.inspections.models import (
    Inspector,
    Signature,
    SignerRole,
    Visit,
)
from apps.inspections.services.answering.notes import PLACE, WORDS, joined, must_be_seen
from apps.inspections.services.answering.opening import must_be_unsigned, opened, saved
from apps.inspections.submitting.content import changes_since, content_of, hash_of

MOST_SIGNATURE = 200 * 1024
NOTES = (*WORDS, *PLACE, "started_claimed", "ended_claimed")
SIGNED = {"site_note", "conclusion"}
"""What everybody signs.  The inspected party's opinion is open until it signs itself; place and times stay the phone's,
which may send them when it hands in."""


@transaction.atomic
def put_signature(
    visit: Visit,
    *,
    by: Any,
    key: UUID,
    role: str,
    inspector_id: int | None = None,
    name: str = "",
    post: str = "",
    image: bytes | None = None,
    is_refused: bool = False,
    refusal_note: str = "",
    witnesses: str = "",
    content: str = "",
    content_sha256: str = "",
    claimed_at: datetime | None = None,
) -> Signature:
    """A signature drawn on the screen (PNG), or the note that the inspected party refused.

    `content` is the canonical JSON that was signed; without it, at a desk, what the server holds.
    """
    visit = opened(visit, by)
    if known := Signature.objects.filter(pk=key).first():
        if known.visit_id != visit.pk:
            raise ValidationError("这个签名属于另一次检查")
        return known
    signature = Signature(
        pk=key,
        visit=visit,
        role=role,
        inspector=signing_inspector(visit, role, inspector_id),
        name=name.strip(),
        post=post.strip(),
        is_refused=is_refused,
        refusal_note=refusal_note.strip(),
        witnesses=witnesses.strip(),
        **bound(visit, content, content_sha256),
        claimed_at=claimed_at,
        taken_by=by,
    )
    if signature.inspector:
        signature.name = str(signature.inspector)
    if is_refused and not signature.refusal_note:
        raise ValidationError("被检查方拒绝签名的，请写明情况")
    if not is_refused:
        signature.image = stored_signature(image, by)
    signature.full_clean(exclude=["visit", "image", "taken_by"], validate_unique=False, validate_constraints=False)
    return saved(signature)


def bound(visit: Visit, content: str, sha256: str) -> dict[str, str]:
    """The text that the signature binds, with its hash; refused where it is not what the server holds."""
    if content:
        if sha256 not in ("", hash_of(content)):
            raise ValidationError("签名所依据的内容与校验值不符，请重新签名")
        if changed := changes_since(visit, content):
            raise ValidationError(f"签名后检查内容有变动（{'、'.join(changed)}），请核对后重新签名")
    content = content or content_of(visit)
    return {"content": content, "content_sha256": hash_of(content)}


def signing_inspector(visit: Visit, role: str, inspector_id: int | None) -> Inspector | None:
    if role != SignerRole.INSPECTOR:
        return None
    member = visit.team.filter(inspector=inspector_id).select_related("inspector__user").first()
    if member is None:
        raise ValidationError("签名的检查人员不在本次检查组")
    return member.inspector


def stored_signature(image: bytes | None, by: Any) -> Any:
    if not image:
        raise ValidationError("还没有签名")
    if len(image) > MOST_SIGNATURE:
        raise ValidationError(f"签名图片超过 {MOST_SIGNATURE // 1024} KB")
    if photos.examine(BytesIO(image)).format != "PNG":
        raise ValidationError("签名须为 PNG 图片")
    return files.store(BytesIO(image), name="signature.png", by=by)


@transaction.atomic
def remove_signature(visit: Visit, *, by: Any, key: UUID) -> None:
    """Before submission somebody may sign anew; what was signed first goes, and a later one is taken."""
    opened(visit, by).signatures.filter(pk=key).delete()


@transaction.atomic
def put_notes(visit: Visit, *, by: Any, was: Mapping[str, str] | None = None, **values: Any) -> Visit:
    """What is said of the visit as a whole, by the names of NOTES; what is not named stays.

    `was` says on which words each note builds, where the writer had no way to see those of others meanwhile.
    """
    visit = opened(visit, by)
    if strange := set(values) - set(NOTES):
        raise TypeError(f"unknown: {sorted(strange)}")
    if was is not None:
        must_be_seen(visit, was, values)
    values = joined(visit, values)
    changed = [name for name, value in values.items() if getattr(visit, name) != value]
    if not changed:
        return visit
    if SIGNED & set(changed):
        must_be_unsigned(visit)
    elif "inspected_opinion" in changed:
        must_be_unsigned(visit, SignerRole.INSPECTED)
    for name in changed:
        setattr(visit, name, values[name])
    visit.clean_fields(exclude=[f.name for f in visit._meta.concrete_fields if f.name not in changed])
    visit.version += 1
    visit.save(update_fields=[*changed, "version"])
    return visit
