"""A workbook goes out through the export, is edited in a spreadsheet program, and comes back through the import."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from apps.core.imports.form_importer import as_data
from apps.core.listing import choose_columns
from apps.core.models import Event, Job
from apps.core.registers import registry
from apps.hazards.models import Hazard
from apps.hazards.services import save_draft
from tests.core.imports.flow import Flow, as_upload, content, problems, run_jobs
from tests.factories import EnterpriseFactory, PartyFactory, ProjectFactory
from tests.personas import CHANGAN, inspector

pytestmark = pytest.mark.django_db


class Offline:
    """The file that the export made, on somebody's desk."""

    def __init__(self, importing: Flow, *, columns: str = "") -> None:
        register = registry[importing.register]
        if columns == "all":
            choose_columns(register, importing.user, [c.name for c in register.columns_for(importing.user)])
        answer: Any = importing.client.post(f"/{importing.register}/export/?view=all")
        self.book = load_workbook(BytesIO(content(answer)))
        self.sheet: Worksheet = self.book.worksheets[0]
        self.head = next(row[0].row for row in self.sheet.iter_rows() if row[-1].value == "版本")
        self.columns = {cell.value: cell.column for cell in self.sheet[self.head]}

    def edit(self, key: str, label: str, value: Any) -> None:
        """Type over a cell of the row in which the key stands."""
        (row,) = (row[0].row for row in self.sheet.iter_rows() if key in [cell.value for cell in row])
        self.sheet.cell(row, self.columns[label]).value = value

    def bring_back(self) -> Any:
        return as_upload(self.book, "改好的.xlsx")


def change(record: Any, **values: Any) -> None:
    """What a colleague does on the page meanwhile."""
    register, colleague = registry[record._meta.model_name + "s"], inspector()
    form = register.form(colleague, as_data(register.form(colleague, instance=record)) | values, instance=record)
    assert form.is_valid(), form.errors
    register.save(form, by=colleague)


def kept(record: Any) -> dict[str, Any]:
    record.refresh_from_db()
    return {field.attname: getattr(record, field.attname) for field in record._meta.concrete_fields}


def differing(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in after.items() if before[name] != value}


# The ledger of hazards ------------------------------------------------------------------------------------------------


@pytest.fixture
def importing() -> Flow:
    return Flow(inspector(), "hazards")


@pytest.fixture
def draft(importing: Flow) -> Callable[[str], Hazard]:
    project = ProjectFactory(name="滹沱河畔小区一期")
    firm = PartyFactory(project=project, enterprise__organisation__name="滹沱建工").enterprise

    def make(description: str) -> Hazard:
        data = {
            "project": project.pk, "enterprise": firm.pk, "source": "daily", "found_on": "2026-10-08",
            "grade": "ordinary", "description": description, "category": "高处作业", "building": "3号楼",
            "floor": "12层", "disposal": "rectify", "demands": "补设连墙件", "clause": "JGJ 130 第 6.4.1 条",
        }  # fmt: skip
        form = registry["hazards"].form(importing.user, data)
        assert form.is_valid(), form.errors
        return save_draft(form, by=importing.user)

    return make


@pytest.mark.parametrize("columns", ["", "all"])
def test_a_ledger_of_hazards_comes_back(importing: Flow, draft: Callable[[str], Hazard], columns: str) -> None:
    untouched, edited, both, elsewhere = (draft(f"第{n}处连墙件缺失") for n in "一二三四")
    offline = Offline(importing, columns=columns)
    assert Job.objects.get().kind == "core.export"
    offline.edit(edited.number, "隐患描述", "第二处连墙件缺失三个")
    offline.edit(edited.number, "隐患类别", "脚手架")
    offline.edit(both.number, "隐患描述", "第三处连墙件松动")
    offline.edit(both.number, "隐患类别", "脚手架")
    change(both, description="第三处连墙件变形", demands="更换")
    change(elsewhere, demands="立即停工")
    before = {hazard.number: kept(hazard) for hazard in (untouched, edited, both, elsewhere)}
    steps = Event.objects.filter(record_type="hazards.hazard").count()

    page = importing.through(offline.bring_back())
    assert [(column[2:], value, reason) for _, column, value, reason in problems(page)] == [
        (
            "隐患描述",
            "第三处连墙件松动",
            "导出之后已由他人改为“第三处连墙件变形”，文件中是“第三处连墙件松动”：保留台账现值，没有覆盖",
        )
    ]
    assert sorted(change[1:] for change in page.context["changes"]) == [
        [edited.number, "隐患描述", "第二处连墙件缺失", "第二处连墙件缺失三个"],
        [edited.number, "隐患类别", "高处作业", "脚手架"],
        [both.number, "隐患类别", "高处作业", "脚手架"],
    ]
    assert [page.context["counts"][name] for name in ("new", "changed", "unchanged")] == [0, 2, 2]

    importing.decide()
    run_jobs()
    assert importing.the_batch.counts["written"] == {"changed": 2, "unchanged": 2}
    assert Hazard.objects.count() == 4
    changes = {
        hazard: differing(before[hazard.number], kept(hazard)) for hazard in (untouched, edited, both, elsewhere)
    }
    assert changes == {
        untouched: {},
        edited: {"description": "第二处连墙件缺失三个", "category": "脚手架", "version": 2},
        both: {"category": "脚手架", "version": 3},
        elsewhere: {},
    }
    told = Event.objects.filter(record_type="hazards.hazard").order_by("id")[steps:]
    assert {event.record_id: event.facts for event in told} == {
        str(edited.pk): {
            "description": ["第二处连墙件缺失", "第二处连墙件缺失三个"],
            "category": ["高处作业", "脚手架"],
        },
        str(both.pk): {"category": ["高处作业", "脚手架"]},
    }


# Registers with nothing but a form ------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", ["", "all"])
def test_a_register_of_enterprises_comes_back(columns: str) -> None:
    importing = Flow(inspector(), "enterprises")
    untouched, edited, both = (
        EnterpriseFactory(organisation__at=CHANGAN, phone="0311-00001234", qualification="贰级") for _ in range(3)
    )
    offline = Offline(importing, columns=columns)
    offline.edit(edited.uscc, "资质等级", "壹级")
    offline.edit(both.uscc, "资质等级", "壹级")
    offline.edit(both.uscc, "企业类型", "监理")
    change(both, qualification="特级")
    before = {firm: kept(firm) for firm in (untouched, edited, both)}

    page = importing.through(offline.bring_back())
    assert [(problem[1][2:], problem[3]) for problem in problems(page)] == [
        ("资质等级", "导出之后已由他人改为“特级”，文件中是“壹级”：保留台账现值，没有覆盖")
    ]
    importing.decide()
    run_jobs()
    assert {firm: differing(before[firm], kept(firm)) for firm in (untouched, edited, both)} == {
        untouched: {},
        edited: {"qualification": "壹级", "version": 2},
        both: {"kind": "supervision", "version": 3},
    }


@pytest.mark.parametrize("columns", ["", "all"])
def test_a_register_of_projects_comes_back(columns: str) -> None:
    importing = Flow(inspector(), "projects")
    untouched, edited, both = (ProjectFactory(name=f"滹沱河畔小区{n}期") for n in "一二三")
    offline = Offline(importing, columns=columns)
    offline.edit(edited.number, "建筑面积（㎡）", 32000.5)
    offline.edit(edited.number, "开工日期", "2026年3月8日")
    offline.edit(both.number, "建筑面积（㎡）", 41000)
    offline.edit(both.number, "形象进度", "装饰")
    change(both, area_m2="40000")
    before = {project: kept(project) for project in (untouched, edited, both)}

    page = importing.through(offline.bring_back())
    assert [(problem[1][2:], problem[3]) for problem in problems(page)] == [
        ("建筑面积（㎡）", "导出之后已由他人改为“40000”，文件中是“41000”：保留台账现值，没有覆盖")
    ]
    importing.decide()
    run_jobs()
    assert {project: differing(before[project], kept(project)) for project in (untouched, edited, both)} == {
        untouched: {},
        edited: {"area_m2": Decimal("32000.50"), "started_on": date(2026, 3, 8), "version": 2},
        both: {"stage": "decoration", "version": 3},
    }


def test_a_row_for_a_new_record_needs_the_columns_that_the_others_lack(
    importing: Flow, draft: Callable[[str], Hazard]
) -> None:
    hazard = draft("连墙件缺失")
    offline = Offline(importing)
    assert "检查日期" not in offline.columns
    offline.edit(hazard.number, "隐患编号", None)
    page = importing.through(offline.bring_back())
    assert [problem[3] for problem in problems(page)] == ["不是台账中的隐患，新登记须有“检查时间”列"]
