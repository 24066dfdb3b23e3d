"""Rows are looked at in blocks, column by column where that tells; each must come out as if looked at alone."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from apps.core.excel import Checked, Field, check, find_table, propose
from apps.core.excel.checking import CellReader
from apps.core.excel.headers import RowReader
from apps.core.excel.sheets import BLOCK, Normaliser, Sheet
from tests.core.excel.builders import moment

FIELDS = (
    Field("serial", "序号", (), "integer"),
    Field("found_on", "检查日期", (), "date", required=True),
    Field("inspector", "检查人", max_length=4),
    Field("description", "隐患描述", required=True, max_length=30),
    Field("grade", "隐患等级", (), "choice", choices={"重大": "major", "一般": "ordinary"}),
    Field("money", "整改资金", (), "decimal", unit="元"),
    Field("remarks", "备注"),
)
HEAD = [field.label for field in FIELDS]
TIDY: Sequence[Sequence[Any]] = (
    (1.0, 2.0, "3"), (date(2024, 6, 22), moment("2024-06-23 09:00")), ("王某", "李某某"), ("临边无防护", "洞口无盖板"),
    ("重大", "一般"), (20.0, 1.5, 0.0), ("已告知",),
)  # fmt: skip
STRANGE: Sequence[Sequence[Any]] = (
    ("", "合计", "x", True, "序号"), ("", "不详", 45000.0, timedelta(hours=3)), ("-", "—", "王某某某某", "检查人", 7.0),
    ("", "字" * 31, " 两端 空格 ", "制\x07字\u200b符", "e\u0301", "\u3000全角", "隐患描述", "一\n二"),
    ("特大", "", True, "隐患等级"),
    ("1,860 元", "无", "多", False, "整改资金"), ("", None, 3.25, "填表人：王某", "备注"),
)  # fmt: skip


def ledger(seed: int) -> list[list[Any]]:
    """Some blocks wholly tidy, some with strange cells here and there, some with strange rows."""
    random, rows, pairs = Random(seed), [list(HEAD)], list(zip(TIDY, STRANGE, strict=True))
    for block in range(6):
        rate = (0, 0, 0.01, 0.3)[random.randrange(4)]
        for _ in range(BLOCK):
            row = [random.choice(strange if random.random() < rate else tidy) for tidy, strange in pairs]
            rows.append(row)
        if block % 2:
            rows.insert(
                random.randrange(len(rows)), random.choice([HEAD, [""] * 7, ["合计", *[""] * 6], ["", "", "小结"]])
            )
    return rows


def looked_at(rows: list[list[Any]]) -> Checked:
    table = find_table(Sheet("表", lambda: rows), FIELDS, (1, 1))
    assert table is not None
    return check(table, propose(table, FIELDS), FIELDS)


def one_by_one(monkeypatch: pytest.MonkeyPatch, rows: list[list[Any]]) -> Checked:
    def each_cell(self: Normaliser, cells: Sequence[Any]) -> Sequence[Any]:
        return [usual(self, [cell, 0.5])[0] for cell in cells]

    usual = Normaliser.column
    with monkeypatch.context() as slow:
        slow.setattr(Normaliser, "column", each_cell)
        slow.setattr(RowReader, "_all_data", lambda self, block: None)
        slow.setattr(CellReader, "whole", lambda self, cells: None)
        return looked_at(rows)


@pytest.mark.parametrize("seed", range(6))
def test_blocks_say_what_single_rows_say(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = ledger(seed)
    quick, slow = looked_at(rows), one_by_one(monkeypatch, rows)
    assert quick.skipped == slow.skipped
    assert quick.problems == slow.problems
    assert quick.rows == slow.rows
