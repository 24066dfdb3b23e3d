"""Two registrations of one firm become one, and are parted again exactly."""

import time
from datetime import date
from typing import Any

import pgtrigger
import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import InternalError, connection, transaction
from django.http import Http404
from django.test import Client

from apps.accounts.models import Session, User
from apps.core.models import Event
from apps.core.workflow import TransitionRefused
from apps.credit.models import CreditStanding
from apps.documents.models import Paper
from apps.documents.workflow import PAPER
from apps.duty.folding import fold_recent
from apps.duty.models import DirectorAppointment, FirmDutyMonth
from apps.enterprises.forms import EnterpriseForm
from apps.enterprises.hanging import HANGING, Moves, foreign_keys, keys, of_rule, previewed
from apps.enterprises.models import Enterprise, EnterpriseMerge, EnterprisePresence, MergeState
from apps.enterprises.selectors import enterprise_called
from apps.enterprises.services import propose_merge, save_enterprise, turn_late_rows
from apps.enterprises.workflow import MERGE
from apps.hazards.models import Hazard
from apps.inspections.forms.libraries import FirmField
from apps.inspections.models import RiskClass
from apps.lists.models import ListSnapshot
from apps.notifications.models import Message
from apps.people.models import Person
from apps.projects.models import Project, ProjectParty
from tests.enterprises.merging_stories import (
    WHY,
    Twice,
    changed,
    digests,
    furnished,
    merged,
    proposed,
    twice,
    undone,
)
from tests.factories import EnterpriseFactory, PersonFactory, ProjectFactory
from tests.hazards import stories
from tests.inspections.plans import stories as plans
from tests.notifications.helpers import at_once
from tests.personas import LUBEI, QIAOXI, city_officer, persona

pytestmark = pytest.mark.django_db


# The table ------------------------------------------------------------------------------------------------------------


def test_every_foreign_key_to_a_firm_is_in_the_table() -> None:
    """A new one has to be told there: whether its rows turn to the survivor, or why they stay."""
    assert foreign_keys() - set(HANGING) == set()


def test_the_table_names_every_plain_key_of_a_firm_and_nothing_that_is_no_column() -> None:
    ours = [model for model in apps.get_models() if model.__module__.startswith("apps.")]
    columns = {
        f"{model._meta.label}.{column.name}": column
        for model in ours
        for column in model._meta.local_fields
        if not hasattr(model, "pgh_tracked_model")
    }
    told = ("organisation_id", "enterprise_id", "firm_id", "employer_id")
    plain = {label for label, column in columns.items() if column.name in told and not column.is_relation}
    assert plain <= set(HANGING) <= set(columns)


def test_a_story_has_rows_of_every_kind_that_moves() -> None:
    """The control of the tests below: what they say of all kinds, they say of rows."""
    firms = furnished()
    empty = {key.label for key in of_rule(Moves) if not key.rows(firms.duplicate.pk).exists()}
    assert empty <= {"core.RememberedMapping.organisation_id"}


# Merging --------------------------------------------------------------------------------------------------------------


def test_all_that_hangs_on_the_duplicate_is_found_under_the_survivor() -> None:
    firms = furnished()
    counts = {key.label: key.rows(firms.duplicate.pk).count() for key in of_rule(Moves)}
    merge = merged(firms)
    left = {label for label in counts if keys()[label].rows(firms.duplicate.pk).exists()}
    assert left == {"projects.ProjectParty.enterprise"}  # the subcontract that both have
    assert {label: len(rows) for label, rows in merge.moved.items()} == {
        label: count - (label in left) for label, count in counts.items() if count - (label in left)
    }
    assert merge.moved_count == sum(len(rows) for rows in merge.moved.values())
    assert Hazard.objects.filter(enterprise=firms.survivor).count() == 4
    assert firms.site.project.parties.get(role="general_contractor").enterprise == firms.survivor
    assert Project.objects.get(pk=firms.site.project.pk).enterprise == firms.survivor


def test_what_is_foreseen_is_what_happens() -> None:
    firms = furnished()
    told = previewed(firms.duplicate.pk, firms.survivor.pk)
    merge = merged(firms)
    assert {one["label"]: one["moves"] for one in told if one["moves"]} == {
        label: len(rows) for label, rows in merge.moved.items() if rows
    }
    assert {one["label"]: one["stays"] for one in told if one["stays"]} == {
        label: len(left["rows"]) for label, left in merge.kept.items()
    }


def test_what_cannot_move_stays_and_says_why() -> None:
    merge = merged(furnished())
    reasons = {label: left["reason"] for label, left in merge.kept.items()}
    assert reasons == {
        "projects.ProjectParty.enterprise": "保留企业已有相同的记录，不能重复",
        "lists.ListSnapshot.organisation": "清单快照及其核对已经冻结，保留当时的企业名称",
        "duty.FirmDutyMonth.enterprise": "带班月报按当时的企业统计，保留原企业名称",
    }
    assert merge.kept_count == 3


def test_a_class_that_both_have_stays_with_each() -> None:
    firms = twice()
    plans.assessed(firms.site.project, "B")
    RiskClass.objects.create(enterprise=firms.survivor, grade="D", assessed_on=stories.today())
    merge = merged(firms)
    assert RiskClass.objects.get(enterprise=firms.survivor).grade == "D"
    assert RiskClass.objects.get(enterprise=firms.duplicate).grade == "B"
    assert list(merge.kept) == ["inspections.RiskClass.enterprise"]


@pytest.mark.parametrize(("ended", "stays"), [(None, True), (date(2026, 6, 29), False), (date(2026, 6, 30), True)])
def test_a_director_stays_where_the_survivor_had_one_on_the_same_days(ended: date | None, stays: bool) -> None:
    """What the database excludes is foreseen and told, like what it wants once."""
    firms = twice()
    terms = [(firms.survivor, date(2026, 1, 1), ended), (firms.duplicate, date(2026, 6, 30), None)]
    for firm, first, last in terms:
        told: dict[str, Any] = {"paper_number": "1", "qualification": "注册安全工程师", "reports_to": "董事长"}
        person = PersonFactory(employer=firm)
        DirectorAppointment.objects.create(enterprise=firm, person=person, started_on=first, ended_on=last, **told)
    label = "duty.DirectorAppointment.enterprise"
    foreseen = {line["label"]: line["stays"] for line in previewed(firms.duplicate.pk, firms.survivor.pk)}
    merge = merged(firms)
    assert (foreseen[label], label in merge.kept, label in merge.moved) == (int(stays), stays, not stays)
    undone(firms, merge)
    assert DirectorAppointment.objects.get(enterprise=firms.duplicate).started_on == date(2026, 6, 30)


def test_a_head_of_the_duplicate_on_its_sites_counts_for_the_survivor() -> None:
    firms = furnished()
    merged(firms)
    fold_recent()
    assert FirmDutyMonth.objects.get(enterprise=firms.survivor, month=stories.today().replace(day=1)).head_days == 1


def test_the_duplicate_is_closed_and_its_code_and_names_find_the_survivor() -> None:
    firms = furnished()
    code, name = firms.duplicate.uscc, firms.duplicate.name
    Enterprise.objects.filter(pk=firms.duplicate.pk).update(uscc="91350100M000100Y43")
    merged(firms)
    assert (firms.duplicate.status, firms.duplicate.organisation.is_active) == ("merged", False)
    for text in ("91350100M000100Y43", name, "滹沱安固建工有限公司", firms.survivor.name, firms.survivor.uscc):
        assert enterprise_called(text) == firms.survivor, text
    assert code
    assert firms.survivor.former_names.filter(name=name).exists()


def test_workbooks_of_classes_find_the_survivor_by_the_old_code() -> None:
    firms = twice()
    merged(firms)
    assert FirmField().to_python(firms.duplicate.uscc) == firms.survivor
    offered: Any = FirmField().queryset
    assert firms.duplicate not in offered


def test_what_was_found_of_the_duplicate_counts_for_the_survivor() -> None:
    """Nobody gets off a list by being registered again."""
    firms = furnished()
    merge = merged(firms)
    assert CreditStanding.objects.get(enterprise=firms.survivor).is_listed
    assert not CreditStanding.objects.get(enterprise=firms.duplicate).is_listed
    undone(firms, merge)
    assert CreditStanding.objects.get(enterprise=firms.duplicate).is_listed
    assert not CreditStanding.objects.get(enterprise=firms.survivor).is_listed


def test_two_that_bear_one_name_are_one_under_it() -> None:
    firms = twice()
    firms.duplicate.organisation.name = firms.survivor.name
    firms.duplicate.organisation.save()
    merged(firms)
    assert enterprise_called(firms.survivor.name) == firms.survivor
    assert not firms.survivor.former_names.exists()


def test_staff_go_over_with_their_firm_and_sign_in_again() -> None:
    firms = furnished()
    director = firms.site.director
    browser = Client()
    browser.force_login(director)
    assert browser.get("/hazards/").status_code == 200
    merged(firms)
    assert browser.get("/hazards/").status_code == 302
    assert not Session.objects.filter(user=director).exists()
    moved = User.objects.get(pk=director.pk)
    assert (moved.organisation_id, moved.version) == (firms.survivor.pk, director.version + 1)
    event = Event.objects.of(moved).latest("pk")
    assert (event.name, event.facts["organisation"]) == ("changed", [firms.duplicate.pk, firms.survivor.pk])
    assert Hazard.objects.visible_to(moved).count() == 4


def test_staff_read_what_still_names_the_duplicate() -> None:
    firms = furnished()
    merged(firms)
    director = User.objects.get(pk=firms.site.director.pk)
    assert Paper.objects.visible_to(director).count() == 1
    assert ListSnapshot.objects.visible_to(director).get().organisation_id == firms.duplicate.pk
    rival = persona("safety_director", organisation=EnterpriseFactory().organisation)
    assert not Paper.objects.visible_to(rival).exists()
    assert not ListSnapshot.objects.visible_to(rival).exists()


def test_staff_are_told_of_papers_that_name_the_duplicate() -> None:
    firms = furnished()
    merged(firms)
    director = User.objects.get(pk=firms.site.director.pk)
    before = Message.objects.filter(recipient=director).count()
    PAPER.perform(Paper.objects.get(), "void", by=firms.site.head, void_reason="文书内容有误，作废")
    assert Message.objects.filter(recipient=director).count() == before + 1


def test_offices_that_knew_the_duplicate_know_both() -> None:
    firms = twice()
    elsewhere = ProjectFactory(at=LUBEI, contractor=firms.duplicate)
    officer = persona("inspector", at=LUBEI)
    merged(firms)
    assert set(Enterprise.objects.visible_to(officer)) == {firms.duplicate, firms.survivor}
    assert set(Enterprise.objects.visible_to(firms.proposer)) >= {firms.duplicate, firms.survivor}
    assert Project.objects.get(pk=elsewhere.pk).enterprise == firms.survivor


def test_people_are_known_at_their_new_employers_seat() -> None:
    firms = twice()
    survivor = EnterpriseFactory(at=QIAOXI)
    person = PersonFactory(employer=firms.duplicate)
    merge = propose_merge(firms.duplicate, survivor=survivor, by=firms.decider, **WHY)
    MERGE.perform(merge, "merge", by=firms.other)
    assert person.presences.get().region_path == survivor.region_path
    assert Person.objects.visible_to(persona("inspector", at=QIAOXI)).filter(pk=person.pk).exists()


def test_the_merge_and_both_firms_have_their_events() -> None:
    firms = furnished()
    merge = merged(firms)
    event = Event.objects.of(merge).latest("pk")
    assert (event.name, event.before, event.after) == ("merge", "proposed", "merged")
    assert "隐患（整改企业） 4" in event.facts["moved_rows"]
    for firm, name in ((firms.duplicate, "merged_away"), (firms.survivor, "took_over")):
        told = Event.objects.of(firm).latest("pk")
        assert (told.name, told.step, told.facts["moved_rows"]) == (name, firm.version, event.facts["moved_rows"])


# Undoing --------------------------------------------------------------------------------------------------------------


def test_undoing_restores_every_table_exactly() -> None:
    firms = furnished()
    before = digests()
    merge = merged(firms)
    assert {"hazards_hazard", "projects_projectparty", "people_person", "accounts_user"} <= changed(before)
    merge = undone(firms, merge)
    assert changed(before) == set()
    assert (merge.state, merge.returned_count) == ("undone", merge.moved_count)
    assert firms.duplicate.status == "active"


def test_what_came_after_the_merge_stays_with_the_survivor() -> None:
    firms = furnished()
    merge = merged(firms)
    site = firms.site
    site.project.refresh_from_db()
    site.director.refresh_from_db()
    later = stories.draft(site)
    person = PersonFactory(employer=firms.survivor)
    elsewhere = ProjectFactory(contractor=firms.survivor)
    undone(firms, merge)
    later.refresh_from_db()
    assert later.enterprise == person.employer == firms.survivor
    assert EnterprisePresence.objects.filter(enterprise=firms.survivor, project_id=elsewhere.pk).exists()


def test_what_has_gone_elsewhere_meanwhile_is_not_fetched_back() -> None:
    firms = furnished()
    merge = merged(firms)
    third = EnterpriseFactory()
    person = Person.objects.filter(employer=firms.survivor).first()
    assert person
    Person.objects.filter(pk=person.pk).update(employer=third)
    merge = undone(firms, merge)
    person.refresh_from_db()
    assert person.employer == third
    assert merge.returned_count == merge.moved_count - 1
    assert Event.objects.of(merge).latest("pk").facts["left_rows"] == "人员 1"


def test_a_project_that_was_let_anew_stays_with_its_contractor() -> None:
    """Its old part goes back with the duplicate, its key of scope does not: it follows the part that stands now."""
    firms = twice()
    merge = merged(firms)
    project = firms.site.project
    project.parties.filter(role="general_contractor").update(ended_on=stories.today())
    ProjectParty.objects.create(project=project, role="general_contractor", enterprise=firms.survivor)
    undone(firms, merge)
    project.refresh_from_db()
    assert project.enterprise == firms.survivor
    assert project.parties.get(ended_on=None, role="general_contractor").enterprise == firms.survivor
    assert project.parties.exclude(ended_on=None).get().enterprise == firms.duplicate
    assert EnterprisePresence.objects.filter(project_id=project.pk, enterprise=firms.survivor).exists()


def test_a_row_that_would_stand_there_twice_stays_with_the_survivor() -> None:
    firms = twice()
    one, two = (ProjectFactory(contractor=EnterpriseFactory()) for _ in range(2))
    part = one.parties.create(enterprise=firms.duplicate, role="subcontractor", ended_on=stories.today())
    two.parties.create(enterprise=firms.duplicate, role="subcontractor")
    again = one.parties.create(enterprise=firms.survivor, role="subcontractor")
    one.parties.create(enterprise=firms.duplicate, role="subcontractor")
    merge = merged(firms)
    again.ended_on = stories.today()
    again.save()
    ProjectParty.objects.filter(pk=part.pk).update(ended_on=None)
    merge = undone(firms, merge)
    part.refresh_from_db()
    assert part.enterprise == firms.survivor
    assert two.parties.get(role="subcontractor").enterprise == firms.duplicate
    assert merge.moved_count - merge.returned_count == 1


def test_after_undoing_they_can_be_merged_again() -> None:
    firms = twice()
    undone(firms, merged(firms))
    assert merged(firms).state == "merged"


# Who may ------------------------------------------------------------------------------------------------------------


def test_nobody_decides_on_the_own_proposal_nor_undoes_the_own_decision() -> None:
    firms = twice()
    merge = propose_merge(firms.duplicate, survivor=firms.survivor, by=firms.decider, **WHY)
    facts: dict[str, Any] = {"opinion": "两家企业不是一家"}
    for move in ("merge", "refuse_merge"):
        with pytest.raises(TransitionRefused, match="提请人不能决定自己提请的合并"):
            MERGE.perform(merge, move, by=firms.decider, **facts)
    merge = MERGE.perform(merge, "merge", by=firms.other)
    with pytest.raises(TransitionRefused, match="撤销须由决定合并以外的人办理"):
        MERGE.perform(merge, "undo_merge", by=firms.other, undo_reason="撤销")
    assert MERGE.perform(merge, "undo_merge", by=firms.decider, undo_reason="合并有误").state == "undone"


@pytest.mark.parametrize("column", ["decided_by", "undone_by"])
def test_the_database_too_wants_two_persons(column: str) -> None:
    firms = twice()
    merge = merged(firms)
    told: dict[str, Any] = {"decided_by": firms.proposer}
    if column == "undone_by":
        told = {"undone_by": firms.decider, "undone_at": merge.decided_at, "undo_reason": "撤销", "state": "undone"}
        firms.duplicate.organisation.merged_into = None
        firms.duplicate.organisation.save()
    with pytest.raises(Exception, match=f"merge_{column.removesuffix('_by')}_by_another"), transaction.atomic():
        EnterpriseMerge.objects.filter(pk=merge.pk).update(**told)


@pytest.mark.parametrize("role", ["county_officer", "station_head"])
def test_a_county_proposes_and_does_not_decide(role: str) -> None:
    firms = twice()
    merge = propose_merge(firms.duplicate, survivor=firms.survivor, by=firms.decider, **WHY)
    with pytest.raises(TransitionRefused, match="没有“确认合并”的权限"):
        MERGE.perform(merge, "merge", by=persona(role))


def test_firms_out_of_sight_cannot_be_merged_nor_seen_as_merged() -> None:
    firms = twice()
    foreign = EnterpriseFactory(at=LUBEI)
    with pytest.raises(Http404):
        propose_merge(firms.duplicate, survivor=foreign, by=firms.proposer, **WHY)
    with pytest.raises(Http404):
        propose_merge(foreign, survivor=firms.survivor, by=firms.decider, **WHY)
    merge = proposed(firms)
    stranger = city_officer("130200")
    assert not EnterpriseMerge.objects.visible_to(stranger).exists()
    with pytest.raises(Http404):
        MERGE.perform(merge, "merge", by=stranger)


def test_who_proposed_may_withdraw_and_then_propose_again() -> None:
    firms = twice()
    merge = proposed(firms)
    with pytest.raises(TransitionRefused, match="由提请人撤回"):
        MERGE.perform(merge, "withdraw_merge", by=firms.decider)
    assert MERGE.perform(merge, "withdraw_merge", by=firms.proposer).state == "withdrawn"
    assert proposed(firms).state == "proposed"


def test_a_refused_merge_leaves_everything_as_it_was() -> None:
    firms = furnished()
    before = digests()
    merge = MERGE.perform(proposed(firms), "refuse_merge", by=firms.decider, opinion="两家为母子公司")
    assert (merge.state, changed(before)) == ("not_merged", set())


# What is not to be ----------------------------------------------------------------------------------------------------


def refused(firms: Twice, duplicate: Enterprise, survivor: Enterprise) -> str:
    with pytest.raises(TransitionRefused) as refusal:
        propose_merge(duplicate, survivor=survivor, by=firms.decider, **WHY)
    return refusal.value.messages[0]


def test_each_firm_has_one_place_in_merges() -> None:
    firms = twice()
    third = EnterpriseFactory()
    assert refused(firms, third, third) == "请填写另一家企业，企业不能与自己合并"
    merge = proposed(firms)
    assert "的合并待确认，不能再次提请" in refused(firms, firms.duplicate, third)
    assert "本身待并入其他企业" in refused(firms, third, firms.duplicate)
    assert "已有企业并入或待并入" in refused(firms, firms.survivor, third)
    merged(firms, merge)
    assert "已并入其他企业" in refused(firms, firms.duplicate, third)
    assert "已并入其他企业" in refused(firms, third, firms.duplicate)
    assert propose_merge(third, survivor=firms.survivor, by=firms.decider, **WHY).state == "proposed"


def test_the_database_keeps_merges_from_chaining() -> None:
    firms = twice()
    third = EnterpriseFactory()
    proposed(firms)
    told = {"proposed_by": firms.decider, **WHY}
    for pair in ((firms.duplicate, third), (third, firms.survivor)):
        with pytest.raises(InternalError, match="what is merged keeps nobody"), transaction.atomic():
            EnterpriseMerge.objects.create(survivor=pair[0], duplicate=pair[1], **told)


def test_merged_is_not_said_of_a_firm_by_anything_else() -> None:
    firms = twice()
    with pytest.raises(InternalError), transaction.atomic():
        Enterprise.objects.filter(pk=firms.duplicate.pk).update(status="merged")
    merge = proposed(firms)
    with pytest.raises(InternalError), transaction.atomic():
        EnterpriseMerge.objects.filter(pk=merge.pk).update(
            state="merged", decided_by=firms.decider, decided_at=stories.timezone.now()
        )
    merged(firms, merge)
    with pytest.raises(InternalError), transaction.atomic():
        Enterprise.objects.filter(pk=firms.duplicate.pk).update(status="active")
    with pytest.raises(InternalError), transaction.atomic():
        merge.delete()


def test_a_merged_firm_is_not_edited_and_nobody_chooses_the_state() -> None:
    firms = twice()
    by = firms.proposer
    form: Any = EnterpriseForm(None, instance=firms.duplicate, user=by)
    assert "merged" not in dict(form.fields["status"].choices)
    told = {
        "name": firms.duplicate.name,
        "uscc": firms.survivor.uscc[:-1] + "X",
        "kind": "contractor",
        "region": "130102",
        "status": "active",
    }
    merged(firms)
    form = EnterpriseForm(told | {"uscc": firms.duplicate.uscc}, instance=firms.duplicate, user=by)
    assert form.is_valid(), form.errors
    with pytest.raises(ValidationError, match="不能再修改，请修改"):
        save_enterprise(form, by=by)


# Late rows ------------------------------------------------------------------------------------------------------------


def test_rows_written_by_what_had_begun_before_come_after() -> None:
    firms = twice()
    merge = merged(firms)
    assert turn_late_rows() == 0
    person = PersonFactory(employer=firms.duplicate)
    assert turn_late_rows() == 1
    assert turn_late_rows() == 0
    person.refresh_from_db()
    merge.refresh_from_db()
    assert person.employer == firms.survivor
    assert merge.moved["people.Person.employer"] == [person.pk]
    assert Event.objects.of(merge).latest("pk").name == "late_rows_turned"
    undone(firms, merge)
    person.refresh_from_db()
    assert person.employer == firms.duplicate


# At once and in bulk --------------------------------------------------------------------------------------------------


def attempt(call: Any) -> str:
    try:
        return call().state
    except TransitionRefused as refusal:
        return refusal.messages[0]


@pytest.mark.django_db(transaction=True)
def test_two_proposals_of_one_duplicate_at_once_give_one() -> None:
    firms = twice()
    third = EnterpriseFactory()
    told = [(firms.survivor, firms.decider), (third, firms.other)]
    calls = [lambda s=s, b=b: attempt(lambda: propose_merge(firms.duplicate, survivor=s, by=b, **WHY)) for s, b in told]
    assert sorted(answer == "proposed" for answer in at_once(*calls)) == [False, True]
    assert EnterpriseMerge.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_decisions_at_once_merge_once() -> None:
    firms = furnished()
    merge = proposed(firms)
    calls = [lambda u=u: attempt(lambda: MERGE.perform(merge, "merge", by=u)) for u in (firms.decider, firms.other)]
    answers = at_once(*calls)
    assert sorted(answers) == sorted(["merged", "当前状态为“已合并”，不能确认合并"])
    assert Event.objects.of(firms.duplicate).filter(name="merged_away").count() == 1


@pytest.mark.django_db(transaction=True)
def test_crossed_proposals_at_once_give_one() -> None:
    """A into B and B into A: each alone is sound."""
    firms = twice()
    a, b = firms.duplicate, firms.survivor
    calls = [
        lambda: attempt(lambda: propose_merge(a, survivor=b, by=firms.decider, **WHY)),
        lambda: attempt(lambda: propose_merge(b, survivor=a, by=firms.other, **WHY)),
    ]
    assert sorted(answer == "proposed" for answer in at_once(*calls)) == [False, True]


def test_without_lock_and_trigger_crossed_proposals_both_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: what the lock and the look beneath it prevent."""
    firms = twice()
    a, b = firms.duplicate, firms.survivor
    monkeypatch.setattr("apps.enterprises.services.lock_both", lambda one, other: by_keys(one, other))
    monkeypatch.setattr("apps.enterprises.services.why_not_merge", lambda duplicate, survivor: None)
    with pgtrigger.ignore("enterprises.EnterpriseMerge:one_way"):
        for duplicate, survivor in ((a, b), (b, a)):
            propose_merge(duplicate, survivor=survivor, by=firms.decider, **WHY)
        with pytest.raises(TransitionRefused, match="该企业已有待确认或已生效的合并"):
            propose_merge(a, survivor=EnterpriseFactory(), by=firms.decider, **WHY)
    assert EnterpriseMerge.objects.filter(state=MergeState.PROPOSED).count() == 2


def by_keys(survivor: int, duplicate: int) -> tuple[Enterprise, Enterprise]:
    return Enterprise.objects.get(pk=survivor), Enterprise.objects.get(pk=duplicate)


def test_three_thousand_hazards_move_in_seconds() -> None:
    firms = twice()
    first = stories.taken_to("ordered", firms.site)
    copies(first, 3000)
    started = time.monotonic()
    merge = merged(firms)
    there = time.monotonic()
    assert len(merge.moved["hazards.Hazard.enterprise"]) == 3001
    undone(firms, merge)
    back = time.monotonic()
    assert Hazard.objects.filter(enterprise=firms.duplicate).count() == 3001
    assert (there - started, back - there) < (10, 10)


def copies(of: Hazard, number: int) -> None:
    """So many more hazards like this one."""
    names = [column.column for column in Hazard._meta.local_concrete_fields if column.db_returning is False]
    names = [n for n in names if n not in ("id", "number")]
    listed = ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO hazards_hazard ("number", {listed})'
            f" SELECT 'YH-2099-' || lpad(n::text, 6, '0'), {listed} FROM hazards_hazard, generate_series(1, %s) n"
            " WHERE id = %s",
            [number, of.pk],
        )
