"""Measuring what work costs: CPU seconds of this process and of its database backend, queries, memory."""

import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cost:
    """CPU seconds (client and database backend together), wall seconds, number of queries."""

    cpu_s: float
    wall_s: float
    queries: int = 0

    @property
    def cpu_ms(self) -> float:
        return self.cpu_s * 1000


def backend_cpu_s() -> float:
    """CPU of the database process that serves this connection; 0 when it runs on another machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path("/proc", str(cursor.fetchone()[0]), "stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def measured(work: Callable[[], Any]) -> Cost:
    """One run of the work."""
    database, own, began = backend_cpu_s(), time.process_time(), time.perf_counter()
    work()
    return Cost(time.process_time() - own + backend_cpu_s() - database, time.perf_counter() - began)


def typical(work: Callable[[], Any], *, times: int = 20) -> Cost:
    """The mean of several runs after a warm one; the backend's CPU is counted in hundredths, so over all of them."""
    work()
    with CaptureQueriesContext(connection) as asked:
        work()
    queries = len(asked)
    walls: list[float] = []

    def repeat() -> None:
        for _ in range(times):
            began = time.perf_counter()
            work()
            walls.append(time.perf_counter() - began)

    total = measured(repeat)
    return Cost(total.cpu_s / times, statistics.median(walls), queries)


FORGET_PEAK = "5"


def peak_kib() -> int:
    """The most resident memory since `forget_peak`."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


def forget_peak() -> None:
    """Let the kernel count the peak from now on; a seed before would hide what comes after it."""
    Path("/proc/self/clear_refs").write_text(FORGET_PEAK)


@contextmanager
def growth(label: str, told: dict[str, float]) -> Iterator[None]:
    """How far the work raised resident memory at its height, in MiB."""
    forget_peak()
    before = peak_kib()
    yield
    told[label] = (peak_kib() - before) / 1024
