"""The columns: found in the file, proposed, corrected, remembered."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from apps.core.models import RememberedMapping
from apps.enterprises.models import Enterprise
from tests.core.imports.flow import Flow, as_upload, workbook
from tests.factories import credit_code
from tests.personas import QIAOXI, inspector

pytestmark = pytest.mark.django_db
HEAD = ("公司", "信用代码", "类型", "注册地", "联络人")
ROW = ("滹沱第一建工有限公司", credit_code(1), "施工", "长安区", "张某")


def flow(**fields: str) -> Flow:
    return Flow(inspector(**fields), "enterprises")


def proposed(importing: Flow) -> dict[str, str]:
    return {c["label"]: c["field"] for c in importing.the_batch.mapping["columns"]}


def test_columns_are_found_under_a_title_and_proposed_with_reason_and_samples() -> None:
    importing = flow()
    page = importing.upload(workbook(("长安区企业名录",), HEAD, ROW))
    rows = {row["heading"]: row for row in page.context["form"].rows}
    assert rows["信用代码"]["reason"] == "同义名称"
    assert rows["信用代码"]["samples"] == [credit_code(1)]
    assert rows["信用代码"]["field"].initial == "uscc"
    assert "表头在第 2 行，共 1 行数据" in page.content.decode()


def test_a_corrected_column_is_remembered_for_the_whole_organisation() -> None:
    importing = flow()
    importing.upload(workbook(HEAD, ROW))
    assert proposed(importing)["公司"] == ""
    importing.match(column_0="name", column_4="legal_representative")
    colleague = flow()
    colleague.upload(workbook(HEAD, (ROW[0], credit_code(2), *ROW[2:])))
    assert proposed(colleague)["公司"] == "name"
    assert proposed(colleague)["联络人"] == "legal_representative"


def test_what_one_organisation_corrected_is_not_proposed_to_another() -> None:
    importing = flow()
    importing.upload(workbook(HEAD, ROW))
    importing.match(column_0="name")
    stranger = flow(at=QIAOXI)
    stranger.upload(workbook(HEAD, ROW))
    assert proposed(stranger)["公司"] == ""


def test_a_field_is_given_to_one_column_only() -> None:
    importing = flow()
    importing.upload(workbook(HEAD, ROW))
    page = importing.match(column_0="name", column_4="name")
    assert page.status_code == 422
    assert "“企业名称”对应了 A、E 列，只能留一列" in page.content.decode()
    assert RememberedMapping.objects.count() == 0


def test_a_required_field_without_a_column_is_asked_for() -> None:
    importing = flow()
    importing.upload(workbook(HEAD, ROW))
    page = importing.match()
    assert "必填的字段还没有对应的列：企业名称" in page.content.decode()


def test_a_column_left_out_is_not_read() -> None:
    importing = flow()
    importing.upload(workbook(HEAD, ROW))
    importing.match(column_0="name", column_4="")
    importing.decide()
    assert importing.the_batch.counts["new"] == 1


def test_words_of_the_file_can_be_given_a_meaning_which_is_remembered() -> None:
    importing = flow()
    importing.upload(workbook(HEAD, ("滹沱第一建工有限公司", credit_code(1), "总包", "长安区", "")))
    page = importing.match(column_0="name", value_kind_0="contractor")
    assert page.context["counts"]["errors"] == 0
    again = flow()
    again.upload(workbook(HEAD, ("滹沱第二建工有限公司", credit_code(2), "总包", "长安区", "")))
    assert again.match().context["counts"]["errors"] == 0


def test_another_sheet_can_be_chosen() -> None:
    importing = flow()
    page = importing.upload(two_sheets())
    assert page.context["batch"].sheet == "企业"
    data = {"sheet": "旧表", "head_from": "1", "head_to": "1", "look_again": "1"}
    importing.client.post(f"{importing.url}columns/", data)
    assert importing.the_batch.sheet == "旧表"
    assert list(proposed(importing)) == ["名称", "代码"]


def test_a_head_that_is_none_is_refused_and_the_proposal_stays() -> None:
    importing = flow()
    importing.upload(two_sheets())
    data = {"sheet": "企业", "head_from": "30", "head_to": "31", "look_again": "1"}
    page = importing.client.post(f"{importing.url}columns/", data)
    assert page.status_code == 422
    assert "没有找到表头" in page.content.decode()
    assert importing.the_batch.mapping["head"] == [1, 1]


def two_sheets() -> SimpleUploadedFile:
    book = Workbook()
    book.worksheets[0].title = "旧表"
    book.worksheets[0].append(("名称", "代码"))
    book.worksheets[0].append(("甲", "1"))
    sheet = book.create_sheet("企业")
    sheet.append(HEAD)
    sheet.append(ROW)
    return as_upload(book)


def test_identity_numbers_are_not_kept_beside_the_file() -> None:
    importing = flow()
    importing.upload(workbook(HEAD, (*ROW[:4], "110105194912310021")))
    assert importing.the_batch.mapping["columns"][4]["samples"] == ["1101**********0021"]
    assert "11010519491231" not in str(importing.the_batch.mapping)


def test_the_columns_of_a_written_import_are_closed() -> None:
    importing = flow()
    importing.upload(workbook(HEAD, ROW))
    importing.match(column_0="name")
    importing.decide("discard")
    assert importing.client.get(f"{importing.url}columns/").status_code == 302
    assert Enterprise.objects.count() == 0
