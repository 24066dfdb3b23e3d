"""Measuring what work costs: CPU seconds of this process and of its database backend, queries, memory."""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

NANO = 1e9


@dataclass(frozen=True)
class Cost:
    """CPU seconds of this process and of the database backend, wall seconds, number of queries."""

    own_s: float
    database_s: float
    wall_s: float
    queries: int = 0

    @property
    def cpu_s(self) -> float:
        return self.own_s + self.database_s

    @property
    def cpu_ms(self) -> float:
        return self.cpu_s * 1000

    @property
    def database_ms(self) -> float:
        return self.database_s * 1000


def schedule_of_backend() -> Path | None:
    """Where the kernel counts the CPU of the process that serves this connection; None on another machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        path = Path("/proc", str(cursor.fetchone()[0]), "schedstat")
    return path if path.exists() else None


def cpu_s(schedule: Path | None) -> float:
    """CPU seconds up to now; the first number of a schedstat is in nanoseconds."""
    return int(schedule.read_text().split()[0]) / NANO if schedule else 0.0


def measured(work: Callable[[], Any]) -> Cost:
    """One run of the work."""
    schedule = schedule_of_backend()
    database, own, began = cpu_s(schedule), time.process_time(), time.perf_counter()
    work()
    return Cost(time.process_time() - own, cpu_s(schedule) - database, time.perf_counter() - began)


def typical(work: Callable[[], Any], *, times: int = 21) -> Cost:
    """The run of the median CPU among several after a warm one."""
    work()
    return replace(median([measured(work) for _ in range(times)]), queries=count_queries(work))


def by_turns(work: Callable[[], Any], limit: Callable[[], Any], *, times: int = 21) -> tuple[Cost, Cost]:
    """The typical cost of the work and of its limit, run by turns: a processor that slows down slows both."""
    work()
    limit()
    pairs = [(measured(work), measured(limit)) for _ in range(times)]
    middle, least = (median(costs) for costs in zip(*pairs, strict=True))
    return replace(middle, queries=count_queries(work)), least


def median(costs: Sequence[Cost]) -> Cost:
    return sorted(costs, key=lambda cost: cost.cpu_s)[len(costs) // 2]


def count_queries(work: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as asked:
        work()
    return len(asked)


def queries_of(work: Callable[[], Any]) -> list[str]:
    """The statements that the work sends, as the database gets them, less what only frames a transaction."""
    with CaptureQueriesContext(connection) as asked:
        work()
    return [query["sql"] for query in asked.captured_queries if query["sql"].startswith(("SELECT", "\nSELECT"))]


def ask(queries: Sequence[str]) -> None:
    """The statements alone, with nothing made of the answers."""
    with connection.cursor() as cursor:
        for query in queries:
            cursor.execute(query)
            cursor.fetchall()


def percentile(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


@contextmanager
def undone() -> Iterator[None]:
    """A transaction that only measures."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


# Memory ---------------------------------------------------------------------------------------------------------------

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
