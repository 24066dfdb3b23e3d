"""A hazard is entered once and stands in the ledger and in every list that it matches, on both sides."""

import re
from io import BytesIO
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from apps.core.registers import registry
from apps.hazards.models import Grade
from apps.lists.definitions import Office, problems_of, register_of
from apps.lists.models import ListSet, ListType, Side
from apps.lists.periods import span_of
from apps.lists.readings import SETS
from tests.hazards import stories
from tests.lists.shelf import browser, shipped
from tests.personas import CHANGAN, LUBEI, QIAOXI, persona, province_officer

pytestmark = pytest.mark.django_db
NUMBER = re.compile(r"YH-\d{4}-\d+")


def shown(client: Client, code: str) -> set[str]:
    """The numbers of the hazards on the page of this list."""
    answer = client.get(f"/lists/show/{code}/")
    assert answer.status_code == 200
    return set(NUMBER.findall(answer.content.decode()))


def where(client: Client, number: str, codes: tuple[str, ...]) -> set[str]:
    return {code for code in codes if number in shown(client, code)}


AUTHORITY = ("major-hazards", "duties", "findings")
FIRM = ("ledger", "searches", "cures")


@pytest.mark.slow
@pytest.mark.parametrize("state", ["ordered", "received", "rectifying", "answered", "confirmed", "verified"])
def test_open_major_hazard_stands_in_every_list_that_it_matches(state: str) -> None:
    site = stories.site()
    hazard = stories.taken_to(state, site, grade=Grade.MAJOR)
    assert where(browser(site.inspector), hazard.number, AUTHORITY) == {"major-hazards", "duties", "findings"}
    assert where(browser(site.director), hazard.number, FIRM) == {"ledger", "searches", "cures"}


@pytest.mark.slow
def test_draft_stands_in_no_list_and_a_closed_hazard_in_those_of_what_was_found() -> None:
    site = stories.site()
    hazard = stories.draft(site, grade=Grade.MAJOR)
    assert where(browser(site.inspector), hazard.number, AUTHORITY) == set()
    hazard = stories.advanced(hazard, "closed", site)
    assert where(browser(site.inspector), hazard.number, AUTHORITY) == {"findings"}
    assert where(browser(site.director), hazard.number, FIRM) == {"ledger", "searches"}


def test_ordinary_hazard_is_not_among_the_major_ones() -> None:
    site = stories.site()
    hazard = stories.taken_to("ordered", site)
    assert where(browser(site.inspector), hazard.number, AUTHORITY) == {"duties", "findings"}


@pytest.mark.slow
def test_reader_sees_in_a_list_no_more_than_in_the_ledger() -> None:
    here, there = stories.site(CHANGAN), stories.site(QIAOXI)
    own, foreign = (stories.taken_to("ordered", site) for site in (here, there))
    assert shown(browser(here.inspector), "duties") == {own.number}
    assert shown(browser(there.director), "cures") == {foreign.number}
    assert shown(browser(province_officer()), "duties") == {own.number, foreign.number}
    assert shown(browser(persona("inspector", at=LUBEI)), "duties") == set()


def test_list_bears_its_own_headings_in_its_own_order() -> None:
    site = stories.site()
    stories.taken_to("ordered", site)
    page = browser(site.inspector).get("/lists/show/duties/").content.decode()
    heads = [text.strip() for text in re.findall(r'<th scope="col"[^>]*>\s*(?:<a[^>]*>)?([^<]*)', page)]
    assert heads[:7] == ["隐患编号", "隐患内容", "责任单位", "整改责任人", "监管责任人", "整改期限", "整改状态"]


@pytest.mark.parametrize("query", ["view=all", "state=closed", "q=x", "saved=1", "project__name=x", "partial=1"])
def test_filter_of_a_list_cannot_be_changed_by_its_address(query: str) -> None:
    site = stories.site()
    hazard = stories.taken_to("ordered", site)
    stories.draft(site)
    page = browser(site.inspector).get(f"/lists/show/duties/?{query}").content.decode()
    assert set(NUMBER.findall(page)) == {hazard.number}


def test_list_is_paged_and_sorted_like_its_register() -> None:
    site = stories.site()
    numbers = [stories.taken_to("ordered", site).number for _ in range(21)]
    client = browser(site.inspector)
    first = client.get("/lists/show/duties/?sort=number")
    assert [row["key"] for row in first.context["rows"]] == sorted(numbers)[:20]
    second = client.get(f"/lists/show/duties/{first.context['page']['next_url']}")
    assert [row["key"] for row in second.context["rows"]] == sorted(numbers)[20:]


def test_list_asks_as_often_for_three_rows_as_for_one() -> None:
    site = stories.site()
    client, counts = browser(site.inspector), []
    for _ in range(2):
        stories.taken_to("ordered", site)
        client.get("/lists/show/duties/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/lists/show/duties/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 11


def test_list_without_a_register_says_that_it_has_no_source() -> None:
    told = shipped("red-risks")
    told.register = "nowhere"
    told.save()
    answer = browser(persona("inspector")).get("/lists/show/red-risks/")
    assert answer.status_code == 200
    assert "尚无数据来源" in answer.content.decode()


def test_list_whose_filter_the_register_lacks_shows_nothing_rather_than_everything() -> None:
    site = stories.site()
    hazard = stories.taken_to("ordered", site)
    told = shipped("duties")
    told.query = "view=open&level=red"
    told.save()
    page = browser(site.inspector).get("/lists/show/duties/").content.decode()
    assert "没有筛选条件“level”" in page
    assert hazard.number not in page


def test_names_are_marked_until_they_are_confirmed() -> None:
    client = browser(persona("inspector"))
    assert "名称待主管部门确认" in client.get("/lists/").content.decode()
    shipped("ledger").list_set.__class__.objects.filter(is_active=True).update(name_confirmed=True)
    assert "名称待主管部门确认" not in client.get("/lists/").content.decode()


@pytest.mark.parametrize(("role", "names"), [("inspector", 5), ("safety_director", 4), ("owner", 4)])
def test_each_side_has_its_own_ledger_and_lists(role: str, names: int) -> None:
    shipped("ledger")
    tabs = browser(persona(role)).get("/lists/").context["tabs"]
    assert len(tabs) == names


@pytest.mark.parametrize("reading", SETS)
def test_every_shipped_reading_is_one_ledger_and_four_lists_or_three(reading: str) -> None:
    shipped("ledger")
    counts = {
        s.side: (s.lists.filter(is_ledger=True).count(), s.lists.filter(is_ledger=False).count())
        for s in ListSet.objects.filter(code=reading)
    }
    assert counts == {Side.AUTHORITY: (1, 4), Side.ENTERPRISE: (1, 3)}


@pytest.mark.parametrize("reading", SETS)
def test_every_shipped_list_fits_the_register_it_names(reading: str) -> None:
    shipped("ledger")
    reader, today = persona("auditor"), timezone.localdate()
    for told in ListType.objects.filter(list_set__code=reading).select_related("list_set"):
        register = register_of(told)
        if register is None:
            continue
        offered = {column.name for column in register.columns if not column.permission}
        assert {column["field"] for column in told.columns} - offered == set(), told
        assert problems_of(told, reader, span_of(told.period, today)) == [], told


def test_two_sets_of_one_side_cannot_be_active() -> None:
    shipped("ledger")
    with pytest.raises(IntegrityError), transaction.atomic():
        ListSet.objects.filter(code="R2").update(is_active=True, active_since=timezone.localdate())


def test_office_as_a_reader_sees_what_its_people_see() -> None:
    site = stories.site()
    stories.taken_to("ordered", site)
    stories.draft(site)
    register: Any = registry["hazards"]
    for user in (site.inspector, site.director, province_officer()):
        assert set(register.rows(Office(user.organisation))) == set(register.rows(user))


def test_who_reads_no_ledger_is_told_so() -> None:
    shipped("ledger")
    page = browser(persona("system_admin")).get("/lists/").content.decode()
    assert "您没有查看" in page
    assert browser(persona("security_admin")).get("/lists/").status_code == 403
    assert browser(persona("expert")).get("/lists/show/duties/").status_code == 403


def test_current_list_is_exported_under_its_headings() -> None:
    site = stories.site()
    hazard = stories.taken_to("ordered", site)
    answer = browser(site.inspector).post("/lists/show/duties/export/")
    assert answer.status_code == 200
    sheet: Any = load_workbook(BytesIO(b"".join(answer.streaming_content))).active  # type: ignore[attr-defined]
    lines = list(sheet.iter_rows(values_only=True))
    assert lines[0][0] == "监管责任清单"
    assert any("未冻结" in str(row[0]) for row in lines[:3])
    assert ("序号", "隐患编号", "隐患内容") in [row[:3] for row in lines]
    assert [row[1] for row in lines if row[0] == 1] == [hazard.number]
