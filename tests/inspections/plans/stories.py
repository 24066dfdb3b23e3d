"""Inspectors, campaigns and visits as far along as a test wants them, without going through the record of a site."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from apps.accounts.models import User
from apps.hazards.models import Grade, Hazard
from apps.inspections.models import (
    Campaign,
    Checklist,
    Finding,
    Inspector,
    Plan,
    RiskClass,
    SecondLook,
    Visit,
    VisitInspector,
)
from apps.inspections.services.plans import next_number
from apps.projects.models import Project
from tests.factories import EnterpriseFactory, ProjectFactory
from tests.hazards import stories as hazards
from tests.inspections.stories import HEIGHT, checklists
from tests.personas import CHANGAN, city_officer, persona

_numbers = count(1)
TABLE = HEIGHT


def today() -> date:
    return timezone.localdate()


def at(day: date) -> datetime:
    return datetime.combine(day, time(10), tzinfo=timezone.get_current_timezone())


def checklist() -> Checklist:
    """One of those that ship, of ten items, in the edition of today."""
    checklists()
    return Checklist.objects.in_force(today()).get(code=TABLE)


def inspector(office: Any = None, *, user: User | None = None, **values: Any) -> Inspector:
    user = user or (persona("inspector", organisation=office) if office else persona("inspector"))
    number = next(_numbers)
    told: dict[str, Any] = {
        "organisation": user.organisation,
        "region_path": user.organisation.region_path,
        "certificate": f"冀T{number:05d}",
        "valid_until": today() + timedelta(days=400),
    }
    return Inspector.objects.create(user=user, **told | values)


def project(at_region: str = CHANGAN, **values: Any) -> Project:
    return ProjectFactory(at=at_region, contractor=EnterpriseFactory(at=at_region), **values)


def campaign(by: User | None = None, **values: Any) -> Campaign:
    """A running one of the city, special, weekly reports, for two rounds, unless told otherwise."""
    by = by or city_officer()
    told: dict[str, Any] = {
        "number": next_number(),
        "organisation": by.organisation,
        "region_path": by.organisation.region_path,
        "made_by": by,
        "kind": "special",
        "theme": "lifting",
        "title": f"起重机械专项检查{next(_numbers)}",
        "checklists": [checklist().code],
        "starts_on": today() - timedelta(days=20),
        "ends_on": today() + timedelta(days=20),
        "rounds": 2,
        "zero_report": "week",
        "state": "running",
    }
    return Campaign.objects.create(**told | values)


def plan(by: User | None = None, **values: Any) -> Plan:
    by = by or city_officer()
    told: dict[str, Any] = {
        "organisation": by.organisation,
        "region_path": by.organisation.region_path,
        "year": today().year,
        "title": f"监督检查计划{next(_numbers)}",
        "text": "每个在建项目检查两轮。",
    }
    return Plan.objects.create(**told | values)


def visit(
    of: Project,
    team: Sequence[Inspector] = (),
    *,
    planned_on: date | None = None,
    by: User | None = None,
    **values: Any,
) -> Visit:
    """A planned one, unless `state` says how it went on."""
    state = values.pop("state", "planned")
    by = by or (team[0].user if team else persona("station_head"))
    told: dict[str, Any] = {
        "number": f"JC-T-{next(_numbers):06d}",
        "project": of,
        "region_path": of.region_path,
        "enterprise": of.enterprise,
        "organisation": by.organisation,
        "planned_on": planned_on or today(),
        "made_by": by,
    }
    made = Visit.objects.create(**told | values)
    made.checklists.set([checklist()])
    for position, one in enumerate(team):
        VisitInspector.objects.create(visit=made, inspector=one, position=position)
    Visit.objects.filter(pk=made.pk).update(state=state)
    return made


def found(of: Visit, hazard: Hazard | None = None, *, grade: str = Grade.ORDINARY, item: int = 1) -> Finding:
    """A problem that became this hazard, or a new one of the same project."""
    hazard = hazard or hazards.taken_to("ordered", hazards.site(), grade=grade)
    return Finding.objects.create(
        visit=of,
        checklist=checklist(),
        item=item,
        description="洞口未防护",
        category="高处作业",
        demands="立即防护",
        grade=grade,
        hazard=hazard,
        made_by=of.made_by or persona("inspector"),
    )


def looked_at(of: Visit, hazard: Hazard | None = None, outcome: str = "good", effect: str = "noted") -> SecondLook:
    """A hazard that the visit took along, with what was seen of it."""
    hazard = hazard or hazards.taken_to("ordered", hazards.site())
    facts = {"number": hazard.number, "description": hazard.description, "place": "", "deadline": ""}
    told = {"remark": "仍缺一道横杆", "revision": 1, "made_by": of.made_by, "effect": effect}
    return SecondLook.objects.create(
        visit=of, hazard=hazard, facts=facts | {"grade": hazard.grade, "state": hazard.state}, outcome=outcome, **told
    )


def submitted(of: Visit, day: date | None = None, **values: Any) -> Visit:
    day = day or today()
    told = {"record_sha256": "1" * 64, "submitted_at": at(day), "submitted_by": of.made_by, "publish_by": day}
    Visit.objects.filter(pk=of.pk).update(state="submitted", **told | values)
    of.refresh_from_db()
    return of


def published(of: Visit, text: str = "检查合格，未发现事故隐患。", day: date | None = None) -> Visit:
    of = submitted(of, day) if of.state == "planned" else of
    told = {"public_result": text, "published_at": at(day or today()), "published_by": of.made_by}
    Visit.objects.filter(pk=of.pk).update(state="published", **told)
    of.refresh_from_db()
    return of


def assessed(of: Project, grade: str) -> RiskClass:
    assert of.enterprise
    return RiskClass.objects.create(enterprise=of.enterprise, grade=grade, assessed_on=today())
