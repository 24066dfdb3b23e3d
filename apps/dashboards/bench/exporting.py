"""The export of the ledger against COPY to CSV of the same query and against a workbook written row by row."""

import statistics
import tempfile
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import QueryDict
from openpyxl import Workbook

from apps.accounts.models import User
from apps.core import exports, jobs
from apps.core.export_sheet import ListSheet, list_sql
from apps.core.listing import Listing, choose_columns
from apps.core.models import Job
from apps.core.registers import field_at, registry
from apps.dashboards.bench.measuring import Cost, growth, measured
from apps.dashboards.bench.report import Report
from apps.hazards.models import Hazard

COLUMNS = 25
RUNS = 3
BY_HAND = 5_000
MIB_MOST = 64
SECONDS_MOST = 30


@dataclass(frozen=True)
class Exported:
    """One export and the plain copy of the same rows."""

    rows: int
    workbook: Cost
    csv: Cost
    peak_mib: float


def measure(report: Report, user: User, before: float | None = None) -> float:
    """Answers how far the export raised memory, to compare with a smaller ledger (`before`) in the same run."""
    register = registry["hazards"]
    choose_columns(register, user, [c.name for c in register.columns_for(user)][:COLUMNS])
    runs = [exported(user) for _ in range(RUNS)]
    rows, peak = runs[0].rows, max(run.peak_mib for run in runs)
    seconds = statistics.median(run.workbook.wall_s for run in runs)
    plain = statistics.median(run.csv.wall_s for run in runs)
    by_hand = BY_HAND / measured(lambda: row_by_row(user, BY_HAND)).wall_s
    report.section(f"Export of {rows:,} rows × {COLUMNS} columns")
    told = f"{seconds:.1f} s, of it {median_cpu(runs):.1f} s CPU"
    report.add("export", rows / seconds, "rows/s", note=told)
    report.add("COPY to CSV of the same query", rows / plain, "rows/s")
    report.add("export / COPY to CSV", plain / seconds, "×", least=0.4)
    report.add(
        "export / openpyxl, write-only", rows / seconds / by_hand, "×", note=f"{by_hand:,.0f} rows/s by openpyxl"
    )
    report.add("seconds for a million rows", seconds * 1_000_000 / rows, "s", most=SECONDS_MOST)
    report.add("memory at its height, over that before", peak, "MiB", most=MIB_MOST)
    if before is not None:
        report.add("memory, more than for a tenth of the rows", peak - before, "MiB", most=8)
    return peak


def median_cpu(runs: list[Exported]) -> float:
    return statistics.median(run.workbook.cpu_s for run in runs)


def exported(user: User) -> Exported:
    total = Hazard.objects.visible_to(user).count()
    params = {"register": "hazards", "query": "view=all", "keys": None, "layout": ""}
    job = Job.objects.create(kind=exports.KIND, created_by=user, title="bench", params=params)
    told: dict[str, float] = {}
    csv = measured(lambda: copy_as_csv(user))
    with growth("export", told):
        cost = measured(lambda: jobs.run(str(job.pk)))
    done = Job.objects.get(pk=job.pk)
    # An export of nothing is fast too.
    assert (done.state, done.result.get("rows")) == ("done", total), (done.error, done.result)  # noqa: S101
    return Exported(total, cost, csv, told["export"])


def copy_as_csv(user: Any) -> None:
    """The limit of an export: its own query, written by the database as text and kept as it comes."""
    listing = Listing(registry["hazards"], user, QueryDict("view=all"))
    sheet = ListSheet(listing.register, listing.sorted, listing.columns, [])
    with connection.cursor() as cursor, tempfile.TemporaryFile() as out:
        cursor.copy_expert(f"COPY ({list_sql(cursor, sheet.cells)}) TO STDOUT WITH (FORMAT csv)", out)


def row_by_row(user: User, rows: int) -> None:
    """What most programs do: records from the ORM, cells appended by openpyxl."""
    listing = Listing(registry["hazards"], user, QueryDict("view=all"))
    paths = [c.path.replace(".", "__") for c in listing.columns if field_at(Hazard, c.path)]
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for record in listing.sorted.values_list(*paths)[:rows].iterator():
        sheet.append([str(v) if v is not None and not isinstance(v, int | float) else v for v in record])
    with tempfile.TemporaryFile() as out:
        book.save(out)
