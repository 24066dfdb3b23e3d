"""A list as a sheet: its columns, and its rows, which PostgreSQL writes where SQL can say every one of them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import IO, Any

from django.core.exceptions import EmptyResultSet, FieldDoesNotExist
from django.db import connections, models
from django.db.models import F, QuerySet

from apps.core.excel.cellsql import COPY_OPTIONS, SqlType, SqlValue, rows_sql
from apps.core.excel.layout import ColumnKind, ExportColumn, Layout, WriteResult
from apps.core.excel.writing import SHEET_ROWS, Appendix, Row, Taker, write_book, write_copied
from apps.core.registers import Column, Register, field_at

VERSION = Column("version", "版本", width=6)
"""The last column of a list whose records count their changes: with it an edited workbook can be brought back."""

STEP = 500
KINDS: dict[str, ColumnKind] = {
    "date": "date",
    "moment": "datetime",
    "integer": "integer",
    "decimal": "decimal",
    "float": "decimal",
}


@dataclass
class ListSheet:
    """The chosen rows of a register under these columns, and the version."""

    register: Register
    rows: QuerySet
    chosen: Sequence[Column]
    lines: Sequence[str]

    def write(
        self, file: IO[bytes], told: Callable[[int], None], appendix: Appendix, *, sheet_rows: int = SHEET_ROWS
    ) -> WriteResult:
        """Write the workbook; `told` hears of rows while they are written, and may call it off."""
        if not all(self.values):
            rows = counted(self.plain_values(), told)
            return write_book(file, self.layout, rows, sheet_rows=sheet_rows, appendix=appendix)
        return write_copied(file, self.layout, Copy(self), told, sheet_rows=sheet_rows, appendix=appendix)

    @cached_property
    def layout(self) -> Layout:
        return Layout(
            title=self.register.label,
            columns=[self.export_column(c, v) for c, v in zip(self.columns, self.values, strict=True)],
            sheet_name=self.register.label,
            subtitle_lines=self.lines,
            font="微软雅黑",
            freeze_columns=1,
        )

    @cached_property
    def columns(self) -> list[Column]:
        return [*self.chosen, VERSION] if has_version(self.register.model) else list(self.chosen)

    def export_column(self, column: Column, value: SqlValue | None) -> ExportColumn:
        labels = self.register.labels_of_choices.get(column.path)
        kind = KINDS.get(value.type, "text") if value and not labels else "text"
        return ExportColumn(column.label, kind=kind, width=column.width, choices=labels, muted=column is VERSION)

    @cached_property
    def values(self) -> list[SqlValue | None]:
        """What PostgreSQL has for each column; None for what only Python can say."""
        fields = self.cells.query.annotations
        names = [cell_name(at) for at in range(len(self.columns))]
        return [sql_value(name, fields[name].output_field) if name in fields else None for name in names]

    @cached_property
    def cells(self) -> QuerySet:
        """The rows, with the value of each column that SQL can say under a name of ours."""
        said = {cell_name(at): e for at, c in enumerate(self.columns) if (e := expression_of(self.rows, c)) is not None}
        return self.rows.annotate(**said).values_list(*said)

    def plain_values(self) -> Iterable[Row]:
        """From records, for the sake of their properties."""
        for record in self.rows.iterator(chunk_size=STEP):
            yield [self.value(record, c) for c in self.columns]

    def value(self, record: Any, column: Column) -> Any:
        return record.version if column is VERSION else self.register.value(record, column)


@dataclass
class Copy:
    """The query of a list, wrapped so that each of its rows comes out as a row of the sheet."""

    sheet: ListSheet

    def __call__(self, taker: Taker) -> None:
        with connections[self.sheet.rows.db].cursor() as cursor:
            try:
                listed = list_sql(cursor, self.sheet.cells)
            except EmptyResultSet:
                return
            cursor.copy_expert(f"COPY ({self.wrapped(listed)}) TO STDOUT WITH ({COPY_OPTIONS})", taker)

    def wrapped(self, listed: str) -> str:
        values = [value for value in self.sheet.values if value]
        return rows_sql(self.sheet.layout.columns, values, listed)


def list_sql(cursor: Any, rows: QuerySet) -> str:
    """The query as one text, for COPY takes no parameters."""
    sql, params = rows.query.get_compiler(using=rows.db).as_sql()
    text: str = cursor.mogrify(sql, params).decode()
    return text


def counted(rows: Iterable[Row], told: Callable[[int], None]) -> Iterable[Row]:
    """The rows, telling of them now and then."""
    done = 0
    for done, row in enumerate(rows, 1):
        yield row
        if done % STEP == 0:
            told(STEP)
    told(done % STEP)


# What a column is in SQL


def cell_name(at: int) -> str:
    return f"cell_{at}"


def has_version(model: type[models.Model]) -> bool:
    try:
        return bool(model._meta.get_field("version"))
    except FieldDoesNotExist:
        return False


def expression_of(rows: QuerySet, column: Column) -> Any:
    if column.expression is not None:
        return column.expression
    field = field_at(rows.model, column.path)
    if column.name in rows.query.annotations or (field is not None and sql_value(column.name, field)):
        return F(column.name)
    return None


# A moment is a DateField too, a boolean no number, so the more special come first.
TYPES: tuple[tuple[type[models.Field], SqlType], ...] = (
    (models.BooleanField, "boolean"),
    (models.DateTimeField, "moment"),
    (models.DateField, "date"),
    (models.DecimalField, "decimal"),
    (models.FloatField, "float"),
    (models.IntegerField, "integer"),
    (models.CharField, "text"),
    (models.TextField, "text"),
)


def sql_value(name: str, field: models.Field) -> SqlValue | None:
    """A column of the query as a cell may use it; None where Python makes another value of what is stored."""
    if isinstance(field, models.GeneratedField) and field.output_field is not None:
        return sql_value(name, field.output_field)
    kind = next((kind for cls, kind in TYPES if isinstance(field, cls)), None)
    if kind is None or hasattr(field, "from_db_value"):
        return None
    return SqlValue(name, kind, longest_of(field))


def longest_of(field: models.Field) -> int | None:
    """How many characters or digits the database lets pass; an expression's field promises nothing."""
    if not hasattr(field, "model"):
        return None
    if isinstance(field, models.DecimalField):
        return field.max_digits
    return field.max_length if isinstance(field, models.CharField) else None
