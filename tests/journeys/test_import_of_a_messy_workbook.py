"""An office brings the ledger that it keeps today, and takes it out again as it was."""

from collections.abc import Callable
from pathlib import Path

import pytest

from apps.core.models import ImportBatch, ImportState
from apps.hazards.models import Hazard
from tests.core.imports.flow import run_jobs
from tests.hazards.importing.ledgers import MESSY, comparable, ledger, line, read_back
from tests.journeys.visitors import DESK, Visit
from tests.personas import inspector

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def on_disk(folder: Path, name: str, *rows: list[object]) -> Path:
    path = folder / name
    path.write_bytes(ledger(rows).read())
    return path


def upload(visitor: Visit, file: Path) -> Visit:
    visitor.open("/hazards/").press("导入")
    visitor.page.locator("input[type=file]").set_input_files(file)
    return visitor.press("上传并识别")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_ledger_goes_in_as_it_is_and_comes_out_the_same(
    visit: Callable[..., Visit], tmp_path: Path, scripts: bool
) -> None:
    office = visit(inspector(), size=DESK, scripts=scripts)
    wrong = line(9, found_on="2024年13月45日")
    upload(office, on_disk(tmp_path, "有错的问题库.xlsx", *MESSY, wrong))
    assert office.reads("表头在第 2 至 5 行，共 9 行数据", "整改责任单位/施工", "隐患问题描述")
    office.press("检查全部行")
    assert office.reads("问题 1 处", "2024年13月45日", "没有写入任何数据")
    assert not office.page.get_by_role("button", name="确认导入").count()

    upload(office, on_disk(tmp_path, "问题库.xlsx", *MESSY)).press("检查全部行")
    assert office.reads("7 条已销号，作为历史记录登记", "没有当作数据的 1 行")
    office.press("确认导入 8 行")
    assert office.reads("请为“空白”选择对应的记录")
    office.page.get_by_label("（空白）（1 行）").select_option(index=1)
    office.press("确认导入 8 行")
    assert Hazard.objects.count() == 0

    run_jobs()
    office.page.get_by_role("link", name="查看导入的记录").wait_for()
    assert ImportBatch.objects.filter(state=ImportState.DONE).count() == 1
    office.press("查看导入的记录")
    assert office.reads("第1处连墙件缺失", "第8处连墙件缺失", "已销号", "超期未改")

    office.page.get_by_text("更多", exact=True).first.click()
    with office.page.expect_download() as download:
        office.press("导出法定台账格式")
    rows = read_back(download.value.path().read_bytes())
    assert [comparable(row) for row in rows] == [comparable(row) for row in MESSY]
    assert {len(row) for row in rows} == {18}
    assert office.faults == []
