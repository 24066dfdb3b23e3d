"""Who is where when: changing teams, the calendar, fair shares, the route of a day."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from apps.core.models import Event
from apps.core.workflow import StaleRecord
from apps.inspections.models import Absence, Visit
from apps.inspections.pools import loads_of
from apps.inspections.services.assignment import calendar, days_present, loads, of_office, reassign
from apps.notifications.models import Message
from tests.inspections.plans import stories
from tests.personas import persona, signed_in, station_head

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    return response.content.decode()


def test_old_and_new_members_hear_of_a_change_and_the_history_says_it() -> None:
    head = station_head()
    stays, goes, comes = (stories.inspector(head.organisation) for _ in range(3))
    visit = stories.visit(stories.project(), [stays, goes], by=head)
    day = stories.today() + timedelta(days=3)
    changed = reassign(visit, by=head, planned_on=day, inspectors=[stays, comes])
    assert (changed.planned_on, [member.inspector for member in changed.team.all()]) == (day, [stays, comes])
    told = dict(Message.objects.values_list("recipient", "kind"))
    assert told == {stays.user_id: "visit_planned", comes.user_id: "visit_planned", goes.user_id: "visit_released"}
    event = Event.objects.get(name="reassigned")
    assert event.facts["planned_on"] == [str(visit.planned_on), str(day)]
    assert event.facts["inspectors"] == [f"{stays}、{goes}", f"{stays}、{comes}"]


def test_nobody_is_sent_out_who_cannot_go_and_nothing_changes_then() -> None:
    head = station_head()
    team = [stories.inspector(head.organisation) for _ in range(2)]
    visit = stories.visit(stories.project(), team, by=head)
    away = stories.inspector(head.organisation, valid_until=stories.today() - timedelta(days=1))
    with pytest.raises(ValidationError, match="到期"):
        reassign(visit, by=head, planned_on=visit.planned_on, inspectors=[team[0], away])
    with pytest.raises(ValidationError, match="不得少于 2 人"):
        reassign(visit, by=head, planned_on=visit.planned_on, inspectors=team[:1])
    visit.refresh_from_db()
    assert visit.version == 1


def test_what_somebody_else_has_changed_is_not_overwritten_and_what_began_is_not_moved() -> None:
    head = station_head()
    team = [stories.inspector(head.organisation) for _ in range(2)]
    visit = stories.visit(stories.project(), team, by=head)
    with pytest.raises(StaleRecord):
        reassign(visit, by=head, planned_on=visit.planned_on, inspectors=team, version=9)
    Visit.objects.filter(pk=visit.pk).update(state="under_way")
    with pytest.raises(ValidationError, match="不能再调整"):
        reassign(visit, by=head, planned_on=stories.today() + timedelta(days=1), inspectors=team)


def test_a_visit_is_moved_on_its_page() -> None:
    head = station_head()
    team = [stories.inspector(head.organisation) for _ in range(2)]
    visit = stories.visit(stories.project(), team, by=head)
    client, page = signed_in(head), f"/inspections/{visit.number}/reassign/"
    assert client.get(page).status_code == 200
    assert "调整日期和检查组" in text(client.get(visit.get_absolute_url()))
    day = stories.today() + timedelta(days=5)
    told = {"planned_on": str(day), "inspectors": [str(one.pk) for one in team], "version": "1"}
    assert client.post(page, told).status_code == 302
    visit.refresh_from_db()
    assert visit.planned_on == day
    assert signed_in(persona("inspector")).get(page).status_code == 403


# The calendar ---------------------------------------------------------------------------------------------------------


def test_the_calendar_shows_visits_absences_and_two_visits_on_one_day() -> None:
    head = station_head()
    one = stories.inspector(head.organisation)
    first = date(2026, 11, 1)
    for day in (3, 3, 5):
        stories.visit(stories.project(), [one], planned_on=date(2026, 11, day), by=head)
    stories.visit(stories.project(), [one], planned_on=date(2026, 11, 6), by=head, state="cancelled")
    Absence.objects.create(inspector=one, starts_on=date(2026, 10, 30), ends_on=date(2026, 11, 2), reason="培训")
    (row,) = calendar(head, of_office(head), first, date(2026, 11, 30))
    assert [(cell.day.day, len(cell.visits)) for cell in row.cells if cell.visits] == [(3, 2), (5, 1)]
    assert row.cells[2].is_double
    assert [cell.day.day for cell in row.cells if cell.away == "培训"] == [1, 2]
    client = signed_in(head)
    week = text(client.get("/inspections/calendar/?span=week&day=2026-11-03"))
    assert "同日 2 次" in week
    assert "2026年11月" in text(client.get("/inspections/calendar/?day=2026-11-03"))


@pytest.mark.parametrize("query", ["day=x", "day=2026-13-45", "day=99999-01-01", "span=year", "day=%00"])
def test_nonsense_in_the_address_of_the_calendar_is_this_month(query: str) -> None:
    answer = signed_in(station_head()).get(f"/inspections/calendar/?{query}")
    assert answer.status_code == 200


def test_the_calendar_asks_as_often_for_three_inspectors_as_for_one(django_assert_num_queries: Any) -> None:
    head = station_head()
    for _ in range(2):
        stories.visit(stories.project(), [stories.inspector(head.organisation)], by=head)
        people = of_office(head)
        with django_assert_num_queries(2):
            calendar(head, people, stories.today(), stories.today())


# Load -----------------------------------------------------------------------------------------------------------------


def test_an_equal_share_counts_the_days_on_which_each_was_there() -> None:
    head = station_head()
    today = date(2026, 1, 30)
    here, away = (stories.inspector(head.organisation) for _ in range(2))
    Absence.objects.create(inspector=away, starts_on=date(2026, 1, 16), ends_on=date(2026, 1, 31))
    for _ in range(3):
        stories.visit(stories.project(), [here], planned_on=date(2026, 1, 20), by=head)
    stories.visit(stories.project(), [away], planned_on=date(2026, 2, 20), by=head)
    days = days_present([here, away], date(2026, 1, 1), today)
    told = {one.inspector.pk: one for one in loads([here, away], today)}
    assert days[here.pk] > days[away.pk] > 0
    assert (told[here.pk].year, told[here.pk].month, told[away.pk].ahead) == (3, 3, 1)
    assert sum(one.share for one in told.values()) == pytest.approx(3)
    assert told[here.pk].share == pytest.approx(3 * days[here.pk] / sum(days.values()))
    assert told[away.pk].difference < 0


def test_a_draw_counts_as_load_what_still_lies_before_somebody() -> None:
    head = station_head()
    busy, done, idle = (stories.inspector(head.organisation) for _ in range(3))
    for state in ("planned", "under_way", "cancelled"):
        stories.visit(stories.project(), [busy, done] if state == "planned" else [busy], state=state)
    stories.submitted(stories.visit(stories.project(), [done, busy]))
    assert loads_of([busy, done, idle]) == {busy.pk: 2, done.pk: 1}
    assert loads_of([idle]) == loads_of([]) == {}


def test_the_page_of_loads_leads_to_the_visits_behind_each_number() -> None:
    head = station_head()
    one = stories.inspector(head.organisation)
    stories.visit(stories.project(), [one], by=head)
    stories.visit(stories.project(), [one], by=head, state="cancelled")
    client = signed_in(head)
    shown = client.get("/inspections/load/")
    assert shown.context["lines"][0].year == 1
    day = stories.today()
    rows = client.get(
        f"/inspections/?view=all&standing=1&inspector={one.pk}"
        f"&planned_on_after={day.year}-01-01&planned_on_before={day}"
    )
    assert rows.context["page"]["total"] == 1


# The route ------------------------------------------------------------------------------------------------------------


def test_the_route_of_a_day_orders_the_sites_and_lists_those_without_a_place_last() -> None:
    head = station_head()
    one = stories.inspector(head.organisation, longitude=Decimal("114.50"), latitude=Decimal("38.00"))
    places = {"远处": ("114.80", "38.00"), "近处": ("114.55", "38.00"), "无坐标": (None, None)}
    for name, (longitude, latitude) in places.items():
        stories.visit(stories.project(name=name, longitude=longitude, latitude=latitude), [one], by=head)
    shown = signed_in(head).get(f"/inspections/route/?inspector={one.pk}&day={stories.today()}")
    way = shown.context["way"]
    assert [line["visit"].project.name for line in way["lines"]] == ["近处", "远处"]
    assert [visit.project.name for visit in way["nowhere"]] == ["无坐标"]
    assert way["total"] == pytest.approx(26.3, abs=0.3)
    own = signed_in(one.user).get("/inspections/route/")
    assert len(own.context["way"]["lines"]) == 2


def test_a_route_of_somebody_out_of_reach_is_not_told() -> None:
    stranger = stories.inspector(user=persona("inspector", at="130203"))
    client = signed_in(station_head())
    assert client.get(f"/inspections/route/?inspector={stranger.pk}").status_code == 404
    assert client.get("/inspections/route/?inspector=abc").status_code == 200
