"""The works on a stored workbook: survey, check, write, hand back with comments.

Each reads the file anew and finds all else in the batch, so a step that was lost with its worker is simply done
again.  `services` decides whether a step is done at once or as a job.
"""

from collections import Counter
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.timezone import localdate

from apps.core.db import try_lock
from apps.core.events import record_event
from apps.core.excel import (
    BULK,
    CheckedRow,
    Field,
    Table,
    WorkbookFacts,
    WorkbookRefused,
    annotate,
    check_rows,
    find_table,
    from_choices,
    prescan,
    read_sheets,
)
from apps.core.excel.mapping import Mapping
from apps.core.exports import XLSX
from apps.core.files import path_of, store
from apps.core.imports.forgetting import forget_upload
from apps.core.imports.form_importer import FormImporter
from apps.core.imports.importer import Importer, chunks
from apps.core.imports.report import Report, read_problems
from apps.core.imports.survey import survey, with_values
from apps.core.jobs import Progress
from apps.core.models import ImportBatch, ImportState, RememberedMapping, StoredFile
from apps.core.registers import Register, registry

OPEN_TO_CHECK = (ImportState.UPLOADED, ImportState.CHECKED)


def importer_of(register: Register, user: Any, choices: dict[str, Any] | None = None) -> Importer:
    return (register.importer or FormImporter)(register, user, choices)


# Survey


def look_over(batch: ImportBatch, sheet: str = "", head: tuple[int, int] | None = None) -> None:
    """Find the table and propose the columns.  Raises WorkbookRefused."""
    user = batch.created_by
    facts = prescan(path_of(batch.file), BULK)
    found = survey(
        read_sheets(path_of(batch.file), BULK, facts),
        importer_of(registry[batch.register], user).fields,
        lambda layout: recalled(user, batch.register, layout),
        sheet=sheet,
        head=head,
    )
    found["scanned"] = facts.as_json()
    batch.choices = {"names": found.pop("names")}
    batch.layout, batch.sheet, batch.mapping = found.pop("layout"), found["sheet"], found
    batch.state, batch.problems, batch.counts = ImportState.UPLOADED, [], {}
    batch.save(update_fields=["choices", "layout", "sheet", "mapping", "state", "problems", "counts"])


def recalled(user: Any, register: str, layout: str) -> dict[str, Any]:
    """How people of the user's organisation matched columns, values and names of this layout before."""
    rows = RememberedMapping.objects.filter(organisation_id=user.organisation_id, register=register, layout=layout)
    return rows.values_list("mapping", flat=True).first() or {}


def remember(batch: ImportBatch, **learnt: Any) -> None:
    """Keep what was decided for the next workbook of this layout."""
    user = batch.created_by
    RememberedMapping.objects.update_or_create(
        organisation_id=user.organisation_id,
        register=batch.register,
        layout=batch.layout,
        defaults={"mapping": {**recalled(user, batch.register, batch.layout), **learnt}},
    )


# Check


def check(batch: ImportBatch, progress: Progress) -> None:
    """Look at every row and keep what was found; nothing is written into the register."""
    progress.of(batch.mapping["rows"])
    importer = importer_of(registry[batch.register], batch.created_by, batch.choices)
    found = examined(batch, importer, progress)
    # Whoever has begun to check after this check has taken its stage away.
    mine = ImportBatch.objects.filter(pk=batch.pk, stage=batch.stage, state__in=OPEN_TO_CHECK)
    mine.update(state=ImportState.CHECKED, **found)
    batch.refresh_from_db(fields=["state", *found])


def examined(batch: ImportBatch, importer: Importer, progress: Progress) -> dict[str, Any]:
    """Counts, problems and changes of all rows; what is sound is staged by those importers that do so."""
    stage = importer.stage
    table, rows = opened(batch, importer)
    report = Report()
    if stage:
        stage.begin(batch)
    importer.begin()
    for chunk in chunks(rows):
        importer.expect(chunk)
        for row in chunk:
            report.rows += 1
            look = importer.look if row.is_sound else importer.look_further
            report.add([*row.problems, *look(row)])
        progress.advance(len(chunk))
    importer.settle()
    staged = {"staged": {"rows": stage.rows} | importer.read_with()} if stage else {}
    counts = report.as_counts(importer, table.skipped) | staged
    return {"counts": counts, "problems": report.as_problems(), "changes": importer.changes}


def opened(batch: ImportBatch, importer: Importer) -> tuple[Table, Iterator[CheckedRow]]:
    """The table of the stored file and its rows, read through the columns that were confirmed."""
    fields = with_values(importer.fields, batch.mapping.get("values", {}))
    sheets = read_sheets(path_of(batch.file), BULK, scanned(batch))
    sheet = next((s for s in sheets if s.name == batch.sheet), None)
    table = sheet and find_table(sheet, fields, tuple(batch.mapping["head"]))
    if not table:
        raise WorkbookRefused("no_table", "没有找到上次确认的表头，请重新核对列")
    mapping = mapping_of(batch, table, fields)
    importer.columns = {match.field: match.column for match in mapping.matches if match.field}
    return table, check_rows(table, mapping, fields)


def scanned(batch: ImportBatch) -> WorkbookFacts | None:
    """What the survey's scan saw: the file is kept under its hash, so that it can't have changed since."""
    told = batch.mapping.get("scanned")
    return WorkbookFacts.from_json(told) if told else None


def mapping_of(batch: ImportBatch, table: Table, fields: list[Field]) -> Mapping:
    return from_choices(table, fields, {c["index"]: c["field"] for c in batch.mapping["columns"]})


# Write


def write(batch: ImportBatch, progress: Progress) -> None:
    """Write all rows in one transaction or none.  Run a second time it does nothing."""
    register, user = registry[batch.register], batch.created_by
    if batch.state != ImportState.WRITING:
        return
    if not register.may(user, "import"):
        raise ValidationError(f"您已没有导入{register.label}的权限")
    progress.of(batch.mapping["rows"])
    importer = importer_of(register, user, batch.choices)
    if importer.stage and not importer.stage.resume(batch, importer.read_with()):
        stage_again(batch, importer, progress)
    rows = opened(batch, importer)[1] if importer.reads_again(batch.counts) else ()
    with transaction.atomic():
        if claim(batch):
            finish(batch, importer.write(batch, rows, progress), user)
    if importer.stage:
        importer.stage.drop()


def stage_again(batch: ImportBatch, importer: Importer, progress: Progress) -> None:
    """Check once more what was staged and is gone.  Raises ValidationError when the file no longer passes."""
    found = examined(batch, importer, progress)
    progress.job.done = 0
    if found["counts"]["errors"]:
        raise ValidationError("检查之后情况有变化，文件里有行不再符合要求。没有写入任何数据，请重新检查")


def claim(batch: ImportBatch) -> bool:
    """Lock the batch; False when it is written already.  Raises ValidationError when the file came in otherwise."""
    state = ImportBatch.objects.select_for_update(of=("self",)).values_list("state", flat=True).get(pk=batch.pk)
    if state != ImportState.WRITING:
        return False
    if not try_lock(f"import:{batch.register}:{batch.created_by.organisation_id}:{batch.file.sha256}"):
        raise ValidationError("同一文件正由本单位其他人写入，请稍后查看")
    if earlier := imported_before(batch.register, batch.file.sha256, batch.created_by, batch.sheet):
        raise ValidationError(told_already(earlier))
    return True


def imported_before(register: str, sha256: str, user: Any, sheet: str = "") -> ImportBatch | None:
    """The batch by which the user's organisation has imported this very file: this sheet of it, or else all."""
    rows = done_with(register, sha256, user)
    if sheet:
        return rows.filter(sheet=sheet).first()
    last = rows.first()
    return None if last and sheets_left(last) else last


def sheets_left(batch: ImportBatch) -> list[str]:
    """The other tables of the batch's file that nobody of the organisation has imported: one sheet is one import."""
    done = done_with(batch.register, batch.file.sha256, batch.created_by).values_list("sheet", flat=True)
    over = {batch.sheet, *done}
    known = batch.mapping.get("sheets", [])
    return [s["name"] for s in known if s.get("whole") and not s["hidden"] and s["name"] not in over]


def next_sheet(register: str, sha256: str, user: Any) -> str:
    """The sheet to look at first in a file of which others are imported already; empty for the best one."""
    last = done_with(register, sha256, user).first()
    return next(iter(sheets_left(last)), "") if last else ""


def done_with(register: str, sha256: str, user: Any) -> QuerySet[ImportBatch]:
    rows = ImportBatch.objects.filter(register=register, state=ImportState.DONE, file__sha256=sha256)
    own = rows.filter(created_by__organisation=user.organisation_id)
    return own.select_related("created_by", "file").order_by("-finished_at")


def told_already(batch: ImportBatch) -> str:
    rows = batch.counts.get("rows", 0)
    return f"该文件已于 {localdate(batch.finished_at)} 由{batch.created_by}导入，共 {rows} 行，不会重复导入"


def finish(batch: ImportBatch, done: Counter[str], user: Any) -> None:
    batch.counts = {**batch.counts, "written": dict(done)}
    batch.state, batch.finished_at = ImportState.DONE, Now()
    batch.save(update_fields=["counts", "state", "finished_at"])
    facts = {"register": batch.register, "file": batch.file.original_name, "sha256": batch.file.sha256, **done}
    record_event(batch, "imported", by=user, facts=facts)
    forget_upload(batch)


# The workbook handed back


def commented(batch: ImportBatch) -> StoredFile:
    """The uploaded workbook with its problems as cell comments, or their list alone where the file is too large."""
    problems = read_problems(batch.problems)
    with TemporaryFile() as out:
        annotate(path_of(batch.file), problems, out, sheet_name=batch.sheet)
        stem = batch.file.original_name.rpartition(".")[0] or batch.file.original_name
        return store(out, name=f"{stem}-问题.xlsx", by=batch.created_by, content_type=XLSX)
