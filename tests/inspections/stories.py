"""Inspectors with certificates, and a visit taken as far as a test wants it."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from django.utils import timezone

from apps.accounts.models import User
from apps.inspections.checklists import table_of
from apps.inspections.models import Checklist, Inspector, Kind, Visit
from apps.inspections.reference import load
from apps.inspections.services.answering import (
    put_answer,
    put_finding,
    put_signature,
    take_in_photo,
)
from apps.inspections.services.visits import plan_visit
from apps.inspections.workflow.visit import VISIT
from tests.core.pictures import saved, scene
from tests.hazards.stories import Site, site
from tests.personas import CHANGAN, persona

_numbers = count(1)
CRANE = "JGJ59-B.17"
HEIGHT = "JGJ59-B.13"


def certified(user: User, **values: Any) -> Inspector:
    """The account as an inspector of the library; the certificate is valid for two years unless told otherwise."""
    told = {
        "organisation": user.organisation,
        "region_path": user.organisation.region_path,
        "certificate": f"03010{next(_numbers):06d}",
        "valid_until": timezone.localdate() + timedelta(days=730),
    }
    return Inspector.objects.create(user=user, **told | values)


def inspector(at: str = CHANGAN, **values: Any) -> Inspector:
    return certified(persona("inspector", at=at), **values)


def checklists() -> None:
    """The editions that ship; tests that truncate tables have to load them again."""
    if not Checklist.objects.exists():
        load(Checklist)


def planned(
    place: Site | None = None,
    *,
    team: Sequence[Inspector] = (),
    codes: Sequence[str] = (CRANE,),
    on: date | None = None,
    kind: str = Kind.DAILY,
    **values: Any,
) -> Visit:
    checklists()
    place = place or site()
    return plan_visit(
        project=place.project,
        kind=kind,
        planned_on=on or timezone.localdate(),
        inspectors=team or [certified(place.inspector), certified(place.second)],
        checklists=codes,
        by=place.head,
        **values,
    )


def lead(visit: Visit) -> User:
    return visit.team.order_by("position").select_related("inspector__user").first().inspector.user  # type: ignore[union-attr]


def answered(visit: Visit, failed: Mapping[tuple[str, int], str] = {}, by: User | None = None) -> None:
    """Every item of every table passes, but for those that `failed` names with a ready deduction's code."""
    for checklist in visit.checklists.all():
        for item in table_of(checklist).items:
            code = failed.get((checklist.code, item.seq))
            put_answer(
                visit,
                by=by or lead(visit),
                checklist=checklist,
                item=item.seq,
                verdict="deduct" if code else "pass",
                deductions=[{"code": code}] if code else [],
                measured="1" if item.limit else None,
            )


def problem(visit: Visit, *, by: User | None = None, photo: bool = True, **values: Any) -> Any:
    who = by or lead(visit)
    told = {
        "description": "3号塔机起重量限制器不灵敏，吊装 2.1t 未报警断电",
        "category": "塔式起重机与起重吊装",
        "clause": "JGJ 59-2011 表B.17 第1项",
        "demands": "停止使用，调试合格后使用",
        "place": "3号楼塔机",
        "term": "calendar:3",
    }
    finding = put_finding(visit, by=who, key=uuid4(), **told | values)
    if photo:
        take_in_photo(visit, by=who, key=uuid4(), file=saved(scene(next(_numbers))), name="a.jpg", finding=finding.pk)
    return finding


def signed(visit: Visit, *, refused: bool = False) -> None:
    """By everybody of the team and by the inspected party."""
    who = lead(visit)
    for member in visit.team.all():
        put_signature(visit, by=who, key=uuid4(), role="inspector", inspector_id=member.inspector_id, image=stroke())
    told: dict[str, Any] = {"name": "赵伟", "post": "项目经理"}
    if refused:
        told |= {"is_refused": True, "refusal_note": "对扣分有异议，拒绝签名", "witnesses": "周敏"}
    else:
        told["image"] = stroke()
    put_signature(visit, by=who, key=uuid4(), role="inspected", **told)


def stroke() -> bytes:
    """A signature as a phone sends it."""
    return saved(scene(next(_numbers)).resize((300, 120)), "PNG").getvalue()


def submitted(visit: Visit | None = None, *, failed: Mapping[tuple[str, int], str] = {}, problems: int = 0) -> Visit:
    visit = visit or planned()
    answered(visit, failed)
    for _ in range(problems):
        problem(visit)
    signed(visit)
    return VISIT.perform(visit, "submit", by=lead(visit))
