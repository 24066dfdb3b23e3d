"""Exports that PostgreSQL writes: complete, of one moment, honest about themselves, and called off at once."""

import hashlib
import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO
from tempfile import TemporaryFile
from typing import Any

import pytest
from django.db import InternalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from apps.core import exports, jobs
from apps.core.events import record_event
from apps.core.excel import ExportColumn, Field, Layout, WriteResult, find_tables, read_sheets
from apps.core.export_sheet import ListSheet
from apps.core.files import open_stored
from apps.core.jobs import cancel
from apps.core.listing import Listing
from apps.core.models import Event, Job, JobState, StoredFile
from apps.core.registers import registry
from apps.core.snapshots import snapshot
from tests.core.imports.flow import content
from tests.factories import EnterpriseFactory
from tests.personas import inspector, persona


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Progress is written at every report."""
    monkeypatch.setattr(jobs, "REPORT_EVERY", jobs.REPORT_EVERY * 0)


def order(user: Any, register: str = "enterprises", query: str = "view=all") -> Job:
    params = {"register": register, "query": query, "keys": None, "layout": ""}
    return Job.objects.create(kind=exports.KIND, created_by=user, title="导出", params=params)


def done(job: Job) -> Job:
    jobs.run(str(job.pk))
    job.refresh_from_db()
    return job


def told(book: Any) -> dict[str, Any]:
    sheet = book["导出说明"]
    return {row[0]: row[1] for row in sheet.iter_rows(min_row=3, values_only=True) if row[1] is not None}


def data_rows(file: Any, head: int) -> bytes:
    """The rows below the head, as they stand in all sheets of the table."""
    with zipfile.ZipFile(file) as archive:
        names = sorted(name for name in archive.namelist() if name.startswith("xl/worksheets/"))
        sheets = [archive.read(name) for name in names[:-1]]
    return b"".join(xml[xml.index(b'<row r="%d">' % (head + 1)) : xml.index(b"</sheetData>")] for xml in sheets)


# What the file says of itself -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_last_sheet_tells_query_person_rows_checksum_and_the_ledgers_state(client: Client) -> None:
    user = inspector()
    client.force_login(user)
    firms = [EnterpriseFactory(kind=kind) for kind in ("supervision", "supervision", "owner")]
    newest = record_event(firms[0], "checked", by=user)
    file = BytesIO(content(client.post("/enterprises/export/?kind=supervision&view=all")))
    said, job = told(load_workbook(file)), Job.objects.get()
    assert said["台账"] == "企业"
    assert said["查询条件"] == "企业类型=监理"
    assert said["导出人"] == f"{user}（{user.organisation}）"
    assert said["行数"] == "应导出 2 行，实际写出 2 行"
    assert said["任务号"] == str(job.pk)
    assert (said["操作日志至"], said["该条日志校验值"]) == (f"第 {newest.pk} 号", newest.leaf.hex())
    assert said["数据行校验值"] == f"SHA-256 {hashlib.sha256(data_rows(file, 4)).hexdigest()}"
    made = Event.objects.of(job).get(name="exported")
    assert made.facts["rows_sha256"] in said["数据行校验值"]


@pytest.mark.django_db
def test_checksum_of_a_ledger_written_by_python_is_found_again_too(client: Client) -> None:
    user = persona("system_admin")
    client.force_login(user)
    file = BytesIO(content(client.post(f"{reverse('users:list')}export/?view=all")))
    assert "masked_phone" in {c.path for c in registry["users"].columns}  # which SQL cannot say
    assert told(load_workbook(file))["数据行校验值"] == f"SHA-256 {hashlib.sha256(data_rows(file, 4)).hexdigest()}"


@pytest.mark.django_db
def test_last_column_is_the_narrow_grey_version_of_the_row(client: Client) -> None:
    client.force_login(inspector())
    EnterpriseFactory(version=7)
    sheet = load_workbook(BytesIO(content(client.post("/enterprises/export/?view=all")))).worksheets[0]
    head, cell = sheet.cell(4, sheet.max_column), sheet.cell(5, sheet.max_column)
    assert (head.value, cell.value, cell.font.color.rgb) == ("版本", 7, "FFA6A6A6")
    assert sheet.column_dimensions[cell.column_letter].width == 6


@pytest.mark.django_db
def test_own_reader_finds_the_table_and_nothing_in_the_sheet_that_explains_it(client: Client) -> None:
    client.force_login(inspector())
    EnterpriseFactory()
    file = BytesIO(content(client.post("/enterprises/export/?view=all")))
    fields = [Field(c.name, c.label) for c in registry["enterprises"].columns]
    table, _ = find_tables(read_sheets(file), fields)
    assert table is not None
    assert table.sheet.name == "企业"
    assert len(list(table.rows())) == 1


# Which rows -----------------------------------------------------------------------------------------------------------


def sheet_of(user: Any, name: str, alias: str = "default", query: str = "view=all") -> ListSheet:
    listing = Listing(registry[name], user, QueryDict(query))
    return ListSheet(listing.register, listing.sorted.using(alias), listing.columns, [])


@pytest.mark.django_db
@pytest.mark.parametrize("name", [n for n in registry if n not in ("users", "grants")])
def test_sql_says_every_column_of_the_long_registers(name: str) -> None:
    register = registry[name]
    user = persona("auditor")
    sheet = ListSheet(register, Listing(register, user, QueryDict("view=all")).sorted, register.columns, [])
    silent = [c.path for c, value in zip(sheet.columns, sheet.values, strict=True) if value is None]
    assert silent == []


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "property_"), [("users", "masked_phone"), ("grants", "subject")])
def test_what_only_python_can_say_sends_the_register_the_other_way(name: str, property_: str) -> None:
    register = registry[name]
    sheet = ListSheet(register, register.rows(persona("auditor")), register.columns, [])
    silent = {c.path for c, value in zip(sheet.columns, sheet.values, strict=True) if value is None}
    assert property_ in silent


@pytest.mark.django_db
def test_rows_over_a_sheet_go_on_in_the_next_and_none_is_lost() -> None:
    user = inspector()
    firms = [EnterpriseFactory().uscc for _ in range(5)]
    with TemporaryFile() as file:
        written = sheet_of(user, "enterprises").write(file, lambda rows: None, no_appendix, sheet_rows=2)
        sheets = load_workbook(file).worksheets[:3]
    found = [row[1] for sheet in sheets for row in sheet.iter_rows(min_row=3, values_only=True)]
    assert (written.rows, written.sheets) == (5, ["企业", "企业（2）", "企业（3）"])
    assert found == firms[::-1]


def no_appendix(written: WriteResult) -> tuple[Layout, Sequence[Any]]:
    return Layout("说明", [ExportColumn("项目")]), []


@pytest.mark.django_db(transaction=True)
def test_rows_that_come_while_the_export_runs_are_not_in_it_and_do_not_disturb_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    user = inspector()
    EnterpriseFactory(), EnterpriseFactory()
    before(monkeypatch, lambda: EnterpriseFactory())
    job = done(order(user))
    assert (job.state, job.result["rows"]) == (JobState.DONE, 2)
    assert job.result_file is not None
    with open_stored(job.result_file) as file:
        assert told(load_workbook(file))["行数"] == "应导出 2 行，实际写出 2 行"


@pytest.mark.django_db
def test_a_file_that_lacks_rows_is_not_handed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    user = inspector()
    EnterpriseFactory(), EnterpriseFactory()
    monkeypatch.setattr(exports.Making, "total", 3)
    job = done(order(user))
    assert (job.state, job.result_file) == (JobState.FAILED, None)
    assert job.error == "应导出 3 行，实际写出 2 行，文件没有保留。请重新导出"


def before(monkeypatch: pytest.MonkeyPatch, happening: Callable[[], object]) -> None:
    """Something happens between the count and the first row."""
    write = ListSheet.write

    def disturbed(*args: Any, **options: Any) -> WriteResult:
        happening()
        return write(*args, **options)

    monkeypatch.setattr(ListSheet, "write", disturbed)


# While it runs --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("register", ["enterprises", "users"])
def test_called_off_while_it_runs_it_stops_and_leaves_neither_file_nor_connection(
    register: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = persona("system_admin") if register == "users" else inspector()
    EnterpriseFactory(), EnterpriseFactory()
    job = order(user, register)
    made = connections_made(monkeypatch)
    before(monkeypatch, lambda: cancel(Job.objects.get(pk=job.pk)))
    assert done(job).state == JobState.CANCELLED
    assert StoredFile.objects.count() == 0
    assert [own.connection for own in made] == [None]


def connections_made(monkeypatch: pytest.MonkeyPatch) -> list[BaseDatabaseWrapper]:
    """The connections that were opened beside the usual one."""
    made: list[BaseDatabaseWrapper] = []
    copy = BaseDatabaseWrapper.copy

    def noted(usual: BaseDatabaseWrapper, alias: str | None = None) -> BaseDatabaseWrapper:
        made.append(copy(usual, alias))
        return made[-1]

    monkeypatch.setattr(BaseDatabaseWrapper, "copy", noted)
    return made


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("quick")
def test_progress_is_seen_by_others_before_the_last_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.core.excel.writing._BUFFER", 1)
    user, seen = inspector(), []
    for _ in range(3):
        EnterpriseFactory()
    advance = jobs.Progress.advance

    def watched(progress: jobs.Progress, rows: int = 1) -> None:
        advance(progress, rows)
        seen.append(Job.objects.values_list("done", "total").get(pk=progress.job.pk))

    monkeypatch.setattr(jobs.Progress, "advance", watched)
    done(order(user))
    assert seen == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_sees_one_moment_and_cannot_write() -> None:
    EnterpriseFactory()
    model = registry["enterprises"].model
    with snapshot(seconds=5) as alias:
        rows = model._default_manager.using(alias)
        assert rows.count() == 1
        EnterpriseFactory()
        assert (rows.count(), model._default_manager.count()) == (1, 2)
        with pytest.raises(InternalError):
            rows.update(version=9)
