"""Pages ask the database as often for three rows as for one."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.accounts.models import Organisation
from apps.core.registers import registry
from apps.hazards.models import Photo, PhotoStage, State
from apps.lists.models import Side
from apps.lists.services.reconciling import reconcile
from apps.notifications.models import Delivery, Message
from tests.accidents import stories as accidents
from tests.contracts.planting import planted_grant
from tests.coverage_of_training import stories as coverage
from tests.credit import certificate_stories as certified
from tests.credit import listing_stories as lists
from tests.credit import permit_stories as permits
from tests.credit import repair_stories as repairs
from tests.credit import stories as credit
from tests.credit.stories import Cast
from tests.documents import stories as papers
from tests.duty import stories as duties
from tests.enterprises import merging_stories as merging
from tests.exams import stories as exams
from tests.factories import (
    CertificateFactory,
    DangerousWorkFactory,
    EnterpriseFactory,
    MemberFactory,
    PersonFactory,
    ProjectFactory,
)
from tests.hazards import stories
from tests.inspections import draw_stories as draws
from tests.inspections import stories as inspections
from tests.inspections.plans import stories as plans
from tests.lists.shelf import frozen
from tests.personas import inspector, organisation, persona, signed_in
from tests.risks import stories as risks
from tests.roster import stories as roster
from tests.supervision import stories as measures
from tests.training import stories as trainings
from tests.wages import stories as wages

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
# The goal is 8 for the ledger as it opens; a search first asks which projects bear that name, and counts what it found.
AT_MOST = {"/hazards/": 8, "/hazards/?view=all&q=洞口": 9, "/": 12}
_numbers = count(1)


def a_project() -> Any:
    return ProjectFactory(contractor=EnterpriseFactory(), owner=EnterpriseFactory(), supervision=EnterpriseFactory())


def new_station() -> Organisation:
    return organisation("station", name=f"第{next(_numbers)}监督站")


def compared(office: Organisation) -> None:
    """A difference: the office has a hazard on its list that the firm had not yet when it froze its own."""
    site = stories.site()
    firm = frozen("cures", site.director, side=Side.ENTERPRISE)
    stories.taken_to("ordered", site)
    by = persona("inspector", organisation=office)
    reconcile(frozen("duties", by), firm, by=by)


def planted_delivery() -> Delivery:
    told = {"kind": "digest", "level": "info", "title": "x", "url": "/", "dedupe_key": f"x{next(_numbers)}"}
    return Delivery.objects.create(message=Message.objects.create(recipient=inspector(), **told), channel="email")


def an_appeal() -> None:
    cast = Cast()
    credit.objected(credit.proposed(cast), cast.county, cast.director)


def a_month_of_duty() -> None:
    place = duties.site()
    duties.came(place, roster.DAY)
    duties.headed(place, roster.DAY)


GROW: dict[str, Callable[[], Any]] = {
    "hazards": lambda: stories.taken_to("ordered", stories.site()),
    "projects": a_project,
    "dangerous_works": lambda: DangerousWorkFactory(project=a_project()),
    "enterprises": EnterpriseFactory,
    "enterprise_merges": lambda: merging.merged(merging.twice()),
    "people": CertificateFactory,
    "roster": roster.engaged,
    "attendance": roster.attended,
    "attendance_faults": roster.doubted,
    "wages": wages.month,
    "wage_accounts": wages.account,
    "wage_rules": lambda: None,
    "duty_days": lambda: duties.led(duties.site()),
    "leaves": lambda: duties.asked(duties.site(), roster.DAY, roster.DAY),
    "safety_logs": lambda: duties.logged(duties.site()),
    "commitments": lambda: duties.promised(duties.site()),
    "safety_directors": lambda: duties.appointed(duties.site()),
    "site_inspectors": lambda: duties.sent(duties.site()),
    "director_needs": lambda: duties.appointed(duties.site()),
    "site_needs": lambda: duties.sent(duties.site()),
    "duty_months": a_month_of_duty,
    "firm_duty_months": a_month_of_duty,
    "duty_terms": lambda: None,
    "commitment_wordings": lambda: None,
    "safety_log_items": lambda: None,
    "coverage_days": coverage.uncovered,
    "coverage_gaps": coverage.uncovered,
    "coverage_rules": lambda: None,
    "courses": lambda: trainings.course(enterprise=EnterpriseFactory()),
    "training_plans": lambda: trainings.plan(),
    "trainings": lambda: trainings.part(),
    "participations": lambda: trainings.part(),
    "trainees": lambda: trainings.part(),
    "questions": lambda: exams.question(EnterpriseFactory()),
    "exams": lambda: exams.opened(stories.site()),
    "attempts": lambda: exams.taken(stories.site()),
    "hours_rules": lambda: None,
    "users": lambda: persona("inspector", organisation=organisation("station", name=f"第{next(_numbers)}监督站")),
    "organisations": lambda: organisation("station", name=f"第{next(_numbers)}监督站", short_name="站"),
    "grants": lambda: planted_grant(a_project()),
    "events": lambda: stories.draft(stories.site()),
    "risks": lambda: risks.checked(risks.in_force(site := stories.site()), site),
    "dictionaries": lambda: None,
    "risk_rules": lambda: None,
    "papers": lambda: papers.served(inspector()),
    "draws": lambda: draws.announced(draws.office(grades="E")),
    "paper_templates": lambda: None,
    "regions": lambda: None,
    "listings": lambda: measures.listed(measures.watch()),
    "stop_works": lambda: measures.stopped(measures.watch()),
    "transfers": lambda: measures.transferred(measures.watch()),
    "accidents": lambda: accidents.determined(stories.site()),
    "blacklistings": lambda: lists.by_hand(EnterpriseFactory(), inspector()),
    "joint_measures": lambda: lists.asked(lists.by_hand(EnterpriseFactory(), inspector()), office=new_station()),
    "list_types": lambda: None,
    "permits": lambda: permits.suspended(permits.Stage()),
    "permit_cases": lambda: permits.suspended(permits.Stage()),
    "permit_rules": lambda: None,
    "certificate_rules": lambda: None,
    "consent_wordings": lambda: None,
    "retention_rules": lambda: None,
    "credit": lambda: credit.effective(Cast()),
    "personal_credit": lambda: credit.of_a_person(Cast()),
    "credit_entries": lambda: credit.published(Cast()),
    "credit_items": lambda: None,
    "credit_profiles": lambda: None,
    "credit_repairs": lambda: repairs.accepted(Cast()),
    "appeals": an_appeal,
    "credit_certificates": lambda: certified.made(EnterpriseFactory(), persona("province_officer")),
    "agencies": certified.agency,
    "look_ups": lambda: certified.asked(EnterpriseFactory()),
    "repair_terms": lambda: None,
    "escalation_rules": lambda: None,
    "reminder_rules": lambda: None,
    "message_kinds": lambda: None,
    "channels": lambda: None,
    "deliveries": planted_delivery,
    "list_snapshots": lambda: frozen("duties", persona("inspector", organisation=new_station())),
    "list_reconciliations": lambda: compared(new_station()),
    "list_differences": lambda: compared(new_station()),
    "visits": lambda: inspections.planned(),
    "visit_second_looks": lambda: plans.submitted(plans.looked_at(plans.visit(a_project())).visit),
    "visit_findings": lambda: plans.submitted(plans.found(plans.visit(a_project())).visit),
    "inspection_plans": lambda: plans.plan(),
    "campaigns": lambda: plans.campaign(),
    "inspectors": lambda: plans.inspector(new_station()),
    "inspection_objects": lambda: plans.submitted(plans.visit(a_project())),
    "risk_classes": lambda: plans.assessed(a_project(), "D"),
    "matters": lambda: None,
    "checklists": lambda: None,
}


def asked(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url)
    assert answer.status_code == 200
    return len(queries)


def asked_with_one_and_three(client: Client, url: str, grow: Callable[[], Any]) -> tuple[int, int]:
    grow()
    client.get(url)  # what is remembered from the first time on does not count
    one = asked(client, url)
    grow()
    grow()
    return one, asked(client, url)


def test_every_register_is_counted() -> None:
    assert set(GROW) == set(registry)


@pytest.mark.parametrize("name", GROW)
def test_list_asks_as_often_for_three_rows_as_for_one(name: str) -> None:
    url = f"{reverse(f'{name}:list')}?view=all"
    one, three = asked_with_one_and_three(signed_in(persona("auditor")), url, GROW[name])
    assert one == three


@pytest.mark.parametrize("state", [*State.OPEN, State.CLOSED])
def test_ledger_asks_as_often_whatever_its_rows_wait_for(state: str) -> None:
    """The step that a row offers is judged by the guards of its move, which read what the list has fetched."""
    site = stories.site()
    client = signed_in(site.head)
    one, three = asked_with_one_and_three(client, "/hazards/?view=all", lambda: stories.taken_to(state, site))
    assert one == three


@pytest.mark.parametrize("url", AT_MOST)
def test_pages_of_an_inspector_ask_little(url: str) -> None:
    _, three = asked_with_one_and_three(signed_in(inspector()), url, GROW["hazards"])
    assert three <= AT_MOST[url]


@pytest.mark.parametrize("role", ["inspector", "station_head", "safety_director", "supervising_engineer"])
def test_workbench_asks_as_often_for_three_rows_as_for_one(role: str) -> None:
    site = stories.site()
    people = {"inspector": site.inspector, "station_head": site.head, "safety_director": site.director}
    state = {"inspector": "confirmed", "station_head": "confirmed", "safety_director": "ordered"}.get(role, "answered")
    client = signed_in(people.get(role, site.engineer))
    one, three = asked_with_one_and_three(client, "/", lambda: stories.taken_to(state, site))
    assert one == three


def test_case_file_asks_as_often_for_three_photographs_as_for_one() -> None:
    site = stories.site()
    hazard = stories.taken_to("ordered", site)
    client, url = signed_in(site.inspector), hazard.get_absolute_url()
    client.get(url)
    one = asked(client, url)
    for _ in range(2):
        stories.photo(site.inspector, PhotoStage.BEFORE)
    Photo.objects.waiting(site.inspector).update(hazard=hazard)
    client.get(url)  # likeness to other pictures is remembered for some minutes
    assert asked(client, url) == one


def test_case_file_asks_no_more_after_a_long_history() -> None:
    site = stories.site()
    hazard = stories.taken_to("ordered", site)
    client, url = signed_in(site.inspector), hazard.get_absolute_url()
    client.get(url)
    short = asked(client, url)
    hazard = stories.HAZARD.perform(hazard, "request_void", by=site.inspector, void_reason="重复登记")
    stories.HAZARD.perform(hazard, "reject_void", by=site.head, reason="没有重复")
    client.get(url)
    assert asked(client, url) == short


@pytest.mark.parametrize("page", ["follow-ups/", "calendar/", "load/", "route/", "reports/"])
def test_page_of_inspections_asks_as_often_for_three_visits_as_for_one(page: str) -> None:
    site = stories.site()
    one = plans.inspector(user=site.head)

    def grow() -> None:
        plans.visit(site.project, [one], by=site.head)
        done = plans.visit(site.project, [one], by=site.head)
        plans.found(done, stories.taken_to("ordered", site))
        plans.submitted(done)

    asked_, three = asked_with_one_and_three(signed_in(site.head), f"/inspections/{page}", grow)
    assert asked_ == three


@pytest.mark.parametrize(
    "tab", ["parties", "people", "training", "duty", "dangerous", "risks", "risks/notice", "history"]
)
def test_tab_of_a_project_asks_as_often_for_three_rows_as_for_one(tab: str) -> None:
    site = stories.site()

    def grow() -> None:
        person = PersonFactory(employer=site.project.enterprise)
        CertificateFactory(person=person)
        MemberFactory(project=site.project, person=person, post="expert")
        DangerousWorkFactory(project=site.project)
        risks.in_force(site)
        trainings.part(site)
        trainings.plan(site)

    url = f"/projects/{site.project.number}/{tab}/"
    one, three = asked_with_one_and_three(signed_in(site.inspector), url, grow)
    assert one == three
