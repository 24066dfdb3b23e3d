"""Batches of a phone's writes: the whole of one is done, or nothing of it."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max

from apps.core.canonical import sha256_of
from apps.core.db import db_now
from apps.hazards.models import Criterion
from apps.inspections.models import Answer, Checklist, SecondLook, SyncBatch, Visit, VisitState
from apps.inspections.services import answering
from apps.inspections.sync.prefetch import answer_told, finding_told, look_told, notes_told
from apps.inspections.workflow.visit import VISIT

CLOCK_SLACK_S = 600
SUBMIT = "submit"


class BatchRefused(Exception):
    """Nothing of the batch was done; `code` says why, `current` what the phone needs to go on."""

    def __init__(self, status: int, code: str, message: str, **current: Any) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.current = status, code, message, current


@dataclass(frozen=True)
class Batch:
    """What a phone sent.  `sha256` is that of the canonical JSON of `sent`, the operations as they came."""

    id: UUID
    device: UUID
    sequence: int
    sha256: str
    operations: list[Mapping[str, Any]]
    sent: Any
    sent_at: datetime | None = None


@dataclass
class Outcome:
    """What came of the single operations of a batch."""

    revisions: dict[str, int] = field(default_factory=dict)
    conflicts: list[dict[str, Any]] = field(default_factory=list)
    refusals: list[dict[str, Any]] = field(default_factory=list)


def receive(visit: Visit, batch: Batch, *, by: Any) -> dict[str, Any]:
    """The receipt of a batch, done now or long ago.  Raises BatchRefused when nothing of it was done."""
    check_content(batch)
    with transaction.atomic():
        # The batches of one visit come one after the other, whichever phone sends them.
        visit = Visit.objects.select_for_update(of=("self",)).get(pk=visit.pk)
        known = SyncBatch.objects.filter(pk=batch.id).first()
        return receipt_again(known, visit, batch, by) if known else carry_out(visit, batch, by)


def check_content(batch: Batch) -> None:
    try:
        found = sha256_of(batch.sent)
    except TypeError as floating:
        raise BatchRefused(422, "invalid", '小数须写成文字，例如 "1.5"') from floating
    if found != batch.sha256:
        raise BatchRefused(422, "hash_mismatch", "内容与校验值不符，请重新发送")


def receipt_again(known: SyncBatch, visit: Visit, batch: Batch, by: Any) -> dict[str, Any]:
    if (known.visit_id, known.user_id, known.sha256) != (visit.pk, by.pk, batch.sha256):
        raise BatchRefused(422, "batch_reused", "这个批次编号已用于另一批内容，请换一个编号")
    return known.receipt


def carry_out(visit: Visit, batch: Batch, by: Any) -> dict[str, Any]:
    if visit.state not in VisitState.OPEN:
        raise BatchRefused(409, "visit_closed", f"检查{visit.get_state_display()}，不能再修改", state=visit.state)
    check_order(visit, batch)
    outcome = Outcome()
    for operation in batch.operations:
        apply(visit, operation, by, outcome)
    if outcome.conflicts:
        raise BatchRefused(
            409, "conflict", "有内容已被他人修改，请逐项选择", conflicts=outcome.conflicts, refusals=outcome.refusals
        )
    if outcome.refusals:
        raise BatchRefused(422, "refused", outcome.refusals[0]["message"], refusals=outcome.refusals)
    receipt = receipt_of(visit, batch, outcome)
    SyncBatch.objects.create(
        id=batch.id,
        visit=visit,
        device=batch.device,
        sequence=batch.sequence,
        sha256=batch.sha256,
        receipt=receipt,
        user=by,
    )
    return receipt


def check_order(visit: Visit, batch: Batch) -> None:
    """Batches of a device for a visit come as 1, 2, 3; one before its turn, or again under a new key, is refused."""
    last = SyncBatch.objects.filter(visit=visit, device=batch.device).aggregate(last=Max("sequence"))["last"] or 0
    if batch.sequence != last + 1:
        why = "已经收到过，不能重放" if batch.sequence <= last else "前面还有没收到的批次"
        message = f"第 {batch.sequence} 批{why}，应发第 {last + 1} 批"
        raise BatchRefused(409, "out_of_order", message, expected=last + 1)


def apply(visit: Visit, operation: Mapping[str, Any], by: Any, outcome: Outcome) -> None:
    """Do one operation; what speaks against it is collected, so that the phone learns all of it at once."""
    key = str(operation["id"])
    try:
        with transaction.atomic():
            done = OPERATIONS[operation["kind"]](visit, operation, by)
    except answering.Conflict as conflict:
        outcome.conflicts.append({"id": key, "kind": operation["kind"], "theirs": theirs(conflict.current)})
    except ValidationError as refusal:
        outcome.refusals.append({"id": key, "message": "；".join(refusal.messages)})
    except IntegrityError:
        outcome.refusals.append({"id": key, "message": "与已有记录冲突，请刷新后重试"})
    else:
        outcome.revisions[key] = done


# Operations -----------------------------------------------------------------------------------------------------------


def put_answer(visit: Visit, operation: Mapping[str, Any], by: Any) -> int:
    given = dict(operation["answer"])
    given["checklist"] = checklist_of(visit, given["checklist"])
    return answering.put_answer(visit, by=by, base=operation["base"], claimed_at=operation["at"], **given).revision


def put_finding(visit: Visit, operation: Mapping[str, Any], by: Any) -> int:
    given = dict(operation["finding"])
    given["key"] = given.pop("id")
    given["checklist"] = checklist_of(visit, given["checklist"]) if given["checklist"] is not None else None
    given["criterion"] = criterion_of(given["criterion"]) if given["criterion"] is not None else None
    return answering.put_finding(visit, by=by, base=operation["base"], claimed_at=operation["at"], **given).revision


def drop_finding(visit: Visit, operation: Mapping[str, Any], by: Any) -> int:
    return answering.drop_finding(visit, by=by, key=operation["subject"], base=operation["base"]).revision


def put_second_look(visit: Visit, operation: Mapping[str, Any], by: Any) -> int:
    given = dict(operation["second_look"])
    told: dict[str, Any] = {"key": given.pop("id"), "base": operation["base"], "claimed_at": operation["at"]}
    return answering.put_second_look(visit, by=by, **told, **given).revision


def put_notes(visit: Visit, operation: Mapping[str, Any], by: Any) -> int:
    return answering.put_notes(visit, by=by, was=operation.get("was", {}), **operation["notes"]).version


def put_signature(visit: Visit, operation: Mapping[str, Any], by: Any) -> int:
    given = dict(operation["signature"])
    answering.put_signature(visit, by=by, key=given.pop("id"), claimed_at=operation["at"], **given)
    return 1


def remove_signature(visit: Visit, operation: Mapping[str, Any], by: Any) -> int:
    answering.remove_signature(visit, by=by, key=operation["subject"])
    return 0


def submit(visit: Visit, operation: Mapping[str, Any], by: Any) -> int:
    return VISIT.perform(visit, SUBMIT, by=by).version


OPERATIONS: dict[str, Callable[[Visit, Mapping[str, Any], Any], int]] = {
    "answer": put_answer,
    "finding": put_finding,
    "drop_finding": drop_finding,
    "second_look": put_second_look,
    "notes": put_notes,
    "signature": put_signature,
    "remove_signature": remove_signature,
    SUBMIT: submit,
}


def checklist_of(visit: Visit, pk: int) -> Checklist:
    found = visit.checklists.filter(pk=pk).first()
    if found is None:
        raise ValidationError("本次检查没有这张检查表")
    return found


def criterion_of(pk: int) -> Criterion:
    found = Criterion.objects.filter(pk=pk).first()
    if found is None:
        raise ValidationError("没有这条判定标准")
    return found


def theirs(current: Any) -> dict[str, Any]:
    """The server's version of what is in conflict."""
    if isinstance(current, Visit):
        return notes_told(current)
    if isinstance(current, Answer):
        return answer_told(current) | {"by": current.answered_by.name}
    told = look_told(current) if isinstance(current, SecondLook) else finding_told(current)
    return told | {"by": current.made_by.name}


# Receipts -------------------------------------------------------------------------------------------------------------


def receipt_of(visit: Visit, batch: Batch, outcome: Outcome) -> dict[str, Any]:
    now = db_now()
    visit.refresh_from_db(fields=["state", "version"])
    return {
        "batch": str(batch.id),
        "sequence": batch.sequence,
        "done": len(batch.operations),
        "received_at": now.isoformat(),
        "clock_off_s": clock_off_s(batch, now),
        "revisions": outcome.revisions,
        "state": visit.state,
        "version": visit.version,
        **holdings(visit),
    }


def clock_off_s(batch: Batch, now: datetime) -> int | None:
    """By how much the phone's clock is wrong, where that is worth a word; nothing is decided by it."""
    off = round((batch.sent_at - now).total_seconds()) if batch.sent_at else 0
    return off if abs(off) > CLOCK_SLACK_S else None


def holdings(visit: Visit) -> dict[str, Any]:
    """How much the server holds of the visit, and hashes that the phone compares with its own."""
    answers = visit.answers.order_by("checklist", "item")
    findings = visit.findings.order_by("pk")
    looks = visit.second_looks.exclude(outcome="").order_by("pk")
    lines = {
        "answers": [f"{a.checklist_id}/{a.item}:{a.verdict}:{a.points_off}:{a.revision}" for a in answers],
        "findings": [f"{f.pk}:{f.revision}:{int(f.is_dropped)}" for f in findings],
        "second_looks": [f"{one.pk}:{one.revision}" for one in looks],
        "signatures": [str(pk) for pk in visit.signatures.order_by("pk").values_list("pk", flat=True)],
        "photos": [str(pk) for pk in visit.photos.order_by("pk").values_list("pk", flat=True)],
    }
    return {
        "counts": {name: len(found) for name, found in lines.items()},
        "hashes": {name: hash_of(found) for name, found in lines.items()},
    }


def hash_of(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
