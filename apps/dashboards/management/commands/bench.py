"""Figures of speed beside their limits: `python3 run.py bench [--size l|province]`.

Everything is measured in one run in scratch databases that are dropped afterwards; trust the ratios, the times belong
to this machine and its load.  `--size province` measures at 100,000 hazards and at 1,000,000 and writes
docs/benchmarks.md.  `--part people` measures coverage of training over `--people` persons instead, and puts its
section into that document when the province is whole.
"""

import gc
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.test import override_settings
from django.utils import timezone

from apps.accounts.models import User
from apps.dashboards.bench import (
    counting,
    covering,
    crediting,
    exporting,
    finding,
    importing,
    moving,
    peopling,
    reading,
)
from apps.dashboards.bench.measuring import Cost, measured
from apps.dashboards.bench.report import Report
from apps.dashboards.demo.build import Demo
from apps.hazards.models import Hazard

SIZES = {"l": ("l",), "province": ("l", "province")}
"""A smaller ledger goes before a large one, so that growth is seen."""
PEOPLE = 1_500_000
"""Who works on sites of the province, roughly."""
COUNTY, CITY = "130102", "130100"
IMPORT_ROWS = {"l": 20_000, "province": 100_000}
# The manifest of collected files belongs to a prepared installation; a bench needs none.
PLAIN_STATIC = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


@dataclass
class Before:
    """What was found with a tenth of the rows."""

    costs: reading.Costs | None = None
    export_mib: float | None = None
    idle: Cost | None = None


class Command(BaseCommand):
    help = "Measure pages, search, workbooks, statistics, moves and sweeps in scratch databases."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--size", choices=SIZES, default="l")
        parser.add_argument("--part", choices=("ledger", "people"), default="ledger")
        parser.add_argument("--people", type=int, default=PEOPLE, help="persons of --part people, by the hundred")

    def handle(self, *args: Any, **options: Any) -> None:
        gc.freeze()  # as a web process does, see deploy/gunicorn.conf.py
        if options["part"] == "people":
            self.people(Report(self.stdout.write), max(100, options["people"]))
            return
        report, before, size = Report(self.stdout.write), Before(), options["size"]
        for part in SIZES[size]:
            with installation(), scratch_database():
                before = self.measure(part, report, before)
                if part == "province":
                    report.write(settings.BASE_DIR / "docs" / "benchmarks.md", size)

    def people(self, report: Report, count: int) -> None:
        """A small demonstration, for its firms and accounts, with so many people around it."""
        with installation(), scratch_database():
            demo = Demo("s", seed=1)
            demo.build()
            made: list[peopling.Crowd] = []
            filled = measured(lambda: made.append(peopling.fill(count // 100 * 100, timezone.localdate())))
            cache.clear()
            report.part(covering.title(made[0]))
            report.add("filled", filled.wall_s, "s")
            covering.measure(report, made[0], reading.readers_of(demo.staff.accounts, COUNTY, CITY)["province"][0])
            if count >= PEOPLE:
                report.merge(settings.BASE_DIR / "docs" / "benchmarks.md")

    def measure(self, size: str, report: Report, before: Before) -> Before:
        demo = Demo(size, seed=1)
        seeded = measured(demo.build)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        cache.clear()
        report.part(f"Demonstration: {Hazard.objects.count():,} hazards")
        report.add("seeded", seeded.wall_s, "s", most=600 if size == "province" else None)
        crowd = reading.readers_of(demo.staff.accounts, COUNTY, CITY)
        readers = {reach: users[0] for reach, users in crowd.items()}
        found = Before(reading.measure(report, readers, before.costs))
        reading.crowd(report, crowd)
        finding.measure(report, readers)
        counting.measure(report, readers["province"])
        crediting.measure(report)
        moving.measure_moves(report, head_of(readers["county"]))
        found.export_mib = exporting.measure(report, readers["province"], before.export_mib)
        importing.measure(report, readers["county"], IMPORT_ROWS[size])
        found.idle = moving.measure_sweeps(report, before.idle)
        return found


def head_of(inspector: User) -> User:
    return User.objects.get(organisation=inspector.organisation, role="station_head")


@contextmanager
def installation() -> Iterator[None]:
    """The settings of the platform as it runs, with files in a folder that goes away."""
    with (
        tempfile.TemporaryDirectory() as media,
        override_settings(
            MEDIA_ROOT=Path(media),
            ROOT_URLCONF="apps.dashboards.bench.urls",
            ALLOWED_HOSTS=["*"],
            SEED_DEMO=True,
            STORAGES={**settings.STORAGES, "staticfiles": PLAIN_STATIC},
        ),
    ):
        yield


@contextmanager
def scratch_database() -> Iterator[None]:
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
