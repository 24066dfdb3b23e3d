"""A workbook that the ledger exported, edited offline and brought back: drafts are corrected, the rest is told of."""

from datetime import date
from typing import Any

import pytest

from apps.core.models import Event
from apps.core.registers import registry
from apps.hazards.models import Hazard, State
from apps.hazards.services import save_draft
from tests.core.imports.flow import Flow, problems, run_jobs, workbook
from tests.factories import PartyFactory, ProjectFactory
from tests.personas import QIAOXI, inspector

pytestmark = pytest.mark.django_db
HEAD = ("隐患编号", "风险等级", "隐患描述", "工程项目", "部位", "隐患类别", "检查日期", "整改要求", "整改企业", "版本")
NAMES = ("number", "risk", "description", "project", "place", "category", "found_on", "demands", "firm", "version")


@pytest.fixture
def importing() -> Flow:
    return Flow(inspector(), "hazards")


@pytest.fixture
def draft(importing: Flow) -> Hazard:
    """A draft that an inspector has typed."""
    project = ProjectFactory(name="滹沱河畔小区一期")
    firm = PartyFactory(project=project, enterprise__organisation__name="滹沱建工").enterprise
    data = {
        "project": project.pk, "enterprise": firm.pk, "source": "daily", "found_on": "2026-10-08", "grade": "ordinary",
        "description": "外脚手架连墙件缺失", "category": "高处作业", "building": "3号楼", "disposal": "rectify",
        "demands": "补设连墙件",
    }  # fmt: skip
    form = registry["hazards"].form(importing.user, data)
    assert form.is_valid(), form.errors
    return save_draft(form, by=importing.user)


def exported(hazard: Hazard, **edits: Any) -> tuple[Any, ...]:
    row = {
        "number": hazard.number,
        "risk": hazard.get_risk_level_display(),
        "description": hazard.description,
        "project": hazard.project.name,
        "place": hazard.full_place,
        "category": hazard.category,
        "found_on": hazard.found_on,
        "demands": hazard.demands,
        "firm": hazard.enterprise.name,
        "version": hazard.version,
    }
    return tuple((row | edits).values())


def test_an_export_that_nobody_edited_changes_and_doubles_nothing(importing: Flow, draft: Hazard) -> None:
    page = importing.whole(workbook(HEAD, exported(draft)))
    draft.refresh_from_db()
    assert (Hazard.objects.count(), draft.version) == (1, 1)
    assert [f["value"] for f in page.context["figures"]] == [0, 0, 1]


def test_a_draft_is_corrected_and_the_event_says_what(importing: Flow, draft: Hazard) -> None:
    page = importing.through(workbook(HEAD, exported(draft, demands="三日内补设连墙件")))
    assert page.context["changes"] == [[2, draft.number, "整改要求", "补设连墙件", "三日内补设连墙件"]]
    importing.decide()
    run_jobs()
    draft.refresh_from_db()
    assert (draft.demands, draft.version, importing.the_batch.counts["written"]) == (
        "三日内补设连墙件",
        2,
        {"changed": 1},
    )
    event = Event.objects.of(draft).last()
    assert event is not None
    assert event.facts["demands"] == ["补设连墙件", "三日内补设连墙件"]


def test_what_has_been_ordered_is_not_corrected_and_the_row_says_so(importing: Flow, draft: Hazard) -> None:
    row = exported(draft, demands="三日内补设连墙件")
    Hazard.objects.filter(pk=draft.pk).update(state=State.ORDERED, ordered_at="2026-10-09T08:00:00+08:00")
    page = importing.through(workbook(HEAD, row))
    told = f"{draft.number} 已下达，不能再修改：文件中的整改要求与台账不同，保留台账现值"
    assert problems(page) == [(2, "A 隐患编号", draft.number, told)]
    importing.decide()
    run_jobs()
    draft.refresh_from_db()
    assert (draft.demands, Hazard.objects.count()) == ("补设连墙件", 1)


def test_what_a_colleague_has_changed_meanwhile_is_a_conflict(importing: Flow, draft: Hazard) -> None:
    row = exported(draft, demands="三日内补设连墙件")
    Flow(inspector(), "hazards").whole(workbook(HEAD, exported(draft, demands="立即停工补设")))
    page = importing.through(workbook(HEAD, row))
    ((_, column, value, reason),) = problems(page)
    assert (column, value) == ("H 整改要求", "三日内补设连墙件")
    assert reason == "导出之后已由他人改为“立即停工补设”，文件中是“三日内补设连墙件”：保留台账现值，没有覆盖"


def test_new_rows_come_in_beside_corrections(importing: Flow, draft: Hazard) -> None:
    new = (
        None,
        "一般风险",
        "临边无防护",
        draft.project.name,
        "4号楼",
        "高处作业",
        date(2026, 10, 9),
        "补设防护",
        "滹沱建工",
        None,
    )
    importing.whole(workbook(HEAD, exported(draft, description="连墙件缺失三处"), new), unknown="new")
    assert importing.the_batch.counts["written"] == {"changed": 1, "new": 1, "unchanged": 0}
    assert set(Hazard.objects.values_list("description", flat=True)) == {"连墙件缺失三处", "临边无防护"}


def test_a_number_of_another_county_is_only_a_word(draft: Hazard) -> None:
    other = Flow(inspector(QIAOXI), "hazards")
    other.whole(workbook(HEAD, exported(draft, demands="改掉")), unknown="new")
    draft.refresh_from_db()
    assert (draft.demands, Hazard.objects.count()) == ("补设连墙件", 2)
