"""Templates that explain themselves, and uploads handed back with their problems marked."""

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from apps.core.excel import (
    Problem,
    annotate,
    check,
    find_tables,
    propose,
    read_sheets,
    template_version,
    write_template,
)
from tests.core.excel import builders
from tests.core.excel.builders import FIELDS

PROBLEMS = [
    Problem(7, "N", "整改责任单位/施工", "", "必填，不能为空"),
    Problem(7, "N", "整改责任单位/施工", "", "单位不存在"),
    Problem(8, "I", "隐患等级", "一般", "请核对等级", "warning"),
    Problem(0, "", "检查日期", "", "文件中没有“检查日期”这一列"),
]


def template(**options: object) -> io.BytesIO:
    stream = io.BytesIO()
    write_template(stream, FIELDS, title="隐患导入模板", version="hazard-2", **options)  # type: ignore[arg-type]
    stream.seek(0)
    return stream


def test_untouched_template_holds_no_rows_and_knows_its_version() -> None:
    sheets = read_sheets(template())
    table, _ = find_tables(sheets, FIELDS)
    assert table is not None
    assert table.sheet.name == "填报表"
    assert list(table.rows()) == []
    assert [row.kind for row in table.skipped] == ["example"]
    assert template_version(sheets) == "hazard-2"
    assert template_version(read_sheets(builders.command_ledger())) is None


def test_every_column_of_the_template_finds_its_field() -> None:
    table, _ = find_tables(read_sheets(template()), FIELDS)
    assert table is not None
    assert list(propose(table, FIELDS).fields.values()) == [field.name for field in FIELDS]


def test_filled_template_is_read_without_problems() -> None:
    book = openpyxl.load_workbook(template())
    for column, value in {2: "2024-06-22", 5: "学府城", 7: "临边无防护", 8: "一般隐患", 17: "整改中"}.items():
        book["填报表"].cell(4, column, value)
    table, _ = find_tables(read_sheets(builders.saved(book)), FIELDS)
    assert table is not None
    checked = check(table, propose(table, FIELDS), FIELDS)
    assert checked.problems == []
    assert [row.number for row in checked.rows] == [4]


def test_choices_and_live_lists_are_drop_downs_from_a_hidden_sheet() -> None:
    names = [f"某某小区{number}期" for number in range(300)]
    book = openpyxl.load_workbook(template(lists={"project": names}))
    rules = {str(rule.sqref): rule for rule in book["填报表"].data_validations.dataValidation}
    assert book["选项"].sheet_state == "hidden"
    assert rules["E4:E2003"].formula1 == "'选项'!$A$2:$A$301"
    assert (rules["E4:E2003"].errorStyle, rules["H4:H2003"].errorStyle) == ("warning", "stop")
    assert [book["选项"].cell(row, 2).value for row in (1, 2, 3, 4)] == ["隐患等级", "重大隐患", "一般隐患", None]


def test_annotated_copy_marks_cells_and_lists_problems() -> None:
    out = io.BytesIO()
    assert annotate(builders.command_ledger(), PROBLEMS, out, sheet_name="总表") == "copy"
    book = openpyxl.load_workbook(out)
    cell = book["总表"]["N7"]
    assert cell.comment.text == "必填，不能为空\n单位不存在"
    assert cell.comment.author == "系统校验"
    assert cell.fill.start_color.rgb == "FFFFC7CE"
    assert book["总表"]["I8"].fill.start_color.rgb == "FFFFEB9C"
    assert [row[4] for row in book["问题清单"].iter_rows(min_row=3, values_only=True)] == [at.reason for at in PROBLEMS]


def test_annotated_copy_keeps_all_values_and_merges() -> None:
    out = io.BytesIO()
    annotate(builders.command_ledger(), PROBLEMS, out, sheet_name="总表")
    before, after = openpyxl.load_workbook(builders.command_ledger())["总表"], openpyxl.load_workbook(out)["总表"]
    assert list(after.values) == list(before.values)
    assert {str(area) for area in after.merged_cells.ranges} == {str(area) for area in before.merged_cells.ranges}


def test_problem_in_a_merged_cell_is_marked_at_its_first_cell() -> None:
    out = io.BytesIO()
    annotate(builders.paged_ledger(), [Problem(5, "C", "工程名称", "学府城", "找不到")], out, sheet_name="清单")
    assert openpyxl.load_workbook(out)["清单"]["C4"].comment.text == "找不到"


def test_annotated_copy_holds_no_formula() -> None:
    out = io.BytesIO()
    stream = builders.workbook(("表", [["隐患描述", "检查日期"], ["=HYPERLINK(1)", "=TODAY()"], ["'=1", "甲"]], ()))
    annotate(stream, [Problem(2, "A", "隐患描述", "=cmd()", "=坏公式")], out, sheet_name="表")
    with zipfile.ZipFile(out) as archive:
        assert not [name for name in archive.namelist() if b"<f>" in archive.read(name)]


def test_corrected_copy_can_be_sent_again() -> None:
    first, second = io.BytesIO(), io.BytesIO()
    annotate(builders.command_ledger(), PROBLEMS, first, sheet_name="总表")
    table, _ = find_tables(read_sheets(first), FIELDS)
    assert table is not None
    assert table.sheet.name == "总表"
    assert [row.number for row in table.rows()] == [6, 7, 8]
    annotate(first, PROBLEMS[:1], second, sheet_name="总表")
    assert openpyxl.load_workbook(second).sheetnames == ["总表", "问题清单"]


def test_csv_comes_back_as_a_workbook() -> None:
    out = io.BytesIO()
    assert (
        annotate(
            builders.csv_ledger("gb18030"), [Problem(3, "B", "项目名称", "学府城", "找不到")], out, sheet_name="CSV"
        )
        == "copy"
    )
    assert openpyxl.load_workbook(out)["CSV"]["B3"].comment.text == "找不到"


def test_file_too_large_for_a_copy_comes_back_as_a_list() -> None:
    out = io.BytesIO()
    rows = "<row><c><v>1</v></c></row>" * 20_001
    assert (
        annotate(builders.package({builders.SHEET: builders.sheet_xml(rows)}), PROBLEMS, out, sheet_name="Sheet1")
        == "list"
    )
    sheet = openpyxl.load_workbook(out)["问题清单"]
    assert [row[4] for row in sheet.iter_rows(min_row=3, values_only=True)] == [at.reason for at in PROBLEMS]


@pytest.mark.parametrize("part", ["xl/styles.xml", "xl/theme/theme1.xml"])
def test_file_openpyxl_cannot_load_comes_back_as_a_list(part: str, tmp_path: Path) -> None:
    source = tmp_path / "upload.xlsx"
    source.write_bytes(builders.package({part: b"<a/>"}).getvalue())
    assert annotate(source, PROBLEMS, tmp_path / "out.xlsx", sheet_name="Sheet1") in ("copy", "list")
    assert "问题清单" in openpyxl.load_workbook(tmp_path / "out.xlsx").sheetnames
