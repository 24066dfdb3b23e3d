"""What a register has to say to be filled from workbooks."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.core.excel import CheckedRow, Column, Field, Problem
from apps.core.excel.checking import Severity
from apps.core.excel.text import shorten
from apps.core.imports.staging import Stage
from apps.core.jobs import Progress
from apps.core.models import ImportBatch

NEW = "new"
MOST_CHANGES = 2_000
Rows = Iterable[CheckedRow]


def chunks(rows: Rows, size: int = 200) -> Iterator[list[CheckedRow]]:
    rows = iter(rows)
    while chunk := list(islice(rows, size)):
        yield chunk


class RowsRefused(ValidationError):
    """A row that passed the check can't be written now; the message is fit to show and nothing was written."""

    def __init__(self, row: int, reason: str) -> None:
        super().__init__(f"第 {row} 行：{reason}。没有写入任何数据，请重新检查")


@dataclass
class Unknown:
    """A name in the file that is no record yet: to be matched to one, or to become one.

    `options` are (key, label) of the records that the user may see, the most similar first; `suggested` is one
    of their keys, NEW, or empty when the user has to decide.  The empty name stands for blank cells.
    """

    kind: str
    label: str
    name: str
    rows: int = 0
    options: list[tuple[str, str]] = field(default_factory=list)
    suggested: str = ""
    may_create: bool = False

    @property
    def choices(self) -> list[tuple[str, str]]:
        created = [(NEW, f"新建“{self.name or '未填写'}”（待补全）")] if self.may_create else []
        return [("", "请选择"), *self.options, *created]


class Importer:
    """One run over one workbook for one user.

    `choices` is what the user decided on the preview: {"names": {kind: {name: key or NEW}}, "options": {…}}.
    The flow calls `begin`, then `expect` and `look` with chunks of sound rows and each of them, then `settle`, and
    asks what was found; nothing is written into the register there.  To write it begins anew with `write`,
    inside one transaction.  An importer with a `stage` keeps there what `look` has found sound, and writes from it
    without reading the file a second time.
    """

    fields: Sequence[Field] = ()
    stage: Stage | None = None

    def __init__(self, register: Any, user: Any, choices: Mapping[str, Any] | None = None) -> None:
        self.register = register
        self.user = user
        self.choices: Mapping[str, Any] = choices or {}
        self.counts: Counter[str] = Counter()
        """new, changed, unchanged: what writing would do; and whatever else the importer's notes count."""
        self.changes: list[list[Any]] = []
        """Row, key, field, old and new value of what writing would change; the first MOST_CHANGES of them."""
        self.columns: dict[str, Column] = {}
        """Field name → the column of the file that holds it; set by the flow before the first row."""

    # The check -----------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Called when the columns are known, before the first row."""

    def expect(self, rows: Sequence[CheckedRow]) -> None:
        """The sound rows that are looked at next, so that what they need can be fetched together."""

    def settle(self) -> None:
        """Called after the last row, for what can be said of all rows together."""

    def look(self, row: CheckedRow) -> Sequence[Problem]:
        """The problems of a row whose cells are sound by themselves."""
        raise NotImplementedError

    def look_further(self, row: CheckedRow) -> Sequence[Problem]:
        """What else is wrong with a row of which a cell is bad, as far as its other cells tell, so that one
        correction of the file can put everything right."""
        return ()

    def unknown(self) -> list[Unknown]:
        """The names that the rows seen so far bear and the platform does not know."""
        return []

    def notes(self) -> list[str]:
        """In whole sentences, what will be made of the file beyond the plain columns."""
        return []

    def options(self, found: Mapping[str, int]) -> dict[str, forms.Field]:
        """Further questions for the preview; the answers come back in `choices["options"]`.

        `found` are the `counts` of the check.
        """
        return {}

    def read_with(self) -> dict[str, Any]:
        """Those of the user's choices by which rows are read: with others, what is staged has to be staged anew."""
        return {}

    # The writing ---------------------------------------------------------------------------------------------------

    def reads_again(self, counts: Mapping[str, Any]) -> bool:
        """Whether the writing needs the rows of the file, given the counts of the check."""
        return self.stage is None

    def write(self, batch: ImportBatch, rows: Rows, progress: Progress) -> Counter[str]:
        """Write all rows inside the caller's transaction; answers what was done.  Raises RowsRefused.

        `rows` is empty unless the importer reads again.
        """
        raise NotImplementedError

    # For the template ----------------------------------------------------------------------------------------------

    def lists(self) -> dict[str, Sequence[str]]:
        """Names of live records for the drop-downs of reference fields."""
        return {}

    # Helpers -------------------------------------------------------------------------------------------------------

    def decided(self, kind: str, name: str) -> str:
        """The user's decision about an unknown name, or empty."""
        return self.choices.get("names", {}).get(kind, {}).get(name, "")

    def option(self, name: str, default: Any = None) -> Any:
        return self.choices.get("options", {}).get(name, default)

    def problem(self, row: CheckedRow, name: str, reason: str, severity: Severity = "error") -> Problem:
        """A problem of the cell that holds this field, or of the whole row where no column holds it."""
        column = self.columns.get(name)
        if column is None:
            return Problem(row.number, "", "", "", reason, severity)
        value = row.source.at(column.index)
        shown = "" if value is None else shorten(str(value), 60)
        return Problem(row.number, column.letter, column.label, shown, reason, severity)
