"""Figures of speed at 100,000 hazards: `python3 run.py bench [--size l]`.

Everything is measured in one run against a limit of the same run, in a scratch database that is dropped
afterwards; trust the ratios, the times belong to this machine and its load.
"""

import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.http import QueryDict
from django.test import Client, override_settings
from django.utils import timezone

from apps.accounts.models import User
from apps.core import exports, jobs
from apps.core.excel.layout import ExportColumn
from apps.core.excel.writing import write_styled
from apps.core.export_sheet import ListSheet, list_sql
from apps.core.imports import services as imports
from apps.core.listing import Listing, choose_columns
from apps.core.models import ImportBatch, Job
from apps.core.registers import registry
from apps.dashboards.bench.measuring import Cost, growth, measured, typical
from apps.dashboards.demo.build import HAZARDS, Demo
from apps.hazards.models import Alarm, Hazard, Plan, State
from apps.hazards.services import sweeps

COUNTY = "130102"
IMPORT_ROWS = 20_000
# The manifest of collected files belongs to a prepared installation; a bench needs none.
PLAIN_STATIC = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
GOALS = {
    "list page / bare view": "≤ 8",
    "list page queries": "≤ 8",
    "export rows/s": "≥ 33,000",
    "export / COPY to CSV": "≥ 0.40",
    "import rows/s": "≥ 5,000",
    "sweep, nothing due": "≤ 5 ms",
}


class Command(BaseCommand):
    help = "Measure lists, API, export, import and sweeps in a scratch database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--size", choices=sorted(HAZARDS), default="l")

    def handle(self, *args: Any, **options: Any) -> None:
        with (
            tempfile.TemporaryDirectory() as media,
            scratch_database(),
            override_settings(
                MEDIA_ROOT=Path(media),
                ROOT_URLCONF="apps.dashboards.bench.urls",
                ALLOWED_HOSTS=["*"],
                SEED_DEMO=True,
                STORAGES={**settings.STORAGES, "staticfiles": PLAIN_STATIC},
            ),
        ):
            self.measure(options["size"])

    def measure(self, size: str) -> None:
        demo = Demo(size, seed=1)
        seeded = measured(demo.build)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        self.line("hazards", f"{Hazard.objects.count():,}", f"seeded in {seeded.wall_s:.1f} s")
        inspector = User.objects.get(username=next(a["username"] for a in demo.staff.accounts if of_county(a)))
        self.pages(inspector)
        province = User.objects.filter(role="province_officer").first()
        self.export(province)
        self.imports(inspector)
        self.sweeps()

    def line(self, name: str, value: str, note: str = "") -> None:
        goal = f"   goal {GOALS[name]}" if name in GOALS else ""
        self.stdout.write(f"{name:34} {value:>14}   {note}{goal}".rstrip())

    # Pages --------------------------------------------------------------------------------------------------------

    def pages(self, user: User) -> None:
        client = Client()
        client.force_login(user)
        seen = Hazard.objects.visible_to(user).count()
        bare = typical(lambda: fetch(client, "/bench/bare/"))
        self.line("bare authenticated view", f"{bare.cpu_ms:.2f} ms", f"{bare.queries} queries")
        pages = {
            "list page": "/hazards/?size=50",
            "list page, all, by deadline": "/hazards/?view=all&sort=deadline&size=50",
            "API page": "/api/hazards/?size=50",
            "workbench": "/",
        }
        for name, url in pages.items():
            cost = typical(lambda url=url: fetch(client, url))  # type: ignore[misc]
            self.line(name, f"{cost.cpu_ms:.2f} ms", f"{cost.queries} queries, {seen:,} hazards in the county")
            self.line(f"{name} / bare view", f"{cost.cpu_s / bare.cpu_s:.1f}")
            if name == "list page":
                self.line("list page queries", str(cost.queries))

    # Workbooks ----------------------------------------------------------------------------------------------------

    def export(self, user: Any) -> None:
        """The whole ledger with all its columns, as a job and, for the limit, as CSV by the same query."""
        all_columns(user)
        runs = [self.exported(user) for _ in range(3)]
        rows, peak = runs[0].rows, max(run.peak_mib for run in runs)
        written = statistics.median(run.xlsx.wall_s for run in runs)
        plain = statistics.median(run.csv.wall_s for run in runs)
        columns = len(registry["hazards"].columns_for(user))
        note = f"{rows:,} rows × {columns} columns in {written:.1f} s, memory +{peak:.0f} MiB"
        self.line("export rows/s", f"{rows / written:,.0f}", note)
        self.line("COPY to CSV rows/s", f"{rows / plain:,.0f}", "the same query")
        self.line("export / COPY to CSV", f"{plain / written:.2f}")

    def exported(self, user: Any) -> "Exported":
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

    def imports(self, user: Any) -> None:
        told: dict[str, float] = {}
        path = Path(settings.MEDIA_ROOT) / "ledger.xlsx"
        write_ledger(path, IMPORT_ROWS)
        with growth("import", told):
            batch = matched_import(path, user)
            checked = measured(lambda: done_now(imports.check, batch))
            written = measured(lambda: done_now(imports.confirm, ImportBatch.objects.get(pk=batch.pk)))
        done = ImportBatch.objects.get(pk=batch.pk)
        assert done.state == "done", (done.state, done.problems[:3], done.counts)  # noqa: S101
        rows = Hazard.objects.filter(import_batch=done).count()
        seconds = checked.wall_s + written.wall_s
        parts = f"check {rows / checked.wall_s:,.0f}/s, write {rows / written.wall_s:,.0f}/s"
        self.line(
            "import rows/s", f"{rows / seconds:,.0f}", f"{rows:,} rows × 25 columns, {parts}, +{told['import']:.0f} MiB"
        )
        self.line("import, writing alone, rows/s", f"{rows / written.wall_s:,.0f}")

    # Sweeps -------------------------------------------------------------------------------------------------------

    def sweeps(self) -> None:
        today = timezone.localdate()
        Hazard.objects.exclude(next_reminder_on=None).update(next_reminder_on=today + timedelta(days=30))
        probe = typical(lambda: Alarm.objects.filter(plan=Plan.DEADLINE, day__lte=date(1990, 1, 1)).exists())
        idle = typical(lambda: sweeps.sweep_deadlines(today))
        self.line("index probe", f"{probe.cpu_ms:.2f} ms")
        self.line("sweep, nothing due", f"{idle.cpu_ms:.2f} ms", f"{idle.cpu_s / probe.cpu_s:.1f} × the probe")
        due = Hazard.objects.filter(state__in=State.WITH_FIRM).values("pk")[: Hazard.objects.count() // 100]
        count = Hazard.objects.filter(pk__in=list(due.values_list("pk", flat=True))).update(
            next_reminder_on=today, deadline=today
        )
        cost: Cost = measured(lambda: sweeps.sweep_deadlines(today))
        self.line("sweep, 1 % due", f"{cost.wall_s * 1000:.0f} ms", f"{count:,} hazards, {count / cost.wall_s:,.0f}/s")


@dataclass(frozen=True)
class Exported:
    """One export and the plain copy of the same rows."""

    rows: int
    xlsx: Cost
    csv: Cost
    peak_mib: float


def copy_as_csv(user: Any) -> None:
    """The limit of an export: its own query, written by the database as text and kept as it comes."""
    listing = Listing(registry["hazards"], user, QueryDict("view=all"))
    sheet = ListSheet(listing.register, listing.sorted, listing.columns, [])
    with connection.cursor() as cursor, tempfile.TemporaryFile() as out:
        cursor.copy_expert(f"COPY ({list_sql(cursor, sheet.cells)}) TO STDOUT WITH (FORMAT csv)", out)


def of_county(account: dict[str, str]) -> bool:
    return account["role"] == "inspector" and account["region"] == COUNTY


def fetch(client: Client, url: str) -> None:
    answer = client.get(url)
    assert answer.status_code == 200, (url, answer.status_code)  # noqa: S101
    answer.getvalue()


def all_columns(user: Any) -> None:
    """Show every column of the ledger, so that the export has them all."""
    register = registry["hazards"]
    choose_columns(register, user, [c.name for c in register.columns_for(user)])


def write_ledger(path: Path, rows: int) -> None:
    """A workbook as an office might keep it: 25 columns, some of which no ledger needs."""
    headings = [
        "序号",
        "检查时间",
        "检查单位",
        "检查人",
        "检查项目",
        "检查工点",
        "隐患问题描述",
        "隐患类型",
        "隐患等级",
    ]
    headings += ["整改要求（措施）", "整改期限", "整改责任单位", "整改责任人", "整改完成日期", "销号情况"]
    headings += [f"备注{n}" for n in range(1, 11)]
    columns = [
        ExportColumn(h, "date" if h in ("检查时间", "整改期限", "整改完成日期") else "text", 14) for h in headings
    ]
    start = timezone.localdate() - timedelta(days=300)
    with path.open("wb") as out:
        write_styled(
            out, title="隐患台账", subtitle_lines=(), columns=columns, rows=ledger_rows(rows, start), sheet_name="台账"
        )


def ledger_rows(rows: int, start: date) -> Iterator[list[Any]]:
    for n in range(1, rows + 1):
        found = start + timedelta(days=n % 280)
        yield [
            str(n), found, "建设工程安全监督站", "王建国、李志强", f"第{n % 40}标段", f"{n % 30}# 楼 {n % 18} 层",
            f"第 {n} 处临边防护缺失约 {n % 9} 米，未设警示标识", "高处作业", "一般", "立即恢复防护",
            found + timedelta(days=7),
            f"第{n % 20}建筑公司", "张立军", found + timedelta(days=5), "已整改", *[f"备注{n}"] * 10,
        ]  # fmt: skip


def matched_import(path: Path, user: Any) -> ImportBatch:
    """A workbook as far as its last check: uploaded, matched, all that is unknown to be made."""
    upload = SimpleUploadedFile(path.name, path.read_bytes(), content_type=exports.XLSX)
    batch = imports.take_in(registry["hazards"], upload, by=user)
    finish_jobs()
    batch = ImportBatch.objects.get(pk=batch.pk)
    imports.check(batch)
    finish_jobs()
    batch = ImportBatch.objects.get(pk=batch.pk)
    imports.decide(batch, {"names": everything_new(batch), "options": {"region": user.organisation.region.code}})
    return batch


def everything_new(batch: ImportBatch) -> dict[str, dict[str, str]]:
    names: dict[str, dict[str, str]] = {}
    for unknown in batch.counts.get("unknown", []):
        names.setdefault(unknown["kind"], {})[unknown["name"]] = "new"
    return names


def done_now(step: Callable[[ImportBatch], None], batch: ImportBatch) -> None:
    step(batch)
    finish_jobs()


def finish_jobs() -> None:
    """Do what a worker would do now."""
    for job in Job.objects.open():
        jobs.run(str(job.pk))


@contextmanager
def scratch_database() -> Iterator[None]:
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
