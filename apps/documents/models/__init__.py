"""Official papers: their templates, the counters of their numbers, the papers themselves and their service."""

from apps.documents.models.numbers import IssuingOffice, PaperSeries
from apps.documents.models.papers import FROZEN, UNSERVED, Paper, PaperState
from apps.documents.models.receipts import Manner, Service
from apps.documents.models.templates import PaperTemplate, TemplateState

__all__ = [
    "FROZEN",
    "UNSERVED",
    "IssuingOffice",
    "Manner",
    "Paper",
    "PaperSeries",
    "PaperState",
    "PaperTemplate",
    "Service",
    "TemplateState",
]
