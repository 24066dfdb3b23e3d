"""From the file to the register: nothing before the confirmation, then all rows or none, and never twice."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from apps.core.files import open_stored
from apps.core.imports import services
from apps.core.jobs import cancel
from apps.core.models import Event, ImportBatch, ImportState, Job, JobState
from apps.enterprises.models import Enterprise
from tests.core.imports.flow import Flow, as_upload, problems, run_jobs, workbook
from tests.factories import EnterpriseFactory, credit_code
from tests.personas import CHANGAN, QIAOXI, inspector, persona

pytestmark = pytest.mark.django_db
HEAD = ("企业名称", "信用代码", "类型", "注册地")


def firm(number: int, name: str = "", **cells: Any) -> tuple[Any, ...]:
    """One row of a workbook of enterprises."""
    row = {
        "name": name or f"滹沱第{number}建工有限公司",
        "code": credit_code(number),
        "kind": "施工",
        "place": "长安区",
    }
    return tuple((row | cells).values())


def flow(user: Any = None) -> Flow:
    return Flow(user or inspector(), "enterprises")


def test_nothing_is_written_before_the_confirmation() -> None:
    importing = flow()
    importing.through(workbook(HEAD, firm(1), firm(2)))
    assert Enterprise.objects.count() == 0
    assert importing.the_batch.counts["new"] == 2


def test_confirmed_rows_are_written_and_the_import_is_an_event() -> None:
    importing = flow()
    page = importing.whole(workbook(HEAD, firm(1), firm(2)))
    assert Enterprise.objects.count() == 2
    assert importing.the_batch.state == ImportState.DONE
    event = Event.objects.of(importing.the_batch).get()
    assert (event.name, event.actor, event.facts["new"]) == ("imported", importing.user, 2)
    assert "已导入" in page.content.decode()


def test_a_row_is_saved_through_the_service_of_the_register() -> None:
    flow().whole(workbook(HEAD, firm(1)))
    assert Event.objects.of(Enterprise.objects.get()).get().name == "registered"


def test_one_bad_row_keeps_all_rows_out() -> None:
    importing = flow()
    page = importing.through(workbook(HEAD, firm(1), firm(2, code="91130102MA0000000X")))
    assert not page.context["may_write"]
    importing.decide("confirm")
    run_jobs()
    assert Enterprise.objects.count() == 0


def test_every_problem_names_row_column_value_and_reason() -> None:
    rows = [firm(1, kind="包工队"), firm(2, name=" "), firm(3, code="123"), firm(4, place="天河区")]
    page = flow().through(workbook(("企业表",), HEAD, *rows))
    found = problems(page)
    assert [(row, column) for row, column, _, _ in found] == [
        (3, "C 类型"),
        (4, "A 企业名称"),
        (5, "B 信用代码"),
        (6, "D 注册地"),
    ]
    assert [value for _, _, value, _ in found] == ["包工队", "", "123", "天河区"]
    assert found[0][3].startswith("没有“包工队”这个选项，可填：施工")
    assert found[1][3] == "必填，不能为空"
    assert found[2][3] == "统一社会信用代码应为18位，现为3位"


def test_two_rows_with_one_key_are_a_problem() -> None:
    page = flow().through(workbook(HEAD, firm(1), firm(2), firm(1, name="另一家公司")))
    assert problems(page) == [(4, "B 信用代码", credit_code(1), "与第 2 行重复")]


# Twice ----------------------------------------------------------------------------------------------------------------


def test_the_same_file_again_is_told_and_not_doubled() -> None:
    first = flow()
    first.whole(workbook(HEAD, firm(1)))
    again = first.upload(as_sent(first))
    assert again.status_code == 422
    assert f"由{first.user}导入，共 1 行，不会重复导入" in again.content.decode()
    assert ImportBatch.objects.count() == 1


def test_the_day_of_the_earlier_import_is_that_of_china() -> None:
    first = flow()
    first.whole(workbook(HEAD, firm(1)))
    late = datetime(2026, 11, 25, 18, 10, tzinfo=UTC)
    ImportBatch.objects.update(finished_at=late)
    assert "该文件已于 2026-11-26 由" in first.upload(as_sent(first)).content.decode()


def test_each_sheet_of_a_file_is_imported_once() -> None:
    book = Workbook()
    january, february = book.worksheets[0], book.create_sheet("2月")
    january.title = "1月"
    for number, sheet in enumerate((january, february), 1):
        sheet.append(HEAD)
        sheet.append(firm(number))
    office, colleague = flow(), flow(inspector())
    page = office.upload(as_upload(book, "各月.xlsx"))
    assert "文件里还有工作表“2月”没有导入" in page.content.decode()
    office.match()
    office.decide()
    run_jobs()
    assert "文件里还有工作表“2月”没有导入" in office.client.get(office.url).content.decode()
    assert "工作表“2月”" in colleague.upload(as_sent(office)).content.decode()
    colleague.match()
    colleague.decide()
    run_jobs()
    assert Enterprise.objects.count() == 2
    assert "不会重复导入" in office.upload(as_sent(office)).content.decode()


def test_a_sheet_that_is_no_ledger_is_not_left_to_be_imported() -> None:
    book = Workbook()
    book.worksheets[0].append(HEAD)
    book.worksheets[0].append(firm(1))
    for row in (("行号", "列", "列名", "内容", "原因", "类别"), (6, "E", "检查日期", "3月5日", "没有写年份", "提醒")):
        (book["问题清单"] if "问题清单" in book else book.create_sheet("问题清单")).append(row)
    office = flow()
    assert "文件里还有工作表" not in office.upload(as_upload(book)).content.decode()
    office.match()
    office.decide()
    run_jobs()
    assert "不会重复导入" in office.upload(as_sent(office)).content.decode()


def test_a_colleague_with_the_same_file_is_told_too() -> None:
    first = flow()
    first.whole(workbook(HEAD, firm(1)))
    assert flow(inspector()).upload(as_sent(first)).status_code == 422


def test_another_organisation_may_send_the_same_file() -> None:
    first = flow()
    first.whole(workbook(HEAD, firm(1)))
    assert flow(inspector(QIAOXI)).upload(as_sent(first)).status_code == 200


def as_sent(earlier: Flow) -> SimpleUploadedFile:
    """The very bytes of an earlier upload, under another name."""
    with open_stored(earlier.the_batch.file) as stored:
        return SimpleUploadedFile("副本.xlsx", stored.read())


def test_an_upload_that_was_left_is_found_again() -> None:
    importing = flow()
    importing.upload(workbook(HEAD, firm(1)))
    left = importing.the_batch
    importing.upload(as_sent(importing))
    assert importing.the_batch == left


def test_the_writing_job_run_twice_writes_once() -> None:
    importing = flow()
    importing.whole(workbook(HEAD, firm(1)))
    job = importing.job
    Job.objects.filter(pk=job.pk).update(state=JobState.QUEUED)
    assert [done.state for done in run_jobs()] == [JobState.DONE]
    assert Enterprise.objects.count() == 1


def test_two_colleagues_who_confirm_the_same_file_write_it_once() -> None:
    first, second = flow(), flow(inspector())
    file = workbook(HEAD, firm(1))
    first.through(file)
    second.through(as_sent(first))
    first.decide()
    second.decide()
    run_jobs()
    assert Enterprise.objects.count() == 1
    page = second.client.get(second.url)
    assert "不会重复导入" in page.context["last_error"]


# Long work ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def as_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every workbook is a large one."""
    monkeypatch.setattr(services, "BYTES_AT_ONCE", 0)
    monkeypatch.setattr(services, "ROWS_AT_ONCE", 0)


@pytest.mark.usefixtures("as_jobs")
def test_a_large_file_goes_the_same_way_in_jobs() -> None:
    importing = flow()
    page = importing.upload(workbook(HEAD, firm(1), firm(2)))
    assert page.templates[0].name == "core/import_busy.html"
    run_jobs()
    page = importing.match()
    assert page.templates[0].name == "core/import_busy.html"
    run_jobs()
    importing.decide()
    run_jobs()
    assert Enterprise.objects.count() == 2


@pytest.mark.usefixtures("as_jobs")
def test_the_page_of_a_running_job_moves_on_by_itself_when_it_is_done() -> None:
    importing = flow()
    importing.upload(workbook(HEAD, firm(1)))
    asked = {"HX-Request": "true"}
    assert "hx-trigger" in importing.client.get(importing.url, headers=asked).content.decode()
    run_jobs()
    assert importing.client.get(importing.url, headers=asked)["HX-Redirect"] == importing.url


@pytest.mark.usefixtures("as_jobs")
def test_a_large_file_that_turns_out_broken_says_so_and_is_kept() -> None:
    importing = flow()
    importing.upload(workbook(("只有", "两格")))
    run_jobs()
    page = importing.client.get(importing.url)
    assert importing.the_batch.state == ImportState.FAILED
    assert "表头" in page.content.decode()
    assert importing.the_batch.file.size > 0


def test_a_writing_that_is_called_off_can_be_confirmed_again() -> None:
    importing = flow()
    importing.through(workbook(HEAD, firm(1)))
    importing.decide()
    cancel(importing.job)
    run_jobs()
    assert importing.client.get(importing.url).context["may_write"]
    importing.decide()
    run_jobs()
    assert Enterprise.objects.count() == 1


def test_a_file_that_no_longer_fits_when_it_is_written_leaves_nothing_behind() -> None:
    importing = flow()
    importing.through(workbook(HEAD, firm(1), firm(2), firm(3)))
    importing.decide()
    meanwhile = EnterpriseFactory(uscc=credit_code(3), at=QIAOXI)
    run_jobs()
    assert Enterprise.objects.get() == meanwhile
    page = importing.client.get(importing.url)
    assert page.context["last_error"].startswith("第 4 行：")


def test_who_lost_the_right_meanwhile_does_not_write() -> None:
    importing = flow()
    importing.through(workbook(HEAD, firm(1)))
    importing.decide()
    importing.user.role = "enforcement_officer"
    importing.user.save()
    (job,) = run_jobs()
    assert (job.state, Enterprise.objects.count()) == (JobState.FAILED, 0)


# Whose ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["inspector", "safety_director", "auditor"])
@pytest.mark.parametrize("path", ["", "columns/", "problems.xlsx", "file/"])
def test_nobody_else_sees_an_import(role: str, path: str, client: Client) -> None:
    importing = flow()
    importing.through(workbook(HEAD, firm(1, kind="包工队")))
    client.force_login(persona(role, at=CHANGAN))
    assert client.get(importing.url + path).status_code == 404


def test_the_list_of_imports_is_ones_own(client: Client) -> None:
    flow().upload(workbook(HEAD, firm(1)))
    client.force_login(inspector())
    assert client.get("/imports/").context["batches"] == []


def test_who_may_not_import_is_refused(client: Client) -> None:
    client.force_login(persona("auditor"))
    assert client.get("/imports/enterprises/new/").status_code == 403
    assert client.get("/imports/enterprises/template.xlsx").status_code == 403


def test_a_register_that_is_none_is_not_found(client: Client) -> None:
    client.force_login(inspector())
    assert client.get("/imports/nothing/new/").status_code == 404


# Giving up ------------------------------------------------------------------------------------------------------------


def test_a_discarded_import_keeps_its_file_and_writes_nothing() -> None:
    importing = flow()
    importing.through(workbook(HEAD, firm(1)))
    importing.decide("discard")
    assert importing.the_batch.state == ImportState.DISCARDED
    assert importing.client.get(importing.url).status_code == 200
    assert (Enterprise.objects.count(), importing.the_batch.file.size > 0) == (0, True)


def test_what_is_written_can_not_be_discarded() -> None:
    importing = flow()
    importing.whole(workbook(HEAD, firm(1)))
    importing.client.post(importing.url, {"discard": "1"})
    assert importing.the_batch.state == ImportState.DONE
