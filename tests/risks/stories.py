"""A risk point of a site, taken as far as a test wants it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from apps.accounts.models import User
from apps.core.models import DictionaryEntry
from apps.core.workflow import Transition
from apps.risks.models import RiskPoint, RiskRule
from apps.risks.reference import load
from apps.risks.services import record_risk
from apps.risks.workflow import RISK
from tests.hazards.stories import Site

MEASURES = {
    "measures_engineering": ["临边设两道防护栏杆", "分层开挖"],
    "measures_management": ["每日巡视"],
    "measures_emergency": ["现场备急救箱"],
}
# L, E, C by the colour that LEC makes of them.
VALUES: dict[str, tuple[str, str, str]] = {
    "red": ("6", "6", "15"),
    "orange": ("3", "6", "15"),
    "yellow": ("3", "6", "7"),
    "blue": ("1", "6", "3"),
}


def today() -> date:
    return timezone.localdate()


def proposed(where: Site, colour: str = "orange", *, by: User | None = None, **values: Any) -> RiskPoint:
    if not RiskRule.objects.exists():  # gone with tests that truncate tables
        load(RiskRule, DictionaryEntry)
    likelihood, exposure, consequence = map(Decimal, VALUES[colour])
    usual: dict[str, Any] = {
        "project": where.project,
        "enterprise": where.project.enterprise,
        "name": "四层临边作业",
        "place": "3号楼四层",
        "factors": "临边无防护时坠落",
        "accident_type": "高处坠落",
        "method": "lec",
        "likelihood": likelihood,
        "exposure": exposure,
        "consequence": consequence,
        "responsible_person": "李某",
        "starts_on": today() - timedelta(days=30),
        "check_every_days": 7,
        "measures": MEASURES,
    }
    return record_risk(by=by or where.manager, **(usual | values))


def in_force(where: Site, colour: str = "orange", **values: Any) -> RiskPoint:
    return RISK.perform(proposed(where, colour, **values), "put_in_force", by=where.director)


def results(risk: RiskPoint, failing: int = 0) -> dict[int, bool]:
    """A result for every measure, the first so many of them failed."""
    return {m.pk: at >= failing for at, m in enumerate(risk.measures.current())}


def checked(risk: RiskPoint, where: Site, *, failing: int = 0, day: date | None = None) -> RiskPoint:
    told: dict[str, Any] = {"checked_on": day or today(), "results": results(risk, failing)}
    return RISK.perform(risk, "check", by=where.manager, **told)


def late(risk: RiskPoint, days: int = 3) -> RiskPoint:
    """As if the next check had been due so many days ago."""
    RiskPoint.objects.filter(pk=risk.pk).update(next_check_on=today() - timedelta(days=days))
    risk.refresh_from_db()
    return risk


def before_move(move: Transition, where: Site, **values: Any) -> RiskPoint:
    """A risk point from which the move can be made by somebody of the site."""
    return proposed(where, **values) if move.sources == ("proposed",) else in_force(where, **values)
