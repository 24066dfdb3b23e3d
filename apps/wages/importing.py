"""Months from a workbook: one that stands there already is corrected, not entered twice."""

from collections.abc import Sequence
from datetime import date

from apps.core.excel import CheckedRow
from apps.core.imports.form_importer import FormImporter
from apps.core.months import first_of


class WageImporter(FormImporter):
    """A row is known by project, its number or its name, and month."""

    def expect(self, rows: Sequence[CheckedRow]) -> None:
        super().expect([])
        months = {month for row in rows if (month := month_of(row))}
        for record in self.register.rows(self.user).filter(month__in=months):
            for told in (record.project.number, record.project.name):
                self.records[f"{told} {record.month}"] = record

    def key_of(self, row: CheckedRow) -> str:
        month, project = month_of(row), str(row.values.get("project") or "").strip()
        return f"{project} {month}" if month and project else ""


def month_of(row: CheckedRow) -> date | None:
    told = row.values.get("month")
    return first_of(told) if isinstance(told, date) else None
