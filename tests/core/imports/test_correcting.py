"""An import may correct what is still in hand, and nothing else."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from apps.core.imports.form_importer import as_data
from apps.core.registers import registry
from apps.enterprises.models import Enterprise
from tests.core.imports.flow import Flow, content, problems, run_jobs, workbook
from tests.factories import EnterpriseFactory
from tests.personas import CHANGAN, QIAOXI, inspector

pytestmark = pytest.mark.django_db
HEAD = ("企业名称", "统一社会信用代码", "企业类型", "注册地", "联系电话", "资质等级")


def line(firm: Enterprise, **cells: Any) -> tuple[Any, ...]:
    row = {"name": firm.name, "code": firm.uscc, "kind": "施工", "place": "长安区", "phone": "", "level": ""}
    return tuple((row | cells).values())


@pytest.fixture
def firm() -> Any:
    return EnterpriseFactory(organisation__at=CHANGAN, phone="0311-00001234", qualification="贰级")


def test_a_row_with_a_known_key_corrects_that_record(firm: Enterprise) -> None:
    importing = Flow(inspector(), "enterprises")
    page = importing.through(workbook(HEAD, line(firm, level="壹级")))
    assert [page.context["counts"][name] for name in ("new", "changed", "unchanged")] == [0, 1, 0]
    importing.decide()
    run_jobs()
    firm.refresh_from_db()
    assert (firm.qualification, firm.version) == ("壹级", 2)


def test_a_blank_cell_leaves_the_value_as_it_is(firm: Enterprise) -> None:
    Flow(inspector(), "enterprises").whole(workbook(HEAD, line(firm, level="壹级")))
    firm.refresh_from_db()
    assert firm.phone == "0311-00001234"


def test_a_masked_number_from_our_own_export_is_no_number(firm: Enterprise) -> None:
    importing = Flow(inspector(), "enterprises")
    page = importing.through(workbook(HEAD, line(firm, phone=firm.phone_masked)))
    assert page.context["counts"]["unchanged"] == 1


def test_a_row_that_changes_nothing_writes_nothing(firm: Enterprise) -> None:
    page = Flow(inspector(), "enterprises").whole(workbook(HEAD, line(firm)))
    firm.refresh_from_db()
    assert firm.version == 1
    assert [f["value"] for f in page.context["figures"]] == [0, 0, 1]


def test_a_record_of_another_county_is_not_touched_and_not_shown(firm: Enterprise) -> None:
    importing = Flow(inspector(QIAOXI), "enterprises")
    page = importing.through(workbook(HEAD, line(firm, place="石家庄市桥西区", level="壹级")))
    assert problems(page)[0][3] == "该统一社会信用代码已登记"


@pytest.fixture
def locked() -> Iterator[None]:
    register: Any = registry["enterprises"]
    register.locked = lambda record: f"{record} 已归档，不能再修改"
    yield
    del register.locked


@pytest.mark.usefixtures("locked")
def test_a_locked_record_is_a_problem_of_its_row(firm: Enterprise) -> None:
    page = Flow(inspector(), "enterprises").through(workbook(HEAD, line(firm, level="壹级")))
    assert problems(page) == [(2, "B 统一社会信用代码", firm.uscc, f"{firm} 已归档，不能再修改")]


def test_who_may_not_change_may_not_correct_by_import(firm: Enterprise, monkeypatch: pytest.MonkeyPatch) -> None:
    register = registry["enterprises"]
    may = register.may
    monkeypatch.setattr(register, "may", lambda user, verb: verb != "change" and may(user, verb))
    page = Flow(inspector(), "enterprises").through(workbook(HEAD, line(firm, level="壹级")))
    assert problems(page)[0][3] == "已有这条记录，您没有修改企业的权限"


# Three ways: the file, the ledger when it was exported, the ledger now ------------------------------------------------

WITH_VERSION = (*HEAD, "版本")


def change(firm: Enterprise, **values: str) -> None:
    """What a colleague does on the page meanwhile."""
    register = registry["enterprises"]
    colleague = inspector()
    form = register.form(colleague, as_data(register.form(colleague, instance=firm)) | values, instance=firm)
    assert form.is_valid(), form.errors
    register.save(form, by=colleague)


def exported(firm: Enterprise, **edits: str) -> tuple[Any, ...]:
    """The row as an export wrote it, edited in Excel since."""
    return (*line(firm, **({"level": firm.qualification} | edits)), firm.version)


def edited(row: tuple[Any, ...], **edits: str) -> tuple[Any, ...]:
    names = ("name", "code", "kind", "place", "phone", "level", "version")
    return tuple((dict(zip(names, row, strict=True)) | edits).values())


def test_the_preview_shows_old_and_new_of_each_field_that_changes(firm: Enterprise) -> None:
    importing = Flow(inspector(), "enterprises")
    page = importing.through(workbook(WITH_VERSION, exported(firm, level="壹级", kind="监理")))
    assert page.context["changes"] == [
        [2, firm.uscc, "企业类型", "施工", "监理"],
        [2, firm.uscc, "资质等级", "贰级", "壹级"],
    ]
    assert page.context["changes_total"] == 2


def test_personal_data_is_not_shown_in_the_preview(firm: Enterprise) -> None:
    page = Flow(inspector(), "enterprises").through(workbook(WITH_VERSION, exported(firm, phone="0311-66669999")))
    assert page.context["changes"] == [[2, firm.uscc, "联系电话", "***", "***"]]


def test_rows_that_nobody_edited_are_skipped_though_the_ledger_moved_on(firm: Enterprise) -> None:
    row = exported(firm)
    change(firm, qualification="特级")
    page = Flow(inspector(), "enterprises").whole(workbook(WITH_VERSION, row))
    firm.refresh_from_db()
    assert (firm.qualification, firm.version) == ("特级", 2)
    assert [f["value"] for f in page.context["figures"]] == [0, 0, 1]


def test_what_both_sides_changed_is_a_conflict_with_both_values_and_is_not_overwritten(firm: Enterprise) -> None:
    row = edited(exported(firm), level="壹级", kind="监理")
    change(firm, qualification="特级")
    importing = Flow(inspector(), "enterprises")
    page = importing.through(workbook(WITH_VERSION, row))
    assert problems(page) == [
        (2, "F 资质等级", "壹级", "导出之后已由他人改为“特级”，文件中是“壹级”：保留台账现值，没有覆盖")
    ]
    assert page.context["changes"] == [[2, firm.uscc, "企业类型", "施工", "监理"]]
    assert page.context["counts"]["notes"][0].startswith("1 处在导出之后已由他人改成别的内容")
    importing.decide()
    run_jobs()
    firm.refresh_from_db()
    assert (firm.qualification, firm.kind, firm.version) == ("特级", "supervision", 3)


def test_both_sides_with_the_same_new_value_agree(firm: Enterprise) -> None:
    row = edited(exported(firm), level="特级")
    change(firm, qualification="特级")
    page = Flow(inspector(), "enterprises").through(workbook(WITH_VERSION, row))
    assert problems(page) == []
    assert page.context["counts"]["unchanged"] == 1


def test_a_change_after_the_check_is_a_conflict_at_the_confirmation_too(firm: Enterprise) -> None:
    importing = Flow(inspector(), "enterprises")
    importing.through(workbook(WITH_VERSION, edited(exported(firm), level="壹级")))
    change(firm, qualification="特级")
    importing.decide()
    run_jobs()
    firm.refresh_from_db()
    assert firm.qualification == "特级"
    assert importing.the_batch.counts["written"] == {"unchanged": 1}


def test_a_version_that_never_was_is_a_problem(firm: Enterprise) -> None:
    page = Flow(inspector(), "enterprises").through(workbook(WITH_VERSION, edited(exported(firm), version="9")))
    assert problems(page) == [(2, "G 版本", "9", "台账中的版本是 1，没有版本 9")]


def test_the_template_asks_for_no_version() -> None:
    answer: Any = Flow(inspector(), "enterprises").client.get("/imports/enterprises/template.xlsx")
    assert "版本" not in headings(content(answer))


def headings(book: bytes) -> list[Any]:
    sheet = load_workbook(BytesIO(book)).worksheets[0]
    return [cell.value for row in sheet.iter_rows(max_row=5) for cell in row]


def test_keys_and_references_are_fetched_together_and_not_row_by_row(firm: Enterprise) -> None:
    def asked(rows: int) -> int:
        importing = Flow(inspector(), "enterprises")
        importing.upload(workbook(HEAD, *(line(EnterpriseFactory(organisation__at=CHANGAN)) for _ in range(rows))))
        with CaptureQueriesContext(connection) as queries:
            importing.match()
        keyed = ["uscc" in q["sql"] and " IN (" in q["sql"].partition("WHERE")[2] for q in queries]
        return sum(keyed)

    assert asked(2) == asked(6)


def test_a_bad_cell_does_not_hide_what_the_form_says_of_the_others() -> None:
    row = ("长" * 300, "91130102MATE000000", "施工", "月球", "", "")
    page = Flow(inspector(), "enterprises").through(workbook(HEAD, row))
    values = {value for _, _, value, _ in problems(page)}
    assert {"91130102MATE000000", "月球"} < values
    assert any(value.startswith("长长") for value in values)


def test_many_changes_are_shown_page_by_page_beside_the_problems() -> None:
    importing = Flow(inspector(), "enterprises")
    firms = EnterpriseFactory.create_batch(101, organisation__at=CHANGAN, qualification="贰级")
    importing.through(workbook(WITH_VERSION, *(exported(firm, level="壹级") for firm in firms)))
    page = importing.client.get(f"{importing.url}?changes=2")
    assert [change[:2] for change in page.context["changes"]] == [[102, firms[100].uscc]]
    assert page.context["changes_page"]["previous_url"] == "?page=1&changes=1#changes"
    assert page.context["changes_total"] == 101
