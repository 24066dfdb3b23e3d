"""The figures of inspections for a region and a period, each table in a fixed number of statements."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from django.db.models import Avg, Count, F, Q, Sum
from django.db.models.functions import TruncDate

from apps.core.scoping import at_or_below
from apps.hazards.models import Grade
from apps.inspections.coverage import ROUND, counted, in_year, start_of
from apps.inspections.models import Answer, Checklist, Finding, Inspector, Verdict, Visit, VisitInspector, VisitState
from apps.inspections.recorded import recorded
from apps.inspections.reports.asked import Asked
from apps.projects.models import Project
from apps.regions.models import Region

BANDS = (0, 60, 70, 75, 80, 85, 90, 95, 101)
"""Lower bounds of the classes of scores; 70 and 80 are where JGJ 59 puts 合格 and 优良."""


def done_visits(asked: Asked) -> Any:
    """Handed in within the period and region, as far as the reader sees them."""
    here = Q(at_or_below("region_path", asked.region.path), state__in=VisitState.DONE)
    first, after = start_of(asked.first), start_of(asked.after)
    return Visit.objects.visible_to(asked.user).filter(here, submitted_at__gte=first, submitted_at__lt=after)


def findings_of(asked: Asked) -> Any:
    return Finding.objects.filter(visit__in=done_visits(asked).values("pk"), hazard__isnull=False, is_dropped=False)


def answers_of(asked: Asked) -> Any:
    return Answer.objects.filter(visit__in=done_visits(asked).values("pk"))


# Coverage -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Coverage:
    """Projects under way by their number of rounds this year."""

    label: str
    code: str
    none: int = 0
    once: int = 0
    more: int = 0

    @property
    def projects(self) -> int:
        return self.none + self.once + self.more

    @property
    def share(self) -> float | None:
        """In per cent, those that had two rounds and more."""
        return 100 * self.more / self.projects if self.projects else None


def coverage(asked: Asked, today: date) -> tuple[list[Coverage], Coverage]:
    projects = Project.objects.visible_to(asked.user).underway().filter(at_or_below("region_path", asked.region.path))
    done = counted(Visit.objects.filter(ROUND, in_year(today)), "project")
    rows = list(projects.annotate(rounds=done).order_by().values_list("region_path", "rounds").annotate(n=Count("pk")))
    lines = [covered(unit, [row for row in rows if row[0].startswith(unit.path)]) for unit in asked.units]
    return lines, covered(asked.region, rows)


def covered(unit: Region, rows: Iterable[tuple[str, int, int]]) -> Coverage:
    by_rounds: Counter[int] = Counter()
    for _, rounds, n in rows:
        by_rounds[min(rounds, 2)] += n
    return Coverage(unit.name, unit.code, by_rounds[0], by_rounds[1], by_rounds[2])


# What was found -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Item:
    """One item of one table: how often points were taken off, of how often it was judged."""

    code: str
    table: str
    number: int
    name: str
    deducted: int
    judged: int
    points: int
    hazards: int

    @property
    def share(self) -> float:
        return 100 * self.deducted / self.judged if self.judged else 0


def items(asked: Asked) -> list[Item]:
    """Those most often deducted first, by what the records hold; editions of one table count together."""
    answers = recorded(answers_of(asked)).exclude(verdict=Verdict.ABSENT)
    deducted = Q(verdict=Verdict.DEDUCT)
    rows = (
        answers.order_by()
        .values("checklist__code", "item")
        .annotate(judged=Count("pk"), deducted=Count("pk", filter=deducted), points=Sum("points_off"))
        .filter(deducted__gt=0)
        .order_by("-deducted", "-points", "checklist__code", "item")
    )
    found = list(rows)
    hazards = hazards_by_item(asked)
    names = names_of_items({line["checklist__code"] for line in found})
    told = []
    for line in found:
        code, number = line["checklist__code"], line["item"]
        table, name = names.get((code, number), (code, ""))
        figures = {key: line[key] for key in ("deducted", "judged", "points")}
        told.append(Item(code, table, number, name, hazards=hazards.get((code, number), 0), **figures))
    return told


def hazards_by_item(asked: Asked) -> dict[tuple[str, int], int]:
    rows = findings_of(asked).filter(checklist__isnull=False, item__isnull=False).order_by()
    grouped = rows.values_list("checklist__code", "item").annotate(n=Count("pk"))
    return {(code, number): n for code, number, n in grouped}


def names_of_items(codes: Iterable[str]) -> dict[tuple[str, int], tuple[str, str]]:
    """Of the newest edition of each table, the table's name and that of each item."""
    told: dict[tuple[str, int], tuple[str, str]] = {}
    for checklist in Checklist.objects.filter(code__in=list(codes)).order_by("code", "effective_from"):
        for item in checklist.items:
            told[checklist.code, int(item["seq"])] = (checklist.name, str(item["name"]))
    return told


@dataclass(frozen=True)
class Table:
    code: str
    name: str
    visits: int
    hazards: int
    major: int


def tables(asked: Asked) -> list[Table]:
    """By checklist: how many visits used it, and what they found with it."""
    found = findings_of(asked).filter(checklist__isnull=False).order_by()
    major = Count("pk", filter=Q(grade=Grade.MAJOR))
    hazards = {c: (n, m) for c, n, m in found.values_list("checklist__code").annotate(n=Count("pk"), m=major)}
    used = answers_of(asked).order_by().values_list("checklist__code").annotate(n=Count("visit", distinct=True))
    visits = dict(used)
    codes = {*visits, *hazards}
    names = dict(Checklist.objects.filter(code__in=codes).order_by("effective_from").values_list("code", "name"))
    lines = [Table(c, names.get(c, c), visits.get(c, 0), *hazards.get(c, (0, 0))) for c in codes]
    return sorted(lines, key=lambda line: (-line.hazards, -line.visits, line.code))


# Scores ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Band:
    low: int
    high: int
    count: int

    @property
    def label(self) -> str:
        return f"低于 {self.high}" if not self.low else f"{self.low}–{min(self.high, 100)}"


def scores(asked: Asked) -> tuple[list[Band], float | None]:
    """The classes of scores with their counts, and the mean."""
    ranges = list(pairwise(BANDS))
    counts = {f"b{low}": Count("pk", filter=Q(score__gte=low, score__lt=high)) for low, high in ranges}
    told = done_visits(asked).filter(score__isnull=False).order_by().aggregate(mean=Avg("score"), **counts)
    mean = None if told["mean"] is None else float(told["mean"])
    return [Band(low, high, told[f"b{low}"]) for low, high in ranges], mean


# By inspector and by unit ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Work:
    """What one inspector or the offices of one unit did."""

    label: str
    key: str
    visits: int = 0
    hazards: int = 0
    major: int = 0
    scored: int = 0
    points: float = 0
    published: int = 0
    days: float = 0
    office: str = ""

    @property
    def per_visit(self) -> float | None:
        return self.hazards / self.visits if self.visits else None

    @property
    def score(self) -> float | None:
        return self.points / self.scored if self.scored else None

    @property
    def days_to_publication(self) -> float | None:
        return self.days / self.published if self.published else None


def sums(prefix: str = "") -> dict[str, Any]:
    """Aggregates over visits; `prefix` leads to them.  Days are whole ones, from handing in to publication."""
    days = TruncDate(f"{prefix}published_at") - TruncDate(f"{prefix}submitted_at")
    return {
        "visits": Count(f"{prefix}pk"),
        "scored": Count(f"{prefix}score"),
        "points": Sum(f"{prefix}score"),
        "published": Count(f"{prefix}published_at"),
        "days": Sum(days),
    }


def as_numbers(line: Mapping[str, Any]) -> dict[str, Any]:
    days = line["days"]
    return {
        "visits": line["visits"],
        "scored": line["scored"],
        "points": float(line["points"] or 0),
        "published": line["published"],
        "days": days.days if days is not None else 0,
    }


def by_unit(asked: Asked) -> tuple[list[Work], Work]:
    rows = {
        line["region_path"]: line for line in done_visits(asked).order_by().values("region_path").annotate(**sums())
    }
    major = Count("pk", filter=Q(grade=Grade.MAJOR))
    found = findings_of(asked).order_by().values_list("visit__region_path").annotate(n=Count("pk"), m=major)
    hazards = {path: (n, m) for path, n, m in found}
    parts = {path: (as_numbers(line), *hazards.get(path, (0, 0))) for path, line in rows.items()}
    lines = [work_of(unit, parts) for unit in asked.units]
    return lines, work_of(asked.region, parts)


def work_of(unit: Region, parts: Mapping[str, tuple[dict[str, Any], int, int]]) -> Work:
    total: dict[str, Any] = defaultdict(float)
    hazards = major = 0
    for path, (numbers, n, m) in parts.items():
        if path.startswith(unit.path):
            hazards, major = hazards + n, major + m
            for name, value in numbers.items():
                total[name] += value
    return Work(
        unit.name,
        unit.code,
        int(total["visits"]),
        hazards,
        major,
        int(total["scored"]),
        total["points"],
        int(total["published"]),
        total["days"],
    )


def by_inspector(asked: Asked) -> list[Work]:
    """Each member of a team counts the whole visit and all it found; most visits first."""
    members = VisitInspector.objects.filter(visit__in=done_visits(asked).values("pk")).order_by()
    rows = list(members.values("inspector").annotate(**sums("visit__")).order_by(F("visits").desc(), "inspector"))
    major = Count("pk", filter=Q(grade=Grade.MAJOR))
    found = findings_of(asked).order_by().values_list("visit__team__inspector").annotate(n=Count("pk"), m=major)
    hazards = {key: (n, m) for key, n, m in found}
    people = named([line["inspector"] for line in rows])
    told = []
    for line in rows:
        name, office = people[line["inspector"]]
        n, m = hazards.get(line["inspector"], (0, 0))
        told.append(Work(name, str(line["inspector"]), hazards=n, major=m, office=office, **as_numbers(line)))
    return told


def named(keys: Sequence[int]) -> dict[int, tuple[str, str]]:
    rows = Inspector.objects.filter(pk__in=keys).annotate(name=F("user__name"), office=F("organisation__name"))
    return {key: (name, office) for key, name, office in rows.values_list("pk", "name", "office")}
