"""Objections of a firm by Excel: each row is the firm's own word about one finding, said as its page says it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError

from apps.core.excel import CheckedRow, Field, Problem
from apps.core.imports.importer import Importer, Rows, RowsRefused
from apps.core.jobs import Progress
from apps.core.models import ImportBatch
from apps.core.registers import Register
from apps.core.workflow import Workflow
from apps.credit.forms.moves import ObjectForm
from apps.credit.models import Blacklisting, CreditEntry, PermitCase
from apps.credit.workflow import ENTRY, LISTING, PERMIT

FIELDS = (
    Field(
        "number",
        "编号",
        ("异议事项编号", "记录编号", "案件编号"),
        required=True,
        max_length=32,
        example="XY-2026-000001",
    ),
    Field("objection", "异议和理由", ("异议理由", "异议内容和理由"), required=True, max_length=4000),
)
WORKFLOWS: tuple[tuple[Any, Workflow], ...] = ((CreditEntry, ENTRY), (Blacklisting, LISTING), (PermitCase, PERMIT))
NOT_FOUND = "您可查看的信用记录、失信名单和安许证处置中没有这个编号"


class AppealImporter(Importer):
    """Nothing but the move 提出异议 is made, within its term and by who may; a row claims neither day nor answer."""

    fields = FIELDS

    def __init__(self, register: Register, user: Any, choices: Mapping[str, Any] | None = None) -> None:
        super().__init__(register, user, choices)
        self.rows_of: dict[str, int] = {}

    def begin(self) -> None:
        self.counts.clear()
        self.rows_of.clear()

    def look(self, row: CheckedRow) -> Sequence[Problem]:
        number = number_of(row)
        earlier = self.rows_of.setdefault(number, row.number)
        if earlier != row.number:
            return [self.problem(row, "number", f"与第 {earlier} 行重复")]
        record, workflow = self.found(number)
        if record is None or workflow is None:
            return [self.problem(row, "number", NOT_FOUND)]
        if reason := workflow.refusal(record, "object", self.user):
            return [self.problem(row, "number", reason)]
        form = self.form(row, record)
        if not form.is_valid():
            return [self.problem(row, "objection", str(error)) for error in form.errors.get("objection", ())]
        self.counts["new"] += 1
        return ()

    def found(self, number: str) -> tuple[Any, Workflow | None]:
        """What bears this number, among what the user sees, and by which table it moves."""
        for model, workflow in WORKFLOWS:
            if record := model.objects.visible_to(self.user).filter(number=number).first():
                return record, workflow
        return None, None

    def form(self, row: CheckedRow, record: Any) -> ObjectForm:
        return ObjectForm({"objection": row.values["objection"]}, record=record, user=self.user)

    def write(self, batch: ImportBatch, rows: Rows, progress: Progress) -> Counter[str]:
        done: Counter[str] = Counter()
        for row in rows:
            self.object_to(row)
            done["new"] += 1
            progress.advance()
        return done

    def object_to(self, row: CheckedRow) -> None:
        """Asked again, as terms run out and findings are given up meanwhile."""
        record, workflow = self.found(number_of(row))
        if record is None or workflow is None:
            raise RowsRefused(row.number, NOT_FOUND)
        form = self.form(row, record)
        if not form.is_valid():
            raise RowsRefused(row.number, "异议和理由不完整")
        try:
            workflow.perform(record, "object", by=self.user, **form.facts())
        except ValidationError as refusal:
            raise RowsRefused(row.number, "；".join(refusal.messages)) from refusal


def number_of(row: CheckedRow) -> str:
    return str(row.values["number"]).strip().upper()
