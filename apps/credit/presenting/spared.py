"""What does not count: the major hazards that a firm found itself and puts right in time."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse

from apps.credit.explaining import Explained
from apps.credit.services.self_found import is_entered, majors
from apps.enterprises.models import Enterprise
from apps.hazards.counting import COUNTED_AS_FOUND
from apps.hazards.models import Grade, Hazard, Source, State
from apps.hazards.registers import ISSUED


def spared_lines(firm: Enterprise, user: Any, told: Explained) -> list[dict[str, str]]:
    """By who found them, as far as the reader sees the hazards: words, and the list in which as many stand."""
    if not told.profile.spares_self_found:
        return []
    seen = Hazard.objects.visible_to(user).filter(enterprise=firm).order_by().values("pk")
    rows = majors().filter(COUNTED_AS_FOUND, pk__in=seen).annotate(entered=is_entered())
    counted = (
        rows.order_by("source")
        .values("source")
        .annotate(
            all=Count("pk"),
            entered_too=Count("pk", filter=Q(entered=True)),
            closed=Count("pk", filter=Q(entered=False, state=State.CLOSED)),
        )
    )
    return [{"words": in_words(row), "url": hazards_url(firm, row["source"])} for row in counted]


def in_words(row: Mapping[str, Any]) -> str:
    every, entered, closed = row["all"], row["entered_too"], row["closed"]
    spared = f"不计分 {every - entered} 条（已销号 {closed} 条，整改中 {every - entered - closed} 条）"
    late = f"，期限届满未整改、已提出记录 {entered} 条" if entered else ""
    return f"{Source(row['source']).label}的重大隐患 {every} 条：{spared}{late}"


def hazards_url(firm: Enterprise, source: str) -> str:
    asked = {"view": "all", "enterprise__organisation__name": firm.name, "grade": Grade.MAJOR, "source": source}
    return f"{reverse('hazards:list')}?{urlencode(asked | {'state': ISSUED})}"
