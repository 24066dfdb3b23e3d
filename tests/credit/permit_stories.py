"""Permits: an accident for which a firm is liable, and the case that follows from it."""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

import pgtrigger
from django.utils import timezone

from apps.accidents.models import Accident
from apps.accounts.models import User
from apps.core.workflow import Transition
from apps.credit.models import PermitCase
from apps.credit.services.proposing import proposed as propose
from apps.credit.workflow import PERMIT
from apps.enterprises.models import Enterprise
from tests.accidents import stories as accidents
from tests.credit.stories import after_objections, tell, today
from tests.hazards.stories import Site, site
from tests.personas import persona

_numbers = count(1)
# Figures that make an accident of each grade.
GRADES: dict[str, dict[str, Any]] = {
    "general": {"deaths": 1},
    "larger": {"deaths": 3},
    "major": {"deaths": 10},
    "extraordinary": {"deaths": 30},
}


@dataclass
class Stage:
    """A site whose contractor has a permit; the province's officers, and the firm's director."""

    place: Site = field(default_factory=site)
    province: User = field(default_factory=lambda: persona("province_officer"))
    second: User = field(default_factory=lambda: persona("province_officer"))

    def __post_init__(self) -> None:
        until = today() + timedelta(days=400)
        Enterprise.objects.filter(pk=self.firm.pk).update(safety_licence=number(), safety_licence_until=until)
        self.place.project.refresh_from_db()

    @property
    def firm(self) -> Enterprise:
        assert self.place.project.enterprise
        return self.place.project.enterprise

    @property
    def director(self) -> User:
        return self.place.director


def number() -> str:
    return f"（冀）JZ安许证字〔2025〕{next(_numbers):06d}"


def accident(stage: Stage, grade: str = "general", *, days_ago: int = 1, **values: Any) -> Accident:
    """One for which the firm is mainly liable, determined today."""
    at = timezone.now() - timedelta(days=days_ago)
    told = GRADES[grade] | {"occurred_at": at, "serious_injuries": 0, "direct_loss": None}
    concealment = values.pop("concealment", "none")
    found = accidents.reported(stage.place, **told | values)
    facts = accidents.finding((stage.firm, "main"), concealment=concealment)
    return accidents.ACCIDENT.perform(found, "determine", by=stage.place.head, **facts)


def proposed(stage: Stage, grade: str = "general", **values: Any) -> PermitCase:
    """The case that the accident asked for."""
    found = accident(stage, grade, **values)
    return PermitCase.objects.get(source_id=str(found.pk), enterprise=stage.firm)


def checked(stage: Stage, grade: str = "general", **values: Any) -> PermitCase:
    return move("check", proposed(stage, grade, **values), stage.province, opinion="事故认定属实")


def notified(stage: Stage, grade: str = "general", **values: Any) -> PermitCase:
    return tell(PERMIT, checked(stage, grade, **values), stage.province)


def heard(stage: Stage, grade: str = "general", **values: Any) -> PermitCase:
    return after_objections(notified(stage, grade, **values))


def suspended(stage: Stage, days: int = 45, grade: str = "general", **values: Any) -> PermitCase:
    told = {"decision_number": "冀建安扣〔2026〕3号", "days": days}
    return move("suspend", heard(stage, grade, **values), stage.second, **told)


def reported(stage: Stage, **values: Any) -> PermitCase:
    return move("ask_recheck", suspended(stage, **values), stage.director, report="已补充专职安全员并整改隐患")


def revoked(stage: Stage) -> PermitCase:
    case = heard(stage, "extraordinary")
    return move("revoke", case, stage.second, decision_number="冀建安吊〔2026〕1号")


def released(stage: Stage) -> PermitCase:
    case = days_over(reported(stage))
    return move("release", case, stage.second, recheck="各项安全生产条件均已具备", rechecked_on=today())


def move(name: str, case: PermitCase, by: User, **facts: Any) -> PermitCase:
    return PERMIT.perform(case, name, by=by, **facts)


def days_over(case: PermitCase, by: int = 60) -> PermitCase:
    """As if it had been decided so many days ago: for tests alone may a decided case be moved in time."""
    moved = {name: getattr(case, name) - timedelta(days=by) for name in ("starts_on", "until")}
    with pgtrigger.ignore("credit.PermitCase:decided_stays"):
        PermitCase.objects.filter(pk=case.pk).update(**moved)
    return PermitCase.objects.get(pk=case.pk)


def long_ago(case: PermitCase, days: int = 366) -> PermitCase:
    """As if the permit had been revoked so many days ago."""
    with pgtrigger.ignore("credit.PermitCase:decided_stays"):
        PermitCase.objects.filter(pk=case.pk).update(starts_on=today() - timedelta(days=days))
    return PermitCase.objects.get(pk=case.pk)


def before_move(transition: Transition, stage: Stage) -> PermitCase:
    """A case in the state from which the move begins, and where it is open to somebody."""
    if transition.name == "revoke":
        return heard(stage, "extraordinary")
    match transition.sources[0]:
        case "proposed":
            return proposed(stage)
        case "checked":
            return checked(stage)
        case "notified":
            return notified(stage) if transition.name == "object" else heard(stage)
        case "objected":
            return move("object", notified(stage), stage.director, objection="事故责任认定有误")
        case "suspended":
            return suspended(stage)
    return days_over(reported(stage))


def by_hand(firm: Enterprise, by: User, **told: Any) -> PermitCase:
    """Proposed for a firm that is given a permit where it has none."""
    if not firm.safety_licence:
        firm.safety_licence, firm.safety_licence_until = number(), today() + timedelta(days=400)
        firm.save(update_fields=["safety_licence", "safety_licence_until"])
    facts = {"happened_on": today(), "facts": "安全管理人员不足", "evidence": "核查记录", "legal_basis": "条例第十四条"}
    days = {"measure": "suspend", "least_days": 1, "most_days": 120} if told.get("measure") != "revoke" else {}
    case = PermitCase(permit_number=firm.safety_licence, **facts | days | told)
    return propose(case, enterprise=firm, office=by.organisation, by=by, also={})
