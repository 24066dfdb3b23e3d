"""Between check and confirmation rows wait in the stage; whatever happens meanwhile, all come in or none."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.core import copying
from apps.core.events import altered_events, leaf_of
from apps.core.imports import staging, steps
from apps.core.imports.progress import Silent
from apps.core.models import Event, ImportBatch, ImportState, JobState
from apps.enterprises.models import Enterprise
from apps.hazards.importing import merging
from apps.hazards.models import Hazard, StagedHazard, StagedParties
from apps.projects.models import Project
from tests.core.imports.flow import Flow, problems, run_jobs, workbook
from tests.factories import EnterpriseFactory, ProjectFactory
from tests.hazards.importing.ledgers import ledger, line
from tests.personas import inspector

pytestmark = pytest.mark.django_db

TRICKY = (
    '引号 " 和 \\ 反斜杠',
    "换行\n和\t制表",
    "表情 😀 与生僻字 𠮷",
    "斜杠 / 与 <标签> & 'x'",
    "\\N \\. \\x41 %s %(a)s {b}",
    "$1 ; -- 注释",
)


@pytest.fixture
def importing() -> Flow:
    return Flow(inspector(), "hazards")


def staged(importing: Flow) -> int:
    return StagedHazard.objects.filter(stage=str(importing.the_batch.stage)).count()


@pytest.mark.parametrize("text", TRICKY)
def test_texts_come_through_the_stage_as_they_are_and_their_events_prove_genuine(importing: Flow, text: str) -> None:
    row = line(1, description=text, place=text, demands=text, grade="3级", closure="已整改", inspectors=text)
    importing.whole(ledger([row]), unknown="new")
    hazard = Hazard.objects.get()
    assert (hazard.description, hazard.place, hazard.demands, hazard.inspectors) == (text, text, text, text)
    assert list(altered_events()) == []


@pytest.mark.parametrize("text", TRICKY)
def test_the_hash_of_an_event_made_in_sql_is_the_one_made_in_python(importing: Flow, text: str) -> None:
    importing.upload(ledger([line(1, closure=text, project=None)]))
    importing.match(value_closure_0="closed", value_grade_0="ordinary-2")
    importing.decide(**{"name-0": "new", "name-1": "new"})
    run_jobs()
    event = Event.objects.of(Hazard.objects.get()).get()
    assert event.facts["told_closure"] == text
    assert bytes(event.leaf) == leaf_of(event)


def test_more_rows_than_a_chunk_are_numbered_in_the_order_of_the_file(
    importing: Flow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "CHUNK", 2)
    monkeypatch.setattr(copying, "CHUNK", 3)
    importing.whole(ledger([line(n) for n in range(1, 8)]), unknown="new")
    told = Hazard.objects.order_by("pk").values_list("place", "source_row")
    assert list(told) == [(f"{n}号楼", n + 5) for n in range(1, 8)]
    numbers = list(Hazard.objects.order_by("pk").values_list("number", flat=True))
    assert numbers == sorted(numbers)
    assert len(set(numbers)) == 7


# The stage is lost or changed -----------------------------------------------------------------------------------------


def test_nothing_is_left_in_the_stage_once_it_is_written(importing: Flow) -> None:
    importing.whole(ledger([line(1), line(2)]), unknown="new")
    assert (StagedHazard.objects.count(), StagedParties.objects.count()) == (0, 0)


def test_a_stage_that_was_lost_is_made_again_by_the_confirmation(importing: Flow) -> None:
    importing.through(ledger([line(1), line(2)]))
    importing.decide(unknown="new")
    StagedHazard.objects.all().delete()
    StagedParties.objects.all().delete()
    (job,) = run_jobs()
    assert (job.state, Hazard.objects.count()) == (JobState.DONE, 2)


def test_a_stage_that_lost_some_of_its_rows_is_never_half_written(importing: Flow) -> None:
    importing.through(ledger([line(1), line(2)]))
    importing.decide(unknown="new")
    StagedHazard.objects.filter(row=7).delete()
    run_jobs()
    assert (Hazard.objects.count(), Project.objects.count()) == (0, 0)
    assert "请重新检查" in importing.client.get(importing.url).context["last_error"]


def test_another_check_replaces_what_was_staged(importing: Flow) -> None:
    importing.through(ledger([line(1), line(2)]))
    importing.match()
    assert staged(importing) == StagedHazard.objects.count() == 2


def test_a_check_that_was_overtaken_by_another_says_nothing(importing: Flow) -> None:
    importing.through(ledger([line(1)]))
    slow = ImportBatch.objects.get(pk=importing.the_batch.pk)
    importer = steps.importer_of(steps.registry["hazards"], slow.created_by, slow.choices)
    steps.examined(slow, importer, Silent())
    importing.match()
    assert importing.the_batch.stage != slow.stage
    assert staged(importing) == 1


def test_given_up_imports_leave_no_rows_in_the_stage(importing: Flow) -> None:
    importing.through(ledger([line(1)]))
    importing.decide("discard", unknown="new")
    assert StagedHazard.objects.count() == 0


def test_the_sweep_takes_only_what_no_open_import_needs(importing: Flow) -> None:
    importing.through(ledger([line(1)]))
    left = Flow(inspector(), "hazards")
    left.through(ledger([line(2)]))
    ImportBatch.objects.filter(pk=left.the_batch.pk).update(state=ImportState.FAILED)
    staging.forget_staged()
    assert staged(importing) == StagedHazard.objects.count() == 1


# The world changes between check and confirmation ---------------------------------------------------------------------


def test_what_came_in_by_another_import_meanwhile_is_not_doubled(importing: Flow) -> None:
    project = ProjectFactory(name="滹沱河畔小区一期", contractor=EnterpriseFactory(organisation__name="滹沱建工"))
    other = Flow(inspector(), "hazards")
    importing.through(ledger([line(1), line(2)]))
    other.through(ledger([line(1)]))
    importing.decide()
    other.decide()
    waiting = run_jobs()
    assert [job.state for job in waiting] == [JobState.DONE, JobState.DONE]
    assert Hazard.objects.filter(project=project).count() == 2
    assert other.the_batch.counts["written"] == {"new": 0, "unchanged": 1}


def test_a_project_that_two_files_name_anew_is_made_once(importing: Flow) -> None:
    other = Flow(inspector(), "hazards")
    importing.through(ledger([line(1)]))
    other.through(ledger([line(2)]))
    importing.decide(unknown="new")
    other.decide(unknown="new")
    run_jobs()
    assert (Project.objects.count(), Enterprise.objects.count(), Hazard.objects.count()) == (1, 1, 2)


def test_a_deadline_that_passed_since_the_check_is_not_reminded_of(
    importing: Flow, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = timezone.localdate()
    importing.through(ledger([line(1, closure="整改中", rectified_on=None, deadline=today)]))
    importing.decide(unknown="new")
    monkeypatch.setattr(timezone, "localdate", lambda *_: today + timedelta(days=1))
    run_jobs()
    assert Hazard.objects.get().next_reminder_on is None


def test_who_lost_the_right_to_register_projects_makes_none(importing: Flow) -> None:
    importing.through(ledger([line(1)]))
    importing.decide(unknown="new")
    importing.user.role = "province_officer"
    importing.user.save()
    run_jobs()
    assert (Project.objects.count(), Hazard.objects.count()) == (0, 0)
    assert "您已没有新建工程项目的权限" in importing.job.error


def test_an_amount_that_no_column_holds_is_a_problem_of_its_cell(importing: Flow) -> None:
    head = ("检查时间", "检查项目", "隐患问题描述", "整改资金")
    page = importing.through(workbook(head, ("2024-07-03", "一期", "连墙件缺失", "9999999999999")))
    assert problems(page) == [(2, "D 整改资金", "9999999999999", "金额过大")]
