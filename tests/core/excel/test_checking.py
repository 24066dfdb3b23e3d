"""All problems of a file at once, each with row, column, value and reason."""

import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl

from apps.core.excel import BULK, Checked, Field, check, find_table, propose, read_sheets
from tests.core.excel import builders

FIELDS = (
    Field("description", "隐患描述", required=True, max_length=10),
    Field("found_on", "检查日期", (), "date", required=True),
    Field("grade", "隐患等级", (), "choice", choices={"重大隐患": "major", "重大": "major", "一般隐患": "ordinary"}),
    Field("count", "数量", (), "integer"),
    Field("money", "整改资金", (), "decimal", unit="万元"),
)
HEAD = ["隐患描述", "检查日期", "隐患等级", "数量", "整改资金"]
SOUND = ["临边", "2024-06-22", "重大", 1, 2.5]


def checked(*rows: Sequence[Any]) -> Checked:
    return checked_file(builders.workbook(("表", [HEAD, *rows], ())))


def checked_file(stream: io.BytesIO) -> Checked:
    table = find_table(read_sheets(stream, BULK)[0], FIELDS)
    assert table is not None
    return check(table, propose(table, FIELDS), FIELDS)


def test_sound_rows_have_no_problems() -> None:
    result = checked(SOUND, SOUND)
    assert (len(result.rows), result.problems, result.errors, result.warnings) == (2, [], 0, 0)


def test_all_problems_of_all_rows_are_listed() -> None:
    result = checked(SOUND, [None, "不详", "特大", "两个", "多"], ["字" * 11, "2024-02-30", "一般隐患", 1.5, "3 元"])
    assert [(at.row, at.column_letter, at.label, at.value, at.reason) for at in result.problems] == [
        (3, "A", "隐患描述", "", "必填，不能为空"),
        (3, "B", "检查日期", "不详", "无法识别的日期，请写成 2024-06-22 的形式"),
        (3, "C", "隐患等级", "特大", "没有“特大”这个选项，可填：重大隐患、一般隐患"),
        (3, "D", "数量", "两个", "不是数字"),
        (3, "E", "整改资金", "多", "不是数字"),
        (4, "A", "隐患描述", "字" * 11, "最多 10 个字，现有 11 个字"),
        (4, "B", "检查日期", "2024-02-30", "没有这一天"),
        (4, "D", "数量", "1.5", "应为整数"),
    ]
    assert result.rows[2].values["money"] == Decimal("0.0003")
    assert [row.is_sound for row in result.rows] == [True, False, False]


def test_missing_required_column_is_one_problem_of_the_file() -> None:
    result = checked_file(builders.workbook(("表", [["隐患描述", "隐患等级", "数量"], ["临边", "重大", 1]], ())))
    assert [(at.row, at.label, at.reason) for at in result.problems] == [(0, "检查日期", "文件中没有“检查日期”这一列")]


def test_blank_marks_count_as_blank() -> None:
    result = checked(["临边", "2024-06-22", "/", "-", "无"])
    assert result.problems == []
    assert result.rows[0].values == {
        "description": "临边",
        "found_on": date(2024, 6, 22),
        "grade": None,
        "count": None,
        "money": None,
    }


def test_blank_mark_that_is_a_choice_is_no_blank() -> None:
    fields = [Field("stop", "是否停工", (), "choice", choices={"有": "yes", "无": "no"}), FIELDS[0]]
    table = find_table(
        read_sheets(builders.workbook(("表", [["是否停工", "隐患描述"], ["无", "临边"]], ())))[0], fields
    )
    assert table is not None
    assert check(table, propose(table, fields), fields).rows[0].values["stop"] == "no"


def test_formula_without_a_result_and_error_values_are_problems() -> None:
    result = checked(SOUND, ['="临"&"边"', "=TODAY()", "重大", "=1/0", 1])
    assert [(at.row, at.column_letter) for at in result.problems] == [(3, "A"), (3, "B"), (3, "D")]
    assert {at.reason for at in result.problems} == {"公式没有计算结果，请在 Excel 中打开、重新计算并保存"}


def test_formula_with_a_result_gives_the_result() -> None:
    row = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>隐患描述</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>检查日期</t></is></c>'
        '<c r="C1" t="inlineStr"><is><t>数量</t></is></c></row>'
        '<row r="2"><c r="A2" t="str"><f>X</f><v>临边</v></c><c r="B2"><f>Y</f><v>45465</v></c>'
        '<c r="C2" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
    )
    result = checked_file(builders.package({builders.SHEET: builders.sheet_xml(row)}))
    assert result.rows[0].values["description"] == "临边"
    assert str(result.rows[0].values["found_on"]) == "2024-06-22"
    assert [(at.column_letter, at.reason) for at in result.problems] == [("C", "单元格是错误值（如 #REF!、#N/A）")]


def test_control_and_bidi_characters_are_removed_with_a_warning() -> None:
    result = checked(["临\u202e边\u200b", "2024-06-22", None, None, None])
    assert result.rows[0].values["description"] == "临边"
    assert [(at.severity, at.reason) for at in result.problems] == [("warning", "含有不可见的控制字符，已去除")]


def test_long_number_that_excel_has_rounded_is_pointed_out() -> None:
    table_fields = [Field("code", "证件号码"), Field("name", "姓名")]
    stream = builders.workbook(("表", [["证件号码", "姓名"], [130102199001011234, "张某"]], ()))
    table = find_table(read_sheets(stream)[0], table_fields)
    assert table is not None
    problems = check(table, propose(table, table_fields), table_fields).problems
    assert [(at.severity, at.column_letter) for at in problems] == [("warning", "A")]


def test_true_is_not_taken_for_the_number_one_seen_before() -> None:
    result = checked(SOUND, ["临边", "2024-06-22", "重大", True, 1])
    assert [(at.row, at.column_letter, at.reason) for at in result.problems] == [(3, "D", "不是数字")]


def test_problem_list_is_capped_but_counted() -> None:
    bad = [[None, "x", "x", "x", "x"]] * 2500
    result = checked(*bad)
    assert (len(result.problems), result.errors) == (10_000, 12_500)


def test_empty_workbook_of_openpyxl_is_read() -> None:
    assert read_sheets(builders.saved(openpyxl.Workbook()))[0].name == "Sheet"
