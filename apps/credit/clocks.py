"""Until when something has to happen, by terms that are data: each entry of a dictionary such as working:5.

None of the texts that could be read fixes these days for Hebei, so those that ship are samples and say so.
"""

from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

from apps.core.deadlines import DeadlineRule, Derivation, deadline
from apps.core.dictionary import deadline_rule
from apps.hazards.calendar import CALENDAR

SAMPLE = "示例值，由主管部门核定"


@dataclass(frozen=True)
class Term:
    """A dictionary and what counts while nobody has entered anything there."""

    kind: str
    label: str
    usual: DeadlineRule

    def from_day(self, day: date) -> Derivation:
        return deadline(day, deadline_rule(self.kind, day, self.usual), CALENDAR)


OBJECTION = Term(
    "credit_objection_term",
    "信用异议期限",
    DeadlineRule("working", 5, "国办发〔2020〕49号（列入前须告知并听取意见）", SAMPLE),
)
ANSWER = Term(
    "credit_answer_term",
    "信用异议答复期限",
    DeadlineRule("working", 10, "国办发〔2020〕49号（异议须核实处理）", SAMPLE),
)
FEEDBACK = Term(
    "joint_feedback_term",
    "联合惩戒反馈期限",
    DeadlineRule("working", 20, "联合惩戒的反馈期限未见规定", SAMPLE),
)
TERMS = (OBJECTION, ANSWER, FEEDBACK)


def months_after(day: date, months: int) -> date:
    """The day that comes so many months after; of 31 January and one month, the last of February."""
    return day + relativedelta(months=months)
