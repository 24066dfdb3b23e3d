"""Every example of the description is sent, and does what its operation promises."""

from datetime import date
from typing import Any

import pgtrigger
import pytest

from apps.accounts.models import User
from apps.core.models import DictionaryEntry
from apps.documents.api import EXAMPLES as PAPER_EXAMPLES
from apps.documents.models import Paper
from apps.documents.workflow import PAPER, TEMPLATE
from apps.enterprises.models import Enterprise
from apps.hazards.api import EXAMPLES, PHOTO
from apps.hazards.models import Photo, PhotoStage
from apps.hazards.workflow import HAZARD
from apps.inspections.api.draws import EXAMPLES as DRAW_EXAMPLES
from apps.inspections.models import Visit
from apps.inspections.workflow.draw import DRAW
from apps.inspections.workflow.visit import VISIT
from apps.notifications.models import Level, Message
from apps.risks.api import EXAMPLES as RISK_EXAMPLES
from apps.risks.workflow import RISK
from tests.api_client import Api
from tests.contracts.addresses import MOVING, PLANNED
from tests.contracts.operations import Described, misfits, operations
from tests.core.pictures import jpeg
from tests.documents import stories as papers
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
)
TABLES = {"hazards": HAZARD, "papers": PAPER, "paper_templates": TEMPLATE}
MOVES = [f"{name}_{move.name}" for name, table in TABLES.items() for move in table.offered]
MEASURES = [(name, move) for name, workflow in MOVING.items() for move in workflow.offered]
DRAW_MOVES = [f"draws_{move.name}" for move in DRAW.offered]
RISK_MOVES = [f"risks_{move.name}" for move in RISK.offered]
VISIT_MOVES = [f"visits_{move.name}" for move in VISIT.offered]
PLANNED_MOVES = [(name, move) for name, workflow in PLANNED.items() for move in workflow.offered]
FOUND_ON = date(2026, 10, 30)  # before the day on which the example says the hazard was put right
BEGUN = {"listings_begin": "proposed", "stop_works_begin": "stopped", "transfers_begin": "sent"}
ALONE = ("auth_token", "messages_read", "hazards_upload_photo", "inspections_send_batch", "inspections_begin_photo")


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
    moved = {*MOVES, *RISK_MOVES, *VISIT_MOVES, *of_draws, *of_measures, *planned}
    assert with_body == {*CREATED, *updates, *moved, *BEGUN, *ALONE}


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
        user = director_of_the_example() if name == "risks_create" else writers.get(name, officer)
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
