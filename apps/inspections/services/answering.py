"""Writing down what a visit finds: one item, one problem, one signature at a time, each checked by the table.

Whatever is written names the revision that it builds on (`base`, None for what is new): the same sent again changes
nothing, something else on an old revision is a `Conflict`, so that nobody's entry is lost without being seen.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from io import BytesIO
from typing import Any, BinaryIO
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from apps.core import files, photos
from apps.core.models import DictionaryEntry
from apps.core.workflow import lock, violated_rule
from apps.hazards.dictionaries import deadline_rule
from apps.hazards.models import Grade, Photo
from apps.hazards.services.photos import Hints, kept
from apps.inspections.checklists import Item, table_of
from apps.inspections.models import (
    Answer,
    Checklist,
    Finding,
    Inspector,
    Signature,
    SignerRole,
    Verdict,
    Visit,
    VisitPhoto,
    VisitState,
)
from apps.inspections.workflow.visit import VISIT, team_member

NO_HINTS = Hints()
OWN = "own"
"""The code of a deduction in the inspector's own words."""
MOST_SIGNATURE = 200 * 1024
FINDING_FIELDS = (
    "checklist",
    "item",
    "deduction",
    "description",
    "category",
    "clause",
    "demands",
    "grade",
    "criterion",
    "place",
    "term",
    "deadline",
    "disposal",
)
NOTES = (
    "site_note",
    "conclusion",
    "inspected_opinion",
    "longitude",
    "latitude",
    "accuracy_m",
    "started_claimed",
    "ended_claimed",
)


class Conflict(ValidationError):
    """Somebody else has changed it since; `current` is what stands."""

    def __init__(self, current: Any) -> None:
        super().__init__("这一项已被他人修改，请核对两种内容后选择保留哪一种")
        self.current = current


def opened(visit: Visit, by: Any) -> Visit:
    """The visit, locked, begun if it was not, for a member of its team.  Refused once it is handed in."""
    fresh: Visit = lock(visit, by)
    if reason := team_member(fresh, by):
        raise ValidationError(reason)
    if fresh.state not in VisitState.OPEN:
        raise ValidationError(f"检查现为“{fresh.get_state_display()}”，记录不能再改，可以补充")
    return VISIT.perform(fresh, "start", by=by) if fresh.state == VisitState.PLANNED else fresh


def settled(current: Any, base: int | None, values: Mapping[str, Any]) -> bool:
    """Whether this has been written already.  Conflict where something else stands that the writer has not seen."""
    if current is None:
        return False
    if all(getattr(current, name) == value for name, value in values.items()):
        return True
    if base != current.revision:
        raise Conflict(current)
    return False


def saved(record: models.Model) -> Any:
    """The record as written, or the sentence of the rule that the database holds against it."""
    try:
        with transaction.atomic():
            record.save()
    except IntegrityError as error:
        raise ValidationError(violated_rule(record, error)) from error
    return record


# Answers --------------------------------------------------------------------------------------------------------------


@transaction.atomic
def put_answer(
    visit: Visit,
    *,
    by: Any,
    checklist: Checklist,
    item: int,
    verdict: str,
    deductions: Sequence[Mapping[str, Any]] = (),
    measured: Decimal | str | None = None,
    remark: str = "",
    claimed_at: datetime | None = None,
    base: int | None = None,
) -> Answer:
    """The verdict on one item, new or changed."""
    visit = opened(visit, by)
    found = asked_item(visit, checklist, item)
    value = measured_value(measured)
    reasons = checked_deductions(found, verdict, deductions)
    must_fit_limit(found, verdict, value)
    values = {
        "verdict": verdict,
        "deductions": reasons,
        "points_off": min(found.points, sum(one["points"] for one in reasons)),
        "measured": value,
        "remark": remark.strip(),
    }
    current: Any = visit.answers.filter(checklist=checklist, item=item).first()
    if settled(current, base, values):
        return current
    answer = current or Answer(visit=visit, checklist=checklist, item=item, revision=0)
    return saved(written(answer, by, claimed_at, values))


def written(record: Any, by: Any, claimed_at: datetime | None, values: Mapping[str, Any]) -> Any:
    for name, value in values.items():
        setattr(record, name, value)
    record.revision += 1
    record.claimed_at = claimed_at
    setattr(record, "answered_by" if isinstance(record, Answer) else "made_by", by)
    return record


def asked_item(visit: Visit, checklist: Checklist, item: int) -> Item:
    if not visit.checklists.filter(pk=checklist.pk).exists():
        raise ValidationError(f"本次检查没有使用“{checklist}”")
    found = table_of(checklist).item(item)
    if found is None:
        raise ValidationError(f"“{checklist}”没有第 {item} 项")
    return found


def measured_value(told: Decimal | str | None) -> Decimal | None:
    if told in (None, ""):
        return None
    try:
        value = Decimal(str(told))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or abs(value) >= Decimal(10) ** 9:
        raise ValidationError("实测值须为数字")
    return value.quantize(Decimal("0.001"))


def checked_deductions(item: Item, verdict: str, told: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The reasons as they are kept; a ready one says what the table says, whatever was sent with its code."""
    if verdict not in Verdict.values:
        raise ValidationError("结论应为符合、扣分或缺项")
    if verdict != Verdict.DEDUCT:
        if told:
            raise ValidationError(f"“{item.name}”记为{Verdict(verdict).label}，不能同时扣分")
        return []
    if not told:
        raise ValidationError(f"“{item.name}”记为扣分，请选择或填写扣分事由")
    return [checked_deduction(item, one) for one in told]


def checked_deduction(item: Item, told: Mapping[str, Any]) -> dict[str, Any]:
    code, points = str(told.get("code", "")), told.get("points")
    if code != OWN:
        ready = item.deduction(code)
        if ready is None:
            raise ValidationError(f"“{item.name}”没有编码为 {code or '空'} 的扣分事由")
        if points not in (None, ready.points):
            raise ValidationError(f"“{ready.text}”应扣 {ready.points} 分，不是 {points} 分")
        return {"code": code, "text": ready.text, "points": ready.points}
    text = str(told.get("text", "")).strip()
    if not text:
        raise ValidationError(f"“{item.name}”的自填扣分事由没有内容")
    if not isinstance(points, int) or isinstance(points, bool) or not 0 < points <= item.points:
        raise ValidationError(f"“{item.name}”满分 {item.points} 分，扣分应为 1 至 {item.points}")
    return {"code": OWN, "text": text[:200], "points": points}


def must_fit_limit(item: Item, verdict: str, value: Decimal | None) -> None:
    if item.limit is None or verdict == Verdict.ABSENT:
        return
    if value is None:
        raise ValidationError(f"“{item.name}”须填写实测值（{item.limit.in_words}）")
    if verdict == Verdict.PASS and not item.limit.holds(value):
        raise ValidationError(
            f"“{item.name}”实测 {value.normalize():f}，超出限值（{item.limit.in_words}），不能记为符合"
        )


# Problems -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def put_finding(
    visit: Visit, *, by: Any, key: UUID, base: int | None = None, claimed_at: datetime | None = None, **values: Any
) -> Finding:
    """A problem that becomes a hazard at submission; `values` by the names of FINDING_FIELDS."""
    visit = opened(visit, by)
    if strange := set(values) - set(FINDING_FIELDS):
        raise TypeError(f"unknown: {sorted(strange)}")
    if values.get("checklist"):
        asked_item(visit, values["checklist"], values.get("item") or 0)
    if values.get("criterion"):
        values["grade"] = Grade.MAJOR
    must_have_term(values.get("term", ""))
    current: Any = Finding.objects.filter(pk=key).select_related("visit").first()
    if current is not None and current.visit_id != visit.pk:
        raise ValidationError("这条问题属于另一次检查")
    if settled(current, base, values):
        return current
    finding = written(current or Finding(pk=key, visit=visit, revision=0), by, claimed_at, values)
    finding.is_dropped = False
    finding.full_clean(exclude=["visit", "made_by"], validate_unique=False)
    if not finding.term and not finding.deadline:
        raise ValidationError({"term": "请选择或填写整改期限"})
    return saved(finding)


def must_have_term(term: str) -> None:
    if not term:
        return
    try:
        deadline_rule(term)
    except (DictionaryEntry.DoesNotExist, ValueError) as error:
        raise ValidationError({"term": "没有这种整改期限，请重新选择"}) from error


@transaction.atomic
def drop_finding(visit: Visit, *, by: Any, key: UUID, base: int | None) -> Finding:
    """Take a problem back before submission; the row stays, and says so."""
    visit = opened(visit, by)
    finding = visit.findings.filter(pk=key).first()
    if finding is None:
        raise ValidationError("没有这条问题")
    if settled(finding, base, {"is_dropped": True}):
        return finding
    finding.is_dropped = True
    finding.revision += 1
    return saved(finding)


# Signatures and notes -------------------------------------------------------------------------------------------------


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
    content_sha256: str = "",
    claimed_at: datetime | None = None,
) -> Signature:
    """A signature drawn on the screen (PNG), or the note that the inspected party refused."""
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
        content_sha256=content_sha256,
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
def put_notes(visit: Visit, *, by: Any, **values: Any) -> Visit:
    """What is said of the visit as a whole, by the names of NOTES; what is not named stays."""
    visit = opened(visit, by)
    if strange := set(values) - set(NOTES):
        raise TypeError(f"unknown: {sorted(strange)}")
    changed = [name for name, value in values.items() if getattr(visit, name) != value]
    if not changed:
        return visit
    for name in changed:
        setattr(visit, name, values[name])
    visit.clean_fields(exclude=[f.name for f in visit._meta.concrete_fields if f.name not in changed])
    visit.version += 1
    visit.save(update_fields=[*changed, "version"])
    return visit


# Photographs ----------------------------------------------------------------------------------------------------------


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
    photo = VisitPhoto(pk=key, visit=visit, checklist=checklist, item=item, finding_id=finding)
    kept(photo, file, name, by, hints).save(force_insert=True)
    return photo


@transaction.atomic
def adopt_photos(visit: Visit, *, by: Any, keys: Sequence[str], finding: Finding) -> list[VisitPhoto]:
    """Photographs that came with a form of the page and waited for it, as those of a problem."""
    visit = opened(visit, by)
    waiting = list(Photo.objects.waiting(by).filter(pk__in=keys).order_by("uploaded_at"))
    made = [
        VisitPhoto.objects.create(visit=visit, finding=finding, uploaded_by=by, **photo.picture) for photo in waiting
    ]
    Photo.objects.waiting(by).filter(pk__in=[photo.pk for photo in waiting]).delete()
    return made
