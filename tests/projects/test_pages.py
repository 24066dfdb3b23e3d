"""The pages of projects and dangerous works, as a browser gets them."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.projects.models import DangerousWork, Project, ProjectMember, ProjectParty
from tests.factories import (
    CertificateFactory,
    DangerousWorkFactory,
    EnterpriseFactory,
    MemberFactory,
    PartyFactory,
    PersonFactory,
    ProjectFactory,
    UserFactory,
)
from tests.personas import CHANGAN, QIAOXI, inspector

pytestmark = pytest.mark.django_db

TABS = ("", "parties/", "people/", "dangerous/", "history/")


def site(at: str = CHANGAN) -> Project:
    """A project with everything on it."""
    firm = EnterpriseFactory(at=at)
    project = ProjectFactory(at=at, contractor=firm, owner=EnterpriseFactory(at=at, kind="owner"))
    add_to(project)
    return project


def add_to(project: Project) -> None:
    person = PersonFactory(employer=project.enterprise)
    CertificateFactory(person=person)
    MemberFactory(project=project, person=person)
    PartyFactory(project=project, role="subcontractor")
    DangerousWorkFactory(project=project)


@pytest.mark.parametrize("tab", TABS)
def test_each_tab_renders_for_insiders_and_is_404_for_outsiders(client: Client, tab: str) -> None:
    project = site()
    url = f"/projects/{project.number}/{tab}"
    for user in (inspector(CHANGAN), UserFactory(role="safety_director", enterprise=project.enterprise)):
        client.force_login(user)
        assert project.name in client.get(url).content.decode()
    for user in (inspector(QIAOXI), UserFactory(role="safety_director", enterprise=EnterpriseFactory())):
        client.force_login(user)
        assert client.get(url).status_code == 404


@pytest.mark.parametrize("tab", TABS)
def test_each_tab_costs_the_same_queries_however_much_hangs_on_it(client: Client, tab: str) -> None:
    project = site()
    client.force_login(inspector(CHANGAN))
    counts = []
    for _ in range(2):
        client.get(f"/projects/{project.number}/{tab}")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/projects/{project.number}/{tab}")
        counts.append(len(queries))
        add_to(project)
        add_to(project)
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "url", ["/projects/", "/projects/?view=all", f"/projects/?region__name={CHANGAN}", "/dangerous-works/?view=all"]
)
def test_lists_cost_the_same_queries_with_one_row_and_with_three(client: Client, url: str) -> None:
    client.force_login(inspector(CHANGAN))
    counts = []
    for more in (1, 2):
        for _ in range(more):
            site()
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_list_cuts_by_region_and_stage(client: Client) -> None:
    here, there = ProjectFactory(at=CHANGAN, stage="structure"), ProjectFactory(at=QIAOXI, stage="suspended")
    client.force_login(UserFactory(role="city_officer"))
    page = client.get(f"/projects/?view=all&region__name={CHANGAN}").content.decode()
    assert here.name in page and there.name not in page
    page = client.get("/projects/?view=suspended").content.decode()
    assert there.name in page and here.name not in page


def test_a_project_is_registered_through_its_form_in_four_sections(client: Client) -> None:
    firm = EnterpriseFactory()
    client.force_login(inspector(CHANGAN))
    page = client.get("/projects/new/").content.decode()
    assert all(title in page for title in ("1. 基本信息", "2. 许可与合同", "3. 参建单位", "4. 位置"))
    data = {
        "name": "滨河雅居一期工程",
        "region": CHANGAN,
        "kind": "residential",
        "stage": "structure",
        "general_contractor": firm.name,
    }
    answer = client.post("/projects/new/", data)
    project = Project.objects.get()
    assert answer.headers["Location"] == f"/projects/{project.number}/"
    assert project.enterprise == firm


def test_a_stale_edit_answers_409_with_both_versions(client: Client) -> None:
    project = site()
    client.force_login(inspector(CHANGAN))
    Project.objects.update(address="别人改的地址", version=5)
    data = {
        "number": project.number,
        "name": project.name,
        "region": CHANGAN,
        "kind": "residential",
        "stage": "structure",
        "address": "我改的地址",
        "version": "1",
    }
    answer = client.post(f"/projects/{project.number}/edit/", data)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "别人改的地址" in page and "我改的地址" in page
    assert Project.objects.get().address == "别人改的地址"


def test_parties_people_and_works_are_entered_on_their_own_pages(client: Client) -> None:
    firm = EnterpriseFactory(at=CHANGAN)
    project, person = ProjectFactory(at=CHANGAN, contractor=firm), PersonFactory(employer=firm)
    base = f"/projects/{project.number}/"
    client.force_login(inspector(CHANGAN))
    steps: list[tuple[str, dict[str, Any]]] = [
        ("parties/new/", {"role": "testing", "enterprise": EnterpriseFactory().uscc}),
        (f"people/new/?firm={firm.pk}", {"post": "project_manager", "person": person.pk}),
        (
            "dangerous/new/?category=pit",
            {"category": "pit", "of_category": "pit", "name": "基坑", "excavation_depth": "5"},
        ),
    ]
    for tail, data in steps:
        assert client.get(base + tail).status_code == 200
        assert client.post(base + tail, data).status_code == 302
    assert ProjectParty.objects.filter(role="testing").exists()
    assert ProjectMember.objects.get().person == person
    work = DangerousWork.objects.get()
    assert work.is_super
    for tail in (f"people/{ProjectMember.objects.get().pk}/", f"dangerous/{work.pk}/"):
        assert client.get(base + tail).status_code == 200
    assert "判定依据" in client.get(f"/dangerous-works/{work.pk}/").content.decode()


def test_a_new_work_begins_with_project_and_category(client: Client) -> None:
    project = ProjectFactory(at=CHANGAN)
    client.force_login(inspector(CHANGAN))
    assert client.get("/dangerous-works/new/").status_code == 200
    answer = client.post("/dangerous-works/new/", {"project": project.number, "category": "pit"})
    assert answer.headers["Location"] == f"/projects/{project.number}/dangerous/new/?category=pit"
    assert "混凝土模板支撑工程" in client.get(f"/projects/{project.number}/dangerous/new/").content.decode()


def test_foreign_rows_cannot_be_reached_through_a_project_of_ones_own(client: Client) -> None:
    mine, foreign = site(CHANGAN), site(QIAOXI)
    client.force_login(inspector(CHANGAN))
    base = f"/projects/{mine.number}/"
    party, member = foreign.parties.first(), foreign.members.first()
    work = foreign.dangerous_works.first()
    assert party and member and work
    for tail in (f"parties/{party.pk}/", f"people/{member.pk}/", f"dangerous/{work.pk}/"):
        assert client.get(base + tail).status_code == 404
    assert client.get(f"{base}people/new/?firm={foreign.enterprise_id}").status_code == 404


def test_who_only_sees_a_project_finds_no_way_to_change_it(client: Client) -> None:
    project = site()
    client.force_login(UserFactory(role="supervising_engineer", enterprise=project.enterprise))
    assert "编辑" not in client.get(f"/projects/{project.number}/parties/").content.decode()
    for tail in ("edit/", "parties/new/", "people/new/", "dangerous/new/"):
        assert client.get(f"/projects/{project.number}/{tail}").status_code == 403


def test_exports_hold_the_rows_of_the_scope(client: Client) -> None:
    site()
    client.force_login(inspector(CHANGAN))
    for name in ("projects", "dangerous-works", "enterprises"):
        answer: Any = client.post(f"/{name}/export/")
        assert b"".join(answer.streaming_content)[:2] == b"PK"
