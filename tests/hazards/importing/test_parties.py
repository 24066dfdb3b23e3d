"""Projects and firms that the file names: found, offered, made, remembered, and never beyond one's reach."""

import pytest

from apps.core.models import Event
from apps.enterprises.models import Enterprise
from apps.hazards.models import Hazard
from apps.projects.models import Project
from tests.core.imports.flow import Flow, run_jobs
from tests.factories import EnterpriseFactory, ProjectFactory
from tests.hazards.importing.ledgers import ledger, line
from tests.personas import CHANGAN, QIAOXI, city_officer, inspector, province_officer

pytestmark = pytest.mark.django_db


@pytest.fixture
def importing() -> Flow:
    return Flow(inspector(), "hazards")


def asked(importing: Flow) -> dict[tuple[str, str], list[str]]:
    """(kind, name) → labels offered for it."""
    form = importing.client.get(importing.url).context["form"]
    return {(name.kind, name.name): [label for _, label in name.choices] for name in form.unknown}


def test_known_names_are_found_by_themselves(importing: Flow) -> None:
    firm = EnterpriseFactory(organisation__name="滹沱建工")
    project = ProjectFactory(name="滹沱河畔小区一期", contractor=firm)
    page = importing.through(ledger([line(1)]))
    assert page.context["form"].unknown == []
    importing.decide()
    run_jobs()
    hazard = Hazard.objects.get()
    assert (hazard.project, hazard.enterprise, hazard.region_path) == (project, firm, project.region_path)


def test_unknown_names_are_listed_with_their_rows_and_similar_records(importing: Flow) -> None:
    ProjectFactory(name="滹沱河畔小区二期")
    ProjectFactory(name="裕华商务中心")
    importing.through(ledger([line(1), line(2), line(3, project="二号标段")]))
    offered = asked(importing)
    assert offered["project", "滹沱河畔小区一期"] == ["请选择", "滹沱河畔小区二期", "新建“滹沱河畔小区一期”（待补全）"]
    assert offered["project", "二号标段"] == ["请选择", "新建“二号标段”（待补全）"]
    unknown = importing.the_batch.counts["unknown"]
    assert [name["rows"] for name in unknown if name["kind"] == "project"] == [2, 1]


def test_records_of_other_counties_are_not_offered(importing: Flow) -> None:
    ProjectFactory(name="滹沱河畔小区一期", at=QIAOXI)
    importing.through(ledger([line(1)]))
    assert asked(importing)["project", "滹沱河畔小区一期"] == ["请选择", "新建“滹沱河畔小区一期”（待补全）"]


def test_a_name_can_be_matched_and_is_remembered_for_the_next_file(importing: Flow) -> None:
    EnterpriseFactory(organisation__name="滹沱建工")
    project = ProjectFactory(name="滹沱河畔小区二期")
    importing.whole(ledger([line(1)]), **{"name-0": str(project.pk)})
    assert Hazard.objects.get().project == project
    again = Flow(inspector(), "hazards")
    again.whole(ledger([line(2)]))
    assert Hazard.objects.filter(project=project).count() == 2


def test_new_projects_and_firms_are_minimal_and_marked(importing: Flow) -> None:
    importing.whole(ledger([line(1), line(2)]), unknown="new")
    project, firm = Project.objects.get(), Enterprise.objects.get()
    assert (project.name, project.region.code) == ("滹沱河畔小区一期", CHANGAN)
    assert (firm.name, firm.uscc[:8], firm.kind) == ("滹沱建工", "YY000000", "contractor")
    assert Event.objects.of(firm).get().facts["incomplete"] is True
    assert Event.objects.of(project).get().facts["incomplete"] is True
    assert importing.client.get(f"/enterprises/{firm.uscc}/").status_code == 200


def test_new_records_belong_to_the_region_that_was_chosen() -> None:
    importing = Flow(city_officer(), "hazards")
    importing.whole(ledger([line(1)]), unknown="new", region=QIAOXI)
    assert Project.objects.get().region.code == QIAOXI
    assert Hazard.objects.get().region_path == Project.objects.get().region_path


def test_a_region_outside_ones_own_is_refused(importing: Flow) -> None:
    importing.through(ledger([line(1)]))
    page = importing.decide(unknown="new", region=QIAOXI)
    assert page.status_code == 422
    assert Hazard.objects.count() == 0


def test_who_may_not_register_projects_is_not_offered_to() -> None:
    importing = Flow(province_officer(), "hazards")
    importing.through(ledger([line(1)]))
    assert asked(importing)["project", "滹沱河畔小区一期"] == ["请选择"]


def test_every_name_has_to_be_decided(importing: Flow) -> None:
    importing.through(ledger([line(1, project=None)]))
    page = importing.decide()
    assert page.status_code == 422
    assert "请为“空白”选择对应的记录" in page.content.decode()


def test_a_firm_is_found_by_its_whole_name_wherever_it_sits(importing: Flow) -> None:
    firm = EnterpriseFactory(organisation__name="滹沱建工", at="130203")
    ProjectFactory(name="滹沱河畔小区一期")
    importing.whole(ledger([line(1)]))
    assert Hazard.objects.get().enterprise == firm


def test_without_a_firm_the_general_contractor_is_responsible(importing: Flow) -> None:
    contractor = EnterpriseFactory()
    ProjectFactory(name="滹沱河畔小区一期", contractor=contractor)
    importing.whole(ledger([line(1, contractor=None, owner=None)]))
    assert Hazard.objects.get().enterprise == contractor


def test_without_a_contractor_the_owner_is_responsible(importing: Flow) -> None:
    owner = EnterpriseFactory(organisation__name="滹沱置业", kind="owner")
    ProjectFactory(name="滹沱河畔小区一期", contractor=EnterpriseFactory())
    importing.whole(ledger([line(1, contractor=None)]))
    assert Hazard.objects.get().enterprise == owner


def test_the_same_hazards_in_another_file_are_not_doubled(importing: Flow) -> None:
    importing.whole(ledger([line(1), line(2)]), unknown="new")
    again = Flow(inspector(), "hazards")
    page = again.through(ledger([line(1), line(2), line(3)]))
    assert [page.context["counts"][name] for name in ("new", "unchanged")] == [1, 2]
    again.decide()
    run_jobs()
    assert Hazard.objects.count() == 3


def test_the_imported_rows_are_found_in_the_ledger(importing: Flow) -> None:
    importing.whole(ledger([line(1)]), unknown="new")
    Flow(inspector(), "hazards").whole(ledger([line(2)]))
    url = importing.client.get(importing.url).context["rows_url"]
    assert importing.client.get(url).context["page"]["total"] == 1


def test_a_project_that_left_ones_reach_stops_the_import(importing: Flow) -> None:
    EnterpriseFactory(organisation__name="滹沱建工")
    project = ProjectFactory(name="滹沱河畔小区二期")
    importing.through(ledger([line(1)]))
    importing.decide(**{"name-0": str(project.pk)})
    there = ProjectFactory(at=QIAOXI)
    Project.objects.filter(pk=project.pk).update(region=there.region, region_path=there.region_path)
    run_jobs()
    assert Hazard.objects.count() == 0
    assert "已不在您的辖区" in importing.client.get(importing.url).context["last_error"]
