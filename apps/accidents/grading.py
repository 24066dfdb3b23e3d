"""How grave an accident is: 《生产安全事故报告和调查处理条例》（国务院令第493号）第三条."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.db.models import Case, Q, Value, When


class Grade(models.TextChoices):
    GENERAL = "general", "一般"
    LARGER = "larger", "较大"
    MAJOR = "major", "重大"
    EXTRAORDINARY = "extraordinary", "特别重大"


@dataclass(frozen=True)
class Limits:
    """The figures from which on a grade is reached, themselves included (以上); the loss in yuan."""

    deaths: int
    serious_injuries: int
    direct_loss: int


# The gravest first.  What reaches none of them is 一般, for which the article names no lower limit.
LIMITS: dict[Grade, Limits] = {
    Grade.EXTRAORDINARY: Limits(30, 100, 100_000_000),
    Grade.MAJOR: Limits(10, 50, 50_000_000),
    Grade.LARGER: Limits(3, 10, 10_000_000),
}
GRAVE = tuple(grade.value for grade in LIMITS)
"""较大及以上."""


def grade_of(deaths: int, serious_injuries: int, direct_loss: Decimal | None) -> Grade:
    """The gravest grade that any one of the figures reaches; a loss that is not known reaches none."""
    for grade, limits in LIMITS.items():
        by_loss = direct_loss is not None and direct_loss >= limits.direct_loss
        if deaths >= limits.deaths or serious_injuries >= limits.serious_injuries or by_loss:
            return grade
    return Grade.GENERAL


def grade_in_sql() -> Case:
    """The same for the database, which holds it against the columns of each row."""
    reached = [When(reaches(limits), then=Value(grade.value)) for grade, limits in LIMITS.items()]
    return Case(*reached, default=Value(Grade.GENERAL.value), output_field=models.CharField())


def reaches(limits: Limits) -> Q:
    return (
        Q(deaths__gte=limits.deaths)
        | Q(serious_injuries__gte=limits.serious_injuries)
        | Q(direct_loss__gte=limits.direct_loss)
    )
