"""An office's workbook taken into the ledger, against reading it, copying its rows, and saving them one by one."""

import statistics
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone
from python_calamine import CalamineWorkbook

from apps.accounts.models import User
from apps.core import exports, jobs
from apps.core.excel.layout import ExportColumn
from apps.core.excel.writing import write_styled
from apps.core.imports import services as imports
from apps.core.models import ImportBatch, Job
from apps.core.registers import registry
from apps.dashboards.bench.measuring import growth, measured, undone
from apps.dashboards.bench.report import Report
from apps.hazards.models import Hazard
from apps.hazards.services import record_hazard
from apps.hazards.services.numbers import number_sql
from apps.projects.models import Project

HEADINGS = (
    "序号", "检查时间", "检查单位", "检查人", "检查项目", "检查工点", "隐患问题描述", "隐患类型", "隐患等级",
    "整改要求（措施）", "整改期限", "整改责任单位", "整改责任人", "整改完成日期", "销号情况",
    *(f"备注{n}" for n in range(1, 11)),
)  # fmt: skip
DATES = ("检查时间", "整改期限", "整改完成日期")
BY_HAND = 200
MIB_MOST = 400


def measure(report: Report, user: User, rows: int) -> None:
    path = Path(settings.MEDIA_ROOT) / "ledger.xlsx"
    write_ledger(path, rows)
    bare = statistics.median(measured(lambda: read_bare(path)).wall_s for _ in range(3))
    copied = measured(lambda: copy_rows(path)).wall_s
    by_hand = BY_HAND / measured(lambda: save_one_by_one(user, BY_HAND)).wall_s
    told: dict[str, float] = {}
    with growth("import", told):
        batch = matched_import(path, user)
        checked = measured(lambda: done_now(imports.check, batch))
        written = measured(lambda: done_now(imports.confirm, ImportBatch.objects.get(pk=batch.pk)))
    done = ImportBatch.objects.get(pk=batch.pk)
    assert done.state == "done", (done.state, done.problems[:3], done.counts)  # noqa: S101
    assert Hazard.objects.filter(import_batch=done).count() == rows  # noqa: S101
    seconds = checked.wall_s + written.wall_s
    inserted = measured(lambda: insert_again(done)).wall_s
    report.section(f"Import of {rows:,} rows × {len(HEADINGS)} columns")
    parts = f"check {rows / checked.wall_s:,.0f}/s, write {rows / written.wall_s:,.0f}/s"
    report.add("import, check and write", rows / seconds, "rows/s", note=parts)
    report.add("calamine alone, cells to Python", rows / bare, "rows/s")
    report.add("import / calamine alone", bare / seconds, "×", least=0.3, note="beyond the floor below, see ADR 4")
    report.add("bare INSERT of the same hazards", rows / inserted, "rows/s", note="indexes, keys and counts; no events")
    report.add("import / calamine and bare INSERT", (bare + inserted) / seconds, "×", least=0.5)
    report.add("COPY of the rows as texts, no rules", rows / copied, "rows/s")
    report.add("import / COPY alone", copied / seconds, "×")
    report.add("import / saving one by one", rows / seconds / by_hand, "×", note=f"{by_hand:,.0f} rows/s one by one")
    report.add("memory at its height, over that before", told["import"], "MiB", most=MIB_MOST)


def read_bare(path: Path) -> list[list[Any]]:
    with path.open("rb") as file:
        return CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()


def copy_rows(path: Path) -> None:
    """The limit of writing: the texts of the cells into a table without index, trigger or rule."""
    cells = read_bare(path)
    text = "".join("\t".join(str(cell) for cell in row) + "\n" for row in cells)
    columns = ", ".join(f"c{n} text" for n in range(len(cells[0])))
    with undone(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE bench_copy ({columns}) ON COMMIT DROP")
        cursor.copy_expert("COPY bench_copy FROM STDIN", StringIO(text))


def insert_again(batch: ImportBatch) -> None:
    """The limit of writing to the ledger: the hazards of the import once more, ready as they are, in one statement."""
    own = {"id": "nextval('hazards_hazard_id_seq')", "number": number_sql("found_on")}
    names = [str(field.column) for field in Hazard._meta.concrete_fields if not field.generated]
    values = ", ".join(own.get(name, name) for name in names)
    with undone(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO hazards_hazard ({', '.join(names)}) SELECT {values} FROM hazards_hazard"  # noqa: S608
            " WHERE import_batch_id = %s ORDER BY found_on, deadline",
            [batch.pk],
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def save_one_by_one(user: User, rows: int) -> None:
    """What a loop over the rows would do, with the rules, numbers and events of one hazard each."""
    project = Project.objects.visible_to(user).filter(enterprise__isnull=False).first()
    assert project  # noqa: S101
    with undone():
        for n in range(rows):
            told: dict[str, Any] = {"project": project, "enterprise": project.enterprise, "category": "高处作业"}
            told |= {"description": f"第 {n} 处临边防护缺失", "found_on": timezone.localdate()}
            record_hazard(by=user, **told)


# The workbook ---------------------------------------------------------------------------------------------------------


def write_ledger(path: Path, rows: int) -> None:
    """A workbook as an office might keep it: 25 columns, some of which no ledger needs."""
    columns = [ExportColumn(h, "date" if h in DATES else "text", 14) for h in HEADINGS]
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
