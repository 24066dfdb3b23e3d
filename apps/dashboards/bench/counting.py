"""The statistics of the province from the tally, against counting the ledger."""

from typing import Any

from django.db import connection
from django.utils import timezone

from apps.accounts.models import User
from apps.dashboards.bench.measuring import ask, typical
from apps.dashboards.bench.report import Report
from apps.dashboards.statistics import Statistics, region_of
from apps.hazards.models.tally import TALLY

TIMES = 5


def measure(report: Report, user: User) -> None:
    report.section("Statistics of the province: regions × months × states × grades")
    kept = typical(lambda: ask([TALLY.kept]), times=TIMES)
    live = typical(lambda: ask([TALLY.counted]), times=TIMES)
    page = typical(lambda: figures(user), times=TIMES)
    assert table(TALLY.kept) == table(TALLY.counted)  # noqa: S101
    kinds = len(table(TALLY.kept))
    told = f"{kept.database_ms:.0f} ms; live GROUP BY {live.database_ms:.0f} ms; equal in all {kinds:,} kinds"
    report.add("every kind from the tally / live GROUP BY", kept.database_s / live.database_s, "×", note=told)
    told = f"{page.database_ms:.1f} ms; as of this moment, for the tally is written with every change"
    report.add("what the page shows / live GROUP BY", page.database_s / live.database_s, "×", most=1 / 20, note=told)


def figures(user: User) -> Any:
    statistics = Statistics(user, region_of(user), timezone.localdate().replace(day=1))
    return statistics.units, statistics.months


def table(query: str) -> dict[tuple[Any, ...], int]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {row[:-1]: row[-1] for row in cursor.fetchall()}
