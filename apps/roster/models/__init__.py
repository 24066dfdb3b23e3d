"""The roster of a site: teams, who works there, attendance, wages."""

from apps.roster.models.attendance import Attendance, AttendanceDevice, AttendanceFault, StagedAttendance
from apps.roster.models.engagements import ONE_PROJECT, Engagement, Team
from apps.roster.models.wages import WageAccount, WageEntry
from apps.roster.models.words import FaultKind, Source, WageEntryKind, WorkerClass

__all__ = [
    "ONE_PROJECT",
    "Attendance",
    "AttendanceDevice",
    "AttendanceFault",
    "Engagement",
    "FaultKind",
    "Source",
    "StagedAttendance",
    "Team",
    "WageAccount",
    "WageEntry",
    "WageEntryKind",
    "WorkerClass",
]
