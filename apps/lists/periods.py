"""The periods of lists: days in Chinese time, both ends inclusive."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from apps.core.months import first_of, last_of
from apps.lists.models import Period

Span = tuple[date, date]
DAY = timedelta(days=1)


def span_of(period: str, day: date) -> Span:
    """The first and last day of the period in which the day lies; of a real-time list the day itself."""
    match period:
        case Period.WEEK:
            monday = day - timedelta(days=day.weekday())
            return monday, monday + timedelta(days=6)
        case Period.MONTH:
            return first_of(day), last_of(day)
        case Period.QUARTER:
            first = day.replace(month=day.month - (day.month - 1) % 3, day=1)
            return first, last_of(first + timedelta(days=62))
    return day, day


def span_before(period: str, day: date) -> Span:
    """The last whole period before the one in which the day lies."""
    return span_of(period, span_of(period, day)[0] - DAY)


def due_after(end: date) -> datetime:
    """A period's drafts are due when its last day is over."""
    return timezone.make_aware(datetime.combine(end + DAY, time.min))
