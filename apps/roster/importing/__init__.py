"""Rosters and attendance from workbooks."""

from apps.roster.importing.attendance import AttendanceImporter
from apps.roster.importing.roster import RosterImporter

__all__ = ["AttendanceImporter", "RosterImporter"]
