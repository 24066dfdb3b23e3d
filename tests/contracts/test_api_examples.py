"""Every example of the description is sent, and does what its operation promises."""

from datetime import UTC, date, datetime
from typing import Any

import pgtrigger
import pytest
from django.utils import timezone

from apps.accidents.api import EXAMPLES as ACCIDENT_EXAMPLES
from apps.accidents.api import REPORTED
from apps.accidents.workflow import ACCIDENT
from apps.accounts.models import Organisation, User
from apps.core.models import DictionaryEntry
from apps.credit.api.listings import LISTING_EXAMPLES
from apps.credit.api.permits import PERMIT_EXAMPLES
from apps.credit.models import Blacklisting, CreditEntry, PermitCase
from apps.credit.workflow import ENTRY, JOINT, PERMIT, REPAIR
from apps.credit.workflow import LISTING as BLACKLISTING
from apps.documents.api import EXAMPLES as PAPER_EXAMPLES
from apps.documents.models import Paper
from apps.documents.workflow import PAPER, TEMPLATE
from apps.duty.workflow import LEAVE
from apps.enterprises.api import PROPOSED
from apps.enterprises.models import Enterprise
from apps.enterprises.workflow import MERGE
from apps.hazards.api import EXAMPLES, PHOTO
from apps.hazards.models import Photo, PhotoStage
from apps.hazards.workflow import HAZARD
from apps.inspections.api.draws import EXAMPLES as DRAW_EXAMPLES
from apps.inspections.models import Visit
from apps.inspections.workflow.draw import DRAW
from apps.inspections.workflow.visit import VISIT
from apps.notifications.models import Level, Message
from apps.projects.models import Project
from apps.risks.api import EXAMPLES as RISK_EXAMPLES
from apps.risks.workflow import RISK
from tests.accidents import stories as accidents
from tests.api_client import Api
from tests.contracts.addresses import MOVING, PLANNED
from tests.contracts.operations import Described, misfits, operations
from tests.core.pictures import jpeg
from tests.credit import certificate_stories as certified
from tests.credit import listing_stories as lists
from tests.credit import permit_stories as permits
from tests.credit import repair_stories as repairs
from tests.credit import stories as credit
from tests.credit.stories import Cast
from tests.documents import stories as papers
from tests.duty import stories as duties
from tests.enterprises import merging_stories as merging
from tests.hazards import stories
from tests.inspections import draw_stories as draws
from tests.inspections import stories as inspections
from tests.inspections.plans import stories as plans
from tests.personas import inspector, persona, station_head
from tests.risks import stories as risks
from tests.supervision import stories as measures

pytestmark = pytest.mark.django_db

BY_ID = {operation.id: operation for operation in operations()}
CREATED = (
    "enterprises_create",
    "people_create",
    "projects_create",
    "dangerous_works_create",
    "hazards_create",
    "risks_create",
    "papers_create",
    "paper_templates_create",
    "inspection_plans_create",
    "campaigns_create",
    "matters_create",
    "risk_classes_create",
    "inspectors_create",
    "roster_create",
)
TABLES = {"hazards": HAZARD, "papers": PAPER, "paper_templates": TEMPLATE}
MOVES = [f"{name}_{move.name}" for name, table in TABLES.items() for move in table.offered]
MEASURES = [(name, move) for name, workflow in MOVING.items() for move in workflow.offered]
DRAW_MOVES = [f"draws_{move.name}" for move in DRAW.offered]
RISK_MOVES = [f"risks_{move.name}" for move in RISK.offered]
MERGE_OPERATIONS = ["enterprise_merges_propose", *(f"enterprise_merges_{move.name}" for move in MERGE.offered)]
VISIT_MOVES = [f"visits_{move.name}" for move in VISIT.offered]
ACCIDENT_OPERATIONS = ["accidents_create", *(f"accidents_{move.name}" for move in ACCIDENT.offered)]
ENTRY_OPERATIONS = [
    *("credit_entries_create", "credit_entries_update", "credit_items_create", "credit_items_update"),
    *(f"credit_entries_{move.name}" for move in ENTRY.offered),
]
BLACKLIST_OPERATIONS = [
    "blacklistings_create",
    *(f"blacklistings_{move.name}" for move in BLACKLISTING.offered),
    *(f"joint_measures_{move.name}" for move in JOINT.offered),
]
PERMIT_OPERATIONS = [
    *("permit_cases_create", "permit_cases_update"),
    *(f"permit_cases_{move.name}" for move in PERMIT.offered),
]
CERTIFICATE_OPERATIONS = [
    *("credit_certificates_create", "credit_certificates_revoke_certificate", "bidding_certify"),
    *("agencies_create", "agencies_update"),
]
REPAIR_OPERATIONS = [
    *("credit_repairs_begin_of_entry", "credit_repairs_begin_of_listing"),
    *(f"credit_repairs_{move.name}" for move in REPAIR.offered),
]
LEAVE_MOVES = [f"leaves_{move.name}" for move in LEAVE.offered]
PLANNED_MOVES = [(name, move) for name, workflow in PLANNED.items() for move in workflow.offered]
FOUND_ON = date(2026, 10, 30)  # before the day on which the example says the hazard was put right
BEGUN = {"listings_begin": "proposed", "stop_works_begin": "stopped", "transfers_begin": "sent"}
ALONE = (
    *("auth_token", "messages_read", "hazards_upload_photo", "inspections_send_batch", "inspections_begin_photo"),
    *("inspections_phone_hazard", "attendance_passes", "attempts_hand_in"),
)


def fits(operation: Described, answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.content.decode()
    assert misfits(answer.json(), operation.answer_schema(status)) == []
    return answer.json()


def plant_photo(user: Any, stage: PhotoStage) -> None:
    """The photograph that the examples name, waiting for this user."""
    Photo.objects.filter(pk=stories.photo(user, stage)).update(id=PHOTO)


def test_every_operation_with_a_body_is_tried_here() -> None:
    updates = [name.replace("_create", "_update") for name in CREATED]
    with_body = {o.id for o in operations("post", "patch") if "requestBody" in o.spec}
    of_measures = [f"{name}_{move.name}" for name, move in MEASURES]
    of_draws = ("draws_create", "draws_update", *DRAW_MOVES)
    planned = [f"{name}_{move.name}" for name, move in PLANNED_MOVES]
    moved = {
        *MOVES,
        *RISK_MOVES,
        *VISIT_MOVES,
        *ACCIDENT_OPERATIONS,
        *LEAVE_MOVES,
        *ENTRY_OPERATIONS,
        *BLACKLIST_OPERATIONS,
        *PERMIT_OPERATIONS,
        *REPAIR_OPERATIONS,
        *CERTIFICATE_OPERATIONS,
        *of_draws,
        *of_measures,
        *planned,
    }
    assert with_body == {*CREATED, *updates, *moved, *MERGE_OPERATIONS, *BEGUN, *ALONE}


def director_of_the_example() -> User:
    """Of the firm that builds the project of the examples."""
    firm = Enterprise.objects.get(uscc=BY_ID["projects_create"].example["general_contractor"])  # type: ignore[index]
    return persona("safety_director", organisation=firm.organisation)


@pytest.mark.slow
def test_examples_of_new_and_changed_records_work_one_after_the_other() -> None:
    officer, recorder = persona("permit_officer"), inspector()
    plant_photo(recorder, PhotoStage.BEFORE)
    DictionaryEntry.objects.get_or_create(kind="hazard_category", code="height", label="高处作业")
    inspected = dict.fromkeys(("hazards_create", "dangerous_works_create", "papers_create"), recorder)
    writers = inspected | dict.fromkeys(("paper_templates_create", "matters_create"), persona("system_admin"))
    planned = ("inspection_plans_create", "campaigns_create", "risk_classes_create", "inspectors_create")
    writers |= dict.fromkeys(planned, station_head())
    persona("inspector", username=BY_ID["inspectors_create"].example["user"])  # type: ignore[index]
    for name in CREATED:
        of_the_firm = name in ("risks_create", "roster_create")
        user = director_of_the_example() if of_the_firm else writers.get(name, officer)
        create, update = BY_ID[name], BY_ID[name.replace("_create", "_update")]
        made = fits(create, Api(user).post(create.path, create.example), 201)
        assert update.example
        changed = Api(user).patch(update.at(made["key"]), update.example, version=made["version"])
        assert fits(update, changed, 200)["version"] == made["version"] + 1


@pytest.mark.slow
@pytest.mark.parametrize("move", HAZARD.offered, ids=lambda move: move.name)
def test_example_of_a_move_makes_it(move: Any) -> None:
    site = stories.site()
    User.objects.filter(pk=site.second.pk).update(username=EXAMPLES["assign"]["handler"])
    hazard = stories.before_move(move, site, found_on=FOUND_ON)
    people = (site.inspector, site.second, site.head, site.director, site.manager, site.engineer)
    by = next(user for user in people if HAZARD.refusal(hazard, move.name, user) is None)
    plant_photo(by, PhotoStage.AFTER)
    operation = BY_ID[f"hazards_{move.name}"]
    answer = Api(by).post(operation.at(hazard.number), operation.example)
    body = fits(operation, answer, 200)
    assert body["state"]["code"] == (move.target or hazard.state)
    assert (operation.spec["x-states"]["to"] or hazard.state) == body["state"]["code"]


@pytest.mark.slow
@pytest.mark.parametrize(("register", "move"), MEASURES, ids=lambda value: getattr(value, "name", value))
def test_example_of_a_move_of_a_measure_makes_it(register: str, move: Any) -> None:
    place = measures.watch()
    measure = measures.before_move(register, move, place)
    people = (place.site.inspector, place.site.head, place.county, place.site.director)
    by = next(user for user in people if MOVING[register].refusal(measure, move.name, user) is None)
    operation = BY_ID[f"{register}_{move.name}"]
    body = fits(operation, Api(by).post(operation.at(measure.number), operation.example), 200)
    assert body["state"]["code"] == move.target == operation.spec["x-states"]["to"]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "state"), BEGUN.items())
def test_example_of_beginning_a_measure_begins_it(name: str, state: str) -> None:
    place, operation = measures.watch(), BY_ID[name]
    answer = Api(place.site.inspector).post(operation.at(place.hazard.number), operation.example)
    assert fits(operation, answer, 201)["state"]["code"] == state


@pytest.mark.slow
@pytest.mark.parametrize("move", RISK.transitions, ids=lambda move: move.name)
def test_example_of_a_move_of_a_risk_point_makes_it(move: Any) -> None:
    site = stories.site()
    risk = risks.before_move(move, site, measures={"measures_engineering": RISK_EXAMPLES["check"]["effective"]})
    by = next(u for u in (site.manager, site.engineer) if RISK.refusal(risk, move.name, u) is None)
    operation = BY_ID[f"risks_{move.name}"]
    body = fits(operation, Api(by).post(operation.at(risk.number), operation.example), 200)
    assert body["state"]["code"] == (move.target or risk.state)


@pytest.mark.slow
@pytest.mark.parametrize("move", VISIT.offered, ids=lambda move: move.name)
def test_example_of_a_move_of_a_visit_makes_it(move: Any) -> None:
    place = stories.site()
    visit = inspections.planned(place)
    if move.name == "submit":
        inspections.answered(visit)
        inspections.signed(visit)
    if move.name == "publish":
        visit = inspections.submitted(visit)
    visit.refresh_from_db()
    by = next(user for user in (place.inspector, place.head) if VISIT.refusal(visit, move.name, user) is None)
    operation = BY_ID[f"visits_{move.name}"]
    body = fits(operation, Api(by).post(operation.at(visit.number), operation.example or {}), 200)
    assert body["state"]["code"] == move.target == operation.spec["x-states"]["to"]


def test_example_of_reporting_an_accident_reports_one() -> None:
    place, operation = stories.site(), BY_ID["accidents_create"]
    Project.objects.filter(pk=place.project.pk).update(number=REPORTED["project"])
    assert fits(operation, Api(place.inspector).post(operation.path, operation.example), 201)["deaths"] == 1


@pytest.mark.slow
@pytest.mark.parametrize("move", ACCIDENT.offered, ids=lambda move: move.name)
def test_example_of_a_move_of_an_accident_makes_it(move: Any) -> None:
    place = stories.site()
    accident = accidents.reported(place, occurred_at=datetime(2026, 11, 1, 1, tzinfo=UTC))
    Enterprise.objects.filter(pk=place.project.enterprise_id).update(uscc=ACCIDENT_EXAMPLES["determine"]["main"])
    operation = BY_ID[f"accidents_{move.name}"]
    body = fits(operation, Api(place.head).post(operation.at(accident.number), operation.example), 200)
    assert body["state"]["code"] == (move.target or accident.state)


def test_example_of_proposing_a_merge_proposes_one() -> None:
    firms, operation = merging.twice(), BY_ID["enterprise_merges_propose"]
    Enterprise.objects.filter(pk=firms.survivor.pk).update(uscc=PROPOSED["survivor"])
    answer = Api(firms.proposer).post(operation.at(firms.duplicate.uscc), operation.example)
    assert fits(operation, answer, 201)["state"]["code"] == "proposed"


@pytest.mark.slow
@pytest.mark.parametrize("move", MERGE.offered, ids=lambda move: move.name)
def test_example_of_a_move_of_a_merge_makes_it(move: Any) -> None:
    firms = merging.twice()
    merge = merging.before_move(move, firms)
    operation = BY_ID[f"enterprise_merges_{move.name}"]
    by = merging.by_for(merge, move, firms)
    body = fits(operation, Api(by).post(operation.at(merge.pk), operation.example or {}), 200)
    assert body["state"]["code"] == move.target == operation.spec["x-states"]["to"]


@pytest.mark.parametrize("move", LEAVE.offered, ids=lambda move: move.name)
def test_example_of_a_move_of_a_leave_makes_it(move: Any) -> None:
    place = duties.site()
    leave = duties.asked(place, timezone.localdate(), timezone.localdate())
    operation = BY_ID[f"leaves_{move.name}"]
    by = place.manager if move.name == "withdraw" else place.owner
    body = fits(operation, Api(by).post(operation.at(leave.pk), operation.example or {}), 200)
    assert body["state"]["code"] == move.target == operation.spec["x-states"]["to"]


def test_example_of_proposing_for_a_list_proposes() -> None:
    cast, operation = Cast(), BY_ID["blacklistings_create"]
    Organisation.objects.filter(pk=cast.firm.pk).update(name=(operation.example or {})["enterprise"])
    body = fits(operation, Api(cast.county).post(operation.path, operation.example), 201)
    assert body["state"]["code"] == "proposed"


@pytest.mark.slow
@pytest.mark.parametrize("move", BLACKLISTING.offered, ids=lambda move: move.name)
def test_example_of_a_move_of_a_listing_makes_it(move: Any) -> None:
    cast = Cast()
    for officer in (cast.province, cast.second_province):
        officer.set_password(LISTING_EXAMPLES["put_on_list"]["password"])
        officer.save()
    listing = lists.before_move(move, cast)
    Blacklisting.objects.filter(pk=listing.pk).update(created_at=datetime(2026, 11, 1, tzinfo=UTC))
    people = (cast.province, cast.second_province, cast.director)
    by = next(user for user in people if BLACKLISTING.refusal(listing, move.name, user) is None)
    operation = BY_ID[f"blacklistings_{move.name}"]
    body = fits(operation, Api(by).post(operation.at(listing.number), operation.example), 200)
    assert body["state"]["code"] == move.target == operation.spec["x-states"]["to"]


def test_example_of_answering_a_joint_measure_answers_it() -> None:
    cast, operation = Cast(), BY_ID["joint_measures_feed_back"]
    measure = lists.asked(lists.by_hand(cast.firm, cast.county))
    body = fits(operation, Api(cast.county).post(operation.at(measure.number), operation.example), 200)
    assert body["state"]["code"] == "applied"


def test_examples_of_a_credit_entry_and_of_an_item_propose_and_correct_them() -> None:
    cast = Cast()
    for name, by in (("credit_entries", cast.inspector), ("credit_items", cast.province)):
        create, update, api = BY_ID[f"{name}_create"], BY_ID[f"{name}_update"], Api(by)
        if firm := (create.example or {}).get("enterprise"):
            Organisation.objects.filter(pk=cast.firm.pk).update(name=firm)
        made = fits(create, api.post(create.path, create.example), 201)
        changed = api.patch(update.at(made["key"]), update.example, version=made["version"])
        assert fits(update, changed, 200)["version"] == made["version"] + 1


@pytest.mark.slow
@pytest.mark.parametrize("move", ENTRY.offered, ids=lambda move: move.name)
def test_example_of_a_move_of_a_credit_entry_makes_it(move: Any) -> None:
    cast, operation = Cast(), BY_ID[f"credit_entries_{move.name}"]
    ready = {"proposed": credit.proposed, "notified": credit.notified, "effective": credit.effective}
    entry = ready.get(move.sources[0], credit.checked)(cast)
    if move.sources[0] == "objected":
        told = credit.tell(ENTRY, entry, cast.county)
        entry = ENTRY.perform(told, "object", by=cast.director, objection="当日并未施工")
    if move.name == "take_effect":
        entry = credit.after_objections(credit.tell(ENTRY, entry, cast.county))
    CreditEntry.objects.filter(pk=entry.pk).update(created_at=datetime(2026, 11, 1, tzinfo=UTC))
    people = (cast.county, cast.director, cast.city, cast.second_city)
    by = next(user for user in people if ENTRY.refusal(entry, move.name, user) is None)
    body = fits(operation, Api(by).post(operation.at(entry.number), operation.example or {}), 200)
    assert body["state"]["code"] == move.target == operation.spec["x-states"]["to"]


def test_examples_of_a_case_about_a_permit_propose_and_correct_it() -> None:
    cast, create, update = Cast(), BY_ID["permit_cases_create"], BY_ID["permit_cases_update"]
    assert create.example
    Organisation.objects.filter(pk=cast.firm.pk).update(name=create.example["enterprise"])
    api = Api(cast.county)
    made = fits(create, api.post(create.path, create.example), 201)
    changed = api.patch(update.at(made["key"]), update.example, version=made["version"])
    assert fits(update, changed, 200)["version"] == made["version"] + 1


@pytest.mark.slow
@pytest.mark.parametrize("move", PERMIT.offered, ids=lambda move: move.name)
def test_example_of_a_move_of_a_case_about_a_permit_makes_it(move: Any) -> None:
    stage = permits.Stage()
    for officer in (stage.province, stage.second):
        officer.set_password(PERMIT_EXAMPLES["revoke"]["password"])
        officer.save()
    case = permits.before_move(move, stage)
    with pgtrigger.ignore("credit.PermitCase:decided_stays"):  # the days of the examples are fixed ones
        PermitCase.objects.filter(pk=case.pk).update(created_at=datetime(2026, 11, 1, tzinfo=UTC))
        PermitCase.objects.filter(pk=case.pk, starts_on__isnull=False).update(starts_on=date(2026, 9, 1))
    people = (stage.province, stage.second, stage.director)
    by = next(user for user in people if PERMIT.refusal(case, move.name, user) is None)
    operation = BY_ID[f"permit_cases_{move.name}"]
    body = fits(operation, Api(by).post(operation.at(case.number), operation.example), 200)
    assert body["state"]["code"] == move.target == operation.spec["x-states"]["to"]


def test_examples_of_a_certificate_make_and_revoke_it() -> None:
    cast, create, revoke = Cast(), BY_ID["credit_certificates_create"], BY_ID["credit_certificates_revoke_certificate"]
    assert create.example and revoke.example
    Enterprise.objects.filter(pk=cast.firm.pk).update(uscc=create.example["enterprise"])
    made = fits(create, Api(cast.county).post(create.path, create.example), 201)
    cast.province.set_password(revoke.example["password"])
    cast.province.save()
    body = fits(revoke, Api(cast.province).post(revoke.at(made["key"]), revoke.example), 200)
    assert body["state"]["code"] == "revoked"


def test_examples_of_an_agency_register_it_and_certify_for_it() -> None:
    cast, create, update = Cast(), BY_ID["agencies_create"], BY_ID["agencies_update"]
    api, certify = Api(cast.province), BY_ID["bidding_certify"]
    assert certify.example
    made = fits(create, api.post(create.path, create.example), 201)
    changed = api.patch(update.at(made["key"]), update.example, version=made["version"])
    assert fits(update, changed, 200)["version"] == made["version"] + 1
    Enterprise.objects.filter(pk=cast.firm.pk).update(uscc=certify.example["uscc"])
    stranger = Api()
    stranger.headers = {"Authorization": f"Agency {certified.agency()[1]}"}
    assert fits(certify, stranger.post(certify.path, certify.example), 201)["payload"]["grade"] == "A"


def test_examples_of_applying_for_repair_apply() -> None:
    cast, operation = Cast(), BY_ID["credit_repairs_begin_of_entry"]
    answer = Api(cast.director).post(operation.at(repairs.public(cast)), operation.example)
    assert fits(operation, answer, 201)["state"]["code"] == "applied"
    listed, operation = repairs.on_the_list(Cast()), BY_ID["credit_repairs_begin_of_listing"]
    director = persona("safety_director", organisation=listed.enterprise.organisation)
    answer = Api(director).post(operation.at(listed.number), operation.example)
    assert fits(operation, answer, 201)["state"]["code"] == "applied"


@pytest.mark.slow
@pytest.mark.parametrize("move", REPAIR.offered, ids=lambda move: move.name)
def test_example_of_a_move_of_a_repair_makes_it(move: Any) -> None:
    cast = Cast()
    repair = repairs.before_move(move, cast)
    people = (cast.city, cast.second_city, cast.director)
    by = next(user for user in people if REPAIR.refusal(repair, move.name, user) is None)
    operation = BY_ID[f"credit_repairs_{move.name}"]
    body = fits(operation, Api(by).post(operation.at(repair.number), operation.example or {}), 200)
    assert body["state"]["code"] == move.target


@pytest.mark.slow
def test_draw_is_prepared_and_changed() -> None:
    create, update = BY_ID["draws_create"], BY_ID["draws_update"]
    assert create.example
    ends = {"number": create.example["campaign"], "ends_on": date(2099, 12, 31)}
    office = draws.office(grades="E", **ends)
    for keeper, name in zip(office.custodians, ("custodian_a", "custodian_b"), strict=True):
        User.objects.filter(pk=keeper.pk).update(username=create.example[name])
    api = Api(office.officer)
    made = fits(create, api.post(create.path, create.example), 201)
    changed = api.patch(update.at(made["key"]), update.example, version=made["version"])
    assert fits(update, changed, 200)["version"] == made["version"] + 1


@pytest.mark.slow
@pytest.mark.parametrize("move", DRAW.offered, ids=lambda move: move.name)
def test_example_of_a_move_of_a_draw_makes_it(move: Any) -> None:
    office = draws.office(grades="E")
    draw = draws.before_move(move, office, secret=DRAW_EXAMPLES["reveal_secret"]["secret"])
    people = (office.officer, office.head, *office.custodians)
    by = next(user for user in people if DRAW.refusal(draw, move.name, user) is None)
    operation = BY_ID[f"draws_{move.name}"]
    body = fits(operation, Api(by).post(operation.at(draw.pk), operation.example or {}), 200)
    assert body["state"]["code"] == (move.target or draw.state)


@pytest.mark.slow
@pytest.mark.parametrize(("register", "move"), PLANNED_MOVES, ids=lambda value: getattr(value, "name", value))
def test_example_of_a_move_of_a_plan_or_campaign_makes_it(register: str, move: Any) -> None:
    head = station_head()
    state = move.sources[0]
    record: Any = plans.plan(head) if register == "inspection_plans" else plans.campaign(head, state=state)
    operation = BY_ID[f"{register}_{move.name}"]
    key = record.pk if register == "inspection_plans" else record.number
    body = fits(operation, Api(head).post(operation.at(key), operation.example or {}), 200)
    assert body["state"]["code"] == move.target


@pytest.mark.slow
@pytest.mark.parametrize("move", PAPER.transitions, ids=lambda move: move.name)
def test_example_of_a_move_of_a_paper_makes_it(move: Any) -> None:
    head = station_head()
    paper = papers.draft(head) if "drafted" in move.sources else papers.issued(head)
    successor = papers.issued(head)
    with pgtrigger.ignore("documents.Paper:issued_is_fixed"):  # days and numbers of the examples are fixed ones
        Paper.objects.filter(pk=successor.pk).update(number=PAPER_EXAMPLES["replace"]["replaced_by"])
        Paper.objects.filter(pk=paper.pk, issued_on__isnull=False).update(issued_on=date(2026, 11, 1))
    operation = BY_ID[f"papers_{move.name}"]
    answer = Api(head).post(operation.at(paper.pk), operation.example or {})
    assert fits(operation, answer, 200)["state"]["code"] == (move.target or paper.state)


@pytest.mark.slow
def test_template_is_put_in_force() -> None:
    admin = persona("system_admin")
    create, enforce = BY_ID["paper_templates_create"], BY_ID["paper_templates_enforce"]
    made = fits(create, Api(admin).post(create.path, create.example), 201)
    answer = Api(admin).post(enforce.at(made["key"]), enforce.example or {})
    assert fits(enforce, answer, 200)["state"]["code"] == "in_force"


def test_example_of_signing_in_works() -> None:
    operation = BY_ID["auth_token"]
    assert operation.example
    user = inspector(username=operation.example["username"])
    user.set_password(operation.example["password"])
    user.save()
    assert fits(operation, Api().post(operation.path, operation.example), 200)["token"]


def test_message_is_marked_as_read() -> None:
    user = inspector()
    message = Message.objects.create(recipient=user, kind="x", level=Level.INFO, title="消息", url="/", dedupe_key="1")
    operation = BY_ID["messages_read"]
    body = fits(operation, Api(user).post(operation.at(message.pk), operation.example), 200)
    assert body["read_at"]


def test_photograph_is_taken_in() -> None:
    operation, user = BY_ID["hazards_upload_photo"], inspector()
    assert set(operation.spec["requestBody"]["content"]) == {"multipart/form-data"}
    answer = Api(user).upload(operation.path, {"file": jpeg(), "stage": "before"})
    body = fits(operation, answer, 201)
    assert Photo.objects.waiting(user).get().original.sha256 == body["sha256"]


def test_a_phone_sends_a_batch_and_begins_a_photograph() -> None:
    batch, photo = BY_ID["inspections_send_batch"], BY_ID["inspections_begin_photo"]
    visit = inspections.planned()
    assert photo.example
    Visit.objects.filter(pk=visit.pk).update(number=photo.example["visit"])
    visit.refresh_from_db()
    api = Api(inspections.lead(visit))
    assert fits(batch, api.post(batch.at(visit.number), batch.example), 200)["sequence"] == 1
    assert fits(photo, api.post(photo.path, photo.example), 200)["missing"] == [0, 1, 2, 3]
    standing = BY_ID["inspections_photo_standing"]
    assert fits(standing, api.get(standing.at(photo.example["id"])), 200)["is_complete"] is False
