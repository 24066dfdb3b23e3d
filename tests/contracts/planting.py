"""A county with something to hide: every text in it carries a canary that says which kind of record it is of."""

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.utils import timezone

from apps.accounts.models import GrantKind, Session, User
from apps.accounts.services.grants import grant_access
from apps.accounts.services.sessions import number_of
from apps.accounts.services.tokens import issue_token
from apps.core import files
from apps.core.models import Draft, Event, ImportBatch, Job, JobState, SavedView
from apps.credit.models import CreditEntry, PersonStanding
from apps.credit.services.standings import renew
from apps.documents.models import Paper
from apps.documents.services import issue, serve
from apps.enterprises.models import Enterprise
from apps.hazards.models import Grade, Hazard, Photo, PhotoStage
from apps.hazards.services.photos import take_in
from apps.inspections.models import Absence, Avoidance, Draw, Finding, Inspector, RiskClass, SecondLook, ZeroReport
from apps.inspections.services.answering import put_notes, put_signature
from apps.inspections.sync.arrivals import begin
from apps.lists.models import Side
from apps.lists.services.reconciling import reconcile
from apps.notifications.models import Delivery, Digest, Level, Message
from apps.people.models import Person
from apps.projects.models import Project, ProjectParty
from apps.risks.models import RiskPoint
from apps.roster.models import Attendance, AttendanceDevice, AttendanceFault
from apps.roster.services.attendance import take_in as take_in_attendance
from apps.supervision import services as supervision
from apps.training.services.evidence import add_evidence
from apps.training.services.people import call_roll
from tests.accidents import stories as accidents
from tests.credit import certificate_stories as certified
from tests.credit import listing_stories as lists
from tests.credit import permit_stories as permits
from tests.credit import repair_stories as repairs
from tests.credit import stories as credit
from tests.documents import stories as papers
from tests.enterprises import merging_stories as merging
from tests.exams import stories as exams
from tests.factories import CertificateFactory, DangerousWorkFactory, MemberFactory, PersonFactory
from tests.hazards import stories
from tests.inspections import draw_stories as draws
from tests.inspections import stories as inspections
from tests.inspections.plans import stories as plans
from tests.lists.shelf import frozen
from tests.personas import CHANGAN, organisation, persona
from tests.risks import stories as risks
from tests.roster import stories as roster
from tests.training import stories as trainings

CANARY = "CANARY7Q"
# Finds every canary by a part of it, so that what a page repeats of the question is no leak.
PROBE = "CANARY7"
MARKS = re.compile(rb"</?mark>")
HEARD = re.compile(rb"CANARY7Q([a-z]+)")
DRAFT = "hazard-new"
BATCH = UUID("00000000-0000-4000-8000-00000000c0de")
ZIP = b"PK\x03\x04"


def canary(kind: str) -> str:
    return f"{CANARY}{kind}"


@dataclass(frozen=True)
class Keys:
    """What stands in the addresses of one set of records."""

    hazard: str
    project: str
    firm: str
    merge: int
    person: int
    certificate: int
    party: int
    member: int
    work: int
    account: str
    organisation: int
    grant: int
    event: int
    message: int
    delivery: int
    day: date
    job: UUID
    batch: UUID
    photo: UUID
    waiting: UUID
    session: str
    token: int
    draft: str
    view: int
    listing: str
    stop_work: str
    transfer: str
    accident: str
    blacklisting: str
    joint_measure: str
    standing: int
    credit_entry: str
    evidence: UUID
    permit_case: str
    credit_repair: str
    appeal: str
    credit_certificate: str
    risk: str
    snapshot: int
    reconciliation: int
    difference: int
    engagement: int
    attendance: int
    attendance_fault: int
    device: int
    course: int
    question: int
    exam: int
    attempt: int
    training: int
    training_plan: int
    participation: int
    training_photo: UUID
    training_file: UUID
    paper: int
    draw: int
    scheme: int
    visit: str
    finding: UUID
    second_look: UUID
    signature: UUID
    visit_photo: UUID
    arrival: UUID
    checklist: int
    finding_done: UUID
    second_look_done: UUID
    plan: int
    campaign: str
    inspector: int
    avoidance: int
    absence: int
    risk_class: int
    region: str = CHANGAN


NOBODYS = 10**9
NOWHERE = UUID("00000000-0000-4000-8000-00000000dead")
# Of the same shape, and of no record.
NEVER = Keys(
    hazard="YH-1999-999999",
    project="130102990101999999",
    firm="91130102MA0ZZZZZ9X",
    merge=NOBODYS,
    person=NOBODYS,
    certificate=NOBODYS,
    party=NOBODYS,
    member=NOBODYS,
    work=NOBODYS,
    account="nobody-of-that-name",
    organisation=NOBODYS,
    grant=NOBODYS,
    event=NOBODYS,
    message=NOBODYS,
    delivery=NOBODYS,
    day=date(1999, 1, 1),
    job=NOWHERE,
    batch=NOWHERE,
    photo=NOWHERE,
    waiting=NOWHERE,
    session="0" * 16,
    token=NOBODYS,
    draft="hazard-never-begun",
    view=NOBODYS,
    listing="YH-1999-999999-L1",
    stop_work="YH-1999-999999-S1",
    transfer="YH-1999-999999-T1",
    accident="SG-1999-999999",
    blacklisting="SX-1999-999999",
    joint_measure="SX-1999-999999-1",
    standing=NOBODYS,
    credit_entry="XY-1999-999999",
    evidence=NOWHERE,
    permit_case="AX-1999-999999",
    credit_repair="XF-1999-999999",
    appeal="XY-1999-999998",
    credit_certificate="ZM-1999-999999",
    risk="FX-1999-999999",
    snapshot=NOBODYS,
    reconciliation=NOBODYS,
    difference=NOBODYS,
    engagement=NOBODYS,
    attendance=NOBODYS,
    attendance_fault=NOBODYS,
    device=NOBODYS,
    course=NOBODYS,
    question=NOBODYS,
    exam=NOBODYS,
    attempt=NOBODYS,
    training=NOBODYS,
    training_plan=NOBODYS,
    participation=NOBODYS,
    training_photo=NOWHERE,
    training_file=NOWHERE,
    paper=NOBODYS,
    draw=NOBODYS,
    scheme=NOBODYS,
    visit="JC-1999-999999",
    finding=NOWHERE,
    second_look=NOWHERE,
    signature=NOWHERE,
    visit_photo=NOWHERE,
    arrival=NOWHERE,
    checklist=NOBODYS,
    finding_done=NOWHERE,
    second_look_done=NOWHERE,
    plan=NOBODYS,
    campaign="RW-1999-9999",
    inspector=NOBODYS,
    avoidance=NOBODYS,
    absence=NOBODYS,
    risk_class=NOBODYS,
    region="139999",
)


@dataclass(frozen=True)
class Planted:
    """The county as planted; `numbers` are what is as telling as a name, by the kind of record it belongs to."""

    keys: Keys
    site: stories.Site
    numbers: Mapping[str, str]


def plant() -> Planted:
    place = stories.site(CHANGAN)
    name_everything(place)
    person = PersonFactory(employer=place.project.enterprise, name=canary("person"), post=canary("post"))
    certificate = CertificateFactory(person=person, number=f"{CANARY}-CERTIFICATE")
    member = MemberFactory(project=place.project, person=person, post="project_safety_officer")
    work = DangerousWorkFactory(project=place.project, name=canary("work"), place=canary("place"))
    hazard = found_hazards(place)
    snapshot, reconciliation, difference = planted_lists(place)
    batch = planted_batch(place.inspector)
    grant = planted_grant(place.project)
    message = Message.objects.create(
        recipient=place.inspector, kind="x", level=Level.INFO, title=canary("message"), url="/", dedupe_key="canary"
    )
    day = timezone.localdate() - timedelta(days=1)
    told = [{"title": canary("digest"), "url": "/", "level": "info"}]
    Digest.objects.create(recipient=place.inspector, day=day, items=told, total=1)
    Draft.objects.create(user=place.inspector, name=DRAFT, data={"description": [canary("draft")]})
    waiting = take_in(stories.picture(99), name=named("photo"), stage=PhotoStage.BEFORE, by=place.inspector)
    paper, draw = planted_paper(place), planted_draw()
    keys = Keys(
        hazard=hazard.number,
        project=place.project.number,
        firm=contractor_of(place).uscc,
        merge=merging.planted(contractor_of(place), canary("merge")).pk,
        person=person.pk,
        certificate=certificate.pk,
        party=place.project.parties.order_by("pk")[0].pk,
        member=member.pk,
        work=work.pk,
        account=place.inspector.username,
        organisation=place.inspector.organisation_id,
        grant=grant.pk,
        event=Event.objects.of(hazard).order_by("pk")[0].pk,
        message=message.pk,
        delivery=Delivery.objects.create(message=message, channel="sms").pk,
        day=day,
        job=planted_job(place.inspector).pk,
        batch=batch.pk,
        photo=hazard.photos.get(original__original_name=named("photo")).pk,
        waiting=waiting.pk,
        session=planted_session(place.inspector),
        token=planted_token(place.inspector),
        draft=DRAFT,
        view=planted_view(place.inspector),
        **planted_measures(hazard, place),
        accident=accidents.reported(place, place=canary("accident"), summary=canary("accident")).number,
        **planted_listing(place),
        **planted_credit(place, person),
        appeal=planted_appeal(place).number,
        credit_certificate=certified.made(contractor_of(place), place.director, purpose=canary("certificate")).number,
        risk=planted_risk(place).number,
        snapshot=snapshot,
        reconciliation=reconciliation,
        difference=difference,
        **planted_roster(place, person),
        **planted_training(place, person),
        **planted_exam(place, person),
        paper=paper.pk,
        draw=draw.pk,
        scheme=draws.scheme(draw, name=canary("scheme")).pk,
        **planted_visit(place),
        **planted_plans(place, hazard),
    )
    numbers = {
        paper.number or "": "paper",
        paper.token: "paper",
        keys.hazard: "hazard",
        keys.project: "project",
        keys.risk: "risk",
        keys.accident: "accident",
        keys.blacklisting: "blacklisting",
        keys.credit_entry: "entry",
        keys.permit_case: "permit",
        keys.credit_repair: "repair",
        keys.appeal: "appeal",
        keys.credit_certificate: "certificate",
        keys.visit: "visit",
        keys.campaign: "campaign",
        keys.firm: "firm",
        person.id_number: "identity",
        person.id_masked: "person",
        person.phone: "person",
    }
    return Planted(keys, place, numbers)


def planted_roster(place: stories.Site, person: Person) -> dict[str, Any]:
    """Somebody on the roster with a day of attendance, a stranger at the gate, and the gate's device."""
    engagement = roster.engaged(place.project, person, job=canary("job"))
    stranger = PersonFactory.build(employer=None, name=canary("stranger"))
    take_in_attendance([roster.seen(place.project, who) for who in (person, stranger)])
    device = AttendanceDevice.objects.create(project=place.project, name=canary("device"), key_sha256="0" * 64)
    return {
        "engagement": engagement.pk,
        "attendance": Attendance.objects.get(engagement=engagement).pk,
        "attendance_fault": AttendanceFault.objects.get(project=place.project).pk,
        "device": device.pk,
    }


def planted_training(place: stories.Site, person: Person) -> dict[str, Any]:
    """A training that was held with a picture and a paper, what it is planned by, and a course of the firm's own."""
    told: dict[str, Any] = {"place": canary("hall"), "trainer": canary("trainer"), "summary": canary("training")}
    own = trainings.course(name=canary("course"), enterprise=contractor_of(place), content=canary("course"))
    session = trainings.opened(place, course=own, **told)
    (line,) = trainings.listed(session, place, person)
    call_roll(session, there=[line.pk], was_there=[], by=place.director)
    paper = ContentFile(b"%PDF-" + canary("training").encode(), name=f"{canary('training')}.pdf")
    shot = ContentFile(stories.picture(7).getvalue(), name=named("training"))
    assert add_evidence(session, [shot, paper], by=place.director) == (2, [])
    return {
        "course": own.pk,
        "training": session.pk,
        "training_plan": trainings.plan(place, course=own, remark=canary("plan")).pk,
        "participation": line.pk,
        "training_photo": session.photos.get().pk,
        "training_file": session.files.get().pk,
    }


def planted_exam(place: stories.Site, person: Person) -> dict[str, Any]:
    """A question of the firm, an examination about a training, and a paper that somebody handed in."""
    firm = contractor_of(place)
    question = exams.question(firm, text=canary("question"), topic=canary("topic"), basis=canary("question"))
    session = exams.training(place, trainings.course(name=f"{canary('course')}2", enterprise=firm, needs_exam=True))
    exams.taken_part(session, person)
    exam = exams.opened(place, session, title=canary("exam"), pattern=exams.ONE)
    attempt = exams.hand_in(exams.start(exam, person, by=place.director), by=place.director)
    return {"question": question.pk, "exam": exam.pk, "attempt": attempt.pk}


def named(kind: str) -> str:
    return f"{canary(kind)}.jpg"


def name_everything(place: stories.Site) -> None:
    """Names with the canary for what the story has made: the project, its firms, the people of the office."""
    office = organisation("station", CHANGAN, name=canary("organisation"), short_name=canary("organisation"))
    User.objects.filter(pk__in=[place.inspector.pk, place.second.pk]).update(
        name=canary("account"), organisation=office
    )
    for user in (place.inspector, place.second):
        user.refresh_from_db()
        user.__dict__.pop("scope", None)
    told = {"name": canary("project"), "address": canary("project"), "longitude": 114.51, "latitude": 38.04}
    Project.objects.filter(pk=place.project.pk).update(**told)
    ProjectParty.objects.filter(project=place.project).update(leader=canary("party"))
    place.project.refresh_from_db()
    firm = contractor_of(place)
    firm.legal_representative = firm.address = canary("firm")
    firm.save()
    for party in place.project.parties.all():
        party.enterprise.organisation.name = canary("firm")
        party.enterprise.organisation.save()
    place.project.refresh_from_db()


def contractor_of(place: stories.Site) -> Enterprise:
    assert place.project.enterprise
    return place.project.enterprise


def found_hazards(place: stories.Site) -> Hazard:
    """One that was answered, with photographs before and after, and a major one that is overdue."""
    told: dict[str, Any] = {
        "description": canary("hazard"),
        "building": canary("hazard"),
        "clause": canary("hazard"),
        "responsible_person": canary("hazard"),
    }
    shots = partial(take_in, stage=PhotoStage.BEFORE, by=place.inspector)
    hazard = stories.draft(place, **told)
    shots(stories.picture(1), name=named("photo"))
    Photo.objects.waiting(place.inspector).update(hazard=hazard)
    hazard = stories.order(hazard, place)
    for move, user in (("receive", place.director), ("start", place.director)):
        hazard = stories.HAZARD.perform(hazard, move, by=user)
    hazard = stories.answer(hazard, place)
    late = stories.draft(place, **told, grade=Grade.MAJOR, found_on=stories.today() - timedelta(days=9))
    late = stories.order(late, place)
    Hazard.objects.filter(pk=late.pk).update(deadline=stories.today() - timedelta(days=5))
    return hazard


def planted_measures(hazard: Hazard, place: stories.Site) -> dict[str, Any]:
    """A proposal, an order to stop and a case, each saying something of itself."""
    late = Hazard.objects.get(grade=Grade.MAJOR, project=hazard.project)
    listing = supervision.propose(late, by=place.inspector, level="county", basis=canary("listing"))
    told = {"extent": "part", "part": canary("stop"), "reason": canary("stop"), "demands": ""}
    stop = supervision.stop_work(hazard, by=place.inspector, **told)
    sent = {name: canary("transfer") for name in ("addressee", "reason", "evidence")}
    case = supervision.transfer(hazard, by=place.inspector, kind="enforcement", **sent)
    return {"listing": listing.number, "stop_work": stop.number, "transfer": case.number}


def planted_listing(place: stories.Site) -> dict[str, Any]:
    """A proposal to list the firm, which is nobody's outside of the offices yet, and a measure that hangs on it."""
    told: dict[str, Any] = dict.fromkeys(("facts", "evidence", "legal_basis"), canary("blacklisting"))
    listing = lists.by_hand(contractor_of(place), place.inspector, **told)
    measure = lists.asked(listing, text=canary("blacklisting"))
    return {"blacklisting": listing.number, "joint_measure": measure.number}


def planted_credit(place: stories.Site, person: Person) -> dict[str, Any]:
    """An entry and a case about the permit, proposed both, an application in the office's hands, and how both stand."""
    PersonStanding.objects.create(person=person, score=100, grade="A")
    firm, by = contractor_of(place), place.inspector
    entry = credit.by_hand(firm, by, **dict.fromkeys(("facts", "evidence", "legal_basis"), canary("entry")))
    evidence = credit.with_file(entry, by, f"{canary('evidence')}.pdf", b"%PDF-" + canary("evidence").encode())
    case = permits.by_hand(firm, by, **dict.fromkeys(("facts", "evidence", "legal_basis"), canary("permit")))
    proof = files.store(BytesIO(b"%PDF-" + canary("repair").encode()), name=f"{canary('repair')}.pdf", by=by)
    told: dict[str, Any] = dict.fromkeys(("correction", "commitment"), canary("repair"))
    repair = repairs.planted(entry, place.director, file=proof, **told)
    renew(enterprises=[firm.pk])
    numbers: dict[str, Any] = {
        "credit_entry": entry.number,
        "evidence": evidence.pk,
        "permit_case": case.number,
        "credit_repair": repair.number,
    }
    return numbers | {"standing": contractor_of(place).pk}


def planted_appeal(place: stories.Site) -> CreditEntry:
    """An entry to which the firm has objected."""
    entry = credit.by_hand(contractor_of(place), place.inspector, facts=canary("appeal"))
    return credit.objected(entry, place.head, place.director, canary("appeal"))


def planted_risk(place: stories.Site) -> RiskPoint:
    """An orange one in force, with a measure that was found to have failed."""
    told = dict.fromkeys(("name", "place", "activity", "factors", "responsible_person"), canary("risk"))
    risk = risks.in_force(place, measures={"measures_management": [canary("measure")]}, **told)
    return risks.checked(risk, place, failing=1)


def planted_paper(place: stories.Site) -> Paper:
    """One that was issued for the site and served to its firm."""
    told = papers.contents_of("rectification_notice", project=canary("paper"), contact=canary("paper"))
    firm = contractor_of(place).organisation
    paper = papers.draft(
        place.inspector, addressees=[firm, canary("paper")], contents=told, project_id=place.project.pk
    )
    paper = issue(paper, by=place.inspector)
    day = timezone.localdate()
    return serve(
        paper, by=place.inspector, addressee=canary("paper"), manner="direct", recipient=canary("paper"), served_on=day
    )


def planted_draw() -> Draw:
    """One that is being prepared: from its announcement on it is everybody's."""
    office = draws.office(grades="E", title=canary("campaign"))
    return draws.prepared(office, public_source=canary("draw"))


def planted_visit(place: stories.Site) -> dict[str, Any]:
    """One that is being carried out: with a problem, its photograph, a signature and notes."""
    team = [inspections.certified(user, certificate=f"{CANARY}-{user.pk}") for user in (place.inspector, place.second)]
    visit = inspections.planned(place, team=team)
    told: dict[str, Any] = dict.fromkeys(("description", "clause", "demands", "place"), canary("visit"))
    finding = inspections.problem(visit, **told)
    look = SecondLook.objects.create(
        visit=visit,
        hazard=Hazard.objects.filter(project=place.project).order_by("pk")[0],
        facts=dict.fromkeys(("number", "description", "place"), canary("look"))
        | {"grade": "ordinary", "deadline": "", "state": "ordered"},
    )
    put_notes(visit, by=place.inspector, site_note=canary("visit"), conclusion=canary("visit"))
    signature = put_signature(
        visit,
        by=place.inspector,
        key=uuid4(),
        role="inspected",
        name=canary("visit"),
        post=canary("visit"),
        image=inspections.stroke(),
    )
    arrival = begin(visit, by=place.inspector, id=uuid4(), size=9000, sha256="a" * 64, piece_size=4096, about={})
    return {
        "visit": visit.number,
        "finding": finding.pk,
        "second_look": look.pk,
        "signature": signature.pk,
        "visit_photo": finding.photos.get().pk,
        "arrival": arrival.id,
        "checklist": visit.checklists.get().pk,
    }


def planted_plans(place: stories.Site, hazard: Hazard) -> dict[str, Any]:
    """What the county's office keeps for its inspections, and a visit that was handed in with what it found."""
    plan = plans.plan(place.head, title=canary("plan"), text=canary("plan"))
    campaign = plans.campaign(place.head, title=canary("campaign"), basis=canary("campaign"))
    one = Inspector.objects.get(user=place.inspector)
    firm = contractor_of(place)
    avoidance = Avoidance.objects.create(inspector=one, enterprise=firm, reason="other", note=canary("avoidance"))
    day = timezone.localdate() + timedelta(days=30)
    absence = Absence.objects.create(inspector=one, starts_on=day, ends_on=day, reason=canary("absence"))
    done = plans.visit(place.project, [one], campaign=campaign)
    finding = plans.found(done, hazard)
    Finding.objects.filter(pk=finding.pk).update(description=canary("finding"), clause=canary("finding"))
    looked = plans.looked_at(done, hazard)
    plans.submitted(done)
    ZeroReport.objects.create(
        campaign=campaign,
        organisation=place.head.organisation,
        region_path=place.project.region_path,
        period="2026-W01",
        visits=1,
        hazards=1,
        note=canary("report"),
        made_by=place.head,
    )
    told = {"grade": "D", "assessed_on": timezone.localdate(), "source": canary("class")}
    return {
        "finding_done": finding.pk,
        "second_look_done": looked.pk,
        "plan": plan.pk,
        "campaign": campaign.number,
        "inspector": one.pk,
        "avoidance": avoidance.pk,
        "absence": absence.pk,
        "risk_class": RiskClass.objects.create(enterprise=firm, **told).pk,
    }


def planted_batch(by: User) -> ImportBatch:
    stored = files.store(BytesIO(ZIP + b"x"), name=f"{canary('file')}.xlsx", by=by)
    return ImportBatch.objects.create(id=BATCH, register="hazards", created_by=by, file=stored, state="done")


def planted_view(by: User) -> int:
    view = SavedView.objects.create(
        register="hazards",
        name=canary("view"),
        owner=by,
        organisation_id=by.organisation_id,
        query=f"project__name={canary('view')}",
    )
    return view.pk


def planted_lists(place: stories.Site) -> tuple[int, int, int]:
    """The county's frozen list of open hazards, compared with that of a firm which has frozen it a day later."""
    authority = frozen("duties", place.inspector)
    Hazard.objects.filter(project=place.project).update(responsible_person=canary("hazard") * 2)
    made = reconcile(authority, frozen("cures", place.director, side=Side.ENTERPRISE), by=place.inspector)
    return authority.pk, made.pk, made.differences.order_by("pk")[0].pk


def planted_job(by: User) -> Job:
    stored = files.store(BytesIO(canary("file").encode()), name=f"{canary('file')}.txt", by=by)
    return Job.objects.create(
        kind="core.export",
        created_by=by,
        title=canary("job"),
        state=JobState.DONE,
        result_file=stored,
        finished_at=timezone.now(),
    )


def planted_grant(project: Project) -> Any:
    today = timezone.localdate()
    return grant_access(
        grantee=persona("expert", name=canary("grantee")),
        subject=project,
        kind=GrantKind.INVITED_EXPERT,
        reason=canary("grant"),
        starts_on=today,
        ends_on=today,
        by=persona("security_admin"),
    )


def planted_session(user: User) -> str:
    session = Session.objects.create(
        session_key="canary-session-key", session_data="", user=user, expire_date=timezone.now() + timedelta(hours=1)
    )
    return number_of(session.session_key)


def planted_token(user: User) -> int:
    issue_token(user=user)
    return user.tokens.get().pk


# Listening ------------------------------------------------------------------------------------------------------------


def body(response: Any) -> bytes:
    """All bytes of an answer, those inside a workbook unpacked."""
    raw = b"".join(response.streaming_content) if response.streaming else response.content
    if not raw.startswith(ZIP):
        return raw
    with zipfile.ZipFile(BytesIO(raw)) as book:
        return b"".join(book.read(name) for name in book.namelist())


def heard(response: Any, planted: Planted, *, asked: str = "") -> set[str]:
    """The kinds of planted records of which this answer says something; `asked` is what it may repeat.

    Found words stand marked on the page of the search; the marks would hide the rest of the word.
    """
    said = MARKS.sub(b"", body(response)) + "".join(f"{k}: {v}\n" for k, v in response.headers.items()).encode()
    if asked:
        said = said.replace(asked.encode(), b"")
    kinds = {kind.decode() for kind in HEARD.findall(said)}
    return kinds | {kind for number, kind in planted.numbers.items() if number.encode() in said}
