"""What is on the screen is what is in the workbook; what takes long can be left and found again."""

import re
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from apps.core import exports
from apps.core.models import Job, JobState
from tests.core.imports.flow import run_jobs
from tests.hazards import stories
from tests.journeys.visitors import DESK, Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HEAD_ROW = 4
NUMBER = re.compile(r"YH-\d{4}-\d{6}")


def downloaded(visitor: Visit, button: str) -> Worksheet:
    with visitor.page.expect_download() as download:
        visitor.press(button)
    return sheet_of(download.value.path())


def sheet_of(path: Path) -> Worksheet:
    return load_workbook(BytesIO(path.read_bytes())).worksheets[0]


def rows_of(sheet: Worksheet) -> list[list[Any]]:
    return [list(row) for row in sheet.iter_rows(min_row=HEAD_ROW, values_only=True)]


@pytest.fixture
def site() -> stories.Site:
    place = stories.site()
    for words, days in (("配电箱未上锁", 9), ('=HYPERLINK("http://x")', 5), ("临边无防护", 2)):
        stories.order(stories.draft(place, description=words), place, days=days)
    stories.draft(place, description="还没有下达")
    return place


def test_workbook_holds_what_the_screen_shows(visit: Callable[..., Visit], site: stories.Site) -> None:
    head = visit(site.head, size=DESK).open("/hazards/columns/")
    head.page.get_by_role("checkbox", name="来源").uncheck()
    head.page.get_by_role("checkbox", name="检查日期").check()
    head.press("保存列设置").press("未销号").press("整改期限")
    head.page.wait_for_url("**sort=deadline**")
    shown = [words.strip() for words in head.page.locator("thead th").all_inner_texts()]
    numbers = numbers_on(head)

    sheet = downloaded(head, "导出 Excel")
    (*heads, version), *rows = rows_of(sheet)
    assert version == "版本"
    assert heads == [words for words in shown if words not in ("", "操作")]
    assert [row[0] for row in rows] == numbers
    assert (sheet["A1"].value, sheet["A2"].value) == ("隐患台账", "筛选：视图=未销号")
    assert site.head.name in sheet["A3"].value
    assert (sheet.freeze_panes, bool(sheet.auto_filter.ref)) == ("B5", True)
    due = heads.index("整改期限")
    assert [row[due] for row in rows] == sorted(row[due] for row in rows)
    assert all(isinstance(row[due], datetime) for row in rows)
    descriptions = [cell for row in sheet.iter_rows(min_row=5) for cell in row if str(cell.value).endswith('x")')]
    assert [cell.data_type for cell in descriptions] == ["s"]
    assert head.faults == []


def test_ticked_rows_alone_are_exported(visit: Callable[..., Visit], site: stories.Site) -> None:
    head = visit(site.head, size=DESK).open("/hazards/?view=open")
    for number in numbers_on(head)[1:]:
        head.page.get_by_label(f"选择 {number}").check()
    assert head.reads("已选 2 ")
    sheet = downloaded(head, "导出所选")
    assert [row[0] for row in rows_of(sheet)[1:]] == numbers_on(head)[1:]


def numbers_on(visitor: Visit) -> list[str]:
    return [NUMBER.findall(row)[0] for row in visitor.page.locator("tbody tr").all_inner_texts()]


def test_long_export_moves_on_by_itself_and_is_found_again(
    visit: Callable[..., Visit], site: stories.Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", 1)
    head = visit(site.head, size=DESK).open("/hazards/?view=open").press("导出 Excel")
    assert head.reads("导出隐患台账", "排队中", "取消任务")
    head.open("/")
    assert head.reads("导出隐患台账")
    head.open("/jobs/").press("导出隐患台账")

    run_jobs()
    head.page.get_by_role("link", name="下载文件").wait_for()
    assert head.reads("已完成", "文件保留至")
    with head.page.expect_download() as download:
        head.press("下载文件")
    assert len(rows_of(sheet_of(download.value.path()))) == 1 + 3
    assert head.faults == []


def test_export_can_be_called_off(
    visit: Callable[..., Visit], site: stories.Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", 1)
    head = visit(site.head, size=DESK, scripts=False).open("/hazards/?view=open").press("导出 Excel").press("取消任务")
    assert head.reads("已取消")
    run_jobs()
    assert Job.objects.get().state == JobState.CANCELLED
