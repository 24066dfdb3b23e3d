"""The verdict on one item, checked by its table."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.inspections.checklists import Item, measured_value
from apps.inspections.models import (
    Answer,
    Checklist,
    Verdict,
    Visit,
)
from apps.inspections.services.answering.opening import asked_item, opened, saved, settled, written

OWN = "own"
"""The code of a deduction in the inspector's own words."""


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
    if settled(visit, current, base, values):
        return current
    answer = current or Answer(visit=visit, checklist=checklist, item=item, revision=0)
    return saved(written(answer, by, claimed_at, values))


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
