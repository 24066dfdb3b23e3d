"""A site with its people, and a hazard taken as far as a test wants it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from io import BytesIO
from itertools import count
from typing import Any

from django.utils import timezone
from stdnum.cn import uscc

from apps.accounts.models import User
from apps.core.workflow import Transition
from apps.enterprises.models import Enterprise
from apps.hazards.models import Disposal, Grade, Hazard, PhotoStage, ReminderRule, RiskLevel, Source
from apps.hazards.reference import load_ladder
from apps.hazards.services import record_hazard
from apps.hazards.services.photos import take_in
from apps.hazards.workflow import HAZARD
from apps.notifications.models import MessageKind
from apps.projects.models import Project, ProjectMember, ProjectParty
from tests.core.pictures import saved, scene
from tests.personas import CHANGAN, organisation, persona, region

_numbers = count(1)
COMMITMENTS = {
    "goal": "限期消除",
    "funds": "5000 元",
    "staff": "项目经理负责",
    "time": "三日内",
    "safety": "停止作业，专人看护",
}


@dataclass
class Site:
    """One project and those who act on it."""

    project: Project
    inspector: User
    second: User
    head: User
    director: User
    manager: User
    engineer: User


def enterprise(kind: str = "contractor", at: str = CHANGAN) -> Enterprise:
    body = f"91130102MATE{next(_numbers):05d}"
    home = organisation("enterprise", at)
    return Enterprise.objects.create(
        organisation=home, region_path=home.region_path, uscc=body + uscc.calc_check_digit(body), kind=kind
    )


def site(at: str = CHANGAN) -> Site:
    """A project with general contractor and supervision firm, all of whose posts are filled with accounts."""
    if not ReminderRule.objects.exists():  # tests that truncate tables have to load them again
        load_ladder(ReminderRule, MessageKind, {})
    number, place = next(_numbers), region(at)
    contractor, supervision = enterprise(at=at), enterprise("supervision", at)
    project = Project.objects.create(
        number=f"{at}26010101{number:02d}",
        name=f"{place.name}第{number}安置房",
        region=place,
        region_path=place.path,
        enterprise=contractor,
        kind="residential",
        stage="structure",
    )
    for role, firm in (("general_contractor", contractor), ("supervision_firm", supervision)):
        ProjectParty.objects.create(project=project, role=role, enterprise=firm)
    manager = persona("project_manager", organisation=contractor.organisation)
    engineer = persona("supervising_engineer", organisation=supervision.organisation)
    for user, post in ((manager, "project_manager"), (engineer, "supervising_engineer")):
        ProjectMember.objects.create(project=project, user=user, post=post)
    return Site(
        project,
        persona("inspector", at=at),
        persona("inspector", at=at),
        persona("station_head", at=at),
        persona("safety_director", organisation=contractor.organisation),
        manager,
        engineer,
    )


def picture(seed: int = 0) -> BytesIO:
    """A small JPEG with something on it; another seed, another picture."""
    return saved(scene(seed, 160, 120))


def photo(by: User, stage: PhotoStage = PhotoStage.AFTER) -> str:
    """The key of a photograph that waits for its form."""
    return str(take_in(picture(next(_numbers)), name="现场.jpg", stage=stage, by=by).pk)


def draft(place: Site, *, by: User | None = None, **values: Any) -> Hazard:
    recorder = by or place.inspector
    return record_hazard(
        by=recorder,
        photos=[photo(recorder, PhotoStage.BEFORE)],
        **{
            "project": place.project,
            "enterprise": place.project.enterprise,
            "category": "高处作业",
            "description": "五层预留洞口未封闭",
            "source": Source.DAILY,
            "grade": Grade.ORDINARY,
            "risk_level": RiskLevel.GENERAL,
            "found_on": timezone.localdate(),
        }
        | values,
    )


def order(hazard: Hazard, place: Site, *, days: int | None = 3, by: User | None = None) -> Hazard:
    told: dict[str, Any] = {"demands": "立即封闭", "disposal": Disposal.RECTIFY}
    if days is not None:
        told["deadline"] = today() + timedelta(days=days)
    return HAZARD.perform(hazard, "order", by=by or place.inspector, **told)


def answer(hazard: Hazard, place: Site, by: User | None = None) -> Hazard:
    told: dict[str, Any] = {"measures": "已加盖板", "rectified_on": today(), "photos": [photo(by or place.director)]}
    if hazard.is_major:
        told["commitments"] = COMMITMENTS
    return HAZARD.perform(hazard, "answer", by=by or place.director, **told)


def taken_to(state: str, place: Site, **values: Any) -> Hazard:
    """A hazard that went the usual way as far as `state`, closed by the second officer."""
    return advanced(draft(place, **values), state, place)


def advanced(hazard: Hazard, state: str, place: Site) -> Hazard:
    """The hazard from where it stands on to `state`."""
    way: list[tuple[str, Callable[[Hazard], Hazard]]] = [
        ("ordered", partial(order, place=place)),
        ("received", lambda h: HAZARD.perform(h, "receive", by=place.director)),
        ("rectifying", lambda h: HAZARD.perform(h, "start", by=place.director)),
        ("answered", partial(answer, place=place)),
        ("confirmed", lambda h: HAZARD.perform(h, "confirm", by=place.engineer)),
        ("verified", lambda h: HAZARD.perform(h, "verify", by=place.inspector, opinion="合格")),
        ("closed", lambda h: HAZARD.perform(h, "close", by=place.second)),
    ]
    names = [reached for reached, _ in way]
    start = names.index(hazard.state) + 1 if hazard.state in names else 0
    for reached, step in way[start:]:
        if hazard.state == state:
            break
        hazard = step(hazard)
        assert hazard.state == reached
    return hazard


def asked_for_extension(hazard: Hazard, place: Site, *, by: User | None = None, days: int = 4) -> Hazard:
    """The firm asks for so many days more."""
    assert hazard.deadline
    return HAZARD.perform(
        hazard,
        "request_extension",
        by=by or place.manager,
        extension_until=hazard.deadline + timedelta(days=days),
        extension_reason="防护栏杆供货推迟",
        interim_measures="拉设警戒绳，专人看护",
    )


def before_move(move: Transition, place: Site, **values: Any) -> Hazard:
    """A hazard from which the move can be made by somebody of the site."""
    hazard = taken_to(move.sources[0], place, **values)
    if move.name in ("approve_void", "reject_void"):
        return HAZARD.perform(hazard, "request_void", by=place.inspector, void_reason="重复登记")
    if move.name in ("approve_extension", "reject_extension"):
        return asked_for_extension(hazard, place)
    return hazard


def today() -> date:
    return timezone.localdate()
