"""A county that draws: a campaign, projects of each risk grade, inspectors, and two who keep a secret each."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import pgtrigger
from django.utils import timezone

from apps.accounts.models import User
from apps.core.registers import registry
from apps.inspections.drawing.drawing import commitment_of
from apps.inspections.forms.schemes import DrawSchemeForm
from apps.inspections.models import (
    Campaign,
    CampaignState,
    Draw,
    DrawScheme,
    Inspector,
    Kind,
    RiskClass,
    Visit,
    VisitInspector,
    VisitState,
)
from apps.inspections.services.schemes import save_scheme, scheme_from
from apps.inspections.workflow.draw import DRAW
from apps.projects.models import Project
from tests.factories import EnterpriseFactory, ProjectFactory
from tests.inspections.stories import CRANE, checklists
from tests.personas import CHANGAN, persona

SECRETS = ("secret-of-the-first-keeper", "secret-of-the-second-keeper")
PUBLIC_VALUE = "3871.05"
RATES = (0, 0, 50, 50, 100)
"""Whole numbers of two projects of each class, so that no test depends on what the seed makes of parts of one."""
_numbers = count(1)


@dataclass
class Office:
    """Who draws: the officer, a second head, two custodians; and what there is to draw of."""

    officer: User
    head: User
    custodians: tuple[User, User]
    campaign: Campaign
    inspectors: list[Inspector]
    projects: list[Project]
    at: str


def office(at: str = CHANGAN, *, grades: str = "AABBCCDDEE", staff: int = 4, **fields: Any) -> Office:
    officer, head = persona("county_officer", at=at), persona("station_head", at=at)
    keepers = (persona("inspector", at=at), persona("inspector", at=at))
    projects = [project(at, grade) for grade in grades]
    people = [inspector(at) for _ in range(staff)]
    return Office(officer, head, keepers, campaign(officer, **fields), people, projects, at)


def campaign(officer: User, **fields: Any) -> Campaign:
    checklists()
    today = timezone.localdate()
    values = {
        "number": f"DC-T-{next(_numbers):06d}",
        "organisation": officer.organisation,
        "region_path": officer.organisation.region_path,
        "kind": Kind.RANDOM,
        "title": "2026年下半年双随机检查",
        "checklists": [CRANE],
        "rounds": 2,
        "starts_on": today,
        "ends_on": today + timedelta(days=365),
        "state": CampaignState.RUNNING,
        "made_by": officer,
    }
    return Campaign.objects.create(**values | fields)


def project(at: str = CHANGAN, grade: str = "C", **fields: Any) -> Project:
    firm = EnterpriseFactory(at=at)
    if grade != "C":
        RiskClass.objects.create(enterprise=firm, grade=grade, assessed_on=timezone.localdate())
    return ProjectFactory(at=at, contractor=firm, stage="structure", **fields)


def inspector(at: str = CHANGAN, **fields: Any) -> Inspector:
    user = persona("inspector", at=at)
    values = {
        "user": user,
        "organisation": user.organisation,
        "region_path": user.organisation.region_path,
        "certificate": f"冀A{next(_numbers):08d}",
        "valid_until": timezone.localdate() + timedelta(days=700),
    }
    return Inspector.objects.create(**values | fields)


def said(place: Office, **changes: Any) -> dict[str, Any]:
    """What the form of a new draw is sent."""
    at = timezone.localtime() + timedelta(days=1)
    rates = {f"rate_{grade}": value for grade, value in zip("abcde", RATES, strict=True)}
    return {
        "campaign": place.campaign.pk,
        "round": 1,
        "draw_at": f"{at:%Y-%m-%dT%H:%M}",
        "public_source": "抽取日上证指数收盘值",
        "custodian_a": place.custodians[0].pk,
        "custodian_b": place.custodians[1].pk,
        "recent_days": 90,
        "visits_from": (at + timedelta(days=1)).date().isoformat(),
        "visits_until": (at + timedelta(days=8)).date().isoformat(),
        **rates,
        **changes,
    }


def prepared(place: Office, **changes: Any) -> Draw:
    register = registry["draws"]
    form = register.form(place.officer, said(place, **changes))
    assert form.is_valid(), form.errors
    return register.save(form, by=place.officer)


def scheme(draw: Draw, **changes: Any) -> DrawScheme:
    """A saved scheme of what this draw says."""
    form = DrawSchemeForm(scheme_said(draw, **changes), user=draw.prepared_by)
    assert form.is_valid(), form.errors
    return save_scheme(form, by=draw.prepared_by)


def scheme_said(draw: Draw, **changes: Any) -> dict[str, Any]:
    """What the form of a new scheme is sent, when it is left as it was prefilled from the draw."""
    told = scheme_from(draw) | changes
    return told | {"draw_time": f"{told['draw_time']:%H:%M}"}


def committed(place: Office, **changes: Any) -> Draw:
    draw = prepared(place, **changes)
    for keeper, secret in zip(place.custodians, SECRETS, strict=True):
        draw = DRAW.perform(draw, "commit_secret", by=keeper, commitment=commitment_of(secret))
    return draw


def announced(place: Office, **changes: Any) -> Draw:
    return DRAW.perform(committed(place, **changes), "announce_draw", by=place.officer)


@contextmanager
def the_time_has_come(draw: Draw) -> Iterator[Draw]:
    """The moment of the draw lies behind; what was announced said so before, so a test alone can do this."""
    with pgtrigger.ignore("inspections.Draw:announced_stays"):
        Draw.objects.filter(pk=draw.pk).update(draw_at=timezone.now() - timedelta(minutes=1))
    yield Draw.objects.get(pk=draw.pk)


def revealed(place: Office, **changes: Any) -> Draw:
    with the_time_has_come(announced(place, **changes)) as draw:
        for keeper, secret in zip(place.custodians, SECRETS, strict=True):
            draw = DRAW.perform(draw, "reveal_secret", by=keeper, secret=secret)
        return draw


def held(place: Office, **changes: Any) -> Draw:
    return DRAW.perform(revealed(place, **changes), "hold_draw", by=place.officer, public_value=PUBLIC_VALUE)


def voided(place: Office, **changes: Any) -> Draw:
    draw = DRAW.perform(held(place, **changes), "request_void_draw", by=place.officer, void_reason="公布的来源有误")
    return DRAW.perform(draw, "void_draw", by=place.head)


def visited(place: Office, project: Project, team: list[Inspector], *, days_ago: int = 1) -> Visit:
    """A visit that was handed in so many days ago."""
    visit = Visit.objects.create(
        number=f"JC-T-{next(_numbers):06d}",
        project=project,
        region_path=project.region_path,
        enterprise=project.enterprise,
        organisation=place.officer.organisation,
        planned_on=timezone.localdate() - timedelta(days=days_ago),
    )
    VisitInspector.objects.bulk_create(
        VisitInspector(visit=visit, inspector=inspector, position=n) for n, inspector in enumerate(team)
    )
    Visit.objects.filter(pk=visit.pk).update(
        state=VisitState.SUBMITTED,
        record_sha256="0" * 64,
        submitted_at=timezone.now() - timedelta(days=days_ago),
        submitted_by=place.officer,
    )
    return visit


def before_move(move: Any, place: Office, *, secret: str = SECRETS[0]) -> Draw:
    """A draw from which somebody of the place can make the move; the first custodian has committed to `secret`."""
    made = {
        "commit_secret": prepared,
        "announce_draw": committed,
        "hold_draw": revealed,
        "request_void_draw": announced,
    }
    if move.name in made:
        return made[move.name](place)
    if move.name == "reveal_secret":
        draw = committed(place)
        draw = DRAW.perform(draw, "commit_secret", by=place.custodians[0], commitment=commitment_of(secret))
        draw = DRAW.perform(draw, "announce_draw", by=place.officer)
        with the_time_has_come(draw) as draw:
            return draw
    return DRAW.perform(announced(place), "request_void_draw", by=place.officer, void_reason="公布的来源有误")
