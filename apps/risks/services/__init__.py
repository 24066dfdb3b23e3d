"""Verbs that write risk points."""

from apps.risks.services.assessing import assess, scale_of
from apps.risks.services.keeping import lines_of, record_risk, save_risk, save_rule

__all__ = ["assess", "lines_of", "record_risk", "save_risk", "save_rule", "scale_of"]
