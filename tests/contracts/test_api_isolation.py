"""No operation of the API shows a stranger, a rival or a neighbouring county a foreign row, or lets them touch one."""

import json
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from apps.accounts.models import User
from apps.core.registers import registry
from apps.credit.models import CreditStanding, PersonStanding
from apps.credit.services.standings import renew
from apps.enterprises.models import Enterprise
from apps.hazards.models import PhotoStage
from apps.hazards.services.photos import take_in
from apps.lists.models import Side
from apps.lists.services.reconciling import reconcile
from apps.notifications.models import Delivery, Level, Message
from apps.people.models import Person
from apps.supervision import services as supervision
from tests.accidents import stories as accidents
from tests.api_client import Api
from tests.contracts.operations import Described, misfits, operations
from tests.core.pictures import jpeg
from tests.coverage_of_training import stories as coverage
from tests.credit import certificate_stories as certified
from tests.credit import listing_stories as lists
from tests.credit import permit_stories as permits
from tests.credit import repair_stories as repairs
from tests.credit import stories as credit
from tests.documents import stories as papers
from tests.duty import stories as duties
from tests.enterprises import merging_stories as merging
from tests.exams import stories as exams
from tests.factories import CertificateFactory, DangerousWorkFactory, EnterpriseFactory, PersonFactory, ProjectFactory
from tests.hazards.stories import Site, draft, order
from tests.inspections import draw_stories as draws
from tests.inspections.plans import stories as plans
from tests.lists.shelf import frozen
from tests.personas import LUBEI, QIAOXI, everyone, persona
from tests.risks import stories as risks
from tests.roster import stories as roster
from tests.training import stories as trainings
from tests.wages import stories as wages

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

CANARY = "金丝雀"
PUBLIC = {"regions", "dictionaries", "risk_rules", "wage_rules"}  # the same for everybody who may read them
NOBODYS = {"id": 10**12, "pk": 10**12, "number": "YH-1999-000000", "uscc": "911301000000000000", "username": "nobody-0"}
SAME_ID = {"X-Request-Id": "0123456789abcdef0123456789abcdef"}
# Whose sight ends before 唐山, or who has no business with any ledger.
BLIND = (
    "city_officer",
    "station_head",
    "inspector",
    "enforcement_officer",
    "permit_officer",
    "safety_director",
    "project_manager",
    "project_safety_officer",
    "supervising_engineer",
    "owner",
    "expert",
)
roles = pytest.mark.parametrize("role", BLIND)


@dataclass(frozen=True)
class Foreign:
    """Rows of another city, each with the canary in it, by the register they stand in."""

    rows: dict[str, models.Model]
    secrets: tuple[str, ...]

    def key(self, register: str) -> Any:
        return getattr(self.rows[register], registry[register].key if register in registry else "pk")


@pytest.fixture
def foreign() -> Foreign:
    staff = everyone(LUBEI)
    firm = EnterpriseFactory(at=LUBEI, organisation__name=f"{CANARY}建工", legal_representative=CANARY)
    person = PersonFactory(employer=firm, name=f"{CANARY}某")
    project = ProjectFactory(at=LUBEI, contractor=firm, name=f"{CANARY}广场")
    work = DangerousWorkFactory(project=project, name=f"{CANARY}基坑")
    teller = persona("inspector", at=LUBEI, name=f"{CANARY}员")
    site = Site(project, teller, teller, teller, teller, teller, teller)
    hazard = order(draft(site, description=f"{CANARY}栏杆缺失"), site)
    manager = persona("project_manager", organisation=firm.organisation)
    project.members.create(user=manager, post="project_manager")
    director = persona("safety_director", organisation=firm.organisation)
    its = Site(project, teller, teller, teller, director, manager, teller)
    risk = risks.in_force(its, name=f"{CANARY}风险", place=CANARY)
    paper = papers.issued(teller, addressees=[f"{CANARY}公司"])
    accident = accidents.reported(its, by=teller, place=CANARY, summary=f"{CANARY}坍塌")
    listing = lists.by_hand(firm, teller, facts=f"{CANARY}伪造", evidence=CANARY, legal_basis=CANARY)
    case = permits.by_hand(firm, teller, facts=f"{CANARY}条件不足", evidence=CANARY, legal_basis=CANARY)
    entry = credit.by_hand(firm, teller, facts=f"{CANARY}属实", evidence=CANARY)
    repair = repairs.planted(entry, director, correction=f"{CANARY}已整改")
    appeal = credit.objected(credit.by_hand(firm, teller, facts=CANARY), staff["station_head"], director, CANARY)
    certificate = certified.made(firm, director, purpose=f"{CANARY}投标")
    engagement = roster.engaged(project, person, job=f"{CANARY}工")
    training = trainings.held(its, person, trainer=f"{CANARY}教员")
    message = Message.objects.create(
        recipient=teller, kind="x", level=Level.INFO, title=CANARY, url="/", dedupe_key="canary"
    )
    rows: dict[str, models.Model] = {
        "enterprises": firm,
        "enterprise_merges": merging.planted(firm, f"{CANARY}登记了两次"),
        "people": person,
        "roster": engagement,
        "attendance": roster.attended(project, person),
        "attendance_faults": roster.doubted(project, name=f"{CANARY}生人"),
        "wages": wages.month(project, note=f"{CANARY}拖欠"),
        "wage_accounts": wages.account(project, bank=f"{CANARY}银行"),
        **of_duty(project, director, manager, person),
        "coverage_days": coverage.figure(project),
        "coverage_gaps": coverage.gap_of(project, person),
        "courses": trainings.course(name=f"{CANARY}课", enterprise=firm),
        "training_plans": trainings.plan(its, course=trainings.course(name=f"{CANARY}计划课", enterprise=firm)),
        "trainings": training,
        **foreign_exam(its, person),
        "participations": training.participations.get(),
        "trainees": engagement,
        "projects": project,
        "dangerous_works": work,
        "hazards": hazard,
        "risks": risk,
        "papers": paper,
        "accidents": accident,
        "blacklistings": listing,
        "joint_measures": lists.asked(listing, text=f"{CANARY}措施"),
        "permits": firm,
        "permit_cases": case,
        "credit": standings_of(firm, person)[0],
        "personal_credit": standings_of(firm, person)[1],
        "credit_entries": entry,
        "credit_repairs": repair,
        "appeals": appeal,
        "credit_certificates": certificate,
        "users": teller,
        "organisations": staff["station_head"].organisation,
        "messages": message,
        "draws": draws.prepared(draws.office(LUBEI, grades="E", title=f"{CANARY}抽查")),
    }
    secrets = (
        *(CANARY, firm.uscc, project.number, hazard.number, risk.number, paper.number or "", accident.number),
        *(person.id_masked, teller.username, listing.number, case.number, entry.number, repair.number),
        certificate.number,
    )
    return Foreign(rows, secrets)


def foreign_exam(its: Site, person: Any) -> dict[str, models.Model]:
    """An examination of the firm, and the paper that its worker handed in."""
    question = exams.question(its.project.enterprise, text=f"{CANARY}试题")
    session = exams.training(its)
    exams.taken_part(session, person)
    exam = exams.opened(its, session, title=f"{CANARY}考试", pattern=exams.ONE)
    attempt = exams.hand_in(exams.start(exam, person, by=its.director), by=its.director)
    return {"questions": question, "exams": exam, "attempts": attempt}


def standings_of(firm: Enterprise, person: Person) -> tuple[CreditStanding, PersonStanding]:
    renew()
    theirs, _ = PersonStanding.objects.get_or_create(person=person, defaults={"score": 100, "grade": "A"})
    return CreditStanding.objects.get(enterprise=firm), theirs


def of_duty(project: Any, director: User, manager: User, person: Person) -> dict[str, models.Model]:
    """What is written of duties on a site, by register; texts and the person's name carry the canary."""
    firm = project.enterprise
    type(firm).objects.filter(pk=firm.pk).update(qualification="壹级")
    project.refresh_from_db()
    project.members.create(person=person, post="project_manager")
    officer = persona("project_safety_officer", organisation=firm.organisation)
    project.members.create(user=officer, post="project_safety_officer")
    deputy = PersonFactory(employer=firm, name=f"{CANARY}代")
    for kind in ("A", "B"):
        CertificateFactory(person=deputy, kind=kind)
    there = duties.Site(project, director, manager, officer, officer, person, deputy, deputy, person)
    roster.attended(project, person)
    duties.headed(there, roster.DAY)
    return {
        "duty_days": duties.led(there, roster.DAY, looked_at=f"{CANARY}三层"),
        "leaves": duties.asked(there, roster.DAY, roster.DAY, reason=f"{CANARY}培训"),
        "safety_logs": duties.logged(there, roster.DAY),
        "commitments": duties.promised(there, post=f"{CANARY}岗"),
        "safety_directors": duties.appointed(there, paper_number=f"{CANARY}号"),
        "site_inspectors": duties.sent(there, paper_number=f"{CANARY}号"),
        "director_needs": firm,
        "site_needs": project,
        "duty_months": project.duty_months.get(),
        "firm_duty_months": firm.duty_months.get(),
    }


BY_ID = {operation.id: operation for operation in operations()}


@cache
def reading() -> list[Described]:
    return [o for o in operations("get") if o.spec["x-scope"] != "public"]


def leaks(answer: Any, foreign: Foreign, asked: str = "") -> list[str]:
    text = answer.content.decode() + json.dumps(dict(answer.headers), ensure_ascii=False)
    return [secret for secret in foreign.secrets if secret in text.replace(asked or "\0", "")]


@pytest.mark.parametrize("operation", [o for o in operations() if o.spec["x-scope"] != "public"], ids=lambda o: o.id)
def test_stranger_gets_401_whatever_is_there(operation: Described) -> None:
    address = operation.at(NOBODYS.get(operation.key, "x"))
    assert Api().send(operation.method.upper(), address, operation.example or {}, {}).status_code == 401


def test_the_canary_sings_for_those_who_may_hear_it(foreign: Foreign) -> None:
    """The control: every planted row can be found by the very ways that the tests below try."""
    for register in foreign.rows:
        reader = foreign.rows["users"] if register == "messages" else persona("province_officer")
        (lists,) = [o for o in reading() if o.id == f"{register}_list"]
        assert CANARY in Api(reader).get(lists.path, {"size": 200}).content.decode() or register == "organisations"
        assert Api(reader).get(f"{lists.path}{foreign.key(register)}/").status_code == 200


@roles
def test_lists_and_searches_hold_no_foreign_row(foreign: Foreign, role: str) -> None:
    api = Api(everyone(QIAOXI)[role])
    for operation in reading():
        if operation.key or operation.register in PUBLIC:
            continue
        queries: list[dict[str, Any]] = [{}]
        if operation.is_list:
            queries += [{"size": 200, "count": "exact"}, {"q": CANARY}, *sorts(operation)]
        for query in queries:
            answer = api.get(operation.path, query)
            assert answer.status_code in (200, 400, 403), (operation.id, query)
            assert leaks(answer, foreign) == [], (operation.id, query)
            if answer.status_code == 200 and query.get("q"):
                assert answer.json()["count"] == 0


def sorts(operation: Described) -> list[dict[str, str]]:
    """Every order that is offered: rows at the other end of a list must not come into sight by it."""
    (sort,) = [p for p in operation.spec["parameters"] if p["name"] == "sort"]
    return [{"sort": name} for name in sort["schema"].get("enum", [])]


@roles
def test_foreign_record_answers_like_one_that_never_was(foreign: Foreign, role: str) -> None:
    api = Api(everyone(QIAOXI)[role])
    for operation in operations():
        if not operation.key or operation.register not in foreign.rows:
            continue
        there, nowhere = (
            api.send(
                operation.method.upper(),
                operation.at(key),
                operation.example or {},
                SAME_ID | {"If-Match": '"1"', "Idempotency-Key": f"k-{operation.id}"},
            )
            for key in (foreign.key(operation.register), NOBODYS[operation.key])
        )
        assert (there.status_code, there.content) == (nowhere.status_code, nowhere.content), operation.id
        assert there.status_code in (403, 404), operation.id
        assert leaks(there, foreign) == [], operation.id


@roles
def test_nothing_foreign_changes_whatever_is_sent(foreign: Foreign, role: str) -> None:
    api, before = Api(everyone(QIAOXI)[role]), everything()
    for operation in operations("post", "patch"):
        if operation.key and operation.register in foreign.rows:
            address = operation.at(foreign.key(operation.register))
            headers = {"If-Match": '"1"', "Idempotency-Key": f"k-{operation.id}"}
            api.send(operation.method.upper(), address, operation.example or {}, headers)
    assert everything() == before


def everything() -> dict[str, list[Any]]:
    """Every row of our own tables but tokens."""
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values_list())
        for model in apps.get_models()
        if model.__module__.startswith("apps.") and model._meta.model_name != "apitoken"
    }


def test_new_row_cannot_be_hung_on_a_foreign_one(foreign: Foreign) -> None:
    inspector = Api(everyone(QIAOXI)["inspector"])
    bodies = {
        "/api/hazards/": {
            "project": foreign.key("projects"),
            "found_on": "2026-11-01",
            "description": "x",
            "category": "x",
        },
        "/api/dangerous_works/": {"project": foreign.key("projects"), "category": "pit", "name": "基坑"},
    }
    bodies["/api/accidents/"] = dict(BY_ID["accidents_create"].example or {})
    bodies["/api/accidents/"] |= {"project": foreign.key("projects")}
    by = dict.fromkeys(bodies, inspector) | {"/api/risks/": Api(everyone(QIAOXI)["project_manager"])}
    bodies["/api/risks/"] = (BY_ID["risks_create"].example or {}) | {"project": foreign.key("projects")}
    for address, body in bodies.items():
        there = by[address].post(address, body)
        nowhere = by[address].post(address, body | {"project": "NO-SUCH-1"})
        assert (there.status_code, nowhere.status_code) == (422, 422)
        assert leaks(there, foreign, foreign.key("projects")) == []
        assert there.json()["fields"].keys() == nowhere.json()["fields"].keys()


def test_photograph_of_another_person_cannot_be_used(foreign: Foreign) -> None:
    people = everyone(QIAOXI)
    theirs = take_in(jpeg(), name="x.jpg", stage=PhotoStage.BEFORE, by=people["station_head"])
    project = ProjectFactory(at=QIAOXI, contractor=EnterpriseFactory(at=QIAOXI))
    body = {"project": project.number, "description": "临边无防护", "category": "高处作业", "photos": [str(theirs.pk)]}
    Api(people["inspector"]).post("/api/hazards/", body)
    theirs.refresh_from_db()
    assert theirs.hazard is None


def test_own_rows_are_seen_and_fit_their_description() -> None:
    people = everyone(QIAOXI)
    firm = EnterpriseFactory(at=QIAOXI)
    standings_of(firm, PersonFactory(employer=firm))
    project = ProjectFactory(at=QIAOXI, contractor=firm)
    DangerousWorkFactory(project=project)
    site = Site(project, *[people["inspector"]] * 6)
    # What the firm has frozen before the hazard was found differs from what the office holds afterwards.
    firms_list = frozen("cures", persona("safety_director", organisation=firm.organisation), side=Side.ENTERPRISE)
    hazard = order(draft(site, grade="major"), site)
    supervision.propose(hazard, by=people["inspector"], level="county", basis="逾期未改")
    supervision.stop_work(hazard, by=people["inspector"], extent="whole", reason="逾期未改")
    told = {"kind": "other", "addressee": "综合执法局", "reason": "逾期未改", "evidence": "通知书"}
    supervision.transfer(hazard, by=people["inspector"], **told)
    manager = persona("project_manager", organisation=firm.organisation)
    project.members.create(user=manager, post="project_manager")
    risks.in_force(replace(site, director=manager, manager=manager))
    reconcile(frozen("duties", people["inspector"]), firms_list, by=people["inspector"])
    papers.issued(people["inspector"])
    merging.planted(firm, "同一企业登记了两次")
    accidents.reported(site)
    roster.attended(project)
    roster.doubted(project)
    wages.month(project)
    wages.account(project)
    of_duty(project, persona("safety_director", organisation=firm.organisation), manager, PersonFactory(employer=firm))
    coverage.figure(project)
    trainings.part(replace(site, director=manager, manager=manager))
    exams.question(firm)
    exams.taken(replace(site, director=persona("safety_director", organisation=firm.organisation)), pattern=exams.ONE)
    trainings.plan(replace(site, director=manager, manager=manager))
    lists.asked(lists.by_hand(firm, people["inspector"]))
    permits.by_hand(firm, people["inspector"])
    entry = credit.by_hand(firm, people["inspector"])
    credit.objected(entry, people["station_head"], persona("safety_director", organisation=firm.organisation))
    repairs.planted(entry, manager)
    certified.made(firm, people["station_head"])
    certified.asked(firm)
    draws.announced(draws.office(QIAOXI, grades="E"))
    plans.plan(people["inspector"])
    visit = plans.visit(project, by=people["inspector"])
    plans.found(visit, hazard)
    plans.looked_at(visit, hazard)
    plans.submitted(visit)
    told = {"kind": "x", "level": Level.INFO, "title": "x", "url": "/", "dedupe_key": "x"}
    Delivery.objects.create(message=Message.objects.create(recipient=people["inspector"], **told), channel="sms")
    readers = {"inspector": people["inspector"], "auditor": people["auditor"], "security": people["security_admin"]}
    seen = set()
    for operation in reading():
        for user in readers.values():
            api, address = Api(user), operation.path.partition("{")[0]
            rows = api.get(address).json().get("results") or []
            if operation.key and rows:
                answer = api.get(operation.at(rows[0]["key"]))
            elif not operation.key:
                answer = api.get(address)
            else:
                continue
            if answer.status_code == 200:
                seen.add(operation.id)
                assert misfits(answer.json(), operation.answer_schema(200)) == [], operation.id
    # A photograph on its way is seen in the tests of phones, and what agencies ask in a test of its own.
    quiet = {"messages_list", "messages_retrieve", "grants_list", "grants_retrieve", "inspections_photo_standing"}
    quiet.add("bidding_enterprise")
    assert {o.id for o in reading()} - quiet <= seen
