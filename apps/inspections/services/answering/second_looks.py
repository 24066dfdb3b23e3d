"""What was seen of a hazard that earlier visits had found."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.core.db import db_now
from apps.inspections.models import LookOutcome, SecondLook, Visit
from apps.inspections.services.answering.opening import opened, saved, settled, written


@transaction.atomic
def put_second_look(
    visit: Visit,
    *,
    by: Any,
    key: UUID,
    outcome: str,
    remark: str = "",
    base: int | None = None,
    claimed_at: datetime | None = None,
) -> SecondLook:
    """The outcome for one of the hazards that the visit carries, new or changed; `base` None for a new one."""
    visit = opened(visit, by)
    look: Any = visit.second_looks.filter(pk=key).select_related("hazard").first()
    if look is None:
        raise ValidationError("这条隐患不在本次检查的复查清单中，请刷新后重试")
    values = {"outcome": outcome, "remark": remark.strip()}
    must_be_explained(look, **values)
    if settled(visit, look, base or 0, values):
        return look
    look = written(look, by, claimed_at, values)
    look.received_at = db_now()
    look.full_clean(exclude=["visit", "hazard", "made_by"], validate_unique=False)
    return saved(look)


def must_be_explained(look: SecondLook, outcome: str, remark: str) -> None:
    if outcome not in LookOutcome.values:
        raise ValidationError(f"隐患 {look} 的复查结论应为{'、'.join(LookOutcome.labels)}之一")
    if outcome in LookOutcome.EXPLAINED and not remark:
        what = "还有什么没有整改" if outcome == LookOutcome.PARTLY else "未复查的原因"
        raise ValidationError(f"隐患 {look}：请写明{what}")
