"""Training: what is taught, when it was, who took part and what it counts for."""

from apps.training.models.courses import Course
from apps.training.models.evidence import SessionFile, SessionPhoto, SignInFailure
from apps.training.models.plans import TrainingPlan
from apps.training.models.rules import HoursRule
from apps.training.models.sessions import TWO_PLACES, Participation, Session
from apps.training.models.standing import NOT_ENOUGH, NOTHING_ASKED, TrainingStanding
from apps.training.models.words import INDUCTION, SESSION_CHANGES, Level, Result, SessionState, SignedInBy

__all__ = [
    "INDUCTION",
    "NOTHING_ASKED",
    "NOT_ENOUGH",
    "SESSION_CHANGES",
    "TWO_PLACES",
    "Course",
    "HoursRule",
    "Level",
    "Participation",
    "Result",
    "Session",
    "SessionFile",
    "SessionPhoto",
    "SessionState",
    "SignInFailure",
    "SignedInBy",
    "TrainingPlan",
    "TrainingStanding",
]
