"""Every page of a list can be reached by the links of the page before it, whatever the order and the ties in it."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, QuerySet
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.core import listing as core_listing
from apps.core.keyset import place_of, rows_after
from apps.core.listing import Listing
from apps.core.registers import registry
from apps.enterprises.models import Enterprise
from apps.hazards.models import Hazard
from tests.factories import EnterpriseFactory
from tests.hazards import stories
from tests.personas import PROVINCE, persona

pytestmark = pytest.mark.django_db
ORDERS: dict[str, tuple[Any, ...]] = {
    "missing last": (F("safety_licence_until").asc(nulls_last=True), "-pk"),
    "missing last, downwards": (F("safety_licence_until").desc(nulls_last=True), "-pk"),
    "missing first, as PostgreSQL has it downwards": ("-safety_licence_until", "pk"),
    "missing first": (F("safety_licence_until").asc(nulls_first=True), "kind", "-pk"),
    "mixed ways with ties": ("-kind", "safety_licence_until", "-pk"),
    "over a foreign key": ("organisation__region__code", "-pk"),
}


@pytest.fixture
def firms() -> QuerySet[Enterprise]:
    for number in range(14):
        day = f"2027-0{number % 3 + 1}-01" if number % 4 else None
        EnterpriseFactory(safety_licence_until=day, kind=("owner", "contractor")[number % 2])
    return Enterprise.objects.filter(kind__in=("owner", "contractor"))


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
@pytest.mark.parametrize("backwards", [False, True], ids=["forwards", "backwards"])
def test_rows_after_each_row_are_those_that_follow_it(
    firms: QuerySet[Enterprise], order: tuple[Any, ...], backwards: bool
) -> None:
    rows = firms.order_by(*order)
    rows = rows.reverse() if backwards else rows
    everything = list(rows)
    for at, row in enumerate(everything):
        place = place_of(firms, row.pk, rows)
        assert place is not None
        assert rows_after(rows, place, 5) == everything[at + 1 : at + 6]


def test_an_order_by_an_expression_has_no_places() -> None:
    with pytest.raises(TypeError):
        place_of(Enterprise.objects.all(), 1, Enterprise.objects.order_by(F("pk") + 1))


# Through the pages of the list --------------------------------------------------------------------------------------


def listed(query: str) -> Listing:
    return Listing(registry["enterprises"], persona("province_officer", at=PROVINCE), QueryDict(query))


def page_of(query: str) -> dict[str, Any]:
    return core_listing.page_context(listed(query))["page"]


def walk(query: str, to: str) -> Iterator[list[int]]:
    """The keys of one page after the other, by the links that the page offers."""
    while query:
        found = listed(query)
        yield [row.pk for row in found.records]
        page = page_of(query)
        query = page[f"{to}_url"].removeprefix("?") if page[f"has_{to}"] else ""


@pytest.mark.parametrize("cap", [10_000, 5], ids=["counted", "beyond the cap"])
@pytest.mark.parametrize("sort", ["", "safety_licence_until", "-safety_licence_until"])
def test_next_and_previous_links_pass_every_row_once(
    firms: QuerySet[Enterprise], monkeypatch: pytest.MonkeyPatch, cap: int, sort: str
) -> None:
    monkeypatch.setattr(core_listing, "COUNT_CAP", cap)
    monkeypatch.setattr(core_listing, "SIZES", (3, 20))
    everything = [row.pk for row in listed(f"size=20&sort={sort}").records]
    onwards = list(walk(f"size=3&sort={sort}", "next"))
    assert list(chain(*onwards)) == everything
    last = "-1" if cap == 5 else "99"
    back = list(walk(f"size=3&sort={sort}&page={last}", "previous"))
    assert sorted(chain(*back)) == sorted(everything)


def test_a_link_two_pages_on_skips_one(firms: QuerySet[Enterprise], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core_listing, "SIZES", (3, 20))
    everything = [row.pk for row in listed("size=20").records]
    links = {link["number"]: link["url"] for link in page_of("size=3")["links"] if link}
    third = links[3].removeprefix("?")
    assert [row.pk for row in listed(third).records] == everything[6:9]
    back = {link["number"]: link["url"] for link in page_of(third)["links"] if link}
    assert [row.pk for row in listed(back[1].removeprefix("?")).records] == everything[:3]
    assert [row.pk for row in listed(back[5].removeprefix("?")).records] == everything[12:]


def test_a_page_by_a_row_that_is_gone_or_foreign_falls_back_to_its_number(firms: QuerySet[Enterprise]) -> None:
    for key in ("999999999", "x", "-1", "1e9", "\x00"):
        assert len(listed(f"size=20&page=1&after={key}").records) == firms.count()


def test_the_pager_offers_the_end_and_an_exact_count_beyond_the_cap(
    firms: QuerySet[Enterprise], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core_listing, "COUNT_CAP", 5)
    client = Client()
    client.force_login(persona("province_officer", at=PROVINCE))
    text = client.get("/enterprises/?view=all").content.decode()
    assert "1 万+ 条" in text
    assert "末页" in text
    exact = client.get("/enterprises/?view=all&count=exact").content.decode()
    assert f"共 {firms.count()} 条" in exact
    assert "末页" not in exact


@pytest.mark.parametrize("text", ["q=有限公司", "qualification=一级"])
def test_what_a_text_finds_is_counted_less_far(
    firms: QuerySet[Enterprise], monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(core_listing, "SEARCH_CAP", 5)
    firms.update(qualification="施工总承包一级")
    found = listed(f"view=all&size=20&{text}")
    assert (found.counted, found.is_capped, len(found.records)) == (6, True, firms.count())
    page = page_of(f"view=all&size=20&{text}")
    assert page["total_label"] == "5+ 条"
    exact = page_of(page["exact_url"].removeprefix("?"))
    assert (exact["total_label"], exact["exact_url"]) == (f"{firms.count()} 条", "")
    assert not listed("view=all&kind=owner").is_capped


def test_a_deep_page_asks_no_more_than_the_first_and_where_it_lies() -> None:
    place = stories.site()
    for _ in range(5):
        stories.draft(place)
    user = place.inspector
    register = registry["hazards"]

    def asked(query: str) -> int:
        found = Listing(register, user, QueryDict(query))
        assert found.columns
        assert found.counted
        with CaptureQueriesContext(connection) as queries:
            assert found.records
        return len(queries)

    first = Hazard.objects.order_by("-pk").first()
    assert first is not None
    assert asked("view=all&size=20") == 1
    assert asked(f"view=all&size=20&sort=-number&page=2&after={first.pk}") <= 3
