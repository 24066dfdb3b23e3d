"""The page of a firm's credit: every point with its source, any day of the past, what time alone will bring."""

import json
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from apps.core.workflow import TransitionRefused
from apps.credit import explaining
from apps.credit.clocks import months_after
from apps.credit.models import CreditEntry, CreditProfile, CreditStanding
from apps.credit.workflow import ENTRY, LISTING
from apps.enterprises.models import Enterprise
from apps.inspections.models import RiskClass
from tests.credit import permit_stories as permits
from tests.credit import stories
from tests.credit.stories import Cast
from tests.factories import EnterpriseFactory, PersonFactory, ProjectFactory
from tests.personas import LUBEI, persona

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return Cast()


def page(cast: Cast, user: object, query: str = "") -> tuple[int, str]:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    answer = client.get(f"/enterprises/{cast.firm.uscc}/credit/{query}")
    return answer.status_code, answer.content.decode()


def test_every_point_stands_on_the_page_with_its_source_and_the_column_adds_up(cast: Cast) -> None:
    bad, good = stories.effective(cast), stories.effective(cast, stories.AWARD)
    status, text = page(cast, cast.county)
    assert status == 200
    for told in (bad.number, good.number, "−10", "+3", "+100.00", "93.00"):
        assert told in text
    explained = explaining.of_firm(cast.firm, cast.county, stories.today())
    assert explained is not None
    rows = sum((row.points for row in explained.rows), Decimal(0))
    assert explained.profile.base + rows == explained.score.score == Decimal("93.00")


def test_limits_stand_in_the_column_too_so_that_it_still_adds_up(cast: Cast) -> None:
    for _ in range(6):
        stories.effective(cast, stories.AWARD)
    explained = explaining.of_firm(cast.firm, cast.county, stories.today())
    assert explained is not None
    assert [cut for _, _, cut in explained.parts] == [Decimal(0), Decimal("-3.00"), Decimal(0)]
    assert "企业信用信息上下限" in page(cast, cast.county)[1]


def test_a_day_of_the_past_is_told_as_it_was(cast: Cast) -> None:
    stories.aged(stories.effective(cast), 20)
    ENTRY.perform(CreditEntry.objects.get(), "revoke", by=cast.second_city, reason="认定有误")
    then = explaining.of_firm(cast.firm, cast.county, stories.today() - timedelta(days=5))
    now = explaining.of_firm(cast.firm, cast.county, stories.today())
    assert (then and then.score.score, now and now.score.score) == (Decimal("90.00"), Decimal("100.00"))
    _, text = page(cast, cast.county, f"?on={stories.today() - timedelta(days=5)}")
    assert "90.00" in text


@pytest.mark.parametrize("asked", ["2999-01-01", "gestern", "0001-01-01"])
def test_a_day_that_is_none_is_told_and_today_is_shown(cast: Cast, asked: str) -> None:
    status, text = page(cast, cast.county, f"?on={asked}")
    assert status == 422
    assert "100.00" in text


def test_the_forecast_says_what_time_alone_will_bring(cast: Cast) -> None:
    entry = stories.aged(stories.effective(cast, "P-B05"), 160)
    explained = explaining.of_firm(cast.firm, cast.county, stories.today())
    assert explained is not None
    assert entry.ends_on and (entry.ends_on - stories.today()).days < 30
    assert [(one.days, one.score.score) for one in explained.forecast] == [(30, Decimal(100)), (90, Decimal(100))]
    last = entry.ends_on - timedelta(days=1)
    for one in explained.forecast:
        assert [(c.entry, c.points, c.day) for c in one.changes] == [(entry, Decimal(2), last)]


def test_points_that_only_fade_are_told_as_such_and_others_not_at_all(cast: Cast) -> None:
    fading = stories.aged(stories.effective(cast, "P-B02"), 170)
    stories.effective(cast)
    explained = explaining.of_firm(cast.firm, cast.county, stories.today())
    assert explained is not None
    for one in explained.forecast:
        assert [(c.entry, c.points, c.day) for c in one.changes] == [(fading, Decimal(3), None)]


def test_every_figure_of_the_page_opens_its_source(cast: Cast) -> None:
    entry = stories.aged(stories.effective(cast, "P-B05"), 160)
    listing = stories.listed(cast)
    Enterprise.objects.filter(pk=cast.firm.pk).update(safety_licence=permits.number())
    client = Client()
    client.force_login(cast.province)
    base = f"/enterprises/{cast.firm.uscc}/credit/"
    text = client.get(base).content.decode()
    half_a_year_ago = months_after(stories.today(), -6)
    peers = f"/credit/firms/?view=all&amp;sort=-score&amp;enterprise__kind={cast.firm.kind}"
    peers += "&amp;enterprise__status=active"
    profile = CreditProfile.objects.in_force("enterprise", stories.today())
    assert profile
    for source in (
        *("#why", f"?on={half_a_year_ago}", entry.get_absolute_url(), listing.get_absolute_url()),
        *(peers, f"{peers}&amp;enterprise__organisation__region__name=130100", profile.get_absolute_url()),
        f"/inspections/risk-classes/{RiskClass.objects.get(enterprise=cast.firm).pk}/",
        f"/credit/permits/{cast.firm.uscc}/",
        f"/credit/joint-measures/?view=all&amp;listing__number={listing.number}",
    ):
        assert f'href="{source}"' in text, source
        if source.startswith(("/", "?")):
            address = source.replace("&amp;", "&")
            assert client.get(address if address.startswith("/") else base + address).status_code == 200


def test_a_list_is_told_on_the_days_on_which_the_firm_stood_on_it_and_on_no_other(cast: Cast) -> None:
    listing = stories.list_aged(stories.listed(cast), 20)
    LISTING.perform(listing, "revoke", by=cast.province, reason="处罚决定已被撤销")
    words = "已列入建筑市场主体黑名单"
    for days, stood in ((0, False), (5, True), (20, True), (25, False)):
        day = stories.today() - timedelta(days=days)
        assert (words in page(cast, cast.county, f"?on={day}")[1]) == stood


def test_what_is_known_of_today_alone_does_not_stand_beside_the_score_of_another_day(cast: Cast) -> None:
    stories.listed(cast)
    now, then = page(cast, cast.county)[1], page(cast, cast.county, f"?on={stories.today() - timedelta(days=1)}")[1]
    for heading in ("差别化监管", "移出名单", "企业第"):
        assert heading in now and heading not in then


def test_an_office_elsewhere_reads_what_counts_and_gets_no_link_that_does_not_open(cast: Cast) -> None:
    entry, listing = stories.effective(cast), stories.listed(cast)
    elsewhere = persona("county_officer", at=LUBEI)
    ProjectFactory(at=LUBEI, contractor=cast.firm)
    status, text = page(cast, elsewhere)
    assert status == 200
    assert entry.item.name in text and listing.list_type.name in text
    for record in (entry, listing):
        assert record.get_absolute_url() not in text
        assert record.get_absolute_url() in page(cast, cast.county)[1]


def test_a_firm_sees_its_own_page_and_nobody_elsewhere_does(cast: Cast) -> None:
    stories.effective(cast)
    assert page(cast, cast.director)[0] == 200
    assert page(cast, persona("county_officer", at=LUBEI))[0] == 404
    assert page(cast, Cast().director)[0] == 404


def test_who_is_listed_is_told_so_on_top_of_the_page(cast: Cast) -> None:
    listing = stories.listed(cast)
    _, text = page(cast, cast.county)
    for told in (
        "已列入建筑市场主体黑名单",
        "冀建信黑〔2026〕14号",
        str(listing.listed_until),
        "限制参加依法必须进行招标项目的投标",
    ):
        assert told in text


def test_the_rank_counts_who_stands_better_in_the_province_and_in_the_city(cast: Cast) -> None:
    better_here, better_elsewhere = EnterpriseFactory(), EnterpriseFactory(at=LUBEI)
    worse, closed = EnterpriseFactory(), EnterpriseFactory()
    Enterprise.objects.filter(pk=closed.pk).update(status="closed")
    stood = ((cast.firm, 80), (better_here, 90), (better_elsewhere, 95), (worse, 70), (closed, 99))
    for firm, score in stood:
        CreditStanding.objects.create(enterprise=firm, score=score, grade="B")
    place = explaining.rank_of(cast.firm, Decimal(80))
    assert place == {"better": 2, "of": 4, "better_here": 1, "of_here": 3}


def test_the_command_that_folds_all_anew_names_who_is_stored_otherwise(cast: Cast) -> None:
    stories.effective(cast)
    out = StringIO()
    call_command("verify_credit", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert (told["ok"], told["wrong"]) == (True, {"enterprise": [], "person": []})
    CreditStanding.objects.filter(enterprise=cast.firm).update(score=Decimal("99.00"))
    with pytest.raises(SystemExit) as ended:
        call_command("verify_credit", stdout=(out := StringIO()))
    assert (ended.value.code, "1 wrong" in out.getvalue()) == (1, True)


def test_what_was_found_of_a_person_is_not_made_public(cast: Cast) -> None:
    entry = stories.effective(cast, "R-B03", person=PersonFactory(employer=cast.firm))
    with pytest.raises(TransitionRefused, match="个人信用信息不对外公示"):
        ENTRY.perform(entry, "publish", by=cast.city, months=3)


def test_a_persons_credit_is_for_offices_alone(cast: Cast) -> None:
    person = PersonFactory(employer=cast.firm)
    stories.effective(cast, "R-B03", person=person)
    client = Client()
    client.force_login(cast.county)
    assert "92.00" in client.get(f"/people/{person.pk}/credit/").content.decode()
    client.force_login(cast.director)
    assert client.get(f"/people/{person.pk}/credit/").status_code == 403
    assert explaining.of_firm(cast.firm, cast.county, stories.today()).score.score == Decimal(100)  # type: ignore[union-attr]


def test_the_list_of_firms_leads_to_their_pages(cast: Cast) -> None:
    stories.effective(cast)
    client = Client()
    client.force_login(cast.county)
    assert f"/enterprises/{cast.firm.uscc}/credit/" in client.get("/credit/firms/").content.decode()
    answer = client.get(f"/credit/firms/{cast.firm.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/enterprises/{cast.firm.uscc}/credit/")


def test_an_entry_goes_its_way_in_the_browser_with_three_people(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.inspector)
    told = {
        "enterprise": cast.firm.name,
        "item": stories.ORDINARY,
        "happened_on": str(stories.today()),
        "facts": "发生一般事故，负有责任",
        "evidence": "事故认定文书",
        "decision_number": "示例认〔2026〕1号",
        "seen_item": f"{stories.ORDINARY}:{stories.item(stories.ORDINARY).effective_from}",
    }
    answer = client.post("/credit/entries/new/", told)
    assert answer.status_code == 302, answer.content.decode()
    entry = CreditEntry.objects.get()
    assert entry.legal_basis == entry.item.legal_basis
    for user, move, facts in (
        (cast.county, "check", {"opinion": "属实"}),
        (cast.county, "notify", {"served_on": str(stories.today()), "served_how": "直接送达"}),
        (cast.director, "object", {"objection": "责任划分有误"}),
        (cast.city, "dismiss", {"answer": "认定文书已写明责任"}),
        (cast.city, "take_effect", {}),
        (cast.city, "publish", {"months": "12"}),
    ):
        client.force_login(user)
        answer = client.post(f"/credit/entries/{entry.number}/{move}/", facts)
        assert answer.status_code == 302, (move, answer.content.decode())
    entry.refresh_from_db()
    assert entry.state == "published"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"enterprise": "没有这家公司"}, "没有名称为“没有这家公司”的企业"),
        ({"enterprise": "91130100MA0000001Q"}, "企业"),
        ({"item": "Z-999"}, "评价目录中没有“Z-999”"),
        ({"happened_on": "2999-01-01"}, "请填写"),
        ({"evidence": ""}, "证据"),
        ({"person": "某人"}, "没有名为“某人”的在册人员"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(cast: Cast, wrong: dict[str, str], words: str) -> None:
    client = Client()
    client.force_login(cast.inspector)
    told = {
        "enterprise": cast.firm.name,
        "item": stories.ORDINARY,
        "happened_on": str(stories.today()),
        "facts": "写了很久的事实",
        "evidence": "事故认定文书",
    }
    answer = client.post("/credit/entries/new/", told | wrong)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert words in text
    assert "写了很久的事实" in text
    assert not CreditEntry.objects.exists()
