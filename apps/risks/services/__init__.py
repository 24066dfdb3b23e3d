"""Verbs that write risk points."""

from apps.risks.services.assessing import assess, scale_of
from apps.risks.services.keeping import record_risk, save_risk, save_rule

__all__ = ["assess", "record_risk", "save_risk", "save_rule", "scale_of"]
