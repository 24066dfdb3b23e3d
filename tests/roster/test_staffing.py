"""How many safety officers a site must have, who of them counts, and what is said of a chief engineer of several."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from apps.projects.models import Project
from apps.roster.staffing import Need, labour_needs, needs, officers_of_labour, officers_required
from tests.factories import CertificateFactory, EnterpriseFactory, MemberFactory, PersonFactory
from tests.personas import persona
from tests.roster.stories import engaged, site

TODAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("values", "required"),
    [
        ({"kind": "residential", "area_m2": Decimal(9_999)}, 1),
        ({"kind": "residential", "area_m2": Decimal(10_000)}, 2),
        ({"kind": "residential", "area_m2": Decimal("49999.9")}, 2),
        ({"kind": "residential", "area_m2": Decimal(50_000)}, 3),
        ({"kind": "residential", "contract_amount": Decimal(20_000)}, None),
        ({"kind": "municipal", "contract_amount": Decimal("4999.99")}, 1),
        ({"kind": "municipal", "contract_amount": Decimal(5_000)}, 2),
        ({"kind": "rail", "contract_amount": Decimal(10_000)}, 3),
        ({"kind": "rail", "area_m2": Decimal(60_000)}, None),
    ],
)
def test_officers_of_the_general_contractor_go_by_area_or_price(values: dict[str, Any], required: int | None) -> None:
    assert officers_required(Project(**values))[0] == required


@pytest.mark.parametrize(
    ("people", "officers"), [(1, 1), (49, 1), (50, 2), (199, 2), (200, 3), (600, 3), (601, 4), (1000, 5), (1001, 6)]
)
def test_officers_of_a_labour_firm_go_by_its_people_on_the_site(people: int, officers: int) -> None:
    assert officers_of_labour(people) == officers


def named(needs: list[Need], words: str) -> Need:
    return next(need for need in needs if words in need.label)


@pytest.mark.django_db
def test_an_officer_counts_while_a_certificate_is_in_force_with_the_contractor_and_with_labour_firms_alike() -> None:
    project, labour = Project.objects.get(pk=site().pk), EnterpriseFactory()
    own, theirs = PersonFactory(employer=project.enterprise), PersonFactory(employer=labour)
    MemberFactory(project=project, person=own, post="project_safety_officer")
    engaged(project, theirs, worker_class="safety_officer")
    looker = persona("inspector")

    def have() -> list[int]:
        told = [*needs(project, TODAY), *labour_needs(project, looker, TODAY)]
        return [named(told, words).have for words in ("专职安全员（C类证书）", labour.name)]

    assert have() == [0, 0]
    for person in (own, theirs):
        CertificateFactory(person=person, kind="C2", valid_until=TODAY - timedelta(days=1))
        CertificateFactory(person=person, kind="B", valid_until=TODAY)
    assert have() == [0, 0]
    for person in (own, theirs):
        CertificateFactory(person=person, kind="C3", valid_until=TODAY)
    assert have() == [1, 1]


@pytest.mark.django_db
def test_a_chief_engineer_of_several_projects_is_pointed_out_while_these_posts_last() -> None:
    person, projects = PersonFactory(), [site() for _ in range(3)]
    days = [("2026-01-01", None), ("2026-01-01", "2026-11-26"), ("2026-11-28", None)]
    for project, (first, last) in zip(projects, days, strict=True):
        MemberFactory(project=project, person=person, post="supervising_engineer", started_on=first, ended_on=last)

    def note(day: date) -> str:
        return named(needs(Project.objects.get(pk=projects[0].pk), day), "总监理").note

    assert note(TODAY) == ""
    assert "同时任2个项目" in note(TODAY - timedelta(days=1))
    assert "同时任2个项目" in note(TODAY + timedelta(days=1))
