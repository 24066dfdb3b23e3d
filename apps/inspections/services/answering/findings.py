"""Problems, which become hazards when the visit is handed in."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.core.models import DictionaryEntry
from apps.hazards.dictionaries import deadline_rule
from apps.hazards.models import Grade
from apps.inspections.models import (
    Finding,
    Visit,
)
from apps.inspections.services.answering.opening import asked_item, opened, saved, settled, written

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
    if settled(visit, current, base, values):
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
    if settled(visit, finding, base, {"is_dropped": True}):
        return finding
    finding.is_dropped = True
    finding.revision += 1
    return saved(finding)
