"""Zero reports: which periods are due, who has not reported, and that nothing found is said expressly."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from apps.inspections.models import ZeroReport
from apps.inspections.services.plans import units_of
from apps.inspections.services.zero_reports import (
    due_periods,
    known_numbers,
    missing_of,
    periods_of,
    remind_of_reports,
    report,
    rounds,
    weeks,
)
from apps.notifications.models import Message
from tests.inspections.plans import stories
from tests.personas import CHANGAN, city_officer, persona, region, signed_in, station_head

pytestmark = pytest.mark.django_db


def test_weeks_are_those_of_the_calendar_cut_to_the_days_of_the_campaign() -> None:
    found = weeks(date(2026, 12, 30), date(2027, 1, 6))
    assert [(period.code, period.first, period.last) for period in found] == [
        ("2026-W53", date(2026, 12, 30), date(2027, 1, 3)),
        ("2027-W01", date(2027, 1, 4), date(2027, 1, 6)),
    ]


def test_rounds_divide_the_days_without_gaps() -> None:
    found = rounds(date(2026, 11, 1), date(2026, 11, 10), 3)
    assert [(period.first.day, period.last.day) for period in found] == [(1, 3), (4, 6), (7, 10)]


def test_a_period_is_due_when_it_has_ended() -> None:
    campaign = stories.campaign(starts_on=date(2026, 11, 2), ends_on=date(2026, 11, 22))
    assert due_periods(campaign, date(2026, 11, 8)) == []
    assert [period.code for period in due_periods(campaign, date(2026, 11, 9))] == ["2026-W45"]


def test_known_numbers_are_the_visits_and_hazards_of_the_county_and_period() -> None:
    campaign = stories.campaign()
    period = periods_of(campaign)[0]
    site = stories.project()
    done = stories.visit(site, campaign=campaign)
    stories.found(done)
    stories.submitted(done, period.first)
    stories.submitted(stories.visit(site, campaign=campaign), period.last + timedelta(days=1))
    stories.submitted(stories.visit(site), period.first)
    assert known_numbers(campaign, region(CHANGAN).path, period) == {"visits": 1, "hazards": 1}


def test_a_report_that_says_nothing_was_found_is_made_expressly() -> None:
    campaign, head = stories.campaign(), station_head()
    client, page = signed_in(head), f"{campaign.get_absolute_url()}zero-report/"
    assert client.get(page).context["form"].initial == {"visits": 0, "hazards": 0}
    silent = client.post(page, {"visits": "0", "hazards": "0"})
    assert (silent.status_code, "须勾选确认零报告" in silent.content.decode()) == (422, True)
    other = client.post(page, {"visits": "3", "hazards": "0", "is_zero": "on"})
    assert "与平台登记不一致" in other.content.decode()
    assert client.post(page, {"visits": "0", "hazards": "0", "is_zero": "on"}).status_code == 302
    made = ZeroReport.objects.get()
    assert (made.organisation, made.visits, made.period) == (head.organisation, 0, periods_of(campaign)[0].code)


def test_a_later_report_of_a_period_stands_in_the_place_of_the_earlier() -> None:
    campaign, head = stories.campaign(), station_head()
    period = periods_of(campaign)[0].code
    for hazards in (0, 2):
        report(campaign, by=head, period=period, visits=1, hazards=hazards)
    shown = signed_in(head).get(f"{campaign.get_absolute_url()}progress/").content.decode()
    assert "隐患 2" in shown
    assert ZeroReport.objects.count() == 2


@pytest.mark.parametrize("who", ["county of another city", "the city itself", "an inspector"])
def test_only_the_units_of_a_campaign_report(who: str) -> None:
    city = city_officer()
    campaign = stories.campaign(city)
    people = {
        "county of another city": persona("station_head", at="130203"),
        "the city itself": city,
        "an inspector": persona("inspector"),
    }
    by = people[who]
    with pytest.raises((ValidationError, Exception)) as refused:
        report(campaign, by=by, period=periods_of(campaign)[0].code, visits=0, hazards=0)
    assert type(refused.value).__name__ in ("TransitionRefused", "Http404")
    assert ZeroReport.objects.count() == 0


def test_a_period_that_has_not_begun_cannot_be_reported() -> None:
    campaign, head = stories.campaign(), station_head()
    with pytest.raises(ValidationError, match="还没有开始"):
        report(campaign, by=head, period=periods_of(campaign)[-1].code, visits=0, hazards=0)
    with pytest.raises(ValidationError, match="没有这个报告期"):
        report(campaign, by=head, period="2026-W99", visits=0, hazards=0)


def test_who_has_not_reported_hears_of_it_once_a_working_day_until_it_is_there() -> None:
    head = station_head()
    campaign = stories.campaign(starts_on=date(2026, 11, 2), ends_on=date(2026, 11, 29))
    friday, saturday, monday = date(2026, 11, 13), date(2026, 11, 14), date(2026, 11, 16)
    assert remind_of_reports(friday) == 1
    assert remind_of_reports(friday) == 0
    assert remind_of_reports(saturday) == 0
    told = Message.objects.get(recipient=head, kind="zero_report_due")
    assert "2026年第45周" in told.body
    for period in due_periods(campaign, monday):
        report(campaign, by=head, period=period.code, visits=0, hazards=0)
    assert remind_of_reports(monday) == 0
    missing = missing_of(campaign, units_of(campaign), monday)
    assert region(CHANGAN) not in {unit for unit, _ in missing}
