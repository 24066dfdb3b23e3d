"""What every entry has in common: the visit is open to its writer, nothing unseen or signed is overwritten."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from apps.core.workflow import lock, violated_rule
from apps.inspections.checklists import Item, table_of
from apps.inspections.models import (
    Answer,
    Checklist,
    Visit,
    VisitState,
)
from apps.inspections.workflow.visit import VISIT, team_member


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


def settled(visit: Visit, current: Any, base: int | None, values: Mapping[str, Any]) -> bool:
    """Whether this has been written already; if not, it may be, as nobody has signed yet.

    Conflict where something else stands that the writer has not seen.
    """
    if current is not None and all(getattr(current, name) == value for name, value in values.items()):
        return True
    must_be_unsigned(visit)
    if current is not None and base != current.revision:
        raise Conflict(current)
    return False


def must_be_unsigned(visit: Visit, *roles: str) -> None:
    """What was signed stays as it was signed; without roles, whoever did."""
    signed = visit.signatures.filter(role__in=roles) if roles else visit.signatures
    if signed.exists():
        raise ValidationError("已签字，须先作废签名再修改")


def saved(record: models.Model) -> Any:
    """The record as written, or the sentence of the rule that the database holds against it."""
    try:
        with transaction.atomic():
            record.save()
    except IntegrityError as error:
        raise ValidationError(violated_rule(record, error)) from error
    return record


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
