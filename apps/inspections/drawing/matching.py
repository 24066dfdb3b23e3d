"""Sending inspectors to the drawn projects: who may not go, and who goes."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

EARTH_M = 6_371_008.8
FAR = 10**9
"""In the place of a distance that nobody knows."""
GENERAL = "general"
IN_A_ROW = 2
"""Who was at an enterprise so many times running is not sent there again."""
Place = tuple[int, int] | list[int] | None
Period = tuple[date, date]
Person = TypeVar("Person")


@dataclass(frozen=True)
class Team:
    """The inspectors of one drawn project; where they are too few nobody, and `lacking` counts why."""

    ordinal: int
    members: tuple[str, ...]
    lacking: dict[str, int]


def distance_m(one: Place, other: Place) -> int:
    """Metres along the great circle between two places in millionths of a degree (haversine)."""
    if not one or not other:
        return FAR
    east, north, east2, north2 = (math.radians(value / 1_000_000) for value in (*one, *other))
    chord = math.sin((north2 - north) / 2) ** 2 + (
        math.cos(north) * math.cos(north2) * math.sin((east2 - east) / 2) ** 2
    )
    return math.floor(2 * EARTH_M * math.asin(min(1.0, math.sqrt(chord))) + 0.5)


def unfit(valid_until: date, absences: Iterable[Period], first: date, last: date) -> str:
    """Why somebody cannot be sent between these days, both included; "" when they can."""
    if valid_until < last:
        return "certificate"
    return "away" if any(start <= last and end >= first for start, end in absences) else ""


def twice_running(teams: Sequence[Iterable[Person]]) -> set[Person]:
    """Who was in each of the last two teams, newest first: a third time in a row would be too often."""
    recent = [set(team) for team in teams[:IN_A_ROW]]
    return set.intersection(*recent) if len(recent) == IN_A_ROW else set()


def obstacle(inspector: dict[str, Any], line: dict[str, Any]) -> str:
    """Why this inspector cannot be sent to this project; "" when they can."""
    if inspector["unfit"]:
        return inspector["unfit"]
    if not line["path"].startswith(inspector["area"]):
        return "area"
    return "barred" if line["project"] in inspector["barred"] else ""


def matched(
    lines: Sequence[dict[str, Any]], inspectors: Sequence[dict[str, Any]], *, each: int, theme: str
) -> list[Team]:
    """A team for each project, in their order; inspectors stand in drawn order.

    The least loaded go first, of these the nearest, then who knows the theme, then who was drawn before.  As nobody is
    ever full, a project lacks a team only where fewer than `each` may go there at all.
    """
    loads = {inspector["key"]: inspector["load"] for inspector in inspectors}
    teams = []
    for line in lines:
        obstacles = [obstacle(inspector, line) for inspector in inspectors]
        free = [i for i, why in zip(inspectors, obstacles, strict=True) if not why]
        if len(free) < each:
            counted = Counter(why or "fit" for why in obstacles)
            teams.append(Team(line["ordinal"], (), {name: counted[name] for name in sorted(counted)}))
            continue
        members = tuple(i["key"] for i in sorted(free, key=preference(line, loads, theme))[:each])
        for member in members:
            loads[member] += 1
        teams.append(Team(line["ordinal"], members, {}))
    return teams


def preference(
    line: dict[str, Any], loads: dict[str, int], theme: str
) -> Callable[[dict[str, Any]], tuple[int, int, bool]]:
    """The key to sort by; a stable sort leaves equal ones in drawn order."""

    def key(inspector: dict[str, Any]) -> tuple[int, int, bool]:
        is_stranger = theme != GENERAL and theme not in inspector["fields"]
        return loads[inspector["key"]], distance_m(inspector["place"], line["place"]), is_stranger

    return key
