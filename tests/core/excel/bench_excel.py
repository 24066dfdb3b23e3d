"""Measures writing and reading of 25 columns: `python -m tests.core.excel.bench_excel [rows]`.

Each measure runs in a process of its own, one after another, and prints rows per second of CPU and of wall clock, and
the growth of peak memory. CPU is what to compare on a machine that others use too.
"""

import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import python_calamine
import rustpy_xlsxwriter

from apps.core.excel import (
    BULK,
    ExportColumn,
    Field,
    check_rows,
    find_tables,
    prescan,
    propose,
    read_sheets,
    write_styled,
)

STATES = {"ordered": "待签收", "closed": "已销号"}
TEXTS = ("连墙件缺失，架体拉结不牢，第{}层", "临边防护栏杆高度不足 {}", "配电箱未上锁 & 无标识 {}", "基坑边堆载过大 {}")
COLUMNS = (
    ExportColumn("序号", "integer"),
    *(ExportColumn(f"文字{at}") for at in range(14)),
    *(ExportColumn(f"日期{at}", "date") for at in range(4)),
    *(ExportColumn(f"时间{at}", "datetime") for at in range(3)),
    ExportColumn("状态", choices=STATES),
    ExportColumn("金额", "decimal"),
    ExportColumn("备注"),
)
FIELDS = [
    Field(
        f"f{at}",
        column.label,
        kind="choice" if column.choices else column.kind,
        choices={v: k for k, v in STATES.items()},
    )
    for at, column in enumerate(COLUMNS)
]


def rows(count: int) -> Iterator[tuple[Any, ...]]:
    first_day, first_moment = date(2024, 1, 1), datetime(2024, 1, 1, tzinfo=UTC)
    for at in range(count):
        day, moment = first_day + timedelta(days=at % 700), first_moment + timedelta(minutes=at)
        names = (f"HB-2024-{at:06}", "石家庄市", "长安区", f"项目{at % 15000}", f"冀某建工{at % 3000}公司")
        texts = (TEXTS[at % 4].format(at), TEXTS[at % 3].format(at % 99), "脚手架", "一般", "张某某", f"139{at:08}")
        rest = ("3号楼", "东南角外立面", "李某")
        yield (at + 1, *names, *texts, *rest, day, day, day, None, moment, moment, None, "closed", at * 1.25, None)


def write_ours(path: Path, count: int) -> None:
    write_styled(path, title="台账", subtitle_lines=["全部"], columns=COLUMNS, rows=rows(count), sheet_name="台账")


def write_rust(path: Path, count: int) -> None:
    labels = [column.label for column in COLUMNS]
    naive = (tuple(v.replace(tzinfo=None) if isinstance(v, datetime) else v for v in row) for row in rows(count))
    rustpy_xlsxwriter.write_worksheet((dict(zip(labels, row, strict=True)) for row in naive), str(path))


def write_openpyxl(path: Path, count: int) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    for row in rows(count):
        sheet.append([v.replace(tzinfo=None) if isinstance(v, datetime) else v for v in row])
    book.save(path)


def scan(path: Path, _count: int) -> None:
    prescan(path, BULK)


def read_calamine(path: Path, _count: int) -> None:
    for _row in python_calamine.load_workbook(path).get_sheet_by_index(0).iter_rows():
        pass


def read_and_check(path: Path, count: int) -> None:
    table, _ = find_tables(read_sheets(path, BULK), FIELDS)
    assert table is not None
    read = sum(row.is_sound for row in check_rows(table, propose(table, FIELDS), FIELDS))
    assert read == count


def measure(work: Callable[[Path, int], None], path: Path, count: int) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall, cpu = time.perf_counter(), time.process_time()
    work(path, count)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    sys.stdout.write(
        f"{work.__name__:16} {count / cpu:8,.0f} rows/s CPU {count / wall:8,.0f} rows/s wall  +{grown:.0f} MB"
        f"  file {path.stat().st_size / 1e6:.1f} MB\n"
    )


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        for work in (write_rust, write_openpyxl, write_ours, scan, read_calamine, read_and_check):
            path = Path(folder) / ("ours.xlsx" if "write" not in work.__name__ else f"{work.__name__[6:]}.xlsx")
            process = multiprocessing.get_context("spawn").Process(target=measure, args=(work, path, count))
            process.start()
            process.join()


if __name__ == "__main__":
    main()
