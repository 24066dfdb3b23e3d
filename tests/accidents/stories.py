"""An accident on a site, taken as far as a test wants it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from apps.accidents.models import Accident
from apps.accidents.services import report
from apps.accidents.workflow import ACCIDENT
from apps.accounts.models import User
from apps.enterprises.models import Enterprise
from tests.hazards.stories import Site, today

FIGURES: dict[str, Any] = {"deaths": 1, "serious_injuries": 2, "direct_loss": Decimal("1200000.00")}


def told(**values: Any) -> dict[str, Any]:
    """What a report says beside the project."""
    usual = {
        "occurred_at": timezone.now() - timedelta(hours=3),
        "place": "3号楼东侧塔式起重机",
        "category": "lifting",
        "summary": "吊装钢筋时吊索断裂，已停止作业并封闭现场",
    }
    return usual | FIGURES | values


def reported(where: Site, *, by: User | None = None, **values: Any) -> Accident:
    return report(where.project, by=by or where.inspector, **told(**values))


def finding(*liable: tuple[Enterprise, str], **values: Any) -> dict[str, Any]:
    """The facts of a determination: a liability accident exactly when somebody is liable."""
    usual = {
        "determination_number": "示例调〔2026〕1号",
        "determined_on": today(),
        "determination": "未按方案检查吊索具",
        "is_liability": bool(liable),
        "liable": [{"enterprise": firm.pk, "responsibility": kind} for firm, kind in liable],
    }
    return usual | values


def determined(where: Site, *liable: tuple[Enterprise, str], **values: Any) -> Accident:
    """By default the general contractor is mainly liable."""
    assert where.project.enterprise
    named = liable or ((where.project.enterprise, "main"),)
    return ACCIDENT.perform(reported(where, **values), "determine", by=where.head, **finding(*named))


def withdrawn(where: Site) -> Accident:
    return ACCIDENT.perform(reported(where), "withdraw", by=where.head, reason="经核实系突发疾病")
