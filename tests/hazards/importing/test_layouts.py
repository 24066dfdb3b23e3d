"""Ledgers of other offices: other headings, other orders, other words."""

from datetime import date

import pytest

from apps.hazards.models import Hazard, State
from tests.core.imports.flow import Flow, run_jobs, workbook
from tests.factories import EnterpriseFactory, ProjectFactory
from tests.personas import inspector

pytestmark = pytest.mark.django_db


@pytest.fixture
def importing() -> Flow:
    ProjectFactory(
        name="滏阳里一期", number="13010226010101-1", contractor=EnterpriseFactory(organisation__name="赵州建工")
    )
    return Flow(inspector(), "hazards")


def test_a_flat_ledger_with_other_headings(importing: Flow) -> None:
    head = (
        "存在问题",
        "检查地点",
        "隐患级别",
        "排查时间",
        "排查人员",
        "整改时限",
        "整改单位",
        "工程名称",
        "完成情况",
        "督办单位",
        "销号日期",
    )
    row = (
        "临边无防护",
        "3号楼",
        "一般",
        "2024.6.22",
        "张某",
        "6月30日",
        "赵州建工",
        "滏阳里一期",
        "",
        "长安区监督站",
        "2024/7/1",
    )
    importing.whole(workbook(("2024年隐患排查台账",), head, row))
    hazard = Hazard.objects.get()
    assert (hazard.found_on, hazard.deadline, hazard.state) == (date(2024, 6, 22), date(2024, 6, 30), State.CLOSED)
    assert (hazard.place, hazard.inspecting_body) == ("3号楼", "长安区监督站")
    assert hazard.source_columns["closed_on"] == "2024/7/1"


def test_a_project_named_by_its_number(importing: Flow) -> None:
    head = ("检查日期", "项目编号", "隐患描述", "责任单位", "整改期限")
    importing.whole(
        workbook(head, (date(2024, 6, 22), "13010226010101-1", "临边无防护", "赵州建工", date(2024, 6, 30)))
    )
    assert Hazard.objects.get().project.name == "滏阳里一期"


def test_two_groups_of_rows_under_a_repeated_head_are_one_ledger(importing: Flow) -> None:
    head = ("检查日期", "工程名称", "隐患描述", "责任单位", "整改期限")
    rows = [(date(2024, 6, day), "滏阳里一期", f"第{day}处无防护", "赵州建工", date(2024, 6, 30)) for day in (1, 2)]
    page = importing.through(workbook(head, rows[0], head, rows[1], ("合计", "", "2 处", "", "")))
    assert page.context["counts"]["rows"] == 2
    assert [kind for _, kind, _ in page.context["skipped"]] == ["重复的表头", "合计"]
    importing.decide()
    run_jobs()
    assert Hazard.objects.count() == 2


@pytest.mark.parametrize("text", ["'=1+1", "制表\t符", "反斜\\杠\\N", "换\n行", "引'号\"号", r"\."])
def test_any_text_arrives_as_it_was(importing: Flow, text: str) -> None:
    head = ("检查日期", "工程名称", "隐患描述", "责任单位")
    importing.whole(workbook(head, (date(2024, 6, 22), "滏阳里一期", text, "赵州建工")))
    assert Hazard.objects.get().description == text


@pytest.mark.parametrize("heading", ["是否闭合", "闭环情况", "整改完成情况", "是否整改到位", "验收结果"])
def test_closure_is_found_under_its_many_names(importing: Flow, heading: str) -> None:
    """Left out, it would turn a closed ledger into open hazards."""
    groups = ("序号", "排查时间", "隐患情况", None, "整改情况", None)
    head = (None, None, "隐患内容", "隐患部位", "完成时间", heading)
    importing.upload(
        workbook(("2025年1月台账",), groups, head, (1, date(2025, 1, 3), "临边无防护", "3号楼", "1.5", "是"))
    )
    found = {c["label"]: c["field"] for c in importing.the_batch.mapping["columns"]}
    assert found[f"整改情况/{heading}"] == "closure"
