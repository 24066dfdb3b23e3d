"""Statistics say what the ledger says, to those who answer for a region."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from apps.accounts.models import User
from apps.core.listing import Listing
from apps.core.months import month_asked
from apps.core.registers import registry
from apps.dashboards.statistics import Line, Statistics
from apps.hazards.models import Grade, Hazard, Source
from tests.hazards import stories
from tests.personas import CHANGAN, LUBEI, PROVINCE, QIAOXI, SHIJIAZHUANG, persona

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
TANGSHAN = "130200"
ROW_FIGURES = ("open", "overdue", "major", "found", "closed", "found_and_closed")


@pytest.fixture
def ledger() -> dict[str, stories.Site]:
    """Two counties of one city and one of another, each with open, overdue, closed, old and self-found hazards."""
    places = {county: stories.site(county) for county in (CHANGAN, QIAOXI, LUBEI)}
    last_month = stories.today().replace(day=1) - timedelta(days=1)
    for number, place in enumerate(places.values(), 1):
        for _ in range(number):
            stories.taken_to("ordered", place)
        late = stories.taken_to("ordered", place, grade=Grade.MAJOR)
        Hazard.objects.filter(pk=late.pk).update(
            found_on=stories.today() - timedelta(days=9), deadline=stories.today() - timedelta(days=2)
        )
        stories.taken_to("closed", place)
        stories.taken_to("closed", place, found_on=last_month)
        stories.draft(place)
        stories.draft(place, by=place.director, source=Source.SELF_CHECK)
    return places


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def told(client: Client, code: str = "", query: str = "") -> Statistics:
    answer = client.get((reverse("stats:region", args=[code]) if code else reverse("stats:own")) + query)
    assert answer.status_code == 200
    return answer.context["told"]


def rows_behind(user: Any, url: str) -> int:
    listing = Listing(registry["hazards"], user, QueryDict(urlsplit(url).query))
    assert listing.problems == {}
    return listing.found.count()


@pytest.mark.parametrize("at", [PROVINCE, SHIJIAZHUANG, CHANGAN])
def test_each_figure_leads_to_as_many_rows(ledger: dict[str, stories.Site], at: str) -> None:
    user = persona("city_officer", at=at)
    shown = told(client_of(user))
    lines = [Line("合计", shown.total, shown.rows), *shown.units]
    figures = {(line.label, name): getattr(line.figures, name) for line in lines for name in ROW_FIGURES}
    assert figures == {(line.label, name): rows_behind(user, line.rows[name]) for line in lines for name in ROW_FIGURES}
    assert all(getattr(shown.total, name) for name in ROW_FIGURES)
    for line in shown.months:
        for name in ("found", "closed", "found_and_closed"):
            assert getattr(line.figures, name) == rows_behind(user, line.rows[name])


def test_province_leads_to_its_cities_and_these_to_their_counties(ledger: dict[str, stories.Site]) -> None:
    client = client_of(persona("province_officer"))
    cities = {line.label: line for line in told(client).units}
    assert len(cities) == 14
    assert (cities["石家庄市"].figures.overdue, cities["唐山市"].figures.overdue) == (2, 1)
    page = client.get(cities["石家庄市"].url)
    counties = {line.label: line.figures.overdue for line in page.context["told"].units}
    assert {name: count for name, count in counties.items() if count} == {"长安区": 1, "桥西区": 1}
    assert [crumb["label"] for crumb in page.context["crumbs"]] == ["河北省", "石家庄市"]
    county = told(client, CHANGAN)
    assert (county.units, county.total.overdue) == ([], 1)


def test_worst_rate_of_overdue_stands_first_with_the_longest_bar(ledger: dict[str, stories.Site]) -> None:
    units = told(client_of(persona("city_officer", at=SHIJIAZHUANG))).units
    assert [line.label for line in units[:2]] == ["长安区", "桥西区"]
    assert units[0].share == 100
    assert 0 < units[1].share < 100
    page = client_of(persona("city_officer", at=SHIJIAZHUANG)).get("/stats/").content.decode()
    assert '<rect width="100.0" height="8"' in page


@pytest.mark.parametrize("role", ["inspector", "city_officer"])
def test_region_out_of_reach_answers_like_one_that_is_not(ledger: dict[str, stories.Site], role: str) -> None:
    client = client_of(persona(role))
    for code in (LUBEI, TANGSHAN, PROVINCE, "139999", "x", "a\x00b"):
        assert client.get(reverse("stats:region", args=[code])).status_code == 404
        assert client.post(reverse("stats:export", args=[code])).status_code == 404


@pytest.mark.parametrize(
    "role", ["safety_director", "supervising_engineer", "expert", "permit_officer", "system_admin"]
)
def test_who_answers_for_no_region_or_no_hazards_has_no_statistics(role: str) -> None:
    client = client_of(persona(role))
    assert client.get("/stats/").status_code == 403
    assert client.post(reverse("stats:export", args=[CHANGAN])).status_code == 403
    assert "统计分析" not in client.get("/menu/").content.decode()


def test_officer_finds_statistics_in_the_menu() -> None:
    assert '<a href="/stats/"' in client_of(persona("inspector")).get("/menu/").content.decode()


def test_earlier_month_is_told_and_kept_on_the_way_down(ledger: dict[str, stories.Site]) -> None:
    client = client_of(persona("province_officer"))
    last_month = (stories.today().replace(day=1) - timedelta(days=1)).replace(day=1)
    shown = told(client, query=f"?month={last_month:%Y-%m}")
    assert shown.month == last_month
    assert shown.total.found_and_closed == 3
    assert parse_qs(urlsplit(shown.units[0].url).query) == {"month": [f"{last_month:%Y-%m}"]}
    assert any(item["url"] == "?" for item in shown.switch())


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "0001-01", "9999-12", "abc", "2026-11-01", "\x00", "%s"])
def test_what_is_no_month_or_lies_ahead_means_this_one(text: str) -> None:
    assert month_asked(text) == stories.today().replace(day=1)
    assert client_of(persona("inspector")).get("/stats/", {"month": text}).status_code == 200


def test_month_that_was_is_taken_as_it_is() -> None:
    assert month_asked("2025-02") == date(2025, 2, 1)


def test_workbook_holds_the_figures_of_the_page(ledger: dict[str, stories.Site]) -> None:
    client = client_of(persona("city_officer", at=SHIJIAZHUANG))
    shown = told(client)
    answer = client.post(reverse("stats:export", args=[SHIJIAZHUANG]))
    assert answer.status_code == 200
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active  # type: ignore[attr-defined]
    assert sheet is not None
    lines = {row[0]: row[1:7] for row in sheet.iter_rows(values_only=True) if isinstance(row[1], int)}
    expected = {line.label: tuple(getattr(line.figures, name) for name in ROW_FIGURES) for line in shown.units}
    total = tuple(getattr(shown.total, name) for name in ROW_FIGURES)
    assert lines == expected | {"合计": total}


def test_reader_without_the_right_to_export_gets_no_workbook(ledger: dict[str, stories.Site]) -> None:
    client = client_of(persona("system_admin"))
    assert client.post(reverse("stats:export", args=[SHIJIAZHUANG])).status_code == 403


def test_page_asks_as_often_for_many_hazards_as_for_few(ledger: dict[str, stories.Site]) -> None:
    client = client_of(persona("province_officer"))
    client.get("/stats/")
    asked = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get("/stats/")
        asked.append(len(queries))
        for place in ledger.values():
            stories.taken_to("ordered", place)
    assert asked[0] == asked[1]
    assert asked[0] <= 14
