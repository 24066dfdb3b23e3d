"""Training: what is taught, when it was, who took part and what it counts for."""

from apps.training.models.courses import Course
from apps.training.models.sessions import Participation, Session
from apps.training.models.words import INDUCTION, Level, Result, SessionState, SignedInBy

__all__ = [
    "INDUCTION",
    "Course",
    "Level",
    "Participation",
    "Result",
    "Session",
    "SessionState",
    "SignedInBy",
]
