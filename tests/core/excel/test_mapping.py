"""Columns to fields: reasons, corrections, and what is remembered."""

from collections.abc import Sequence

from apps.core.excel import Field, Mapping, Table, find_table, from_choices, propose, read_sheets
from tests.core.excel import builders
from tests.core.excel.builders import FIELDS

GRADE = Field("grade", "隐患等级", (), "choice", choices=builders.GRADES)
DAY = Field("deadline", "整改期限", ("整改时限",), "date", required=True)
TEXT = Field("description", "隐患描述", required=True)


def table_with(head: Sequence[str], *rows: Sequence[object]) -> Table:
    table = find_table(read_sheets(builders.workbook(("表", [head, *rows], ())))[0], FIELDS, header_rows=(1, 1))
    assert table is not None
    return table


def proposal(mapping: Mapping) -> list[tuple[str, str | None, str]]:
    return [(match.column.label, match.field, match.reason) for match in mapping.matches]


def test_each_match_says_why() -> None:
    table = table_with(["隐患描述", "整改时限", "隐患 等级（类别）", "颜色"])
    assert proposal(propose(table, [TEXT, DAY, GRADE])) == [
        ("隐患描述", "description", "名称相同"),
        ("整改时限", "deadline", "同义名称"),
        ("隐患等级（类别）", "grade", "去掉括号说明后相同"),
        ("颜色", None, "未匹配"),
    ]


def test_similar_name_scores_less_than_a_synonym() -> None:
    mapping = propose(table_with(["整改期限要求", "隐患描述"]), [TEXT, DAY])
    assert mapping.fields == {0: "deadline", 1: "description"}
    assert mapping.matches[0].reason == "名称相近"
    assert mapping.matches[0].score < 0.9


def test_similar_name_with_unfitting_values_is_not_taken() -> None:
    mapping = propose(table_with(["整改期限状态", "隐患描述"], ["按期", "甲"], ["逾期", "乙"]), [TEXT, DAY])
    assert mapping.fields == {1: "description"}
    assert mapping.missing == ("deadline",)


def test_column_without_a_heading_may_be_told_by_its_values() -> None:
    mapping = propose(
        table_with(["隐患描述", "整改期限", ""], ["甲", None, "重大"], ["乙", None, "一般"]), [TEXT, DAY, GRADE]
    )
    assert proposal(mapping)[2] == ("（无标题，第 C 列）", "grade", "按内容推断")


def test_one_field_is_given_to_one_column() -> None:
    mapping = propose(table_with(["隐患描述", "隐患描述", "整改期限"]), [TEXT, DAY])
    assert mapping.fields == {0: "description", 2: "deadline"}


def test_remembered_choice_wins_over_names() -> None:
    table = table_with(["隐患描述", "问题", "整改期限"])
    mapping = propose(table, [TEXT, DAY], {"问题": "description", "隐患描述": "", "整改期限": "deadline"})
    assert proposal(mapping) == [
        ("隐患描述", None, "上次选择不导入"),
        ("问题", "description", "沿用上次的对应关系"),
        ("整改期限", "deadline", "沿用上次的对应关系"),
    ]


def test_what_is_remembered_gives_the_same_mapping_again() -> None:
    table = table_with(["隐患描述", "问题", "整改期限"])
    chosen = from_choices(table, [TEXT, DAY], {1: "description", 2: "deadline", 0: "no_such_field"})
    assert chosen.fields == {1: "description", 2: "deadline"}
    assert propose(table, [TEXT, DAY], chosen.remembered).fields == chosen.fields


def test_missing_required_fields_are_named() -> None:
    assert propose(table_with(["颜色", "形状"]), [TEXT, DAY, GRADE]).missing == ("description", "deadline")
