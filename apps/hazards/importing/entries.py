"""What one row of a ledger means: the hazard it tells of, and what is kept of its own wording."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple

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
# Read once: an enumeration computes the value of a member with each look.
CLOSED_STATE, RECTIFYING, DRAFT, USUAL_SOURCE = (
    member.value for member in (State.CLOSED, State.RECTIFYING, State.DRAFT, Source.DAILY)
)


class Parties(NamedTuple):
    """What a row says of project and firm."""

    project: str
    project_number: str
    firm: str
    firm_from: str
    """The column that names the firm, or empty."""


class Entry(NamedTuple):
    """A hazard to be, in the order of the columns of StagedHazard."""

    found_on: date
    inspecting_body: str
    inspectors: str
    place: str
    description: str
    category: str
    grade: str
    risk_level: int
    source: str
    clause: str
    demands: str
    measures: str
    funds: Decimal | None
    deadline: date | None
    responsible_person: str
    rectified_on: date | None
    state: str
    original: dict[str, Any]
    """The file's own wording, as far as the fields don't hold it, so that an export gives back what came in."""


class Reader:
    """Reads sound rows; knows which columns of this file hold wording to be kept."""

    def __init__(self, columns: Mapping[str, Column]) -> None:
        self.kept = [(name, columns[name].index) for name in KEPT if name in columns]
        self.dates = [(name, columns[name].index) for name in DATES if name in columns]

    def read(self, row: CheckedRow) -> Entry:
        given: Callable[[str], Any] = row.values.get
        grade, risk_level = GRADES[given("grade") or USUAL_GRADE]
        state = state_of(given)
        return Entry(
            given("found_on"),
            given("inspecting_body") or "",
            given("inspectors") or "",
            given("place") or "",
            given("description") or "",
            one_line(given("category") or UNSORTED),
            grade,
            int(given("risk_level") or risk_level),
            given("source") or USUAL_SOURCE,
            given("clause") or "",
            given("demands") or "",
            given("measures") or "",
            given("funds"),
            given("deadline"),
            given("responsible_person") or "",
            given("rectified_on"),
            state,
            self.original(row.source.values, state),
        )

    def original(self, cells: tuple[Any, ...], state: str) -> dict[str, Any]:
        kept = {name: cells[index] for name, index in self.kept if cells[index] is not None}
        for name, index in self.dates:
            if type(cells[index]) is datetime and cells[index].time() != time():
                kept[name] = cells[index]
        for name, value in kept.items():
            if isinstance(value, date):
                kept[name] = value.isoformat()
        kept["state"] = state
        return kept


def parties_of(given: Callable[[str], Any]) -> Parties:
    firm_from = "contractor" if given("contractor") else "owner_firm" if given("owner_firm") else ""
    return Parties(given("project") or "", given("project_number") or "", given(firm_from) or "", firm_from)


def state_of(given: Callable[[str], Any]) -> str:
    """Closed when the ledger says so in any spelling or gives a day; else in hand once something was demanded."""
    closure = given("closure")
    if closure == CLOSED or (closure is None and given("closed_on")):
        return CLOSED_STATE
    return RECTIFYING if given("deadline") or given("demands") else DRAFT


def one_line(text: str) -> str:
    """A short word that was broken to fit its column."""
    if "\n" not in text and " " not in text:
        return text
    return (" " if text.isascii() else "").join(text.split())


def split(entry: Entry) -> Iterator[Entry]:
    """One entry per numbered finding of the description; demands go along where they are numbered alike."""
    findings = split_findings(entry.description)
    if len(findings) < 2:
        yield entry
        return
    demands = split_findings(entry.demands) if entry.demands else []
    for at, finding in enumerate(findings):
        told = "\n".join(part for part in (finding.context, finding.text) if part)
        demanded = demands[at].text if len(demands) == len(findings) else entry.demands
        yield entry._replace(description=told, demands=demanded)
