"""What the history calls the moves of a draw and their facts."""

from apps.core import words
from apps.inspections.models import DrawState, RiskGrade
from apps.inspections.workflow.draw import DRAW


def say() -> None:
    words.say(
        titles={move.name: move.label for move in DRAW.transitions},
        labels={
            "commitment": "承诺值",
            "opinion": "意见",
            "recent_days": "近期已检查的天数",
            "visits_from": "检查开始日期",
            "visits_until": "检查结束日期",
            **{f"rate_{grade.value.lower()}": f"{grade.label}抽取比例" for grade in RiskGrade},
        },
        states=dict(DrawState.choices),
    )
