"""Until when the result of an inspection has to be public."""

from datetime import date

from apps.core.deadlines import DeadlineRule, Derivation, deadline
from apps.core.workdays import WorkdayCalendar

CALENDAR = WorkdayCalendar()
RULE = DeadlineRule(
    "working",
    20,
    "《国务院关于在市场监管领域全面推行部门联合“双随机、一公开”监管的意见》（国发〔2019〕5号）",
)


def publication_deadline(day: date) -> Derivation:
    """Twenty working days after the day of the visit, with its derivation."""
    return deadline(day, RULE, CALENDAR)
