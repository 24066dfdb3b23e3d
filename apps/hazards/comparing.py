"""The ledger compared with a day: what was open at its end, what was opened and closed since, what is open still.

The times are the database's; imported history counts by the days that its file claims.  Void hazards were none, so
no figure has them, and drafts are not opened yet: open then + opened − closed = open now.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, DateField, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from apps.hazards.models import Grade, Hazard, State

CHANGES = {
    "then": "当日未销号",
    "opened": "此后新增",
    "closed": "此后销号",
    "still": "当日未销号、至今仍未销号",
    "now": "现未销号",
}


def conditions(day: date) -> dict[str, Q]:
    """What each of CHANGES means for a hazard."""
    after = timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
    claimed = Q(ordered_at=None, import_batch__isnull=False)
    opened = Q(ordered_at__gte=after) | claimed & Q(found_on__gt=day)
    before = Q(ordered_at__lt=after) | claimed & Q(found_on__lte=day)
    ended = Q(closed_at__gte=after) | Q(closed_at=None, claimed_end__gt=day)
    closed, is_open = Q(state=State.CLOSED) & ended, Q(state__in=State.OPEN)
    alive = ~Q(state__in=(State.DRAFT, State.VOID))
    return {
        "then": alive & before & (is_open | closed),
        "opened": alive & opened,
        "closed": closed,
        "still": before & is_open,
        "now": is_open,
    }


def with_claims(rows: QuerySet[Hazard]) -> QuerySet[Hazard]:
    """With the day on which an imported hazard was closed, as far as its file tells."""
    return rows.annotate(claimed_end=Coalesce("rectified_on", "found_on", output_field=DateField()))


def compared(rows: QuerySet[Hazard], day: date) -> dict[str, dict[str, int]]:
    """The figures of each change: all, and of them the major ones."""
    meant = conditions(day)
    counts = {name: Count("pk", filter=condition) for name, condition in meant.items()}
    majors = {f"{name}_major": Count("pk", filter=meant[name] & Q(grade=Grade.MAJOR)) for name in meant}
    told = with_claims(rows.order_by()).aggregate(**counts, **majors)
    return {name: {"all": told[name], "major": told[f"{name}_major"]} for name in meant}


def changed_since(rows: QuerySet[Hazard], value: str) -> QuerySet[Hazard]:
    """The filter behind the figures: opened:2026-11-01."""
    change, _, text = value.partition(":")
    try:
        return with_claims(rows).filter(conditions(day_of(text))[change])
    except (KeyError, ValidationError):
        return rows.none()


def day_of(text: str) -> date:
    """Raises ValidationError with what is wrong with the day."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as error:
        raise ValidationError("请填写日期，例如 2026-11-01") from error
    if day >= timezone.localdate():
        raise ValidationError("请选择今天以前的日期")
    if day.year < 2000:
        raise ValidationError("请选择 2000 年以后的日期")
    return day


def lines(rows: QuerySet[Hazard], day: date, ledger: str) -> list[dict[str, Any]]:
    """The rows of the page; each figure leads to the hazards that make it.  `ledger` is the list with its filter."""
    joint = "&" if "?" in ledger and not ledger.endswith("?") else ""
    figures = compared(rows, day)

    def link(change: str, **more: str) -> str:
        extra = "".join(f"&{name}={value}" for name, value in more.items())
        return f"{ledger}{joint}since={change}:{day.isoformat()}{extra}"

    return [
        {
            "label": label,
            "all": figures[change]["all"],
            "all_url": link(change),
            "major": figures[change]["major"],
            "major_url": link(change, grade=Grade.MAJOR.value),
        }
        for change, label in CHANGES.items()
    ]
