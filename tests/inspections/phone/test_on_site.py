"""When and where a visit took place, as the phone says it: the day on site and not that of the net."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from apps.inspections.models import Visit
from tests.inspections import stories
from tests.inspections.phone.handling import Handheld
from tests.inspections.phone.phones import Phone, long_ago, operation, planned
from tests.inspections.phone.test_offline import steps

Start = Callable[[Any], Handheld]
PLACE = {"longitude": 114.514860, "latitude": 38.042310, "accuracy": 12.4}


def planned_days_ago(days: int) -> Visit:
    visit = planned()
    Visit.objects.filter(pk=visit.pk).update(created_at=long_ago(days))
    return visit


def handed_in(phone: Handheld, shot: Path) -> None:
    for _ in steps(phone, shot):
        pass


@pytest.mark.django_db(transaction=True)
@pytest.mark.browser
@pytest.mark.slow
def test_a_visit_without_a_net_that_is_sent_days_later_was_on_the_day_on_site(handheld: Start, shot: Path) -> None:
    visit = planned_days_ago(5)
    phone = handheld(stories.lead(visit)).take_along().cut()
    there = long_ago(2)
    phone.context.clock.set_system_time(there)
    handed_in(phone, shot)
    phone.killed()
    phone.context.clock.set_system_time(timezone.now())
    phone.back_on_the_net().uploaded()
    expect(phone.page.locator("#dock")).to_contain_text("已提交")
    visit.refresh_from_db()
    day = timezone.localdate(there)
    assert visit.record["visited_on"] == day.isoformat()
    assert visit.findings.get().hazard.found_on == day  # type: ignore[union-attr]
    claimed: Any = (visit.started_claimed, visit.ended_claimed)
    second = timedelta(seconds=2)  # the server tells its time in whole ones
    assert there - second <= claimed[0] < claimed[1] < there + timedelta(minutes=10)
    assert phone.faults == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.browser
@pytest.mark.slow
def test_a_clock_that_is_off_is_put_right_in_what_the_phone_says_of_the_time(handheld: Start, shot: Path) -> None:
    """Also in a tab that was opened without a net, and so has not asked the server what the time is."""
    visit = planned_days_ago(9)
    phone = handheld(stories.lead(visit))
    phone.context.clock.set_system_time(long_ago(4))
    phone.take_along().cut().killed()
    handed_in(phone, shot)
    phone.back_on_the_net().uploaded()
    expect(phone.page.locator("#dock")).to_contain_text("已提交")
    visit.refresh_from_db()
    assert visit.record["visited_on"] == timezone.localdate().isoformat()


@pytest.mark.django_db(transaction=True)
@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("is_allowed", [True, False], ids=("allowed", "refused"))
def test_the_position_is_told_where_the_inspector_allows_it(handheld: Start, shot: Path, is_allowed: bool) -> None:
    visit = planned()
    phone = handheld(stories.lead(visit))
    phone.context.set_geolocation(PLACE)  # type: ignore[arg-type]
    if is_allowed:
        phone.context.grant_permissions(["geolocation"])
    phone.take_along().cut()
    handed_in(phone, shot)
    phone.back_on_the_net().uploaded()
    expect(phone.page.locator("#dock")).to_contain_text("已提交")
    visit.refresh_from_db()
    expected = (Decimal("114.514860"), Decimal("38.042310"), 12) if is_allowed else (None, None, None)
    assert (visit.longitude, visit.latitude, visit.accuracy_m) == expected
    assert visit.started_claimed
    assert phone.faults == []


@pytest.mark.django_db
def test_of_two_phones_the_first_beginning_the_last_end_and_the_first_place_stand() -> None:
    visit = planned()
    mine, theirs = (Phone(member.inspector.user, visit) for member in visit.team.order_by("position"))
    early, late = long_ago(1), timezone.now()
    here, there = {"longitude": "114.5", "latitude": "38"}, {"longitude": "114.6", "latitude": "38"}
    middle = early + timedelta(hours=1)

    def told(phone: Phone, began: Any, ended: Any, place: dict[str, str]) -> int:
        notes = {"started_claimed": began.isoformat(), "ended_claimed": ended.isoformat(), **place}
        return int(phone.put(operation("notes", notes=notes)).status_code)

    assert told(mine, middle, late, here) == told(theirs, early, middle, there) == told(mine, middle, late, here) == 200
    visit.refresh_from_db()
    assert (visit.started_claimed, visit.ended_claimed, visit.longitude) == (early, late, Decimal("114.5"))
