"""The working days by which this app counts."""

from apps.core.workdays import WorkdayCalendar

CALENDAR = WorkdayCalendar()
