"""What the platform's own records say of a firm: one proposal for each move that says it, in the move's transaction."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pgtrigger
import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.models import Organisation, OrganisationKind
from apps.core.models import Event, Versioned
from apps.core.workflow import TransitionRefused
from apps.credit.models import CreditEntry, CreditItem, CreditProfile, PermitCase, Trigger
from apps.credit.services.feeding import office_at, propose
from apps.documents.models import PaperTemplate
from apps.hazards.models import Grade, Hazard, Source
from apps.hazards.workflow import HAZARD
from apps.inspections.models import Visit
from apps.inspections.workflow.visit import VISIT
from apps.supervision.models import StopWork, Transfer
from apps.supervision.services import transfer
from apps.supervision.workflow import LISTING, STOP_WORK, TRANSFER
from tests.accidents import stories as accidents
from tests.credit import permit_stories as permits
from tests.credit.permit_stories import Stage
from tests.credit.stories import item, today
from tests.documents import stories as papers
from tests.factories import EnterpriseFactory
from tests.hazards import stories as hazards
from tests.hazards.stories import Site
from tests.inspections import stories as visits
from tests.personas import CHANGAN, LUBEI, PROVINCE, SHIJIAZHUANG, city_officer, organisation, persona, province_officer
from tests.supervision import stories as measures
from tests.supervision.stories import Watch

pytestmark = pytest.mark.django_db

HAZARD_ITEM, LISTED, STOPPED, FAILED, PROPOSAL, GOOD = "P-B01", "P-B02", "P-B03", "P-B04", "P-B05", "P-G01"
CONCEALED, SUSPENDED, PENALISED, REVOKED = "E-B04", "E-B06", "X-B01", "X-B03"
FOUND = timedelta(days=5)
"""So long before the measures the hazard was found."""


@pytest.fixture
def site() -> Site:
    return hazards.site()


@pytest.fixture
def watch(site: Site) -> Watch:
    """A major hazard that was ordered some days after it had been found."""
    people = persona("county_officer", at=CHANGAN), city_officer(), province_officer()
    return Watch(site, ordered(site, found_on=today() - FOUND), *people)


def ordered(site: Site, **told: Any) -> Hazard:
    return hazards.taken_to("ordered", site, **{"grade": Grade.MAJOR} | told)


def self_found(site: Site, finder: Any, source: str) -> Hazard:
    """A major hazard that a firm found, ordered by the one that puts it right."""
    found = hazards.draft(site, by=finder, source=source, grade=Grade.MAJOR)
    return hazards.order(found, site, by=site.director)


def penalised(site: Site, hazard: Hazard, kind: str = "enforcement", **told: Any) -> Transfer:
    why: dict[str, Any] = {"addressee": "综合执法局", "reason": "逾期未整改重大隐患", "evidence": "通知书及送达回证"}
    case = transfer(hazard, by=site.inspector, kind=kind, **why)
    case = TRANSFER.perform(case, "file", by=site.inspector, case_number="示例立〔2026〕1号", filed_on=today())
    decision: dict[str, Any] = {"decision_number": "示例罚〔2026〕1号", "decided_on": today(), "decision": "罚款三万元"}
    return TRANSFER.perform(case, "decide", by=site.inspector, **decision | told)


def visited(site: Site, failed: dict[tuple[str, int], str], **told: Any) -> Visit:
    """Handed in with one problem of no weight, which a failed score needs."""
    return visits.submitted(visits.planned(site, **told), failed=failed, problems=1)


def proposed(code: str) -> CreditEntry:
    """The one entry of this item."""
    return CreditEntry.objects.get(item__code=code)


def codes() -> list[str]:
    return sorted(CreditEntry.objects.values_list("item__code", flat=True))


def said(entry: CreditEntry) -> tuple[Any, ...]:
    return entry.enterprise, entry.project, entry.happened_on, entry.organisation, entry.state, entry.made_by


def rests_on(entry: CreditEntry, record: Versioned, move: str) -> bool:
    """Whether the entry names the record, its page and the event of its move."""
    event = Event.objects.get(pk=entry.source_event or 0)
    named = (entry.source_type, entry.source_id, entry.source_url)
    return (
        named == (record._meta.label_lower, str(record.pk), record.get_absolute_url())  # type: ignore[attr-defined]
        and str(record) in entry.source_label
        and (event.record_type, event.record_id, event.name) == (*named[:2], move)
    )


# What each record says ------------------------------------------------------------------------------------------------


def test_an_order_about_a_major_hazard_is_proposed_with_the_day_on_which_it_was_found(site: Site) -> None:
    found = today() - FOUND
    hazard = ordered(site, found_on=found, description="支护变形超过报警值")
    entry = proposed(HAZARD_ITEM)
    assert said(entry) == (hazard.enterprise, site.project, found, site.inspector.organisation, "proposed", None)
    assert rests_on(entry, hazard, "order")
    assert entry.facts == "支护变形超过报警值"
    assert hazard.number in entry.evidence
    assert entry.legal_basis == item(HAZARD_ITEM).legal_basis
    assert codes() == [HAZARD_ITEM]


def test_a_listing_is_proposed_by_the_office_that_lists_with_the_day_of_the_conduct(watch: Watch) -> None:
    listing = measures.listed(watch, "city")
    entry, firm = proposed(LISTED), watch.hazard.enterprise
    assert said(entry) == (firm, watch.site.project, today() - FOUND, watch.city.organisation, "proposed", None)
    assert rests_on(entry, listing, "list_publicly")
    assert entry.facts == listing.content
    assert listing.number in entry.evidence and "市级挂牌督办" in entry.evidence


def test_work_that_is_stopped_is_proposed_with_its_reason_and_the_day_of_the_conduct(watch: Watch) -> None:
    stop = measures.stopped(watch)
    entry, office = proposed(STOPPED), watch.site.inspector.organisation
    assert said(entry) == (stop.enterprise, watch.site.project, today() - FOUND, office, "proposed", None)
    assert rests_on(entry, stop, "stop")
    assert (entry.facts, entry.evidence) == (stop.reason, f"停工决定，编号 {stop.number}")


def test_a_penalty_is_proposed_with_the_number_of_its_decision_and_the_day_of_the_conduct(watch: Watch) -> None:
    case = penalised(watch.site, watch.hazard)
    entry, office = proposed(PENALISED), watch.site.inspector.organisation
    assert said(entry) == (case.enterprise, watch.site.project, today() - FOUND, office, "proposed", None)
    assert rests_on(entry, case, "decide")
    assert entry.decision_number == case.decision_number
    assert case.reason in entry.facts and "罚款三万元" in entry.facts


@pytest.mark.parametrize("kind", ["police", "other"])
def test_what_another_body_decides_is_a_penalty_only_where_it_fines(watch: Watch, kind: str) -> None:
    penalised(watch.site, watch.hazard, kind, decision="已立案侦查")
    assert PENALISED not in codes()
    penalised(watch.site, ordered(watch.site), kind, penalty=30000)
    assert codes().count(PENALISED) == 1


@pytest.mark.parametrize(
    ("table", "failed", "code"),
    [
        (visits.CRANE, {(visits.CRANE, 1): "1.1"}, FAILED),
        (visits.CRANE, {}, GOOD),
    ],
)
def test_a_score_that_is_failed_or_excellent_is_proposed(
    site: Site, table: str, failed: dict[tuple[str, int], str], code: str
) -> None:
    visit = visited(site, failed, codes=(table,))
    entry, office = proposed(code), site.head.organisation
    assert said(entry) == (site.project.enterprise, site.project, today(), office, "proposed", None)
    assert rests_on(entry, visit, "submit")
    assert f"评定{visit.grade}" in entry.facts and visit.number in entry.evidence
    assert codes() == [code]


def test_a_score_counts_from_the_day_of_the_visit_and_not_from_that_on_which_a_phone_came_online(site: Site) -> None:
    visit = visits.planned(site)
    visits.answered(visit)
    visits.signed(visit)
    there = timezone.now() - timedelta(days=2)
    Visit.objects.filter(pk=visit.pk).update(created_at=there - timedelta(hours=1), started_claimed=there)
    visit = VISIT.perform(visit, "submit", by=visits.lead(visit))
    assert proposed(GOOD).happened_on.isoformat() == visit.record["visited_on"]
    assert proposed(GOOD).happened_on == timezone.localdate(there)


def test_what_a_visit_finds_and_stops_is_proposed_with_its_hazard_and_its_stop(site: Site) -> None:
    visit = visits.planned(site)
    visits.answered(visit)
    visits.problem(visit, grade=Grade.MAJOR, disposal="stop_part")
    visits.signed(visit)
    VISIT.perform(visit, "submit", by=visits.lead(visit))
    hazard = Hazard.objects.get(finding__visit=visit)
    assert rests_on(proposed(HAZARD_ITEM), hazard, "order")
    assert rests_on(proposed(STOPPED), StopWork.objects.get(hazard=hazard), "stop")


def test_a_proposal_to_enforce_is_proposed_for_each_firm_it_is_addressed_to(site: Site) -> None:
    firms = [site.project.enterprise, EnterpriseFactory()]
    named = [*(firm.organisation for firm in firms if firm), "没有登记的单位"]
    told = {"addressees": named, "project_id": site.project.pk}
    paper = papers.issued(site.inspector, "enforcement_proposal", **told)
    entries = CreditEntry.objects.filter(item__code=PROPOSAL)
    assert {entry.enterprise for entry in entries} == set(firms)
    for entry in entries:
        assert said(entry)[1:4] == (site.project, today(), site.inspector.organisation)
        assert rests_on(entry, paper, "issue")
        assert (entry.decision_number, entry.facts) == (paper.number, "3号楼12层临边未设防护栏杆")


GRADED = [("general", "E-B01"), ("larger", "E-B02"), ("major", "E-B03"), ("extraordinary", "E-B03")]


@pytest.mark.parametrize(("grade", "code"), GRADED)
def test_an_accident_is_proposed_by_its_grade_with_the_day_on_which_it_happened(grade: str, code: str) -> None:
    stage = Stage()
    accident = permits.accident(stage, grade, days_ago=9)
    entry, day = proposed(code), timezone.localdate(accident.occurred_at)
    assert said(entry) == (stage.firm, stage.place.project, day, stage.place.head.organisation, "proposed", None)
    assert rests_on(entry, accident, "determine")
    assert entry.decision_number == accident.determination_number
    assert accident.determination in entry.facts and accident.number in entry.evidence
    assert codes() == [code]


def test_each_firm_that_is_liable_bears_the_accident_and_the_contractor_alone_that_it_was_concealed(site: Site) -> None:
    one, other = EnterpriseFactory(), EnterpriseFactory()
    facts = accidents.finding((one, "main"), (other, "secondary"), concealment="late")
    accidents.ACCIDENT.perform(accidents.reported(site), "determine", by=site.head, **facts)
    bearing = CreditEntry.objects.filter(item__code="E-B01").values_list("enterprise", flat=True)
    assert set(bearing) == {one.pk, other.pk}
    assert proposed(CONCEALED).enterprise == site.project.enterprise
    assert proposed(CONCEALED).facts.startswith("迟报事故：")


def test_a_suspended_permit_is_proposed_with_its_decision_for_the_firm_and_no_project() -> None:
    stage = Stage()
    case = permits.suspended(stage)
    entry = proposed(SUSPENDED)
    assert said(entry) == (stage.firm, None, today(), case.organisation, "proposed", None)
    assert rests_on(entry, case, "suspend")
    assert entry.decision_number == case.decision_number
    assert case.permit_number in entry.facts and "暂扣" in entry.facts


def test_a_revoked_permit_is_proposed_with_its_decision() -> None:
    case = permits.revoked(Stage())
    entry = proposed(REVOKED)
    assert (entry.enterprise, entry.happened_on) == (case.enterprise, case.starts_on)
    assert rests_on(entry, case, "revoke")
    assert "吊销" in entry.facts and SUSPENDED not in codes()


def test_every_trigger_is_named_by_an_item_of_the_catalogue_that_ships() -> None:
    assert set(CreditItem.objects.exclude(trigger="").values_list("trigger", flat=True)) == set(Trigger.values)


# Once -----------------------------------------------------------------------------------------------------------------


def test_a_move_that_is_made_again_is_refused_and_proposes_nothing_more(site: Site) -> None:
    hazard = ordered(site)
    with pytest.raises(TransitionRefused, match="不能下达整改"):
        hazards.order(hazard, site)
    assert codes() == [HAZARD_ITEM]


def test_another_round_of_the_same_hazard_proposes_nothing_more(site: Site) -> None:
    hazard = hazards.advanced(ordered(site), "confirmed", site)
    HAZARD.perform(hazard, "return", by=site.second, reason="支护仍有变形", deadline=today() + timedelta(days=2))
    assert codes() == [HAZARD_ITEM]


def test_measures_that_go_on_propose_nothing_more(watch: Watch) -> None:
    listing = measures.reported(watch)
    more: dict[str, Any] = {"opinion": "支护仍有变形", "deadline": today() + timedelta(days=5)}
    LISTING.perform(listing, "go_on", by=watch.county, **more)
    stop = STOP_WORK.perform(measures.stopped(watch), "request_resume", by=watch.site.director, report="已整改")
    STOP_WORK.perform(stop, "refuse_resume", by=watch.site.inspector, opinion="尚未整改")
    assert codes() == [HAZARD_ITEM, LISTED, STOPPED]


def test_the_database_takes_what_one_event_says_once(site: Site) -> None:
    hazard = ordered(site)
    event = Event.objects.get(pk=proposed(HAZARD_ITEM).source_event or 0)
    with pytest.raises(TransitionRefused, match="once_by_source"), transaction.atomic():
        propose(hazard, "order", event, {})
    again = proposed(HAZARD_ITEM)
    again.pk, again.number = None, "XY-T-1"
    with pytest.raises(IntegrityError, match="credit_entry_once_by_source"), transaction.atomic():
        again.save(force_insert=True)
    assert codes() == [HAZARD_ITEM]


# What is spared -------------------------------------------------------------------------------------------------------


def test_a_draft_and_an_ordinary_hazard_are_spared(site: Site) -> None:
    hazards.draft(site, grade=Grade.MAJOR)
    ordered(site, grade=Grade.ORDINARY)
    assert codes() == []


FINDERS = [("director", Source.SELF_CHECK), ("engineer", Source.SUPERVISION_FIRM)]


@pytest.mark.parametrize(("finder", "source"), FINDERS)
def test_a_major_hazard_that_firms_found_themselves_is_spared(site: Site, finder: str, source: str) -> None:
    self_found(site, getattr(site, finder), source)
    assert codes() == []


@pytest.mark.parametrize(("finder", "source"), FINDERS)
def test_where_the_method_does_not_spare_it_the_office_of_the_place_proceeds_and_not_the_finder(
    site: Site, finder: str, source: str
) -> None:
    another_method(spares_self_found=False)
    hazard = self_found(site, getattr(site, finder), source)
    assert proposed(HAZARD_ITEM).organisation == site.inspector.organisation != hazard.organisation


def another_method(**told: Any) -> CreditProfile:
    """As the one in force, but for what is told, from today."""
    now = CreditProfile.objects.in_force("enterprise", today())
    assert now
    same = {name: getattr(now, name) for name in ("subject", "base", "limits", "bands")}
    return CreditProfile.objects.create(name="另一评价标准", source="办法", effective_from=today(), **same | told)


def test_a_listing_that_is_not_decided_or_is_refused_is_spared(watch: Watch) -> None:
    listing = measures.proposed(watch)
    LISTING.perform(listing, "cancel_listing", by=watch.county, reason="已整改到位")
    assert LISTED not in codes()


def test_a_case_that_is_not_taken_on_is_spared(watch: Watch) -> None:
    case = measures.transferred(watch)
    TRANSFER.perform(case, "decline", by=watch.site.inspector, answer="证据不足", answered_on=today())
    assert PENALISED not in codes()


def test_a_score_between_failed_and_excellent_is_spared(site: Site) -> None:
    failed = {(visits.HEIGHT, 1): "1.1", (visits.HEIGHT, 2): "2.1", (visits.HEIGHT, 3): "3.1"}
    assert visited(site, failed, codes=(visits.HEIGHT,)).grade == "合格"
    assert codes() == []


def test_other_papers_are_spared(site: Site) -> None:
    firm = site.project.enterprise
    assert firm
    papers.issued(site.inspector, addressees=[firm.organisation])
    papers.draft(site.inspector, "enforcement_proposal", addressees=[firm.organisation])
    assert codes() == []


def test_an_accident_for_which_nobody_is_liable_and_one_that_is_withdrawn_are_spared(site: Site) -> None:
    accidents.ACCIDENT.perform(accidents.reported(site), "determine", by=site.head, **accidents.finding())
    accidents.withdrawn(site)
    assert codes() == []


# The catalogue --------------------------------------------------------------------------------------------------------


def another_edition(code: str, since: date, **told: Any) -> CreditItem:
    """The next edition of an item, of which the one before is in use and stays as it is."""
    edition = item(code)
    edition.pk, edition.effective_from = None, since
    for name, value in told.items():
        setattr(edition, name, value)
    edition.save(force_insert=True)
    return edition


def test_what_no_item_names_is_not_proposed(site: Site) -> None:
    CreditItem.objects.filter(trigger=Trigger.MAJOR_HAZARD).update(trigger="")
    ordered(site)
    assert codes() == []


def test_what_only_an_item_that_has_ended_names_is_not_proposed(site: Site) -> None:
    CreditItem.objects.filter(trigger=Trigger.MAJOR_HAZARD).update(effective_to=today() - timedelta(days=1))
    ordered(site)
    assert codes() == []


def test_an_item_whose_newest_edition_names_nothing_is_switched_off_from_its_day(site: Site) -> None:
    another_edition(HAZARD_ITEM, today() - FOUND, trigger="")
    ordered(site)
    assert codes() == []
    ordered(site, found_on=today() - FOUND - timedelta(days=1))
    assert codes() == [HAZARD_ITEM]


def test_conduct_is_proposed_by_the_edition_of_its_day(site: Site) -> None:
    newer = another_edition(HAZARD_ITEM, today() - FOUND, points=-5)
    ordered(site, found_on=today() - FOUND)
    assert CreditEntry.objects.get().item == newer
    ordered(site, found_on=today() - FOUND - timedelta(days=1))
    assert CreditEntry.objects.exclude(item=newer).get().points == -3


def test_an_item_for_persons_does_not_stand_before_that_for_firms(site: Site) -> None:
    another_edition("R-B01", today() - FOUND, trigger=Trigger.MAJOR_HAZARD)
    ordered(site)
    assert codes() == [HAZARD_ITEM]


def test_conduct_so_old_that_it_would_have_expired_is_spared(site: Site) -> None:
    ordered(site, found_on=today() - timedelta(days=400))
    assert codes() == []


# The office of a place ------------------------------------------------------------------------------------------------


def test_a_place_is_of_its_station_then_of_its_bureau_then_of_the_next_above() -> None:
    offices = [
        organisation(OrganisationKind.STATION, CHANGAN),
        organisation(OrganisationKind.BUREAU, CHANGAN),
        organisation(OrganisationKind.BUREAU, SHIJIAZHUANG),
        organisation(OrganisationKind.BUREAU, PROVINCE),
    ]
    organisation(OrganisationKind.STATION, LUBEI)
    organisation(OrganisationKind.ENFORCEMENT, CHANGAN)
    for office in offices:
        assert office_at(offices[0].region_path) == office
        Organisation.objects.filter(pk=office.pk).update(is_active=False)
    assert office_at(offices[0].region_path) is None


def test_where_no_office_would_proceed_the_order_stands_and_nothing_is_proposed(site: Site) -> None:
    another_method(spares_self_found=False)
    Organisation.objects.exclude(kind=OrganisationKind.ENTERPRISE).update(is_active=False)
    assert self_found(site, site.director, Source.SELF_CHECK).state == "ordered"
    assert codes() == []


# One transaction ------------------------------------------------------------------------------------------------------

MOVES: dict[str, Callable[[Watch], Any]] = {
    HAZARD_ITEM: lambda watch: ordered(watch.site),
    LISTED: measures.listed,
    STOPPED: measures.stopped,
    PENALISED: lambda watch: penalised(watch.site, watch.hazard),
    "E-B01": lambda watch: accidents.determined(watch.site),
}


@pytest.mark.parametrize("code", MOVES)
def test_what_is_taken_back_with_its_transaction_leaves_no_proposal(watch: Watch, code: str) -> None:
    before = codes()
    with pytest.raises(InterruptedError), transaction.atomic():
        MOVES[code](watch)
        assert codes().count(code) == before.count(code) + 1
        raise InterruptedError
    assert codes() == before


def test_a_visit_that_is_refused_after_its_hazards_were_ordered_leaves_no_proposal(site: Site) -> None:
    visit = visits.planned(site)
    visits.answered(visit)
    visits.problem(visit, grade=Grade.MAJOR)
    visits.signed(visit)
    with pgtrigger.ignore("documents.PaperTemplate:in_force_is_fixed"):
        PaperTemplate.objects.filter(kind="rectification_notice").update(effective_from=today() + timedelta(days=1))
    with pytest.raises(TransitionRefused, match="没有已启用的"):
        VISIT.perform(visit, "submit", by=visits.lead(visit))
    assert codes() == []
    assert not PermitCase.objects.exists()
