"""Duties on site: leaders' days, leave, daily logs, commitments, appointments, and the figures of a month."""

from apps.duty.models.appointments import DirectorAppointment, InspectorAppointment
from apps.duty.models.commitments import Commitment, CommitmentBreach
from apps.duty.models.days import DutyDay, Leave
from apps.duty.models.editions import DutyTerm, LogItem, Wording
from apps.duty.models.logs import SafetyLog, SafetyLogAnswer, SafetyLogRemark
from apps.duty.models.months import DutyMonth, FirmDutyMonth
from apps.duty.models.words import Answer, DutyKind, LeaveState, Level, Term, Weather

__all__ = [
    "Answer",
    "Commitment",
    "CommitmentBreach",
    "DirectorAppointment",
    "DutyDay",
    "DutyKind",
    "DutyMonth",
    "DutyTerm",
    "FirmDutyMonth",
    "InspectorAppointment",
    "Leave",
    "LeaveState",
    "Level",
    "LogItem",
    "SafetyLog",
    "SafetyLogAnswer",
    "SafetyLogRemark",
    "Term",
    "Weather",
    "Wording",
]
