"""What a bench found: figures beside their limits, printed as they come and written as a document at the end."""

import os
import platform
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection
from django.utils import timezone

PEOPLE = "## People:"
"""How the section begins that a run of its own writes; it stands last."""
TOP = """# Benchmarks

Written by `python3 run.py bench --size {size}` on {day}. Everything is measured in one run, medians of several, in CPU
seconds of the process and its database backend where nothing else is said. The ratios are what counts; the times
belong to the machine: {machine}.

Each figure stands beside the budget of the design. A figure without a budget is there to compare with.
"""


@dataclass(frozen=True)
class Budget:
    """What a figure may be at most or must be at least."""

    most: float | None = None
    least: float | None = None

    def is_kept(self, figure: float) -> bool:
        return (self.most is None or figure <= self.most) and (self.least is None or figure >= self.least)


@dataclass(frozen=True)
class Figure:
    name: str
    figure: float
    unit: str
    budget: Budget | None
    note: str

    @property
    def shown(self) -> str:
        return f"{in_digits(self.figure)} {self.unit}".rstrip()

    @property
    def budget_shown(self) -> str:
        if self.budget is None:
            return ""
        bounds = (("≤", self.budget.most), ("≥", self.budget.least))
        return " ".join(
            f"{sign} {in_digits(bound)} {self.unit}".rstrip() for sign, bound in bounds if bound is not None
        )

    @property
    def verdict(self) -> str:
        return "" if self.budget is None else "yes" if self.budget.is_kept(self.figure) else "**no**"


@dataclass
class Report:
    """Collects figures under headings; `say` gets each as a line of text at once."""

    say: Callable[[str], object]
    sections: list[tuple[str, list[Figure]]] = field(default_factory=list)

    def part(self, title: str) -> None:
        """What follows was measured on one demonstration."""
        self.section(title, "##")

    def section(self, title: str, heading: str = "###") -> None:
        self.sections.append((f"{heading} {title}", []))
        self.say(f"\n{title}")

    def add(
        self,
        name: str,
        figure: float,
        unit: str = "",
        *,
        most: float | None = None,
        least: float | None = None,
        note: str = "",
    ) -> None:
        budget = None if most is None and least is None else Budget(most, least)
        told = Figure(name, figure, unit, budget, note)
        self.sections[-1][1].append(told)
        self.say(f"  {name:46} {told.shown:>14}  {told.budget_shown:12} {told.verdict:6} {note}".rstrip())

    def write(self, path: Path, size: str) -> None:
        """The whole document but for what `merge` has put into it."""
        top = TOP.format(size=size, day=timezone.localdate(), machine=machine())
        path.write_text("\n".join([top, *self.texts(), *merged_before(path)]), encoding="utf-8")

    def merge(self, path: Path) -> None:
        """Take the place of an earlier section of people in the document, or stand at its end."""
        told = path.read_text(encoding="utf-8") if path.exists() else ""
        kept = told.partition(f"{PEOPLE} ")[0].rstrip("\n")
        measured = f"Measured on {timezone.localdate()}: {machine()}.\n"
        first, *rest = self.texts()
        heading, _, table = first.partition("\n")
        path.write_text("\n".join([kept, "", heading, "", measured, table, *rest]).lstrip("\n"), encoding="utf-8")

    def texts(self) -> list[str]:
        return [section_text(*section) for section in self.sections]


def merged_before(path: Path) -> list[str]:
    """The section of people that stands in the document, which comes from a run of its own."""
    told = path.read_text(encoding="utf-8") if path.exists() else ""
    found = told.partition(f"{PEOPLE} ")[2]
    return [f"{PEOPLE} {found}"] if found else []


def section_text(title: str, figures: list[Figure]) -> str:
    head = "| what | measured | budget | kept | note |\n|---|---:|---:|---|---|"
    rows = (f"| {f.name} | {f.shown} | {f.budget_shown} | {f.verdict} | {f.note} |" for f in figures)
    return "\n".join([title, "", head, *rows, ""])


def in_digits(figure: float) -> str:
    """Three digits that mean something, thousands apart."""
    if figure >= 100 or figure == int(figure):
        return f"{figure:,.0f}"
    return f"{figure:.3g}"


def machine() -> str:
    """Processors, memory and the database, without a name of a host."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), current_setting('shared_buffers')")
        version, buffers = cursor.fetchone()
    parts = [f"{os.cpu_count()} cores", f"{memory:.0f} GiB", f"Python {platform.python_version()}"]
    return ", ".join([*parts, f"PostgreSQL {version} with shared_buffers {buffers}"])
