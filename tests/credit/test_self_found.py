"""自查: what a firm finds and puts right in time is spared and told so; what it leaves open is proposed once."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from apps.core.models import Event
from apps.credit.models import CreditEntry
from apps.credit.services import clock
from apps.credit.services.self_found import propose_left_open
from apps.hazards.models import Grade, Hazard, Source
from tests.credit.stories import Cast, today
from tests.credit.test_feeding import another_method
from tests.hazards import stories as hazards
from tests.hazards.stories import Site
from tests.personas import province_officer

pytestmark = pytest.mark.django_db
TERM = 3


@pytest.fixture
def site() -> Site:
    return hazards.site()


def found(site: Site, by: Any = None, source: str = Source.SELF_CHECK, **told: Any) -> Hazard:
    """A major one that the contractor found and ordered itself, with three days for it."""
    draft = hazards.draft(site, by=by or site.director, source=source, **{"grade": Grade.MAJOR} | told)
    return hazards.order(draft, site, by=site.director, days=TERM)


def answered(hazard: Hazard, site: Site) -> Hazard:
    return hazards.advanced(hazard, "answered", site)


def test_what_is_put_right_in_time_is_never_proposed(site: Site) -> None:
    hazard = answered(found(site, found_on=today() - timedelta(days=4)), site)
    Hazard.objects.filter(pk=hazard.pk).update(deadline=today() - timedelta(days=1))
    assert propose_left_open(today()) == 0


def test_on_the_last_day_of_the_term_nothing_is_proposed_and_on_the_next_it_is(site: Site) -> None:
    hazard = overdue(site)
    Hazard.objects.filter(pk=hazard.pk).update(deadline=today())
    assert propose_left_open(today()) == 0
    Hazard.objects.filter(pk=hazard.pk).update(deadline=today() - timedelta(days=1))
    assert propose_left_open(today()) == 1


def overdue(site: Site, **told: Any) -> Hazard:
    """As if its term had ended yesterday."""
    hazard = found(site, found_on=today() - timedelta(days=4), **told)
    Hazard.objects.filter(pk=hazard.pk).update(deadline=today() - timedelta(days=1))
    hazard.refresh_from_db()
    return hazard


def test_what_is_left_open_is_proposed_for_the_day_after_its_term_by_the_office_of_the_place(site: Site) -> None:
    hazard = overdue(site)
    clock.tick()
    entry = CreditEntry.objects.get()
    assert (entry.enterprise_id, entry.happened_on, entry.state) == (hazard.enterprise_id, today(), "proposed")
    assert (entry.organisation, entry.made_by) == (site.inspector.organisation, None)
    assert entry.source_url == hazard.get_absolute_url()
    assert Event.objects.get(pk=entry.source_event or 0).name == "order"
    assert f"整改期限 {hazard.deadline} 届满未整改" in entry.facts


def test_the_clock_proposes_it_once_however_often_it_ticks_and_what_is_done_with_the_proposal(site: Site) -> None:
    overdue(site)
    clock.tick()
    CreditEntry.objects.update(state="rejected")
    clock.tick()
    assert CreditEntry.objects.count() == 1


def test_an_ordinary_one_that_is_left_open_is_spared(site: Site) -> None:
    overdue(site, grade=Grade.ORDINARY)
    clock.tick()
    assert not CreditEntry.objects.exists()


def test_where_the_setting_spares_nothing_the_order_has_proposed_it_and_the_clock_adds_nothing(site: Site) -> None:
    another_method(spares_self_found=False)
    overdue(site)
    assert CreditEntry.objects.count() == 1
    clock.tick()
    assert CreditEntry.objects.count() == 1


def page(site: Site, user: Any) -> str:
    client = Client()
    client.force_login(user)
    return client.get(f"/enterprises/{site.director.organisation.enterprise.uscc}/credit/").content.decode()


def test_the_page_tells_which_did_not_count_and_opens_the_list_of_as_many(site: Site) -> None:
    hazards.advanced(answered(found(site), site), "confirmed", site)
    found(site)
    overdue(site)
    clock.tick()
    text = page(site, site.director)
    told = "企业自查的重大隐患 3 条：不计分 2 条（已销号 0 条，整改中 2 条），期限届满未整改、已提出记录 1 条"
    assert told in text
    url = text[text.index('id="spared"') :].split('href="')[1].split('"')[0].replace("&amp;", "&")
    client = Client()
    client.force_login(site.director)
    listed = client.get(url).content.decode()
    assert {number for number in Hazard.objects.values_list("number", flat=True) if number in listed} == set(
        Hazard.objects.values_list("number", flat=True)
    )


def test_where_the_setting_spares_nothing_the_page_says_nothing_of_it(site: Site) -> None:
    another_method(spares_self_found=False)
    answered(found(site), site)
    assert 'id="spared"' not in page(site, site.director)


def test_the_province_reads_it_on_the_page_too(site: Site) -> None:
    answered(found(site), site)
    assert 'id="spared"' in page(site, province_officer())
    assert 'id="spared"' not in page(site, Cast().director)
