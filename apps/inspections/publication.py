"""Until when the result of an inspection has to be public.

国发〔2019〕5号: within 20 working days after the task.  The days stand in the dictionary 公示期限, so that
it can change without a release; each visit keeps the derivation of its day.
"""

from datetime import date

from apps.core.deadlines import DeadlineRule, Derivation, deadline
from apps.core.dictionary import deadline_rule
from apps.hazards.calendar import CALENDAR

TERM = "publication_term"
SOURCE = "《国务院关于在市场监管领域全面推行部门联合“双随机、一公开”监管的意见》（国发〔2019〕5号）"
USUAL = DeadlineRule("working", 20, SOURCE)


def publication_rule(day: date) -> DeadlineRule:
    """The term of the dictionary on that day."""
    return deadline_rule(TERM, day, USUAL)


def publication_deadline(day: date, rule: DeadlineRule | None = None) -> Derivation:
    """The last day for making public what was handed in on this day, with the way it was reached."""
    return deadline(day, rule or publication_rule(day), CALENDAR)
