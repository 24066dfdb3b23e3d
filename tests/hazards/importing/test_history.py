"""Imported history stays history: its dates are claims, its spellings are understood, nobody's act is made up."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.core.events import altered_events
from apps.core.models import Event
from apps.hazards.models import Grade, Hazard, RiskLevel, State
from tests.core.imports.flow import Flow, problems, run_jobs
from tests.hazards.importing.ledgers import MESSY, ledger, line
from tests.personas import inspector

pytestmark = pytest.mark.django_db


@pytest.fixture
def importing() -> Flow:
    return Flow(inspector(), "hazards")


def imported(importing: Flow, **cells: Any) -> Hazard:
    importing.whole(ledger([line(1, **cells)]), unknown="new")
    return Hazard.objects.get()


def test_a_closed_row_is_closed_by_nobody_here(importing: Flow) -> None:
    hazard = imported(importing)
    assert (hazard.state, hazard.rectified_on, hazard.deadline) == (State.CLOSED, date(2024, 7, 9), date(2024, 7, 10))
    people = (hazard.verified_by, hazard.closed_by, hazard.answered_by, hazard.confirmed_by)
    times = (hazard.ordered_at, hazard.verified_at, hazard.closed_at)
    assert set(people + times) == {None}


def test_the_ledger_of_events_says_imported_and_what_was_claimed(importing: Flow) -> None:
    hazard = imported(importing)
    event = Event.objects.of(hazard).get()
    assert (event.name, event.before, event.after, event.step, event.actor) == (
        "imported",
        "",
        "closed",
        1,
        importing.user,
    )
    told = {"found_on": "2024-07-03", "rectified_on": "2024-07-09", "told_closure": "已整改", "told_grade": "3级"}
    assert told.items() <= event.facts.items()
    assert event.facts["batch"] == str(importing.the_batch.pk)
    assert list(altered_events()) == []


def test_every_row_has_its_number_its_event_and_its_place_in_the_file(importing: Flow) -> None:
    importing.whole(ledger(MESSY), unknown="new")
    hazards = list(Hazard.objects.order_by("pk"))
    assert len({h.number for h in hazards}) == len(MESSY)
    assert [h.source_row for h in hazards] == list(range(6, 6 + len(MESSY)))
    assert {str(h.pk) for h in hazards} == set(Event.objects.of_type(Hazard).values_list("record_id", flat=True))


@pytest.mark.parametrize(
    "spelling", ["已整改", "已销号", "已完成", "销号", "整改完毕", "完成", "√", "现场处置", "已 整改", "整改完成。"]
)
def test_closed_is_understood_however_it_is_spelled(importing: Flow, spelling: str) -> None:
    assert imported(importing, closure=spelling).state == State.CLOSED


@pytest.mark.parametrize("spelling", ["整改中", "未销号", "否", None])
def test_what_is_not_closed_is_in_hand_with_its_deadline(importing: Flow, spelling: str | None) -> None:
    hazard = imported(importing, closure=spelling)
    assert (hazard.state, hazard.deadline) == (State.RECTIFYING, date(2024, 7, 10))


def test_a_row_that_demands_nothing_is_a_draft(importing: Flow) -> None:
    hazard = imported(importing, closure=None, deadline=None, demands=None, rectified_on=None)
    assert hazard.state == State.DRAFT


def test_old_deadlines_are_not_reminded_of_but_coming_ones_are(importing: Flow) -> None:
    soon = timezone.localdate() + timedelta(days=5)
    rows = [line(1, closure="整改中", rectified_on=None), line(2, closure="整改中", rectified_on=None, deadline=soon)]
    page = importing.whole(ledger(rows), unknown="new")
    old, coming = Hazard.objects.order_by("pk")
    assert (old.is_overdue, old.next_reminder_on) == (True, None)
    assert coming.next_reminder_on == timezone.localdate()
    assert page.status_code == 200


def test_the_preview_says_what_will_be_made_of_the_rows(importing: Flow) -> None:
    notes = importing.through(ledger(MESSY)).context["counts"]["notes"]
    assert notes[:4] == [
        "7 条已销号，作为历史记录登记：日期取自文件，不补记复查人和销号人。",
        "1 条尚未销号且有整改期限或整改要求，登记为“整改中”。",
        "其中 1 条已过整改期限，列入“超期”，不补发以前的提醒。",
        "1 条没有填施工单位，整改企业取建设单位。",
    ]


@pytest.mark.parametrize(
    ("written", "grade", "risk"),
    [
        ("1级", Grade.MAJOR, RiskLevel.MAJOR),
        ("2级", Grade.ORDINARY, RiskLevel.CONSIDERABLE),
        ("3级", Grade.ORDINARY, RiskLevel.GENERAL),
        (3, Grade.ORDINARY, RiskLevel.GENERAL),
        ("重大", Grade.MAJOR, RiskLevel.MAJOR),
        (None, Grade.ORDINARY, RiskLevel.GENERAL),
    ],
)
def test_levels_become_a_grade_and_a_risk(importing: Flow, written: Any, grade: str, risk: int) -> None:
    hazard = imported(importing, grade=written)
    assert (hazard.grade, hazard.risk_level, hazard.criterion) == (grade, risk, None)


def test_an_offices_own_level_can_be_given_its_meaning(importing: Flow) -> None:
    importing.upload(ledger([line(1, grade="甲类")]))
    importing.match(value_grade_0="ordinary-3")
    importing.decide(unknown="new")
    assert importing.the_batch.mapping["values"]["grade"] == {"甲类": "ordinary-3"}


def test_impossible_days_are_problems_of_their_cells(importing: Flow) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    rows = [
        line(1, deadline=date(2024, 7, 1)),
        line(2, found_on=tomorrow, deadline=None),
        line(3, rectified_on=tomorrow),
        line(4, found_on="去年夏天"),
        line(5, description=None),
    ]
    found = problems(importing.through(ledger(rows)))
    assert [(row, column.split()[0], reason) for row, column, _, reason in found] == [
        (6, "K", "整改期限早于检查时间 2024-07-03"),
        (7, "B", "检查时间晚于今天"),
        (8, "Q", "整改完成日期晚于今天"),
        (9, "B", "无法识别的日期，请写成 2024-06-22 的形式"),
        (10, "G", "必填，不能为空"),
    ]


def test_a_row_said_twice_is_pointed_out_but_goes_in(importing: Flow) -> None:
    page = importing.through(ledger([line(1), line(1)]))
    assert page.context["counts"]["errors"] == 0
    assert problems(page)[0][3] == "与第 6 行的项目、日期、工点和描述完全相同"


def test_several_findings_in_a_cell_stay_one_hazard(importing: Flow) -> None:
    importing.whole(ledger([MESSY[5]]), unknown="new")
    assert Hazard.objects.get().description == MESSY[5][6]


def test_several_findings_are_split_when_that_is_asked_for(importing: Flow) -> None:
    importing.through(ledger([MESSY[5]]))
    importing.decide(unknown="new", split="on")
    run_jobs()
    told = Hazard.objects.order_by("pk").values_list("description", "demands")
    assert list(told) == [("检查发现：\n承台积水。", "增设排水沟。"), ("检查发现：\n路口无警示标识。", "增设警示牌。")]


def test_a_bad_cell_does_not_hide_what_else_is_wrong_in_its_row(importing: Flow) -> None:
    page = importing.through(ledger([line(1, found_on="2025-13-06", rectified_on="2099-01-01")]))
    bad, late = [reason for _, _, _, reason in problems(page)]
    assert bad
    assert late == "整改完成日期晚于今天"


def test_a_deadline_beyond_counting_is_refused_by_the_check(importing: Flow) -> None:
    """As forms refuse it: one such deadline would stop the reminders of all."""
    page = importing.through(ledger([line(1, deadline=date(9999, 12, 31), closure=None, rectified_on=None)]))
    assert [reason for _, _, _, reason in problems(page)] == ["年份 9999 不合理"]
