"""A query makes the questions that it asks and no others; the form that is drawn has all of them."""

import pytest
from django.http import QueryDict
from django.test import Client

from apps.core.listing import Listing
from apps.core.registers import registry
from tests.hazards import stories
from tests.personas import persona

pytestmark = pytest.mark.django_db
QUERY = "state=draft&found_on_before=2099-01-01&category=&q="


@pytest.fixture
def site() -> stories.Site:
    place = stories.site()
    stories.draft(place)
    return place


def listing(query: str) -> Listing:
    return Listing(registry["hazards"], persona("province_officer"), QueryDict(query))


def test_only_what_is_asked_is_cleaned(site: stories.Site) -> None:
    asked = listing(QUERY)
    assert asked.filters.form.fields.keys() == {"state", "found_on"}
    assert asked.problems == {}
    assert asked.found.count() == 1


def test_what_is_drawn_has_every_question_and_what_was_asked(site: stories.Site) -> None:
    drawn = listing(QUERY).form
    assert drawn.fields.keys() == listing("").form.fields.keys() > {"q", "state", "category", "found_on"}
    assert (drawn["state"].value(), drawn["found_on"].value()) == ("draft", [None, "2099-01-01"])


def test_a_wrong_value_beside_a_right_one_is_told_and_finds_nothing(site: stories.Site) -> None:
    asked = listing("state=draft&found_on_after=2026-13-45&grade=enormous")
    assert asked.problems.keys() == {"grade", "found_on"}
    assert asked.found.count() == 0


def test_the_page_says_what_was_asked_and_nothing_else(site: stories.Site, client: Client) -> None:
    client.force_login(site.head)
    page = client.get(f"/hazards/?{QUERY}&view=all").content.decode()
    said = page.partition('id="asked"')[2].partition("</p>")[0]
    assert "状态“待下达”" in said
    assert "检查日期“…至2099-01-01”" in said
    assert said.count("“") == 2


def test_every_filter_by_region_finds_the_path_of_its_rows() -> None:
    officer = persona("province_officer")
    asked = [(name, column) for name in registry for column in registry[name].columns if column.narrow]
    assert len(asked) > 20
    for name, column in asked:
        assert column.narrow
        assert list(column.narrow(registry[name].rows(officer), "130100")[:1]) == [], name
