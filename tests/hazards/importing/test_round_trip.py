"""A ledger goes in as it is and comes out with the same eighteen columns and dates."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.hazards.models import Hazard, State
from tests.core.imports.flow import Flow, content, run_jobs
from tests.hazards.importing.ledgers import MESSY, comparable, ledger, read_back
from tests.personas import inspector

pytestmark = pytest.mark.django_db


def exported(importing: Flow) -> list[list[str]]:
    answer: Any = importing.client.post("/hazards/export/?view=all&layout=ledger")
    return [comparable(row) for row in read_back(content(answer))]


@pytest.fixture
def importing() -> Flow:
    return Flow(inspector(), "hazards")


def test_what_went_in_comes_out(importing: Flow) -> None:
    importing.whole(ledger(MESSY), unknown="new")
    assert exported(importing) == [comparable(row) for row in MESSY]


def test_what_came_out_goes_in_again_elsewhere_and_comes_out_the_same(importing: Flow) -> None:
    importing.whole(ledger(MESSY), unknown="new")
    answer: Any = importing.client.post("/hazards/export/?view=all&layout=ledger")
    second = Flow(inspector("130203"), "hazards")
    page = second.through(SimpleUploadedFile("再导入.xlsx", content(answer)))
    assert page.context["counts"]["errors"] == 0
    second.decide(unknown="new")
    run_jobs()
    assert exported(second) == [comparable(row) for row in MESSY]


def test_the_head_the_notes_and_the_merged_title_are_not_rows(importing: Flow) -> None:
    page = importing.through(ledger(MESSY))
    assert page.context["counts"]["rows"] == len(MESSY)
    assert [kind for _, kind, _ in page.context["skipped"]] == ["说明"]


def test_sub_columns_find_their_firms(importing: Flow) -> None:
    importing.upload(ledger(MESSY))
    found = {c["label"]: c["field"] for c in importing.the_batch.mapping["columns"]}
    assert found["整改责任单位/施工"] == "contractor"
    assert found["整改责任单位/建设"] == "owner_firm"
    assert "" not in found.values()


def test_a_hazard_that_moves_on_leaves_the_wording_of_the_file(importing: Flow) -> None:
    importing.whole(ledger([MESSY[6]]), unknown="new")
    hazard = Hazard.objects.get()
    Hazard.objects.filter(pk=hazard.pk).update(state=State.ANSWERED, version=2)
    (row,) = exported(importing)
    assert row[-1] == "待监理确认"
    assert row[13] == "滹沱建工"
