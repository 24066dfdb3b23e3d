"""A million hazards with their histories, told by PostgreSQL itself.

The rows follow from hashes of their numbers, so the same seed on the same day gives the same ledger.  `demo_case`
holds what was drawn; hazards and events are written from it, so that each event has the time, the person and the
words that stand on the hazard.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

from django.db import connection
from psycopg2.extras import execute_values

from apps.accounts.models import User
from apps.core.events import leaf_sql
from apps.core.models import Event
from apps.dashboards.demo import words
from apps.dashboards.demo.cases import OPEN_STATES, PATHS, RECEIVED, RECORDED, Move, described
from apps.dashboards.demo.loading import bare, reserve
from apps.hazards.models import FIVE_COMMITMENTS, Grade, Hazard, RiskLevel, State
from apps.hazards.services import tallies
from apps.hazards.services.numbers import number_sql
from apps.projects.models import Project

SQL = Path(__file__).with_name("ledger.sql")
LEAF = leaf_sql(
    record_type="'hazards.hazard'::text",
    record_id="record_id",
    step="step",
    name="name",
    before="before",
    after="after",
    facts="facts",
    actor="actor",
    happened_at="""to_char(happened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
)
SPELLINGS = f"""
CREATE FUNCTION pg_temp.number_of(day date, serial bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT {number_sql("day", "serial")}
$$;
CREATE FUNCTION pg_temp.leaf_of(record_id text, step int, name text, before text, after text, facts text, actor bigint,
                                happened_at timestamptz) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT {LEAF}
$$;
"""
"""What the ledger's SQL asks of others: how numbers and leaves are spelled.  STABLE, so that they are put in line."""
SHORT: tuple[Move, ...] = (
    *RECEIVED,
    ("answer", State.RECEIVED, State.ANSWERED),
    ("confirm", State.ANSWERED, State.CONFIRMED),
    ("verify", State.CONFIRMED, State.VERIFIED),
    ("close", State.VERIFIED, State.CLOSED),
)
ON_THE_SPOT: tuple[Move, ...] = (
    *RECORDED,
    ("fix_on_spot", State.DRAFT, State.VERIFIED),
    ("close", State.VERIFIED, State.CLOSED),
)
WAYS: dict[str, tuple[Move, ...]] = {**PATHS, "short": SHORT, "spot": ON_THE_SPOT}
# Sites rest in winter and on most weekends; the year's checks come in early summer and in autumn.
SEASONS = (0.35, 0.3, 0.9, 1.1, 1.15, 1.4, 1.0, 0.95, 1.25, 1.3, 1.15, 0.6)
WEEKEND = 0.25
GROWTH = 1.2
"""How much more is found on the last day than on the first, as a share of the first."""
VARIANTS, MAJOR_VARIANTS = 50, 6
"""Of how many wordings of a finding one is drawn: dangers that are major are rare."""


@dataclass(frozen=True)
class Officers:
    """The station of a county and its inspectors, of whom there are two at least."""

    region_path: str
    organisation_id: int
    organisation: str
    keys: list[int]
    names: list[str]


@dataclass(frozen=True)
class Site:
    """A project, those who answer there, and its share of the numbers."""

    project: Project
    director: User
    manager: User
    engineer: User
    before: int
    hazards: int


def write_ledger(sites: Sequence[Site], officers: Iterable[Officers], *, seed: int, today: date, days: int) -> None:
    """The hazards of all sites, their events, and what is kept beside them."""
    total = sum(site.hazards for site in sites)
    known: dict[str, Any] = {
        "seed": seed,
        "today": today,
        "hazard": reserve(Hazard, total).start - 1,
        "number": reserve_numbers(total),
        "open_states": [str(state) for state in OPEN_STATES],
        "commitments": "{" + ",".join(f'"{key}": "{label}已落实"' for key, label in FIVE_COMMITMENTS.items()) + "}",
    }
    first = today - timedelta(days=days)
    known["days"], shares = first, day_shares(first, days)
    known["shares"] = shares
    prepare, hazards, events = SQL.read_text(encoding="utf-8").split("-- next\n")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '256MB'; SET LOCAL jit = off")
        cursor.execute(SPELLINGS)
        tables(cursor, sites, officers, random.Random(seed), shares, first)  # noqa: S311
        cursor.execute(prepare, known)
        with bare(Hazard._meta.db_table, Event._meta.db_table):
            cursor.execute(hazards, known)
            cursor.execute(events, known)
    tallies.recount()
    analyse()


def day_shares(first: date, days: int) -> list[float]:
    """What part of the ledger lies before each day, rising from 0 towards 1."""
    weights = []
    for n in range(days):
        day = first + timedelta(days=n)
        rest = WEEKEND if day.weekday() > 4 else 1.0
        weights.append(SEASONS[day.month - 1] * rest * (1 + GROWTH * n / days))
    total = sum(weights)
    return [0.0, *(part / total for part in accumulate(weights[:-1]))]


def tables(
    cursor: Any,
    sites: Sequence[Site],
    officers: Iterable[Officers],
    rng: random.Random,
    shares: Sequence[float],
    first: date,
) -> None:
    """What the drawing looks up: sites, stations, wordings, ways through the states."""
    put(
        cursor,
        "demo_site (project_id bigint, region_path text, enterprise_id bigint, director bigint, director_name text,"
        " manager bigint, manager_name text, engineer bigint, before bigint, hazards int, opening float8)",
        (
            (
                site.project.pk,
                site.project.region_path,
                site.project.enterprise_id,
                site.director.pk,
                site.director.name,
                site.manager.pk,
                site.manager.name,
                site.engineer.pk,
                site.before,
                site.hazards,
                shares[((site.project.started_on or first) - first).days],
            )
            for site in sites
        ),
    )
    put(
        cursor,
        "demo_station (region_path text, organisation_id bigint, organisation text, officers bigint[], names text[])",
        ((o.region_path, o.organisation_id, o.organisation, o.keys, o.names) for o in officers),
    )
    put(
        cursor,
        "demo_text (id serial, category text, risk int, grade text, description text, clause text, demands text,"
        " measures text)",
        wordings(rng),
        "category, risk, grade, description, clause, demands, measures",
    )
    put(
        cursor,
        "demo_way (way text, steps int, step int, name text, before text, after text)",
        (
            (way, len(moves), step, name, str(before), str(after))
            for way, moves in WAYS.items()
            for step, (name, before, after) in enumerate(moves, 1)
        ),
    )


def put(cursor: Any, table: str, rows: Iterable[tuple[Any, ...]], columns: str = "") -> None:
    name = table.partition(" ")[0]
    cursor.execute(f"CREATE TEMP TABLE {table} ON COMMIT DROP")
    into = f"{name} ({columns})" if columns else name
    execute_values(cursor, f"INSERT INTO {into} VALUES %s", rows, page_size=1000)  # noqa: S608
    cursor.execute(f"ANALYZE {name}")


def wordings(rng: random.Random) -> Iterable[tuple[Any, ...]]:
    for category, risk, text, clause, demands, measures in words.FINDINGS:
        major = risk == RiskLevel.MAJOR
        grade = Grade.MAJOR if major else Grade.ORDINARY
        for _ in range(MAJOR_VARIANTS if major else VARIANTS):
            yield category, risk, str(grade), described(rng, text), clause, demands, measures


def reserve_numbers(count: int) -> int:
    """The last number given out before those that are taken here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('hazards_number_seq', nextval('hazards_number_seq') + %s - 1)", [count])
        return cursor.fetchone()[0] - count


def analyse() -> None:
    """Tell the planner what has become of the tables."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
