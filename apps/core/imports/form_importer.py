"""Import through a register's form: what may be typed on the page may come in a workbook, under the same rules."""

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from copy import copy
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.core.excel import CheckedRow, Field, Problem
from apps.core.excel.fields import FieldKind
from apps.core.imports.importer import MOST_CHANGES, Importer, Rows, RowsRefused, chunks
from apps.core.imports.three_way import VERSION, before, changed, differences, flat, in_words, since_export, told_new
from apps.core.jobs import Progress
from apps.core.models import ImportBatch, Versioned
from apps.core.registers import Column, Register
from apps.core.workflow import StaleRecord

VERSION_FIELD = Field(
    VERSION, "版本", synonyms=("记录版本",), kind="integer", help="导出时的版本，据此看出导出之后由他人改过的内容"
)
MASK = "***"
"""In a cell: a value as our own exports show it to those who may not see it, never a value to store."""
YES_NO = {"是": "on", "否": "", "有": "on", "无": "", "true": "on", "false": ""}
MOST_OFFERED = 2000
"""So many records of a reference the template offers by their words, and a cell may name by them."""
NOT_IN_A_CELL = (forms.FileField, forms.JSONField, forms.ModelMultipleChoiceField)
KINDS: tuple[tuple[type[forms.Field], FieldKind], ...] = (
    (forms.DateTimeField, "datetime"),
    (forms.DateField, "date"),
    (forms.DecimalField, "decimal"),
    (forms.FloatField, "decimal"),
    (forms.IntegerField, "integer"),
    (forms.ModelChoiceField, "reference"),
    (forms.ChoiceField, "choice"),
    (forms.BooleanField, "choice"),
    (forms.CharField, "text"),
)


class FormImporter(Importer):
    """Creates records, or corrects those that the register's key names and that are still in hand.

    A blank cell of a row that corrects leaves the value as it is; a state is never set.  A row that tells the version
    it was exported with does not overwrite what others have changed since.
    """

    def __init__(self, register: Register, user: Any, choices: Mapping[str, Any] | None = None) -> None:
        super().__init__(register, user, choices)
        self.form = register.form(user)
        self.usual = as_data(self.form)
        self.fields = list(import_fields(register, self.form, user))
        self.correctable: Container[str] = {field.name for field in self.fields}
        self.rows_of_values: dict[tuple[str, Any], int] = {}
        """Field and value → the first row that has it, of the fields that no two records have in common."""
        self.records: dict[str, Any] = {}
        """Of the chunk of rows that is looked at: key → record."""
        self.references: dict[tuple[str, str], str] = {}

    # The check -----------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        self.counts.clear()
        self.rows_of_values.clear()
        self.changes.clear()

    def expect(self, rows: Sequence[CheckedRow]) -> None:
        """Fetch the records that these rows name, as keys and as references, in one query each."""
        keys = {key for row in rows if (key := self.key_of(row))}
        found = self.register.rows(self.user).filter(**{f"{self.register.key}__in": keys}) if keys else ()
        self.records = {str(getattr(record, self.register.key)): record for record in found}
        for field in self.fields:
            if field.kind == "reference":
                texts = {str(text) for row in rows if (text := row.values.get(field.name)) is not None}
                self.refer(field.name, [text for text in texts if (field.name, text) not in self.references])

    def look(self, row: CheckedRow) -> Sequence[Problem]:
        form, problems = self.judged(row)
        if form is not None and not any(p.severity == "error" for p in problems):
            self.counts[self.fate(form)] += 1
            if not form.instance._state.adding:
                self.tell_changes(row, form)
        return problems

    def look_further(self, row: CheckedRow) -> Sequence[Problem]:
        """The form's word on the cells that are not bad by themselves."""
        bad = {problem.column_letter for problem in row.problems if problem.severity == "error"}
        _, problems = self.judged(row)
        return [problem for problem in problems if problem.column_letter not in bad | {""}]

    def tell_changes(self, row: CheckedRow, form: forms.ModelForm) -> None:
        for change in differences(form, self.correctable):
            self.counts["changes"] += 1
            if len(self.changes) < MOST_CHANGES:
                self.changes.append([row.number, self.key_of(row), change.label, change.old, change.new])

    def notes(self) -> list[str]:
        told = (
            ("conflicts", "{} 处在导出之后已由他人改成别的内容，与文件不一致：保留台账现值，不覆盖，见“提醒”。"),
            ("kept", "{} 处在导出之后由他人改过，文件没有改动：保留台账现值。"),
        )
        return [text.format(self.counts[name]) for name, text in told if self.counts[name]]

    # The writing ---------------------------------------------------------------------------------------------------

    def write(self, batch: ImportBatch, rows: Rows, progress: Progress) -> Counter[str]:
        done: Counter[str] = Counter()
        self.begin()
        for chunk in chunks(rows):
            self.expect([row for row in chunk if row.is_sound])
            for row in chunk:
                done[self.write_row(row)] += 1
                progress.advance()
        return done

    def write_row(self, row: CheckedRow) -> str:
        form, problems = self.judged(row) if row.is_sound else (None, list(row.problems))
        wrong = next((p for p in problems if p.severity == "error"), None)
        if form is None or wrong:
            raise RowsRefused(row.number, wrong.reason if wrong else "数据有变化")
        done = self.fate(form)
        if done != "unchanged":
            self.save(form, row)
        return done

    def save(self, form: forms.ModelForm, row: CheckedRow) -> None:
        """Records were fetched a chunk ago, so a correction names the version it was made of."""
        version = None if form.instance._state.adding else getattr(form.instance, VERSION, None)
        try:
            self.register.save(form, by=self.user, version=version)
        except ValidationError as refusal:
            raise RowsRefused(row.number, "；".join(refusal.messages)) from refusal
        except StaleRecord as stale:
            raise RowsRefused(row.number, "记录刚刚由他人修改") from stale

    # One row -------------------------------------------------------------------------------------------------------

    def judged(self, row: CheckedRow) -> tuple[forms.ModelForm | None, list[Problem]]:
        """The row as a filled form and what is wrong with it; no form where the row is not this user's to write."""
        key = self.key_of(row)
        if key and (repeated := self.repeated(row, self.register.key, key)):
            return None, repeated
        record = self.records.get(key)
        if reason := self.forbidden(record):
            return None, [self.problem(row, self.register.key, reason)]
        form = self.register.form(self.user, self.data(row, record), instance=copy(record))
        problems = self.errors(row, form)
        for name in self.register.once:
            if value := form.cleaned_data.get(name):
                problems += self.repeated(row, name, value)
        version = row.values.get(VERSION)
        if record is None or version is None or problems:
            return form, problems
        return self.compared(row, record, form, version)

    def repeated(self, row: CheckedRow, name: str, value: Any) -> list[Problem]:
        """What is wrong with a value that an earlier row has too."""
        earlier = self.rows_of_values.setdefault((name, value), row.number)
        return [] if earlier == row.number else [self.problem(row, name, f"与第 {earlier} 行重复")]

    def compared(
        self, row: CheckedRow, record: Any, form: forms.ModelForm, version: int
    ) -> tuple[forms.ModelForm, list[Problem]]:
        """The form without what others have changed since the export, and what is told of that."""
        if version > record.version:
            reason = f"台账中的版本是 {record.version}，没有版本 {version}"
            return form, [self.problem(row, VERSION, reason)]
        if version == record.version:
            return form, []
        stay, conflicts = since_export(form, self.correctable, version)
        self.counts["conflicts"] += len(conflicts)
        self.counts["kept"] += len(stay) - len(conflicts)
        told = [self.conflict(row, form, name) for name in conflicts]
        if not stay:
            return form, told
        form = self.register.form(self.user, self.data(row, record, leave=stay), instance=copy(record))
        return form, [*told, *self.errors(row, form)]

    def errors(self, row: CheckedRow, form: forms.ModelForm) -> list[Problem]:
        told = [(name, str(error)) for name, errors in form.errors.items() for error in errors]
        return [self.problem(row, name, self.named(form, name) + error) for name, error in told]

    def named(self, form: forms.ModelForm, name: str) -> str:
        """The field's name where no column of the file bears it."""
        return "" if name in self.columns or name not in form.fields else f"{form.fields[name].label}："

    def conflict(self, row: CheckedRow, form: forms.ModelForm, name: str) -> Problem:
        now, mine = in_words(form, name, before(form, name)), told_new(form, name)
        reason = f"导出之后已由他人改为“{now}”，文件中是“{mine}”：保留台账现值，没有覆盖"
        return self.problem(row, name, reason, "warning")

    def key_of(self, row: CheckedRow) -> str:
        """The key that the row names, spelled as the form's own field would spell it."""
        value = row.values.get(self.register.key)
        if value is None:
            return ""
        field = self.form.fields.get(self.register.key)
        try:
            return str(field.clean(str(value))) if field else str(value)
        except ValidationError:
            return ""

    def forbidden(self, record: Any) -> str | None:
        if record is None:
            return None if self.register.may(self.user, "add") else f"您没有新增{self.register.label}的权限"
        if not self.register.may(self.user, "change"):
            return f"已有这条记录，您没有修改{self.register.label}的权限"
        return self.register.locked(record)

    def data(self, row: CheckedRow, record: Any, leave: Container[str] = ()) -> dict[str, Any]:
        """What the form is filled with: the record as it stands, and over it the cells that are not blank."""
        data = as_data(self.register.form(self.user, instance=record)) if record else dict(self.usual)
        for field in self.fields:
            value = row.values.get(field.name)
            if value is None or (isinstance(value, str) and MASK in value) or field.name in leave:
                continue
            if field.kind == "reference":
                value = self.referred(field.name, str(value))
            data[field.name] = value.isoformat() if isinstance(value, date | datetime) else str(value)
        return data

    def referred(self, name: str, text: str) -> str:
        if (name, text) not in self.references:
            self.references[name, text] = find_reference(self.register, self.form, name, text)
        return self.references[name, text]

    def refer(self, name: str, texts: Sequence[str]) -> None:
        """Find what texts name by their natural key, all at once; what it does not settle is asked for by itself."""
        field: Any = self.form.fields.get(name)
        column = column_of(self.register.columns, name, str(field.label)) if field else None
        queryset = getattr(field, "queryset", None)
        if not texts or queryset is None or column is None or not column.reference:
            return
        found: dict[str, list[Any]] = {}
        for record in queryset.filter(**{f"{column.reference}__in": texts}):
            found.setdefault(str(getattr(record, column.reference)), []).append(record)
        for text, records in found.items():
            if len(records) == 1:
                self.references[name, text] = str(field.prepare_value(records[0]))

    def fate(self, form: forms.ModelForm) -> str:
        """What writing a form would do."""
        if form.instance._state.adding:
            return "new"
        return "changed" if changed(form, self.correctable) else "unchanged"

    # For the template ----------------------------------------------------------------------------------------------

    def lists(self) -> dict[str, Sequence[str]]:
        offered: dict[str, Sequence[str]] = {}
        for field in self.fields:
            queryset = getattr(self.form.fields.get(field.name), "queryset", None)
            if field.kind == "reference" and queryset is not None:
                offered[field.name] = [str(record) for record in queryset[:MOST_OFFERED]]
        return offered


def as_data(form: forms.ModelForm) -> dict[str, Any]:
    """A record as its own form would send it back unchanged."""
    values = {name: form[name].value() for name in form.fields}
    return {
        name: value.isoformat() if isinstance(value, date | datetime) else value
        for name, value in values.items()
        if value is not None and value is not False
    }


# Fields ---------------------------------------------------------------------------------------------------------------


def import_fields(register: Register, form: forms.ModelForm, user: Any) -> list[Field]:
    """The form's fields that a cell can hold, named as the register's columns name them."""
    columns = register.columns_for(user)
    fields = [
        import_field(name, field, column_of(columns, name, str(field.label or name)), given=bool(form[name].value()))
        for name, field in form.fields.items()
        if not field.disabled and not isinstance(field, NOT_IN_A_CELL) and not field.widget.is_hidden
    ]
    key = next((c for c in columns if c.path == register.key and c.path not in form.fields), None)
    named = [Field(key.path, key.label, synonyms=key.synonyms), *fields] if key else fields
    return [*named, VERSION_FIELD] if issubclass(register.model, Versioned) else named


def column_of(columns: Sequence[Column], name: str, label: str) -> Column | None:
    """The column that shows the form's field: by path, as the start or end of one, or by its label."""
    for fits in (
        lambda c: c.path == name,
        lambda c: c.path.startswith(f"{name}."),
        lambda c: c.path.endswith(f".{name}"),
        lambda c: c.label == label,
    ):
        if found := next((c for c in columns if fits(c)), None):
            return found
    return None


def import_field(name: str, field: forms.Field, column: Column | None, *, given: bool) -> Field:
    """What a cell may hold; a field that the form fills by itself may do without a column."""
    label = str(field.label or (column and column.label) or name)
    kind: FieldKind = next((kind for cls, kind in KINDS if isinstance(field, cls)), "reference")
    return Field(
        name,
        label,
        synonyms=tuple(s for s in (column.label, *column.synonyms) if s != label) if column else (),
        kind=kind,
        required=field.required and not given,
        choices=choices_of(field) if kind == "choice" else {},
        max_length=(getattr(field, "max_length", 0) or 0) if kind == "text" else 0,
        help=str(field.help_text or ""),
    )


def choices_of(field: forms.Field) -> dict[str, str]:
    """Label → code, the codes themselves after all labels."""
    if isinstance(field, forms.BooleanField):
        return YES_NO
    pairs = flat(getattr(field, "choices", ()))
    labels = {label.strip(): code for code, label in pairs if code}
    return {**labels, **{code: code for code, _ in pairs if code and code not in labels}}


def find_reference(register: Register, form: forms.ModelForm, name: str, text: str) -> str:
    """The form's spelling of the record that a text names; the text itself where the form has to judge it."""
    field: Any = form.fields[name]
    queryset = getattr(field, "queryset", None)
    if queryset is None:
        return text
    column = column_of(register.columns, name, str(field.label))
    if column and column.reference and len(found := list(queryset.filter(**{column.reference: text})[:2])) == 1:
        return str(field.prepare_value(found[0]))
    try:
        return str(field.prepare_value(field.clean(text)))
    except ValidationError:
        offered = [record for record in queryset[:MOST_OFFERED] if str(record) == text]
        return str(field.prepare_value(offered[0])) if len(offered) == 1 else text
