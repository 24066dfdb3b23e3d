"""A roster from a workbook: who stands there already is corrected, not entered twice."""

from collections.abc import Sequence

from apps.core.crypto import blind_index_candidates
from apps.core.excel import CheckedRow
from apps.core.imports.form_importer import FormImporter
from apps.people import identity
from apps.roster.models import Engagement


class RosterImporter(FormImporter):
    """A row is known by project and identity number; of the times on one site the latest that it does not follow."""

    def expect(self, rows: Sequence[CheckedRow]) -> None:
        super().expect([])
        told: dict[str, list[CheckedRow]] = {}
        for row in rows:
            for mark in marks_of(row):
                told.setdefault(mark, []).append(row)
        found = self.register.rows(self.user).filter(person__id_index__in=told).order_by("entered_on")
        for engagement in found:
            for row in told[engagement.person.id_index]:
                if stands_for(row, engagement):
                    self.records[self.key_of(row)] = engagement

    def key_of(self, row: CheckedRow) -> str:
        number = identity.normalised(str(row.values.get("id_number") or ""))
        return f"{str(row.values.get('project') or '').strip()} {number}" if number else ""


def marks_of(row: CheckedRow) -> list[str]:
    number = identity.normalised(str(row.values.get("id_number") or ""))
    return blind_index_candidates(number) if number else []


def stands_for(row: CheckedRow, engagement: Engagement) -> bool:
    """Whether the row speaks of this time on this site, and not of a later one."""
    told, entered = str(row.values.get("project") or "").strip(), row.values.get("entered_on")
    # A file without the column is of the one project that its user means (`EngagementForm.only_project`).
    same_site = told in ("", engagement.project.number, engagement.project.name)
    return same_site and not (engagement.left_on and entered and entered > engagement.left_on)
