"""Saving projects and what hangs on them."""

from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from apps.core.imports.form_importer import FormImporter
from apps.core.models import Event
from apps.core.registers import registry
from apps.core.workflow import StaleRecord, TransitionRefused
from apps.people.models import Person
from apps.projects.codes import number_problem, permit_problem
from apps.projects.forms import DangerousWorkForm, ProjectForm, ProjectMemberForm, ProjectPartyForm
from apps.projects.models import DangerousWork, PartyRole, Project, ProjectMember, ProjectParty
from apps.projects.services import save_dangerous_work, save_member, save_party, save_project
from tests.factories import (
    EnterpriseFactory,
    MemberFactory,
    PartyFactory,
    PersonFactory,
    ProjectFactory,
    UserFactory,
)
from tests.personas import CHANGAN, QIAOXI, inspector

pytestmark = pytest.mark.django_db


def typed(**changes: Any) -> dict[str, Any]:
    data = {
        "number": "1301022603010101",
        "name": "滨河雅居一期工程",
        "region": CHANGAN,
        "kind": "residential",
        "structure": "shear_wall",
        "stage": "structure",
        "permit_number": "130102202603180101",
    }
    return data | changes


def filled(form: Any) -> Any:
    assert form.is_valid(), form.errors
    return form


def registered(by: Any, **changes: Any) -> Project:
    return save_project(filled(ProjectForm(typed(**changes), user=by)), by=by)


def edited(project: Project, by: Any, **changes: Any) -> Project:
    blank = ProjectForm(instance=project, user=by)
    now = {name: blank[name].value() for name in blank.fields}
    data = {name: value for name, value in now.items() if value is not None} | changes
    form = filled(ProjectForm(data, instance=project, user=by))
    return save_project(form, by=by, version=project.version)


def parts(project: Project) -> set[tuple[str, int, bool]]:
    return {(p.role, p.enterprise_id, p.ended_on is None) for p in project.parties.all()}


# Projects


def test_registering_names_the_parties_and_sets_the_scope_keys() -> None:
    contractor, owner = EnterpriseFactory(), EnterpriseFactory(kind="owner")
    project = registered(inspector(), general_contractor=contractor.name, owner=owner.uscc, owner_leader="赵建国")
    assert (project.enterprise_id, project.region_path) == (contractor.pk, contractor.region_path)
    assert parts(project) == {("general_contractor", contractor.pk, True), ("owner", owner.pk, True)}
    assert Event.objects.of(project).get().facts["number"] == "1301022603010101"


def test_another_contractor_ends_the_first_ones_part_and_moves_the_key() -> None:
    first, second = EnterpriseFactory.create_batch(2)
    by = inspector()
    project = registered(by, general_contractor=first.uscc)
    edited(project, by, general_contractor=second.uscc)
    assert parts(project) == {("general_contractor", first.pk, False), ("general_contractor", second.pk, True)}
    assert Project.objects.get().enterprise == second


def test_an_edit_that_leaves_the_parties_alone_writes_no_event_of_theirs() -> None:
    by = inspector()
    project = registered(by, general_contractor=EnterpriseFactory().uscc)
    edited(project, by, stage="decoration")
    assert [e.name for e in Event.objects.of_type(ProjectParty)] == ["registered"]
    assert Event.objects.of(project).latest("pk").facts == {"stage": ["structure", "decoration"]}


def test_a_project_without_a_number_gets_one() -> None:
    project = registered(inspector(), number="")
    assert project.number == f"XM{CHANGAN}-{project.pk:06d}"


def test_an_officer_registers_projects_in_the_own_region_only() -> None:
    form = ProjectForm(typed(region=QIAOXI), user=inspector(CHANGAN))
    assert "region" in form.errors


def test_a_stale_edit_is_refused() -> None:
    by = inspector()
    project = registered(by)
    mine, theirs = Project.objects.get(), Project.objects.get()
    edited(theirs, by, stage="decoration")
    with pytest.raises(StaleRecord):
        edited(mine, by, stage="suspended")
    project.refresh_from_db()
    assert project.stage == "decoration"


def test_the_fence_is_kept_and_told_without_floats() -> None:
    by = inspector()
    project = registered(by, site="114.50,38.00;114.51,38.00;114.51,38.01")
    assert Project.objects.get().site == [[114.5, 38.0], [114.51, 38.0], [114.51, 38.01]]
    assert Event.objects.of(project).get().facts["site"][0] == ["114.5", "38.0"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": "130102269901"}, None),
        ({"number": "1301022613320101"}, "number"),
        ({"number": "a/b"}, "number"),
        ({"permit_number": "13010220260318"}, "permit_number"),
        ({"permit_number": "建字第2015-038号"}, None),
        ({"permit_number": "110102202603180101"}, "permit_number"),
        ({"longitude": "38.03", "latitude": "114.5"}, "longitude"),
        ({"longitude": "114.5"}, "__all__"),
        ({"started_on": "2026-05-01", "planned_end": "2026-04-01"}, "__all__"),
        ({"general_contractor_leader": "王某"}, "general_contractor"),
        ({"general_contractor": "没有这家公司"}, "general_contractor"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(changes: dict[str, str], field: str | None) -> None:
    errors = ProjectForm(typed(**changes), user=inspector()).errors
    assert list(errors) == ([field] if field else [])


def test_numbers_and_permits_say_what_is_wrong() -> None:
    assert number_problem("1301022613320101") == "16位项目编号的第7至12位“261332”应为年月日（YYMMDD）"
    assert permit_problem("13010220260318") == "施工许可证编号应为18位，现为14位"
    assert permit_problem("130102202613180101") == "施工许可证编号第7至14位“20261318”应为发证日期（YYYYMMDD）"


def test_a_project_manager_changes_the_own_project_but_not_its_permit() -> None:
    firm = EnterpriseFactory()
    project, other = ProjectFactory.create_batch(2, contractor=firm)
    manager = UserFactory(role="project_manager", enterprise=firm)
    MemberFactory(project=project, user=manager)
    edited(project, manager, stage="decoration", permit_number="130102202603189999", name="改名工程")
    project.refresh_from_db()
    assert (project.stage, project.permit_number, project.name) == ("decoration", "", "改名工程")
    with pytest.raises(TransitionRefused):
        edited(other, manager, stage="decoration")


# Parties and members


def party_form(project: Project, by: Any, party: ProjectParty | None = None, **data: Any) -> ProjectPartyForm:
    return filled(ProjectPartyForm(data, instance=party or ProjectParty(project=project), user=by))


def test_the_key_follows_the_contractors_party_row() -> None:
    firm, by = EnterpriseFactory(), inspector()
    project = ProjectFactory()
    party = save_party(party_form(project, by, role="general_contractor", enterprise=firm.uscc), by=by)
    assert Project.objects.get().enterprise == firm
    today = timezone.localdate()
    save_party(party_form(project, by, party, ended_on=today.isoformat()), by=by, version=1)
    assert Project.objects.get().enterprise is None
    assert [e.name for e in Event.objects.of(project)] == ["contractor_changed", "contractor_changed"]


def test_two_general_contractors_at_once_are_refused() -> None:
    project, by = ProjectFactory(contractor=EnterpriseFactory()), inspector()
    form = party_form(project, by, role="general_contractor", enterprise=EnterpriseFactory().uscc)
    with pytest.raises(TransitionRefused) as refusal:
        save_party(form, by=by)
    sentence = "同一时间只能有一家建设单位和一家施工总承包单位，请先填写原单位的退场日期"
    assert refusal.value.messages == [sentence]


def test_a_party_does_not_leave_on_a_day_to_come() -> None:
    party, by = PartyFactory(), inspector()
    tomorrow = timezone.localdate() + timedelta(days=1)
    form = ProjectPartyForm({"ended_on": tomorrow.isoformat()}, instance=party, user=by)
    assert form.errors["ended_on"] == ["不能填将来的日期，到那一天再登记"]


def test_a_firm_may_enter_a_subcontractor_but_not_replace_the_supervision() -> None:
    firm, other = EnterpriseFactory.create_batch(2)
    project = ProjectFactory(contractor=firm)
    manager = UserFactory(role="project_manager", enterprise=firm)
    MemberFactory(project=project, user=manager)
    save_party(party_form(project, manager, role="subcontractor", enterprise=other.uscc), by=manager)
    with pytest.raises(TransitionRefused):
        save_party(party_form(project, manager, role="supervision_firm", enterprise=other.uscc), by=manager)
    assert set(project.parties.values_list("role", flat=True)) == {"general_contractor", "subcontractor"}


def test_a_persons_account_comes_with_the_person() -> None:
    firm, by = EnterpriseFactory(), inspector()
    account = UserFactory(role="project_manager", enterprise=firm)
    person = PersonFactory(employer=firm, user=account)
    project = ProjectFactory(contractor=firm)
    form = ProjectMemberForm(
        {"post": "project_manager", "person": person.pk}, instance=ProjectMember(project=project), user=by, firm=firm.pk
    )
    assert save_member(filled(form), by=by).user == account


def test_only_staff_of_the_chosen_firm_are_offered() -> None:
    firm, by = EnterpriseFactory(), inspector()
    project = ProjectFactory(contractor=firm)
    stranger = PersonFactory()
    outsider = UserFactory(role="project_manager", enterprise=EnterpriseFactory())
    data = {"post": "project_manager", "person": stranger.pk, "account": outsider.username}
    form = ProjectMemberForm(data, instance=ProjectMember(project=project), user=by, firm=firm.pk)
    assert set(form.errors) == {"person", "account"}


def test_a_member_enters_and_leaves_the_sight_of_the_region() -> None:
    person = PersonFactory(employer=EnterpriseFactory(at="130203"))
    member = MemberFactory(project=ProjectFactory(at=CHANGAN), person=person)
    assert list(Person.objects.visible_to(inspector(CHANGAN))) == [person]
    member.delete()
    assert not Person.objects.visible_to(inspector(CHANGAN)).exists()


TWO_PROJECTS = "该人员同一时间已任项目经理或专职安全员，同一时间只能在一个项目任职，请先办理离岗"


@pytest.mark.parametrize(
    ("post", "other", "days", "is_refused"),
    [
        ("project_manager", "project_manager", ("2026-05-01", None), True),
        ("project_manager", "project_manager", ("2026-04-30", None), True),
        ("project_manager", "project_manager", ("2026-05-02", None), False),
        ("project_manager", "project_manager", ("2026-01-01", "2026-02-28"), False),
        ("project_manager", "project_manager", (None, None), True),
        ("project_manager", "project_safety_officer", ("2026-04-01", None), True),
        ("project_safety_officer", "project_safety_officer", ("2026-04-01", None), True),
        ("project_manager", "expert", ("2026-04-01", None), False),
        ("supervising_engineer", "supervising_engineer", ("2026-04-01", None), False),
    ],
)
def test_nobody_leads_or_guards_two_projects_at_once(
    post: str, other: str, days: tuple[str | None, str | None], is_refused: bool
) -> None:
    firm, by = EnterpriseFactory(), inspector()
    person = PersonFactory(employer=firm)
    first, second = ProjectFactory.create_batch(2, contractor=firm)
    MemberFactory(project=first, person=person, post=post, started_on="2026-03-01", ended_on="2026-05-01")
    started, ended = days
    data = {"post": other, "person": person.pk, "started_on": started or "", "ended_on": ended or ""}
    form = ProjectMemberForm(data, instance=ProjectMember(project=second), user=by, firm=firm.pk)
    assert (form.errors.get("__all__") == [TWO_PROJECTS]) == is_refused
    told = {"project": second, "person": person, "post": other, "started_on": started, "ended_on": ended}
    with nullcontext() if not is_refused else pytest.raises(IntegrityError, match="one_project_for_managers"):
        ProjectMember.objects.create(**told)


def test_a_chief_engineer_supervises_three_projects_at_once_and_no_fourth() -> None:
    """GB/T 50319—2013, 3.1.5."""
    person = PersonFactory()
    for project, (first, last) in zip(
        ProjectFactory.create_batch(4),
        [("2026-01-01", None), ("2026-02-01", "2026-06-30"), ("2026-07-01", None), ("2026-03-01", "2026-04-30")],
        strict=True,
    ):
        MemberFactory(project=project, person=person, post="supervising_engineer", started_on=first, ended_on=last)
    by, fourth = inspector(), ProjectFactory()
    data = {"post": "supervising_engineer", "person": person.pk, "started_on": "2026-04-01", "ended_on": "2026-04-15"}
    refused = ProjectMemberForm(data, instance=ProjectMember(project=fourth), user=by, firm=person.employer_id)
    with pytest.raises(ValidationError, match="最多不得超过3个"):
        save_member(filled(refused), by=by)
    # In May one of the three has ended, so there is room.
    later = data | {"started_on": "2026-05-01", "ended_on": "2026-05-31"}
    form = ProjectMemberForm(later, instance=ProjectMember(project=fourth), user=by, firm=person.employer_id)
    assert save_member(filled(form), by=by).project == fourth


def test_a_post_given_to_an_account_is_its_persons_and_counts_alike() -> None:
    firm, by = EnterpriseFactory(), inspector()
    manager = UserFactory(role="project_manager", enterprise=firm)
    person = PersonFactory(employer=firm, user=manager)
    first, second = ProjectFactory.create_batch(2, contractor=firm)
    data = {"post": "project_manager", "account": manager.username, "started_on": "2026-04-01"}
    form = filled(ProjectMemberForm(data, instance=ProjectMember(project=first), user=by, firm=firm.pk))
    assert save_member(form, by=by).person == person
    again = ProjectMemberForm(data, instance=ProjectMember(project=second), user=by, firm=firm.pk)
    assert again.errors["__all__"] == [TWO_PROJECTS]


# Dangerous works


def test_saving_a_dangerous_work_judges_it_and_keeps_the_reasons() -> None:
    by, project = inspector(), ProjectFactory()
    data = {"category": "pit", "name": "3号楼基坑", "excavation_depth": "6.5", "started_on": "2026-04-03"}
    form = filled(DangerousWorkForm(data, instance=DangerousWork(project=project, category="pit"), user=by))
    work = save_dangerous_work(form, by=by)
    work.refresh_from_db()
    assert (work.is_dangerous, work.is_super, work.state) == (True, True, "underway")
    assert work.parameters == {"excavation_depth": 6.5}
    assert work.criterion.startswith("开挖深度6.5 m，达到超过一定规模的危大工程标准（5 m及以上）")


def test_a_page_that_changes_the_category_is_shown_its_parameters_first() -> None:
    by, project = inspector(), ProjectFactory()
    data = {"category": "formwork_support", "of_category": "pit", "name": "顶板模板", "excavation_depth": "6.5"}
    form = DangerousWorkForm(data, instance=DangerousWork(project=project, category="pit"), user=by)
    assert form.errors["__all__"] == ["请填写“混凝土模板支撑工程”的参数，不适用的不填"]
    assert form["of_category"].value() == "formwork_support"
    assert "support_height" in form.fields and "excavation_depth" not in form.fields


def test_works_name_their_project_by_number_and_only_one_in_scope() -> None:
    foreign = ProjectFactory(at=QIAOXI)
    data = {"project": foreign.number, "category": "gondola", "name": "吊篮"}
    form = DangerousWorkForm(data, user=inspector(CHANGAN))
    assert form.errors["project"] == [f"您可查看的项目中没有编号或名称为“{foreign.number}”的项目"]


def test_a_firms_people_enter_works_only_where_they_hold_a_post() -> None:
    firm = EnterpriseFactory()
    project = ProjectFactory(contractor=firm)
    officer = UserFactory(role="project_safety_officer", enterprise=firm)
    data = {"category": "gondola", "name": "外墙吊篮"}

    def form() -> Any:
        blank = DangerousWork(project=project, category="gondola")
        return filled(DangerousWorkForm(data, instance=blank, user=officer))

    with pytest.raises(TransitionRefused):
        save_dangerous_work(form(), by=officer)
    MemberFactory(project=project, user=officer, post="project_safety_officer")
    assert save_dangerous_work(form(), by=officer).is_dangerous


def test_the_partial_unique_rule_lets_a_firm_come_back() -> None:
    party = PartyFactory(role=PartyRole.SUBCONTRACTOR, ended_on="2026-05-01")
    PartyFactory(project=party.project, enterprise=party.enterprise, role=PartyRole.SUBCONTRACTOR)
    assert party.project.parties.count() == 2


# Imports


@pytest.mark.parametrize(
    ("register", "labels"),
    [
        ("enterprises", {"企业名称", "统一社会信用代码", "注册地", "安全生产许可证编号"}),
        ("people", {"姓名", "身份证号码", "所在企业"}),
        ("projects", {"项目编号", "所属区域", "施工总承包单位", "建设单位", "监理单位", "施工许可证编号"}),
        ("dangerous_works", {"项目编号", "危大工程类别", "开挖深度（m）"}),
    ],
)
def test_each_register_offers_its_columns_for_import_once(register: str, labels: set[str]) -> None:
    user = UserFactory(role="permit_officer", at=CHANGAN)
    offered = [field.label for field in FormImporter(registry[register], user).fields]
    assert labels <= set(offered)
    assert len(offered) == len(set(offered))
