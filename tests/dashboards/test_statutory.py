"""The statutory form says what the ledger says, and says of nothing that it is nought when nobody asks for it."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from apps.accounts.models import User
from apps.core.listing import Listing
from apps.core.registers import registry
from apps.dashboards.statutory import NOT_COLLECTED, Statutory, StatutoryLine
from apps.hazards.models import Grade, Hazard, Source
from apps.hazards.statutory import Sums
from tests.hazards import stories
from tests.personas import CHANGAN, LUBEI, PROVINCE, QIAOXI, SHIJIAZHUANG, persona
from tests.supervision import stories as measures

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
COUNTED = ("ordinary", "ordinary_closed", "major", "major_closed", "planned", "complete")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def ledger() -> dict[str, stories.Site]:
    """Two counties of one city and one of another; of each kind some, and what must not be counted."""
    places = {county: stories.site(county) for county in (CHANGAN, QIAOXI, LUBEI)}
    last_year = date(stories.today().year - 1, 12, 31)
    for number, place in enumerate(places.values(), 1):
        for _ in range(number):
            stories.taken_to("ordered", place)
        stories.taken_to("closed", place)
        closed = stories.taken_to("closed", place, grade=Grade.MAJOR)
        Hazard.objects.filter(pk=closed.pk).update(funds=Decimal(12_000 * number))
        part = stories.taken_to("ordered", place, grade=Grade.MAJOR)
        Hazard.objects.filter(pk=part.pk).update(commitments={"goal": "限期消除", "funds": ""})
        stories.taken_to("ordered", place, grade=Grade.MAJOR)
        stories.taken_to("ordered", place, found_on=last_year)
        stories.draft(place)
        stories.draft(place, by=place.director, source=Source.SELF_CHECK)
    return places


def told(user: User, code: str = "", query: str = "") -> Statutory:
    url = reverse("stats:statutory_region", args=[code]) if code else reverse("stats:statutory")
    answer = client_of(user).get(url + query)
    assert answer.status_code == 200
    return answer.context["told"]


def behind(user: Any, url: str) -> Any:
    listing = Listing(registry["hazards"], user, QueryDict(urlsplit(url).query))
    assert listing.problems == {}
    return listing.found


@pytest.mark.parametrize("at", [PROVINCE, SHIJIAZHUANG, CHANGAN])
def test_each_figure_leads_to_the_rows_that_make_it(ledger: dict[str, stories.Site], at: str) -> None:
    user = persona("city_officer", at=at)
    form = told(user)
    for line in [*form.lines, form.whole]:
        counts = {name: getattr(line.sums, name) for name in COUNTED}
        assert counts == {name: behind(user, line.rows[name]).count() for name in COUNTED}, line.label
        firms = set(behind(user, line.rows["firms"]).values_list("enterprise", flat=True))
        assert line.sums.firms == firms
        money = [hazard.funds for hazard in behind(user, line.rows["funds"])]
        assert line.sums.funds == (sum(money) if money else None)
    assert all(counts.values())


def test_county_is_told_by_the_columns_of_the_form(ledger: dict[str, stories.Site]) -> None:
    whole = told(persona("county_officer", at=CHANGAN)).whole
    sums = whole.sums
    assert (sums.ordinary, sums.ordinary_closed, sums.major, sums.major_closed) == (2, 1, 3, 1)
    assert (sums.planned, sums.complete, whole.funds) == (2, 1, Decimal("1.20"))
    assert (round(sums.ordinary_rate or 0, 1), round(sums.major_rate or 0, 1)) == (50.0, 33.3)


def test_firm_that_works_in_two_counties_is_one_in_their_city(ledger: dict[str, stories.Site]) -> None:
    firm = ledger[CHANGAN].project.enterprise
    stories.taken_to("ordered", ledger[QIAOXI], enterprise=firm)
    form = told(persona("city_officer", at=SHIJIAZHUANG))
    assert {line.label: len(line.sums.firms) for line in form.lines if line.sums.firms} == {"长安区": 1, "桥西区": 2}
    assert len(form.whole.sums.firms) == 2


def test_what_nobody_collects_is_said_not_to_be_collected(ledger: dict[str, stories.Site]) -> None:
    user = persona("county_officer", at=CHANGAN)
    page = client_of(user).get(reverse("stats:statutory")).content.decode()
    assert page.count(NOT_COLLECTED) == 0
    Hazard.objects.update(funds=None)
    page = client_of(user).get(reverse("stats:statutory")).content.decode()
    assert page.count(NOT_COLLECTED) == 1


def test_sums_run_from_january_to_the_month(ledger: dict[str, stories.Site]) -> None:
    user = persona("county_officer", at=CHANGAN)
    last_december = date(stories.today().year - 1, 12, 1)
    form = told(user, query=f"?month={last_december:%Y-%m}")
    assert (form.first, form.last) == (last_december.replace(month=1), last_december + timedelta(days=30))
    assert form.period == f"{last_december.year}年1月至12月"
    assert (form.whole.sums.ordinary, form.whole.sums.major) == (1, 0)


def test_form_asks_as_often_whatever_there_is(ledger: dict[str, stories.Site]) -> None:
    client, url, counts = client_of(persona("province_officer")), reverse("stats:statutory"), []
    for _ in range(2):
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        counts.append(len(queries))
        stories.taken_to("ordered", stories.site(QIAOXI), grade=Grade.MAJOR)
    assert counts[0] == counts[1]


@pytest.mark.parametrize("code", [LUBEI, "130200", PROVINCE, "139999", "x", "a\x00b"])
def test_region_out_of_reach_answers_like_one_that_is_not(ledger: dict[str, stories.Site], code: str) -> None:
    client = client_of(persona("city_officer"))
    assert client.get(reverse("stats:statutory_region", args=[code])).status_code == 404
    assert client.post(reverse("stats:statutory_export", args=[code])).status_code == 404


@pytest.mark.parametrize("role", ["safety_director", "supervising_engineer", "expert", "permit_officer"])
def test_who_answers_for_no_region_has_no_form(role: str) -> None:
    assert client_of(persona(role)).get(reverse("stats:statutory")).status_code == 403


def test_workbook_has_the_head_of_the_form_and_the_figures_of_the_page(ledger: dict[str, stories.Site]) -> None:
    user = persona("city_officer", at=SHIJIAZHUANG)
    form = told(user)
    answer = client_of(user).post(reverse("stats:statutory_export", args=[SHIJIAZHUANG]))
    sheet: Any = load_workbook(BytesIO(b"".join(answer.streaming_content))).active  # type: ignore[attr-defined]
    lines = list(sheet.iter_rows(values_only=True))
    heads = next(n for n, row in enumerate(lines) if row[0] == "单位")
    assert [cell for cell in lines[heads] if cell] == [
        "单位",
        "排查单位数（家）",
        "一般隐患",
        "重大隐患",
        "重大隐患治理计划",
        "挂牌督办",
        "累计落实治理资金（万元）",
    ]
    by_label = {row[0]: row for row in lines}
    for line in [*form.lines, form.whole]:
        row = by_label[line.label]
        assert row[1:4] == (len(line.sums.firms), line.sums.ordinary, line.sums.ordinary_closed)
        assert row[10:12] == (line.listed, line.listed_by_province)


def test_listed_hazards_are_counted_where_they_lie_and_lead_to_their_rows() -> None:
    place = measures.watch()
    measures.listed(place)
    measures.listed(place, "province")
    measures.listed(measures.watch())
    form = told(persona("city_officer", at=SHIJIAZHUANG))
    assert {line.label: (line.listed, line.listed_by_province) for line in form.lines if line.listed} == {
        "长安区": (2, 1)
    }
    assert (form.whole.listed, form.whole.listed_by_province) == (2, 1)
    client = client_of(persona("city_officer", at=SHIJIAZHUANG))
    for name, count in (("listed", 2), ("listed_by_province", 1)):
        assert f"共 {count} 条" in client.get(form.whole.rows[name]).content.decode()


def test_line_without_money_has_none() -> None:
    assert StatutoryLine("x", Sums(), {}).funds is None
