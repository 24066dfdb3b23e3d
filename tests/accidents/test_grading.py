"""Figures in, grade out, by the limits of 令493 第三条; the database says the same."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from apps.accidents.grading import Grade, grade_of
from apps.accidents.models import Accident
from tests.accidents import stories
from tests.hazards.stories import site

YUAN = 10_000
# Deaths, serious injuries, loss in 万元 (None: not known), and the grade; each limit from both sides.
TABLE = [
    (0, 1, None, "general"),
    (2, 9, Decimal("999.9999"), "general"),
    (3, 0, None, "larger"),
    (0, 10, None, "larger"),
    (0, 0, Decimal(1000), "larger"),
    (9, 49, Decimal("4999.9999"), "larger"),
    (10, 0, None, "major"),
    (0, 50, None, "major"),
    (0, 0, Decimal(5000), "major"),
    (29, 99, Decimal("9999.9999"), "major"),
    (30, 0, None, "extraordinary"),
    (0, 100, None, "extraordinary"),
    (0, 0, Decimal(10000), "extraordinary"),
    (3, 50, Decimal(1), "major"),
    (1, 2, Decimal(12000), "extraordinary"),
]
cases = pytest.mark.parametrize(("deaths", "injuries", "loss", "grade"), TABLE)
ORDER = list(Grade)
FIGURES = st.tuples(
    st.integers(0, 200), st.integers(0, 200), st.decimals(0, 200_000_000, allow_nan=False, places=2) | st.none()
)


@cases
def test_any_one_figure_that_reaches_a_limit_gives_the_grade(
    deaths: int, injuries: int, loss: Decimal | None, grade: str
) -> None:
    assert grade_of(deaths, injuries, loss and loss * YUAN) == grade


@given(FIGURES, FIGURES)
def test_more_harm_is_never_a_lower_grade(one: tuple, other: tuple) -> None:
    """In each figure alone and in all together; that a loss becomes known lowers nothing either."""
    losses = [loss for loss in (one[2], other[2]) if loss is not None]
    worse = (max(one[0], other[0]), max(one[1], other[1]), max(losses, default=None))
    for figures in ((worse[0], *one[1:]), (one[0], worse[1], one[2]), (*one[:2], worse[2]), worse):
        assert ORDER.index(grade_of(*figures)) >= ORDER.index(grade_of(*one))


@given(FIGURES)
def test_the_grade_is_the_gravest_that_one_figure_gives_alone(figures: tuple) -> None:
    deaths, injuries, loss = figures
    alone = (grade_of(deaths, 0, None), grade_of(0, injuries, None), grade_of(0, 0, loss))
    assert grade_of(*figures) == max(alone, key=ORDER.index)


@cases
@pytest.mark.django_db
def test_the_database_takes_no_other_grade_than_that_of_the_figures(
    deaths: int, injuries: int, loss: Decimal | None, grade: str
) -> None:
    accident = stories.reported(site())
    rows = Accident.objects.filter(pk=accident.pk)
    figures = {"deaths": deaths, "serious_injuries": injuries, "direct_loss": loss and loss * YUAN}
    for other in set(Grade.values) - {grade}:
        with pytest.raises(IntegrityError, match="accident_grade_follows_its_figures"), transaction.atomic():
            rows.update(**figures, grade=other)
    assert rows.update(**figures, grade=grade) == 1
