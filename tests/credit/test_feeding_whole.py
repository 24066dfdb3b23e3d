"""A move and the proposal that it makes are one: where the proposal cannot be written, the move has not been made.

And the clocks of proceedings: to the day, by the calendar of working days.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection

from apps.core.models import Event
from apps.core.workdays import is_working
from apps.credit.clocks import ANSWER, OBJECTION
from apps.credit.models import CreditEntry, PermitCase
from apps.credit.workflow import ENTRY, PERMIT
from apps.documents.services import issue
from apps.hazards.calendar import CALENDAR
from apps.hazards.models import Grade
from apps.inspections.workflow.visit import VISIT
from tests.accidents import stories as accidents
from tests.credit import permit_stories as permits
from tests.credit import repair_stories as repairs
from tests.credit import stories
from tests.credit.permit_stories import Stage
from tests.credit.stories import Cast, today
from tests.documents import stories as papers
from tests.hazards import stories as hazards
from tests.inspections import stories as visits

pytestmark = pytest.mark.django_db


@contextmanager
def nothing_more_in(table: str) -> Iterator[None]:
    """The database takes no further row there, as when a disk is full."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$"
            "BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = 'disk_full'; END $$"
        )
        cursor.execute(f"CREATE TRIGGER full_disk BEFORE INSERT ON {table} EXECUTE FUNCTION full_disk()")
        yield
        cursor.execute(f"DROP TRIGGER full_disk ON {table}; DROP FUNCTION full_disk()")


Move = tuple[Any, Callable[[], Any]]


def of_hazard() -> Move:
    site = hazards.site()
    hazard = hazards.draft(site, grade=Grade.MAJOR)
    return hazard, lambda: hazards.order(hazard, site)


def of_paper() -> Move:
    site = hazards.site()
    firm: Any = site.project.enterprise
    told = {"addressees": [firm.organisation], "project_id": site.project.pk}
    paper = papers.draft(site.inspector, "enforcement_proposal", **told)
    return paper, lambda: issue(paper, by=site.inspector)


def of_visit() -> Move:
    visit = visits.planned(hazards.site())
    visits.answered(visit)
    visits.signed(visit)
    return visit, lambda: VISIT.perform(visit, "submit", by=visits.lead(visit))


def of_permit() -> Move:
    stage = Stage()
    case = permits.heard(stage)
    told: dict[str, Any] = {"decision_number": "冀建安扣〔2026〕3号", "days": 45}
    return case, lambda: PERMIT.perform(case, "suspend", by=stage.second, **told)


def of_accident() -> Move:
    stage = Stage()
    accident = accidents.reported(stage.place)
    facts = accidents.finding((stage.firm, "main"))
    return accident, lambda: accidents.ACCIDENT.perform(accident, "determine", by=stage.place.head, **facts)


MOVES = [of_hazard, of_paper, of_visit, of_permit, of_accident]


@pytest.mark.parametrize("begun", MOVES)
def test_where_the_proposal_cannot_be_written_the_move_has_not_been_made(begun: Callable[[], Move]) -> None:
    record, move = begun()
    rows, model = type(record)._default_manager.filter(pk=record.pk), type(record)
    before, events, found = rows.values().get(), Event.objects.count(), CreditEntry.objects.count()
    with nothing_more_in("credit_creditentry"), pytest.raises(DatabaseError, match="no space left"):
        move()
    assert model._default_manager.filter(pk=record.pk).values().get() == before
    assert (Event.objects.count(), CreditEntry.objects.count()) == (events, found)
    move()
    assert rows.values().get() != before
    assert CreditEntry.objects.count() > found


def test_where_the_case_about_the_permit_cannot_be_written_the_accident_is_not_determined() -> None:
    accident, move = of_accident()
    with nothing_more_in("credit_permitcase"), pytest.raises(DatabaseError, match="no space left"):
        move()
    accident.refresh_from_db()
    assert accident.state == "reported"
    assert not CreditEntry.objects.exists() and not PermitCase.objects.exists()


# Clocks ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("served", "due"),
    [
        (date(2026, 9, 7), date(2026, 9, 14)),  # a plain week
        (date(2026, 9, 21), date(2026, 9, 29)),  # across Mid-Autumn, a Friday
        (date(2026, 9, 28), date(2026, 10, 10)),  # across the National Day; 10 October is a Saturday that is worked
        (date(2026, 10, 1), date(2026, 10, 13)),  # served on a holiday
        (date(2026, 2, 13), date(2026, 2, 27)),  # across the Spring Festival; 14 and 28 February are worked
    ],
)
def test_the_term_for_objections_is_five_working_days_after_service(served: date, due: date) -> None:
    counted = [day for n in range(1, 60) if is_working(CALENDAR, day := served + timedelta(days=n))]
    assert OBJECTION.from_day(served).due == counted[4] == due


def test_each_clock_runs_from_its_own_move_and_by_working_days() -> None:
    cast = Cast()

    def after(days: int) -> date:
        return [day for n in range(1, 90) if is_working(CALENDAR, day := today() + timedelta(days=n))][days - 1]

    entry = stories.notified(cast)
    assert entry.objection_until == after(5) == OBJECTION.from_day(today()).due
    entry = ENTRY.perform(entry, "object", by=cast.director, objection="责任划分有误")
    assert entry.answer_by == after(10) == ANSWER.from_day(today()).due
    repair = repairs.accepted(Cast())
    assert repair.decide_by == after(10)


def test_a_notice_of_before_the_proposal_starts_no_clock() -> None:
    entry = stories.checked(Cast())
    CreditEntry.objects.filter(pk=entry.pk).update(created_at=entry.created_at - timedelta(days=2))
    told: dict[str, Any] = {"served_how": "直接送达，李某签收"}
    officer = entry.checked_by
    with pytest.raises(Exception, match=f"告知送达日期不能早于提出日期 {today() - timedelta(days=2)}"):
        ENTRY.perform(entry, "notify", by=officer, served_on=today() - timedelta(days=3), **told)
    made_on = today() - timedelta(days=2)
    entry = ENTRY.perform(entry, "notify", by=officer, served_on=made_on, **told)
    assert entry.objection_until == OBJECTION.from_day(made_on).due
