"""The counts beside the tabs, written out in SQL, are those that the tabs' own conditions give."""

import pytest

from apps.accounts.roles import ROLES
from apps.core.registers import Register, registry
from apps.hazards.counting import counts_in_region
from apps.hazards.models import Grade, Source
from tests.hazards import stories
from tests.personas import CHANGAN, LUBEI, PROVINCE, QIAOXI, SHIJIAZHUANG, persona

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
STATES = ("draft", "ordered", "rectifying", "answered", "confirmed", "verified", "closed")


@pytest.fixture
def ledger() -> None:
    """Hazards of every state in three counties of two cities, found by offices and by firms, of both grades."""
    for county in (CHANGAN, QIAOXI, LUBEI):
        place = stories.site(county)
        for state in STATES:
            stories.taken_to(state, place)
        stories.draft(place, grade=Grade.MAJOR)
        stories.order(stories.draft(place), place, days=None)
        stories.draft(place, by=place.director, source=Source.SELF_CHECK)
        stories.draft(place, by=place.director, source=Source.SELF_CHECK, grade=Grade.MAJOR)


def test_offices_count_what_their_tabs_find(ledger: None) -> None:
    register = registry["hazards"]
    roles = [code for code, role in ROLES.items() if role.side == "regulator" and role.reach == "region"]
    users = [persona(role, at=at) for role in roles for at in (CHANGAN, SHIJIAZHUANG, PROVINCE)]
    told = {(user.role, user.organisation.name): counts_in_region(user) for user in users}
    assert told == {(user.role, user.organisation.name): Register.view_counts(register, user) for user in users}


def test_who_recorded_something_finds_it_counted_as_own(ledger: None) -> None:
    user = stories.site(CHANGAN).inspector
    counts = counts_in_region(user)
    assert counts is not None
    assert counts["mine"] == 0
    stories.draft(stories.site(CHANGAN), by=user)
    after = counts_in_region(user)
    assert after is not None
    assert (after["mine"], after["drafts"]) == (1, counts["drafts"] + 1)


def test_who_reaches_single_sites_is_counted_by_the_tabs_conditions(ledger: None) -> None:
    place = stories.site(CHANGAN)
    stories.draft(place)
    for user in (place.director, place.engineer, persona("expert")):
        assert counts_in_region(user) is None
        assert registry["hazards"].view_counts(user) == Register.view_counts(registry["hazards"], user)
