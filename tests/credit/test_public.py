"""What anybody reads of lists and credit: the named fields, on their days, and nothing of a person or a proposal."""

from typing import Any

import pytest
from django.test import Client

from apps.core import public_lists
from apps.credit.models import Blacklisting, CreditEntry, CreditProfile, ListType
from apps.credit.services.listings import propose_listing
from apps.credit.workflow import ENTRY, LISTING
from tests.credit import stories
from tests.credit.stories import Cast, today
from tests.factories import EnterpriseFactory, PersonFactory

pytestmark = pytest.mark.django_db
BLACKLIST, CREDIT = "/public/blacklist/", "/public/credit/"


@pytest.fixture
def cast() -> Cast:
    return Cast()


def read(address: str, **query: Any) -> str:
    answer = Client().get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


def people(cast: Cast) -> list[str]:
    """Whoever had a hand in it."""
    names = ("inspector", "county", "city", "second_city", "province", "second_province", "director")
    return [getattr(cast, name).name for name in names]


# The list -------------------------------------------------------------------------------------------------------------


def test_the_public_reads_the_fields_of_the_law_and_no_others(cast: Cast) -> None:
    listing = stories.listed(cast)
    shown = read(BLACKLIST)
    for told in (
        cast.firm.name,
        cast.firm.uscc,
        "建筑市场主体黑名单",
        listing.condition,
        listing.legal_basis,
        listing.decision_number,
        cast.province.organisation.name,
        f"{listing.listed_on} 至 {listing.listed_until}",
    ):
        assert told in shown, told
    hidden = [*people(cast), listing.number, listing.facts, listing.evidence, listing.served_how, "符合列入情形"]
    assert [word for word in hidden if word in shown] == []


def test_proposals_and_what_was_only_told_are_not_public(cast: Cast) -> None:
    listing = stories.list_heard(cast)
    assert cast.firm.name not in read(BLACKLIST)
    LISTING.perform(listing, "put_on_list", by=cast.second_province, decision_number="冀建信黑〔2026〕14号")
    assert cast.firm.name in read(BLACKLIST)


def test_the_last_day_is_public_and_the_next_is_not_though_no_task_has_run(cast: Cast) -> None:
    listing = stories.listed(cast)
    assert listing.listed_until
    days = (listing.listed_until - today()).days
    stories.list_aged(listing, days)
    assert cast.firm.name in read(BLACKLIST)
    stories.list_aged(listing, 1)
    assert Blacklisting.objects.get(pk=listing.pk).state == "listed"
    assert cast.firm.name not in read(BLACKLIST)


def test_who_was_taken_off_is_gone_at_once(cast: Cast) -> None:
    listing = stories.listed(cast)
    LISTING.perform(listing, "revoke", by=cast.province, reason="处罚决定已被撤销")
    assert cast.firm.name not in read(BLACKLIST)


def test_persons_are_never_public(cast: Cast) -> None:
    kind, person = stories.market(), PersonFactory(employer=cast.firm, name="不公开的人")
    ListType.objects.filter(pk=kind.pk).update(subject="person")
    kind.refresh_from_db()
    told = {"happened_on": today(), "facts": "属实", "evidence": "笔录", "condition": kind.conditions[0]["text"]}
    office = cast.inspector.organisation
    listing = propose_listing(kind, enterprise=cast.firm, office=office, by=cast.inspector, person=person, **told)
    listing = LISTING.perform(listing, "check", by=cast.province, opinion="属实")
    listing = stories.after_objections(stories.tell(LISTING, listing, cast.province))
    LISTING.perform(listing, "put_on_list", by=cast.second_province, decision_number="冀建信黑〔2026〕15号")
    shown = read(BLACKLIST)
    assert [word for word in (person.name, cast.firm.name, "〔2026〕15号") if word in shown] == []


def test_it_is_searched_by_name_code_and_list(cast: Cast) -> None:
    stories.listed(cast)
    for found in ({"q": cast.firm.name[:4]}, {"q": cast.firm.uscc.lower()}, {"list": "market"}, {"list": "nowhere"}):
        assert cast.firm.uscc in read(BLACKLIST, **found), found
    for missed in ({"q": "查无此企业"}, {"list": "wages"}):
        assert "没有符合条件的在列企业" in read(BLACKLIST, **missed)
        assert "查看全部" in read(BLACKLIST, **missed)


@pytest.mark.parametrize("address", [BLACKLIST, CREDIT])
@pytest.mark.parametrize(
    "query", ["q=%00&list=%00&nature=%00&page=%00", "page=99999&list=x&nature=y", "page=-1", "q=%ED%A0%80", "q=%25_"]
)
def test_nonsense_in_the_address_is_no_error(cast: Cast, address: str, query: str) -> None:
    assert Client().get(f"{address}?{query}").status_code == 200


def test_both_are_found_from_every_public_page_and_only_read() -> None:
    home = read("/public/listings/")
    assert f'href="{BLACKLIST}"' in home
    assert f'href="{CREDIT}"' in home
    assert Client().post(BLACKLIST).status_code == 405


# Credit records -------------------------------------------------------------------------------------------------------


def test_the_public_reads_published_records_and_no_person(cast: Cast) -> None:
    entry = stories.published(cast, decision_number="冀建罚〔2026〕7号")
    shown = read(CREDIT)
    for told in (
        cast.firm.name,
        cast.firm.uscc,
        entry.item.name,
        "不良信息",
        "冀建罚〔2026〕7号",
        entry.organisation.name,
        f"{entry.published_on} 至 {entry.publish_until}",
    ):
        assert told in shown, told
    hidden = [*people(cast), entry.number, entry.facts, entry.evidence, entry.served_how, "证据齐全"]
    assert [word for word in hidden if word in shown] == []


def test_a_record_is_public_from_its_day_to_its_last_and_not_before_it_is_published(cast: Cast) -> None:
    entry = stories.effective(cast)
    assert cast.firm.name not in read(CREDIT)
    entry = ENTRY.perform(entry, "publish", by=cast.city, months=3)
    assert entry.publish_until
    days = (entry.publish_until - today()).days
    stories.aged(entry, days)
    assert cast.firm.name in read(CREDIT)
    stories.aged(entry, 1)
    assert CreditEntry.objects.get(pk=entry.pk).state == "published"
    assert cast.firm.name not in read(CREDIT)


def test_what_was_revoked_is_gone_at_once(cast: Cast) -> None:
    entry = stories.published(cast)
    ENTRY.perform(entry, "revoke", by=cast.second_city, reason="认定有误")
    assert cast.firm.name not in read(CREDIT)


def test_where_the_method_publishes_nothing_nothing_is_public(cast: Cast) -> None:
    stories.published(cast)
    last = CreditProfile.objects.in_force("enterprise", today())
    assert last is not None
    last.pk, last.effective_from, last.is_public = None, today(), False
    last.save(force_insert=True)
    assert cast.firm.name not in read(CREDIT)


def test_records_are_searched_by_name_and_nature(cast: Cast) -> None:
    stories.published(cast)
    other = Cast(firm=EnterpriseFactory())
    stories.published(other, stories.AWARD)
    good, bad = read(CREDIT, nature="good"), read(CREDIT, nature="bad")
    assert (other.firm.uscc in good, cast.firm.uscc in good) == (True, False)
    assert (other.firm.uscc in bad, cast.firm.uscc in bad) == (False, True)
    assert other.firm.uscc not in read(CREDIT, q=cast.firm.uscc)


def test_the_public_pages_ask_as_often_for_three_rows_as_for_one(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    for _ in range(3):
        stories.published(Cast(county=cast.county, city=cast.city, inspector=cast.inspector))
    with django_assert_max_num_queries(4):
        assert read(CREDIT).count("<section") >= 3


def test_no_more_is_counted_than_can_be_turned_over(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        stories.published(Cast())
    monkeypatch.setattr(public_lists, "SIZE", 1)
    assert "第 3 页，共 3 页，3 条" in read(CREDIT, page="3")
    monkeypatch.setattr(public_lists, "MOST", 2)
    assert "第 2 页，共 2 页，2+ 条" in read(CREDIT, page="3")
