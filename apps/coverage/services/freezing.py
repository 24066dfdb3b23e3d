"""Freezing the figures of a month once it is over."""

from collections.abc import Iterator
from datetime import date

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from apps.core.jobs import claim_slot
from apps.core.months import month_before, next_month
from apps.coverage.models import CoverageDirty, CoverageSnapshot
from apps.coverage.period import Period, month_of
from apps.coverage.services.sweeping import sweep

SLOT = "coverage.freeze"
# The rule is that of the month's last day with a figure, whose days may have been judged by two.
FREEZE = """
    INSERT INTO coverage_coveragesnapshot (month, project_id, region_path, days, whole_days, counted, covered,
        unexplained, disputed, absent, rule_id)
    SELECT %(first)s, project_id, region_path, count(*), count(*) FILTER (WHERE is_whole), sum(counted), sum(covered),
        sum(unexplained), sum(disputed), sum(absent), (array_agg(rule_id ORDER BY day DESC))[1]
    FROM coverage_coverageday WHERE day BETWEEN %(first)s AND %(last)s
    GROUP BY project_id, region_path ORDER BY region_path, project_id
"""


def freeze(today: date | None = None) -> int:
    """Freeze months that are over, each once and as soon as nothing waits to be counted; answers how many projects."""
    sweep()
    if CoverageDirty.objects.exists():
        return 0
    return sum(freeze_month(month_of(month)) for month in over(today or timezone.localdate()))


def over(today: date) -> Iterator[date]:
    """The month before this one, and those since the last frozen one, should the platform have stood still."""
    newest = month_before(today)
    last = CoverageSnapshot.objects.aggregate(month=Max("month"))["month"]
    month = min(newest, next_month(last)) if last else newest
    while month <= newest:
        yield month
        month = next_month(month)


@transaction.atomic
def freeze_month(month: Period) -> int:
    if not claim_slot(SLOT, f"{month.first:%Y-%m}"):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(FREEZE, {"first": month.first, "last": month.last})
        return cursor.rowcount
