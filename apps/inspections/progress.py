"""How far a campaign is, by unit and round; each figure with the address of the rows that make it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.utils import timezone

from apps.core.addresses import address_of
from apps.hazards.models import Grade
from apps.inspections.models import Campaign, Finding, Visit, VisitState
from apps.inspections.services.plans import projects_by_unit, units_of
from apps.inspections.services.zero_reports import due_periods, missing_of, periods_of, reports_of
from apps.regions.models import Region

FIGURES = ("quota", "planned", "done", "hazards", "major")


@dataclass
class Line:
    """One unit in one round, or in all of them; `urls` are those of the rows behind the figures."""

    label: str
    figures: dict[str, int]
    urls: dict[str, str] = field(default_factory=dict)
    missing: int | None = None
    projects: int | None = None

    @property
    def rate(self) -> int | None:
        """Done of what is to be done, in whole per cent."""
        quota = self.figures["quota"]
        return self.figures["done"] * 100 // quota if quota else None

    @property
    def is_short(self) -> bool:
        return self.figures["done"] < self.figures["quota"]


class Progress:
    """As one reader is told: of what the reader may see."""

    def __init__(self, campaign: Campaign, user: Any) -> None:
        self.campaign, self.user = campaign, user
        self.today = timezone.localdate()

    @cached_property
    def units(self) -> list[Region]:
        return units_of(self.campaign)

    @cached_property
    def counts(self) -> dict[tuple[str, int], Counter[str]]:
        """By path of a region and round."""
        visits = Visit.objects.visible_to(self.user).filter(campaign=self.campaign)
        told: dict[tuple[str, int], Counter[str]] = {}
        planned = Count("pk", filter=~Q(state=VisitState.CANCELLED))
        done = Count("pk", filter=Q(state__in=VisitState.DONE))
        rows = visits.order_by().values_list("region_path", "round").annotate(planned=planned, done=done)
        for path, number, n, m in rows:
            told[path, number] = Counter(planned=n, done=m)
        found = Finding.objects.filter(visit__in=visits.values("pk"), hazard__isnull=False, is_dropped=False)
        major = Count("pk", filter=Q(grade=Grade.MAJOR))
        of_findings = (
            found.order_by().values_list("visit__region_path", "visit__round").annotate(n=Count("pk"), m=major)
        )
        for path, number, n, m in of_findings:
            told.setdefault((path, number), Counter()).update(hazards=n, major=m)
        return told

    @cached_property
    def quotas(self) -> dict[tuple[int, int], int]:
        return {(quota.round, quota.region_id): quota.count for quota in self.campaign.quotas.all()}

    @cached_property
    def missing(self) -> Counter[int]:
        return Counter(unit.pk for unit, _ in missing_of(self.campaign, self.units, self.today))

    @cached_property
    def projects(self) -> dict[int, int]:
        return projects_by_unit(self.campaign, self.units)

    def figures(self, units: Sequence[Region], rounds: Iterable[int]) -> dict[str, int]:
        wanted = set(rounds)
        sums: Counter[str] = Counter()
        for (path, number), counted in self.counts.items():
            if number in wanted and any(path.startswith(unit.path) for unit in units):
                sums.update(counted)
        sums["quota"] = sum(self.quotas.get((number, unit.pk), 0) for number in wanted for unit in units)
        return {name: sums[name] for name in FIGURES}

    def line(self, label: str, units: Sequence[Region], rounds: Sequence[int], *, whole: bool) -> Line:
        """`whole` is said of all rounds together, for zero reports are not of a round alone."""
        where = units[0].code if len(units) == 1 else ""
        number = rounds[0] if len(rounds) == 1 and self.campaign.rounds > 1 else None
        line = Line(label, self.figures(units, rounds), self.urls(where, number))
        if whole:
            line.missing = sum(self.missing[unit.pk] for unit in units) if self.campaign.zero_report else None
            line.projects = sum(self.projects[unit.pk] for unit in units)
        return line

    @property
    def rounds(self) -> list[int]:
        return list(range(1, self.campaign.rounds + 1))

    @cached_property
    def lines(self) -> list[dict[str, Any]]:
        """A unit with its rounds below it, where the campaign has several."""
        return [
            {
                "whole": self.line(unit.name, [unit], self.rounds, whole=True),
                "rounds": [self.line(f"第 {n} 轮", [unit], [n], whole=False) for n in self.rounds]
                if self.campaign.rounds > 1
                else [],
            }
            for unit in self.units
        ]

    @cached_property
    def total(self) -> Line:
        return self.line("合计", self.units, self.rounds, whole=True)

    def urls(self, region: str, number: int | None) -> dict[str, str]:
        visits = {"campaign": self.campaign.number}
        findings = {"view": "all", "visit__campaign": self.campaign.number}
        if number:
            visits["round"] = findings["visit__round"] = str(number)
        if region:
            visits["project__region__name"] = findings["visit__project__region__name"] = region
        at_visits, at_findings = address_of("visits:list"), address_of("visit_findings:list")
        return {
            "planned": f"{at_visits}?{urlencode(visits | {'view': 'all', 'standing': '1'})}",
            "done": f"{at_visits}?{urlencode(visits | {'view': 'done'})}",
            "hazards": f"{at_findings}?{urlencode(findings)}",
            "major": f"{at_findings}?{urlencode(findings | {'grade': Grade.MAJOR.value})}",
        }

    # Zero reports -------------------------------------------------------------------------------------------------

    @cached_property
    def reports(self) -> list[dict[str, Any]]:
        """The periods that have begun, each with what every unit has reported; newest first."""
        there = reports_of(self.campaign)
        due = {period.code for period in due_periods(self.campaign, self.today)}
        begun = [period for period in periods_of(self.campaign) if period.first <= self.today]
        return [
            {
                "period": period,
                "is_due": period.code in due,
                "cells": [
                    {"unit": unit, "report": there.get((unit.path, period.code)), "is_due": period.code in due}
                    for unit in self.units
                ],
            }
            for period in reversed(begun)
        ]
