"""The roster of a site: teams, who works there, attendance."""

from apps.roster.models.attendance import Attendance, AttendanceDevice, AttendanceFault, StagedAttendance
from apps.roster.models.engagements import ONE_PROJECT, Engagement, Team
from apps.roster.models.words import FaultKind, Source, WorkerClass

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
    "WorkerClass",
]
