"""Listed supervision: proposed by anybody of the authority, decided at its level, public, released after a look."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.http import Http404

from apps.core.models import Event
from apps.core.workflow import TransitionRefused
from apps.hazards.models import Grade, Hazard
from apps.hazards.workflow import HAZARD
from apps.notifications.models import Message
from apps.supervision import services
from apps.supervision.models import LISTING_CHANGES, EscalationRule, Listing
from apps.supervision.workflow import LISTING
from tests.hazards import stories as hazards
from tests.personas import LUBEI, persona
from tests.supervision import stories

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> stories.Watch:
    return stories.watch()


def level_of(hazard: Hazard) -> str:
    return Hazard.objects.get(pk=hazard.pk).listed_level


def test_the_database_knows_the_same_moves_as_the_table() -> None:
    assert LISTING.pairs() == set(LISTING_CHANGES)


def test_a_major_hazard_is_listed_with_its_five_contents(place: stories.Watch) -> None:
    listing = stories.listed(place)
    assert (listing.number, listing.state) == (f"{place.hazard.number}-L1", "listed")
    assert (listing.project_name, listing.organisation) == (place.site.project.name, place.county.organisation)
    assert level_of(place.hazard) == "county"


def test_an_ordinary_hazard_is_not_listed() -> None:
    site = hazards.site()
    hazard = hazards.taken_to("ordered", site, grade=Grade.ORDINARY)
    with pytest.raises(TransitionRefused, match="只有重大隐患才能挂牌督办"):
        services.propose(hazard, by=site.inspector, level="county", basis="逾期未改")


def test_each_level_decides_for_itself(place: stories.Watch) -> None:
    listing = stories.proposed(place, "city")
    for stranger in (place.county, place.province, place.site.head):
        with pytest.raises(TransitionRefused, match="市级挂牌由同级监督机构办理"):
            LISTING.perform(listing, "list_publicly", by=stranger, **stories.notice())
    assert LISTING.perform(listing, "list_publicly", by=place.city, **stories.notice()).state == "listed"


def test_a_proposal_is_cancelled_with_a_reason_and_told_to_the_recorder(place: stories.Watch) -> None:
    listing = LISTING.perform(stories.proposed(place), "cancel_listing", by=place.county, reason="现场核实已消除")
    assert (listing.state, listing.reason) == ("cancelled", "现场核实已消除")
    assert Message.objects.filter(recipient=place.site.inspector, kind="listing_cancel_listing").exists()
    assert level_of(place.hazard) == ""


def test_a_hazard_is_proposed_once_at_a_level(place: stories.Watch) -> None:
    stories.proposed(place)
    with pytest.raises(TransitionRefused, match="该隐患在这一层级已有未办结的挂牌督办"):
        stories.proposed(place)


def test_a_deadline_in_the_past_is_refused(place: stories.Watch) -> None:
    with pytest.raises(TransitionRefused, match="治理期限不能早于今天"):
        LISTING.perform(stories.proposed(place), "list_publicly", by=place.county, **stories.notice(days=-1))


def test_the_firm_reports_and_nobody_else(place: stories.Watch) -> None:
    listing = stories.listed(place)
    other = persona("safety_director", organisation=hazards.enterprise().organisation)
    with pytest.raises(Http404):
        LISTING.perform(listing, "report_removal", by=other, report="已治理")
    assert LISTING.perform(listing, "report_removal", by=place.site.director, report="已治理").state == "reported"


def test_it_is_released_only_when_the_hazard_itself_was_verified(place: stories.Watch) -> None:
    listing = stories.reported(place)
    checked: dict[str, Any] = {"opinion": "现场核查，已治理到位", "checked_on": hazards.today()}
    with pytest.raises(TransitionRefused, match="复查合格后才能解除督办"):
        LISTING.perform(listing, "release", by=place.county, **checked)
    hazards.advanced(Hazard.objects.get(pk=place.hazard.pk), "verified", place.site)
    assert LISTING.perform(listing, "release", by=place.county, **checked).state == "released"
    assert level_of(place.hazard) == ""


def test_what_did_not_pass_goes_on_with_a_new_deadline_and_is_counted(place: stories.Watch) -> None:
    later = hazards.today() + timedelta(days=20)
    listing = LISTING.perform(stories.reported(place), "go_on", by=place.county, opinion="北侧仍未加固", deadline=later)
    assert (listing.state, listing.continuations, listing.deadline, listing.report) == ("listed", 1, later, "")
    told = Event.objects.of(listing).get(name="report_removal").facts
    assert told["report"] == "已加固支护，监测稳定"


def test_a_listed_hazard_is_neither_closed_nor_voided(place: stories.Watch) -> None:
    stories.listed(place)
    hazard = hazards.advanced(Hazard.objects.get(pk=place.hazard.pk), "verified", place.site)
    with pytest.raises(TransitionRefused, match="正在县级挂牌督办，解除督办后才能办理"):
        HAZARD.perform(hazard, "close", by=place.site.second)


def test_a_higher_level_takes_over_what_a_lower_one_had_listed(place: stories.Watch) -> None:
    lower = stories.listed(place)
    stories.listed(place, "city")
    assert Listing.objects.get(pk=lower.pk).state == "raised"
    assert level_of(place.hazard) == "city"
    with pytest.raises(TransitionRefused, match="只能提请更高一级"):
        stories.proposed(place)


def test_a_firm_sees_a_listing_but_no_proposal(place: stories.Watch) -> None:
    listing = stories.proposed(place)
    assert not Listing.objects.visible_to(place.site.director).exists()
    LISTING.perform(listing, "list_publicly", by=place.county, **stories.notice())
    assert Listing.objects.visible_to(place.site.director).exists()
    assert not Listing.objects.visible_to(persona("inspector", at=LUBEI)).exists()


def test_the_database_refuses_to_list_without_contents_and_to_delete(place: stories.Watch) -> None:
    listing = stories.proposed(place)
    with pytest.raises(IntegrityError, match="listing_has_its_five_contents"), transaction.atomic():
        Listing.objects.filter(pk=listing.pk).update(state="listed", demands="")
    with pytest.raises(InternalError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM supervision_listing")
    with pytest.raises(InternalError), transaction.atomic():
        Listing.objects.filter(pk=listing.pk).update(state="released")


def test_everybody_concerned_is_told_and_earlier_requests_ask_for_nothing_more(place: stories.Watch) -> None:
    listing = stories.proposed(place)
    asked = Message.objects.get(recipient=place.county, kind="listing_proposed")
    assert asked.level == "must_do"
    LISTING.perform(listing, "list_publicly", by=place.county, **stories.notice())
    asked.refresh_from_db()
    assert asked.level == "info"
    told = Message.objects.filter(kind="listing_list_publicly").values_list("recipient", flat=True)
    assert {place.site.director.pk, place.site.manager.pk, place.site.engineer.pk, place.site.head.pk} <= set(told)


# By rule


def after(place: stories.Watch, days: int) -> date:
    """The day on which the hazard's deadline has passed by so many days."""
    deadline = Hazard.objects.get(pk=place.hazard.pk).deadline
    assert deadline
    return deadline + timedelta(days=days)


def test_rules_propose_once_for_each_lapse(place: stories.Watch) -> None:
    day = after(place, 4)
    assert [services.propose_by_rule(day), services.propose_by_rule(day)] == [1, 0]
    listing = Listing.objects.get()
    assert (listing.level, listing.state, listing.decide_by) == ("county", "proposed", day + timedelta(days=3))
    assert "已过 4 天" in listing.basis
    assert Event.objects.of(listing).get().actor is None


def test_before_the_day_of_the_rule_nothing_is_proposed(place: stories.Watch) -> None:
    assert services.propose_by_rule(after(place, 2)) == 0


def test_what_was_cancelled_is_proposed_again_only_for_a_new_deadline(place: stories.Watch) -> None:
    services.propose_by_rule(after(place, 4))
    LISTING.perform(Listing.objects.get(), "cancel_listing", by=place.county, reason="已停工，等待设计方案")
    assert services.propose_by_rule(after(place, 5)) == 0
    Hazard.objects.filter(pk=place.hazard.pk).update(deadline=after(place, 2))
    assert services.propose_by_rule(after(place, 3)) == 1


def test_after_more_days_the_city_is_asked_too(place: stories.Watch) -> None:
    assert services.propose_by_rule(after(place, 10)) == 2
    assert set(Listing.objects.values_list("level", flat=True)) == {"county", "city"}
    assert Message.objects.filter(recipient=place.city, kind="listing_proposed").count() == 1


def test_a_rule_that_is_off_proposes_nothing(place: stories.Watch) -> None:
    EscalationRule.objects.filter(level="county").update(is_active=False)
    assert services.propose_by_rule(after(place, 4)) == 0


def test_an_ordinary_or_answered_hazard_is_left_alone(place: stories.Watch) -> None:
    day = after(place, 4)
    Hazard.objects.update(grade=Grade.ORDINARY)
    assert services.propose_by_rule(day) == 0
    Hazard.objects.update(grade=Grade.MAJOR)
    hazards.advanced(Hazard.objects.get(pk=place.hazard.pk), "answered", place.site)
    assert services.propose_by_rule(day) == 0
