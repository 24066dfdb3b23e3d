"""Rows that carry the number of a hazard on record: an export that was edited and comes back."""

from collections.abc import Container, Mapping, Sequence
from datetime import date
from typing import Any

from apps.core.excel import CheckedRow, Problem
from apps.core.imports.form_importer import FormImporter, as_data
from apps.core.registers import Register
from apps.hazards.importing.fields import GRADES
from apps.hazards.models import Hazard

# Fields of the sheet that a cell may correct, under the names of the import.
PLAIN = (
    "found_on", "inspectors", "description", "category", "source", "clause", "demands", "deadline",
    "responsible_person", "risk_level", "place",
)  # fmt: skip
OTHER_TERM = "other"


class Corrections(FormImporter):
    """Corrects drafts through the hazard's own form; whatever has been ordered stays as it is, and the row says so."""

    def __init__(self, register: Register, user: Any, choices: Mapping[str, Any] | None = None) -> None:
        super().__init__(register, user, choices)
        self.correctable = {*PLAIN, "grade"}

    def expect(self, rows: Sequence[CheckedRow]) -> None:
        numbers = {number for row in rows if (number := row.values.get("number"))}
        found = self.register.rows(self.user).filter(number__in=numbers) if numbers else ()
        self.records = {hazard.number: hazard for hazard in found}

    def look(self, row: CheckedRow) -> Sequence[Problem]:
        hazard = self.records[self.key_of(row)]
        edited = edits(row, hazard)
        if not edited:
            self.leave()
            return self.moved(row, hazard)
        if reason := self.register.locked(hazard):
            self.leave()
            labels: dict[str, Any] = {f.name: f.verbose_name for f in Hazard._meta.concrete_fields}
            told = "、".join(str(labels[name]) for name in edited)
            return [self.problem(row, "number", f"{reason}：文件中的{told}与台账不同，保留台账现值", "warning")]
        return [*super().look(row), *self.moved(row, hazard)]

    def leave(self) -> None:
        self.counts["unchanged"] += 1
        self.counts["left"] += 1

    def write_row(self, row: CheckedRow) -> str:
        hazard = self.records.get(self.key_of(row))
        if hazard is None or not edits(row, hazard) or self.register.locked(hazard):
            return "unchanged"
        return super().write_row(row)

    def key_of(self, row: CheckedRow) -> str:
        return str(row.values.get("number") or "")

    def forbidden(self, record: Any) -> str | None:
        return None if self.register.may(self.user, "change") else "您没有修改隐患台账的权限"

    def data(self, row: CheckedRow, record: Any, leave: Container[str] = ()) -> dict[str, Any]:
        data = as_data(self.register.form(self.user, instance=record))
        for name, value in edits(row, record).items():
            if name not in leave:
                data[name] = value.isoformat() if isinstance(value, date) else str(value)
        if data.get("deadline"):
            data["term"] = OTHER_TERM
        return data

    def moved(self, row: CheckedRow, hazard: Hazard) -> list[Problem]:
        """Which site a hazard was found on is no typing error."""
        name = row.values.get("project")
        if not name or same(name, hazard.project.name):
            return []
        reason = f"{hazard.number} 属于“{hazard.project.name}”，导入不改变所属工程"
        return [self.problem(row, "project", reason, "warning")]


def edits(row: CheckedRow, hazard: Hazard) -> dict[str, Any]:
    """The cells that are not blank and say something else than the ledger."""
    given = {name: value for name in PLAIN if (value := row.values.get(name)) is not None}
    if grade := row.values.get("grade"):
        given["grade"] = GRADES[grade][0]
    if same(given.get("place"), hazard.full_place):  # as exports write it
        given.pop("place", None)
    return {name: value for name, value in given.items() if not same(value, getattr(hazard, name))}


def same(told: Any, kept: Any) -> bool:
    """Spaces and line ends at the edges of lines are no difference: workbooks lose them."""
    return "".join(str(told).split()) == "".join(str("" if kept is None else kept).split())
