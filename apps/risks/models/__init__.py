"""Risk points, the measures that control them, their checks, and the rules by which they are scored."""

from apps.risks.models.checks import ControlCheck, MeasureResult
from apps.risks.models.risk import ControlMeasure, RiskPoint, RiskPointQuerySet, is_overdue
from apps.risks.models.rules import RiskRule
from apps.risks.models.words import (
    COLOURS,
    LEGAL_CHANGES,
    MEASURE_FIELDS,
    ControlLevel,
    MeasureKind,
    Method,
    Nature,
    RiskLevel,
    State,
    Subject,
)

__all__ = [
    "COLOURS",
    "LEGAL_CHANGES",
    "MEASURE_FIELDS",
    "ControlCheck",
    "ControlLevel",
    "ControlMeasure",
    "MeasureKind",
    "MeasureResult",
    "Method",
    "Nature",
    "RiskLevel",
    "RiskPoint",
    "RiskPointQuerySet",
    "RiskRule",
    "State",
    "Subject",
    "is_overdue",
]
