"""From the stage into the ledger, set by set: what is known already, what is new, and what is to be said of it."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection

from apps.core.canonical import object_sql, plain
from apps.core.events import leaf_sql
from apps.hazards.importing.entries import Entry, Parties
from apps.hazards.models import Hazard, StagedParties
from apps.hazards.services.numbers import number_sql

CHUNK = 5_000
"""Rows of the file to a statement: short enough to show progress and to notice that the work was called off."""
TYPE, EVENT = Hazard._meta.label_lower, "imported"
# Columns of the ledger that have the same name in the stage; `original` is called source_columns there.
TOLD = [*Entry._fields[:-1], "source_columns"]
SETTLED = ("id", "number", "project_id", "region_path", "enterprise_id", "source_row", "next_reminder_on")


class Group(NamedTuple):
    """Rows that say the same of project and firm: how many, and the first of them."""

    no: int
    first: int
    rows: int
    parties: Parties


class Place(NamedTuple):
    """What a group's names mean; empty while that is unknown or still to be made."""

    project: int | None = None
    region_path: str | None = None
    enterprise: int | None = None


class Written(NamedTuple):
    """Rows of the file that are dealt with, hazards made of them, hazards that were there."""

    rows: int
    new: int
    unchanged: int


NOTHING_KNOWN = "SELECT 0 AS project_id, now()::date AS found_on, '' AS place, '' AS description WHERE false"
# Hash joins whatever the planner believes of tables that nobody has analysed: a project may have thousands of hazards,
# and a file thousands of projects.
HASH_JOINS, AS_USUAL = "SET LOCAL enable_nestloop = off", "SET LOCAL enable_nestloop = on"
KNOWN = """
    WITH found AS MATERIALIZED (
        SELECT DISTINCT s.row, s.part
        FROM hazards_stagedhazard s
        JOIN hazards_stagedparties p ON p.stage = s.stage AND p.no = s.parties
        JOIN ({visible}) h ON h.project_id = p.project_id
            AND h.found_on = s.found_on AND h.place = s.place AND h.description = s.description
        WHERE s.stage = %s
    )
    UPDATE hazards_stagedhazard SET known = NOT known
    WHERE stage = %s AND known <> ((row, part) IN (SELECT row, part FROM found))
"""
# What the notes say of a row; the check counts it of all rows, and takes off what is known.
TOLD_OF_KNOWN = """
    SELECT count(*) AS unchanged,
        count(*) FILTER (WHERE state = 'closed') AS closed,
        count(*) FILTER (WHERE state = 'rectifying') AS rectifying,
        count(*) FILTER (WHERE state = 'draft') AS draft,
        count(*) FILTER (WHERE state = 'rectifying' AND deadline < %s) AS late,
        count(*) FILTER (WHERE NOT jsonb_exists(source_columns, 'grade')) AS ungraded,
        count(*) FILTER (WHERE p.firm_from = 'owner_firm') AS owner_firm
    FROM hazards_stagedhazard s JOIN hazards_stagedparties p ON p.stage = s.stage AND p.no = s.parties
    WHERE s.stage = %s AND s.known
"""
PLACE = """
    UPDATE hazards_stagedparties p SET project_id = v.project, region_path = v.path, enterprise_id = v.enterprise
    FROM unnest(%s::int[], %s::bigint[], %s::text[], %s::bigint[]) AS v (no, project, path, enterprise)
    WHERE p.stage = %s AND p.no = v.no
"""
WITH_NEW_ROWS = "SELECT DISTINCT parties FROM hazards_stagedhazard WHERE stage = %s AND NOT known"
BOUNDS = "SELECT min(row), max(row) FROM hazards_stagedhazard WHERE stage = %s"
DONE = """
    SELECT count(*) FILTER (WHERE part = 0), count(*) FILTER (WHERE known) FROM hazards_stagedhazard
    WHERE stage = %s AND row BETWEEN %s AND %s
"""
# What the row claims, in the file's own words where it has its own.
FACTS = object_sql(
    {
        "batch": "%(batch)s::text",
        "number": "number",
        "row": "source_row",
        **{name: name for name in ("found_on", "deadline", "rectified_on", "grade", "risk_level")},
        **{f"told_{name}": f"source_columns ->> '{name}'" for name in ("grade", "closure", "closed_on", "closer")},
    }
)
LEAF = leaf_sql(
    record_type="%(type)s::text",
    record_id="id::text",
    step="1",
    name="%(event)s::text",
    after="state",
    facts="facts",
    actor="%(actor)s::bigint",
    happened_at="%(at)s::text",
)
# The rows are numbered in the order of the file; hazards and events are made of the same numbered rows.  OFFSET 0 keeps
# the facts from being written out twice, for the event and for its leaf; rows of a day go in together, as they lie
# together in the indexes by days.
MERGE = """
    WITH chosen AS (
        SELECT s.*, s.row AS source_row, p.project_id, p.region_path, p.enterprise_id,
            CASE WHEN s.state = 'rectifying' AND s.deadline >= %(today)s THEN %(today)s::date END AS next_reminder_on
        FROM hazards_stagedhazard s JOIN hazards_stagedparties p ON p.stage = s.stage AND p.no = s.parties
        WHERE s.stage = %(stage)s AND NOT s.known AND s.row BETWEEN %(first)s AND %(last)s
        ORDER BY s.row, s.part
    ), numbered AS MATERIALIZED (
        SELECT *, nextval('hazards_hazard_id_seq') AS id, {number} AS number FROM chosen
    ), placed AS (
        INSERT INTO hazards_hazard ({columns}, {usual}) SELECT {columns}, {values} FROM numbered
        ORDER BY found_on, deadline
    ), told AS (SELECT id, state, {facts} AS facts FROM numbered OFFSET 0)
    INSERT INTO core_event (record_type, record_id, step, name, before, after, facts, actor_id, happened_at, leaf)
    SELECT %(type)s, id::text, 1, %(event)s, '', state, facts::jsonb, %(actor)s, %(at)s::timestamptz, {leaf} FROM told
"""


class Merge:
    """The stage of one import, seen as sets."""

    def __init__(self, stage: UUID, user: Any) -> None:
        self.stage = stage
        self.user = user

    def groups(self) -> list[Group]:
        told = StagedParties.objects.filter(stage=self.stage).order_by("first")
        names = ("project_name", "project_number", "firm_name", "firm_from")
        lines = told.values_list("no", "first", "rows", *names)
        return [Group(no, first, rows, Parties(*parties)) for no, first, rows, *parties in lines]

    def with_new_rows(self) -> set[int]:
        """The groups of which some row is not known."""
        return {no for (no,) in self._fetched(WITH_NEW_ROWS, self.stage)}

    def _fetched(self, sql: str, *given: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, given)
            return cursor.fetchall()

    def place(self, places: Mapping[int, Place]) -> None:
        """Say in the stage what the names of each group mean."""
        columns = [list(column) for column in zip(*places.values(), strict=True)] or [[], [], []]
        with connection.cursor() as cursor:
            cursor.execute(PLACE, [list(places), *columns, self.stage])

    def tell_known(self, projects: set[int]) -> None:
        """Mark what the ledger holds already of these projects, from an earlier import or otherwise.

        Call it inside a transaction.
        """
        rows = Hazard.objects.visible_to(self.user).filter(project__in=projects).order_by()
        try:
            visible, given = rows.values("project_id", "found_on", "place", "description").query.sql_with_params()
        except EmptyResultSet:
            visible, given = NOTHING_KNOWN, ()
        with connection.cursor() as cursor:
            cursor.execute(HASH_JOINS)
            cursor.execute(KNOWN.format(visible=visible), [*given, self.stage, self.stage])
            cursor.execute(AS_USUAL)

    def told_of_known(self, today: date) -> dict[str, int]:
        with connection.cursor() as cursor:
            cursor.execute(TOLD_OF_KNOWN, [today, self.stage])
            names = [column.name for column in cursor.description or ()]
            return dict(zip(names, cursor.fetchone(), strict=True))

    def write(self, shared: Hazard, *, today: date, at: datetime) -> Iterator[Written]:
        """Make hazards and events of all rows that are new, chunk by chunk; `shared` is what all have in common."""
        usual = {f.column: f.get_db_prep_save(getattr(shared, f.attname), connection) for f in usual_fields()}
        usual = {column: value for column, value in usual.items() if value is not None}
        given = {"stage": self.stage, "today": today, "at": plain(at), "actor": self.user.pk}
        given |= {"type": TYPE, "event": EVENT, "batch": str(shared.import_batch_id), **usual}
        sql = merge_sql(list(usual))
        ((start, end),) = self._fetched(BOUNDS, self.stage)
        for first in range(start or 0, (end or -1) + 1, CHUNK):
            last = first + CHUNK - 1
            with connection.cursor() as cursor:
                cursor.execute(HASH_JOINS)
                cursor.execute(sql, given | {"first": first, "last": last})
                made = cursor.rowcount
                cursor.execute(AS_USUAL)
            ((rows, known),) = self._fetched(DONE, self.stage, first, last)
            yield Written(rows, new=made, unchanged=known)


def usual_fields() -> list[Any]:
    """The columns that neither the row says nor the database fills in by itself."""
    said = {*SETTLED, *TOLD}
    fields = Hazard._meta.concrete_fields
    return [f for f in fields if f.column not in said and not f.has_db_default() and not f.generated]


def merge_sql(usual: list[str]) -> str:
    return MERGE.format(
        number=number_sql("%(today)s::date"),
        columns=", ".join([*SETTLED, *TOLD]),
        usual=", ".join(usual),
        values=", ".join(f"%({name})s" for name in usual),
        facts=FACTS,
        leaf=LEAF,
    )
