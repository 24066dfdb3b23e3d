"""The periods of lists: days in Chinese time, both ends inclusive."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

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
            return day.replace(day=1), _next_month(day) - DAY
        case Period.QUARTER:
            first = day.replace(month=day.month - (day.month - 1) % 3, day=1)
            return first, _next_month(first + timedelta(days=62)) - DAY
    return day, day


def span_before(period: str, day: date) -> Span:
    """The last whole period before the one in which the day lies."""
    return span_of(period, span_of(period, day)[0] - DAY)


def due_after(end: date) -> datetime:
    """A period's drafts are due when its last day is over."""
    return timezone.make_aware(datetime.combine(end + DAY, time.min))


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
