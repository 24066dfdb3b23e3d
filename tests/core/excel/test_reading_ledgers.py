"""Ledgers of six offices: where the head is, what the columns mean, which rows are data."""

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from apps.core.excel import Mapping, Table, check, find_table, find_tables, layout_signature, propose, read_sheets
from tests.core.excel import builders
from tests.core.excel.builders import FIELDS, moment


def table_of(stream: io.BytesIO) -> Table:
    table, _ = find_tables(read_sheets(stream), FIELDS)
    assert table is not None
    return table


def fields_by_letter(mapping: Mapping) -> dict[str, str]:
    return {match.column.letter: match.field for match in mapping.matches if match.field}


def test_head_of_four_merged_rows_gives_one_path_per_column() -> None:
    table = table_of(builders.command_ledger())
    assert table.header_rows == (2, 5)
    assert table.title == ("建设系统安全隐患问题库",)
    assert [column.path for column in table.columns[10:16]] == [
        ("整改期限",),
        ("整改责任单位", "建设"),
        ("整改责任单位", "设计"),
        ("整改责任单位", "施工"),
        ("整改责任单位", "监理"),
        ("整改责任人",),
    ]


def test_note_merged_under_the_table_is_not_data() -> None:
    table = table_of(builders.command_ledger())
    assert [row.number for row in table.rows()] == [6, 7, 8]
    assert [(row.number, row.kind) for row in table.skipped] == [(9, "note")]
    assert table.notes[0].startswith("填写要求：")


def test_columns_of_the_command_ledger_find_their_fields() -> None:
    table = table_of(builders.command_ledger())
    assert fields_by_letter(propose(table, FIELDS)) == {
        "A": "serial", "B": "found_on", "C": "unit", "D": "people", "E": "project", "F": "place", "G": "description",
        "I": "grade", "J": "demands", "K": "deadline", "L": "owner", "M": "designer", "N": "contractor",
        "O": "supervisor", "Q": "closed_on", "R": "state",
    }  # fmt: skip


def test_values_of_the_command_ledger() -> None:
    table = table_of(builders.command_ledger())
    checked = check(table, propose(table, FIELDS), FIELDS)
    assert checked.problems == []
    assert [row.values["found_on"] for row in checked.rows] == [
        moment("2024-06-22 14:40"),
        moment("2024-06-25"),
        moment("2024-07-02"),
    ]
    assert [row.values["grade"] for row in checked.rows] == ["ordinary"] * 3
    assert [row.values["state"] for row in checked.rows] == ["closed"] * 3
    assert [row.values["contractor"] for row in checked.rows] == ["冀某建工", None, "冀某二建"]


def test_two_head_rows_without_merges_below_form_lines() -> None:
    table = table_of(builders.county_ledger())
    assert table.header_rows == (4, 5)
    assert [column.letter for column in table.columns] == list("BCDEFGHIJKL")
    assert [column.path for column in table.columns[5:8]] == [
        ("参建单位", "建设单位"),
        ("参建单位", "施工单位"),
        ("参建单位", "监理单位"),
    ]


def test_days_without_a_year_take_it_from_the_title_and_say_so() -> None:
    table = table_of(builders.county_ledger())
    checked = check(table, propose(table, FIELDS), FIELDS)
    assert [row.values["found_on"] for row in checked.rows] == [moment("2025-03-05"), moment("2025-03-06")]
    assert [row.values["deadline"] for row in checked.rows] == [date(2025, 3, 12), date(2025, 3, 10)]
    assert [row.values["money"] for row in checked.rows] == [Decimal("1.5"), Decimal("0.2")]
    assert {(problem.severity, problem.reason) for problem in checked.problems} == {
        ("warning", "没有写年份，按表题的 2025 年理解")
    }


def test_signatures_below_the_table_are_a_note() -> None:
    table = table_of(builders.county_ledger())
    assert [row.number for row in table.rows()] == [6, 7]
    assert [row.kind for row in table.skipped] == ["note"]


def test_repeated_heads_titles_sections_and_totals_are_told_from_data() -> None:
    table = table_of(builders.paged_ledger())
    assert [row.number for row in table.rows()] == [4, 5, 6, 10]
    assert [(row.number, row.kind) for row in table.skipped] == [
        (3, "note"),
        (7, "title"),
        (8, "repeated_head"),
        (9, "note"),
        (11, "total"),
    ]


def test_cells_merged_downwards_count_for_each_of_their_rows() -> None:
    table = table_of(builders.paged_ledger())
    second = list(table.rows())[1]
    assert second.values == (1, date(2024, 5, 6), "学府城", "楼梯无扶手", "一般", "甲公司")
    assert second.filled == (0, 1, 2)


def test_best_visible_sheet_is_chosen_and_the_others_are_reported() -> None:
    table, reports = find_tables(read_sheets(builders.many_sheets()), FIELDS)
    assert table is not None
    assert table.sheet.name == "2月"
    assert [(report.name, report.hidden, report.table is not None) for report in reports] == [
        ("封面", False, False),
        ("旧台账", True, True),
        ("1月", False, True),
        ("2月", False, True),
    ]


def test_index_row_under_the_head_is_not_data() -> None:
    table = table_of(builders.many_sheets())
    assert table.header_rows == (1, 1)
    assert [row.number for row in table.rows()] == [3, 4]


def test_three_levels_of_groups() -> None:
    table = table_of(builders.three_level_ledger())
    assert table.header_rows == (1, 3)
    assert table.columns[0].path == ("检查情况", "基本信息", "编号")
    assert table.columns[5].path == ("整改情况", "责任单位", "施工单位")
    checked = check(table, propose(table, FIELDS), FIELDS)
    assert checked.problems == []
    assert [row.values["found_on"] for row in checked.rows] == [moment("2024-06-22"), moment("2024-06-23 12:00")]
    assert [row.values["deadline"] for row in checked.rows] == [date(2024, 7, 1), date(2024, 7, 3)]
    assert [row.values["supervisor"] for row in checked.rows] == ["丙监理", "丙监理"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_in_any_usual_encoding(encoding: str) -> None:
    table = table_of(builders.csv_ledger(encoding))
    checked = check(table, propose(table, FIELDS), FIELDS)
    assert table.title == ("隐患台账",)
    assert [row.values["description"] for row in checked.rows] == ["洞口,无盖板", "吊篮"]
    assert [row.values["found_on"] for row in checked.rows] == [moment("2024-05-06"), moment("2024-05-07")]
    assert checked.problems == []


def test_person_may_name_the_head_rows() -> None:
    sheet = read_sheets(builders.paged_ledger())[0]
    table = find_table(sheet, FIELDS, header_rows=(8, 8))
    assert table is not None
    assert [row.number for row in table.rows()] == [10]


def test_sheet_without_a_table_gives_none() -> None:
    sheets = read_sheets(builders.workbook(("空", [], ()), ("字", [["只有一句话"]], ())))
    assert [find_table(sheet, FIELDS) for sheet in sheets] == [None, None]


def test_head_is_found_without_knowing_any_field() -> None:
    table = find_table(read_sheets(builders.command_ledger())[0], [])
    assert table is not None
    assert table.header_rows == (2, 5)


@pytest.mark.parametrize("build", [builders.command_ledger, builders.county_ledger, builders.three_level_ledger])
def test_signature_is_the_same_for_the_same_layout_only(build: Callable[[], io.BytesIO]) -> None:
    assert layout_signature(table_of(build())) == layout_signature(table_of(build()))
    assert layout_signature(table_of(build())) != layout_signature(table_of(builders.paged_ledger()))


def test_signature_does_not_depend_on_the_data() -> None:
    longer = builders.command_ledger(extra=[[4, date(2024, 8, 1)]])
    assert layout_signature(table_of(longer)) == layout_signature(table_of(builders.command_ledger()))
