"""What one row of a ledger means: the hazard it tells of, and what is kept of its own wording."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import cached_property
from hashlib import blake2b
from typing import Any

from apps.core.canonical import plain
from apps.core.excel import CheckedRow, Column, split_findings
from apps.hazards.importing.fields import CLOSED, GRADES, USUAL_GRADE
from apps.hazards.models import Source, State

UNSORTED = "未分类"
# Columns whose wording is kept beside the hazard: firms and words that become something else, and what has no field.
KEPT = (
    "serial", "number", "project", "project_number", "category", "grade", "owner_firm", "design_firm", "contractor",
    "supervision_firm", "closure", "closed_on", "closer", "remarks",
)  # fmt: skip
DATES = ("found_on", "deadline", "rectified_on")
CLAIMS = ("found_on", "deadline", "rectified_on", "grade", "risk_level")
CLAIMED_WORDS = ("grade", "closure", "closed_on", "closer")


@dataclass
class Entry:
    """A hazard to be.  `values` are fields of the model; project and firm are still names."""

    row: int
    project: str
    project_number: str
    firm: str
    firm_from: str
    """The column that names the firm, or empty."""
    values: dict[str, Any]
    original: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def mark(self) -> bytes:
        """The same for two entries that tell of the same hazard of the same project."""
        return mark_of(self.values["found_on"], self.values["place"], self.values["description"])


def mark_of(found_on: date, place: str, description: str) -> bytes:
    return blake2b(f"{found_on}\n{place}\n{description}".encode(), digest_size=16).digest()


class Reader:
    """Reads sound rows; knows which columns of this file hold wording to be kept."""

    def __init__(self, columns: Mapping[str, Column]) -> None:
        self.kept = [(name, columns[name].index) for name in KEPT if name in columns]
        self.dates = [(name, columns[name].index) for name in DATES if name in columns]

    def read(self, row: CheckedRow) -> Entry:
        given = row.values.get
        firm_from = next((name for name in ("contractor", "owner_firm") if given(name)), "")
        values = values_of(given)
        return Entry(
            row=row.number,
            project=given("project") or "",
            project_number=given("project_number") or "",
            firm=given(firm_from) or "",
            firm_from=firm_from,
            values=values,
            original=self.original(row, values["state"]),
        )

    def original(self, row: CheckedRow, state: str) -> dict[str, Any]:
        """The file's own wording, as far as the fields don't hold it, so that an export gives back what came in."""
        at = row.source.at
        kept: dict[str, Any] = {name: value for name, index in self.kept if (value := at(index)) is not None}
        kept |= {name: value for name, index in self.dates if has_time(value := at(index))}
        days = {name: value.isoformat() for name, value in kept.items() if isinstance(value, date)}
        return {**kept, **days, "state": state}


def has_time(value: Any) -> bool:
    return isinstance(value, datetime) and value.time() != time()


def values_of(given: Callable[[str], Any]) -> dict[str, Any]:
    """Fields of the hazard."""
    grade, risk_level = GRADES[given("grade") or USUAL_GRADE]
    return {
        "found_on": given("found_on"),
        "inspecting_body": given("inspecting_body") or "",
        "inspectors": given("inspectors") or "",
        "place": given("place") or "",
        "description": given("description"),
        "category": one_line(given("category") or UNSORTED),
        "grade": grade,
        "risk_level": int(given("risk_level") or risk_level),
        "source": given("source") or Source.DAILY,
        "clause": given("clause") or "",
        "demands": given("demands") or "",
        "measures": given("measures") or "",
        "funds": given("funds"),
        "deadline": given("deadline"),
        "responsible_person": given("responsible_person") or "",
        "rectified_on": given("rectified_on"),
        "state": state_of(given),
    }


def state_of(given: Callable[[str], Any]) -> str:
    """Closed when the ledger says so in any spelling or gives a day; else in hand once something was demanded."""
    closure = given("closure")
    if closure == CLOSED or (closure is None and given("closed_on")):
        return State.CLOSED.value
    return State.RECTIFYING.value if given("deadline") or given("demands") else State.DRAFT.value


def one_line(text: str) -> str:
    """A short word that was broken to fit its column."""
    if "\n" not in text and " " not in text:
        return text
    return (" " if text.isascii() else "").join(text.split())


def split(entry: Entry) -> Iterator[Entry]:
    """One entry per numbered finding of the description; demands go along where they are numbered alike."""
    findings = split_findings(entry.values["description"])
    if len(findings) < 2:
        yield entry
        return
    demands = split_findings(entry.values["demands"]) if entry.values["demands"] else []
    for at, finding in enumerate(findings):
        told = "\n".join(part for part in (finding.context, finding.text) if part)
        values = {**entry.values, "description": told}
        if len(demands) == len(findings):
            values["demands"] = demands[at].text
        yield replace(entry, values=values)


def claims(entry: Entry) -> dict[str, Any]:
    """The plain facts of the event: what the row claims, in the file's own words where it has its own."""
    told = {name: plain(value) for name in CLAIMS if (value := entry.values[name]) is not None}
    words = {f"told_{name}": str(value) for name in CLAIMED_WORDS if (value := entry.original.get(name)) is not None}
    return {**told, **words, "row": entry.row}
