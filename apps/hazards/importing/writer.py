"""Hazards and their events by COPY: the quickest way in that still writes every row and every event."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from io import StringIO
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models

from apps.core.canonical import plain
from apps.core.events import leaf_of
from apps.core.models import Event
from apps.hazards.models import Hazard
from apps.hazards.services.numbers import next_numbers

CHUNK = 1_000
"""Rows to a COPY: few enough that the transaction is never idle for long while the next are read."""
NULL = r"\N"
SPECIAL = re.compile(r"[\\\n\r\t]")
ESCAPES = {"\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t"}
EVENT_NAME = "imported"
TYPE = Hazard._meta.label_lower
encode = json.JSONEncoder(ensure_ascii=False, default=DjangoJSONEncoder().default).encode


def cell(value: Any) -> str:
    """A value in the text format of COPY."""
    if value is None:
        return NULL
    if isinstance(value, str):
        return SPECIAL.sub(lambda mark: ESCAPES[mark[0]], value) if SPECIAL.search(value) else value
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, dict | list):
        return cell(encode(value))
    return rf"\\x{value.hex()}" if isinstance(value, bytes) else str(value)


class Table:
    """COPY into the table of a model.  Rows differ in `varying`; all else is as in `blank`.

    What the database fills in itself is left out: defaults of its own, and the key unless it varies.
    """

    def __init__(self, blank: models.Model, varying: Sequence[str]) -> None:
        meta = blank._meta
        by_name = {f.attname: f for f in meta.concrete_fields if not f.has_db_default() and not f.generated}
        usual = [name for name, f in by_name.items() if name not in varying and not f.primary_key]
        columns = ", ".join(f'"{by_name[name].column}"' for name in (*varying, *usual))
        self.sql = f'COPY "{meta.db_table}" ({columns}) FROM STDIN'
        self.ending = "".join(f"\t{cell(getattr(blank, name))}" for name in usual) + "\n"

    def copy(self, lines: Iterable[str]) -> None:
        """`lines` hold the varying cells, joined by tabs."""
        with connection.cursor() as cursor:
            cursor.copy_expert(self.sql, StringIO("".join(f"{line}{self.ending}" for line in lines)))


# The order of the cells of a hazard: first those that are known only when all is written, then those of `row_cells`.
SETTLED = ("id", "number", "project_id", "region_path", "enterprise_id")
TOLD = (
    "found_on",
    "inspecting_body",
    "inspectors",
    "place",
    "description",
    "category",
    "grade",
    "risk_level",
    "source",
    "clause",
    "demands",
    "measures",
    "funds",
    "deadline",
    "responsible_person",
    "rectified_on",
    "state",
    "next_reminder_on",
    "source_row",
    "source_columns",
)


def row_cells(values: Mapping[str, Any]) -> str:
    return "\t".join([cell(values[name]) for name in TOLD])


class Writer:
    """Gives ids and numbers, and writes rows and events in step; `shared` are values that all rows have."""

    def __init__(self, *, by: Any, at: datetime, shared: Mapping[str, Any]) -> None:
        self.hazards = Table(Hazard(**shared), (*SETTLED, *TOLD))
        # The time is told in its canonical form at once, since it is the same in all leaves.
        self.blank = Event(record_type=TYPE, name=EVENT_NAME, step=1, actor=by, happened_at=plain(at))
        self.events = Table(self.blank, ("record_id", "after", "facts", "leaf"))

    def write(self, rows: Sequence[tuple[str, str, str, dict[str, Any]]]) -> None:
        """Rows as (cells of project, path and firm; cells of `row_cells`; state; facts of the event)."""
        ids, numbers = next_ids(len(rows)), next_numbers(len(rows))
        settled = list(zip(ids, numbers, rows, strict=True))
        self.hazards.copy(f"{pk}\t{number}\t{parties}\t{cells}" for pk, number, (parties, cells, _, _) in settled)
        self.events.copy(
            self.event(str(pk), state, {"number": number, **facts}) for pk, number, (_, _, state, facts) in settled
        )

    def event(self, pk: str, state: str, facts: dict[str, Any]) -> str:
        """`facts` are plain already."""
        event = self.blank
        event.record_id, event.after, event.facts = pk, state, facts
        return f"{pk}\t{state}\t{cell(facts)}\t{cell(leaf_of(event))}"


def next_ids(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('hazards_hazard', 'id')) FROM generate_series(1, %s)", [count]
        )
        return [pk for (pk,) in cursor.fetchall()]


def in_chunks(rows: Iterable[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    chunk: list[Any] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
