"""联合惩戒 by kind of office: which kind is asked for what is data, each answers for itself, and silence is seen."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from apps.core.models import DictionaryEntry
from apps.credit.clocks import FEEDBACK
from apps.credit.models import JointMeasure, ListType, OfficeKind
from apps.credit.registers.listings import JointMeasureRegister, MeasuresInWords
from apps.credit.workflow import JOINT
from tests.credit import stories
from tests.credit.stories import Cast, today
from tests.personas import organisation, persona, signed_in

pytestmark = pytest.mark.django_db
PERMITS = "安全生产许可证颁发管理机关"
LINES = f"招标投标监管｜某招标办：限制投标\n安全许可｜{PERMITS}:重点核查\n某协会：取消评优"


@pytest.fixture
def cast() -> Cast:
    return Cast()


def asked(cast: Cast) -> list[JointMeasure]:
    """The firm is on the list of the market, whose measures are these three."""
    rows = [("bidding", "某招标办", "限制投标"), ("permit", PERMITS, "重点核查"), ("market", "某市场监管局", "标注")]
    measures = [{"kind": kind, "office": office, "text": text} for kind, office, text in rows]
    ListType.objects.filter(code="market").update(measures=measures)
    return list(JointMeasure.objects.filter(listing=stories.listed(cast)).order_by("pk"))


def test_every_measure_that_ships_says_which_kind_of_office_it_asks() -> None:
    kinds = {one["kind"] for kind in ListType.objects.all() for one in kind.measures}
    assert {"bidding", "qualification", "permit", "market", "supervision"} <= kinds <= set(OfficeKind.values)


def test_each_kind_of_office_is_asked_for_its_own_measure_until_a_day(cast: Cast) -> None:
    sent = asked(cast)
    assert [(one.kind, one.text) for one in sent] == [
        ("bidding", "限制投标"),
        ("permit", "重点核查"),
        ("market", "标注"),
    ]
    assert {one.feedback_by for one in sent} == {FEEDBACK.from_day(today()).due}


def test_which_kinds_receive_which_measures_is_kept_as_lines(cast: Cast) -> None:
    client = signed_in(cast.province)
    kind = ListType.objects.get(code="market")
    url = f"/system/list-types/{kind.pk}/edit/"
    told = {name: getattr(kind, name) for name in ("code", "name", "subject", "legal_basis", "term_months")}
    told |= {
        "removable_after": kind.removable_after,
        "effective_from": str(kind.effective_from),
        "version": kind.version,
    }
    told |= {"conditions": "forged｜提供虚假材料"}
    wrong = client.post(url, told | {"measures": "天文台｜某台：观测"})
    assert (wrong.status_code, "没有“天文台”这类单位，可用：招标投标监管" in wrong.content.decode()) == (422, True)
    assert client.post(url, told | {"measures": LINES}).status_code == 302
    kept = ListType.objects.get(code="market")
    assert [one["kind"] for one in kept.measures] == ["bidding", "permit", "other"]
    assert f"安全许可｜{PERMITS}：重点核查\n某协会：取消评优" in client.get(url).content.decode()
    assert "【招标投标监管】某招标办：限制投标" in client.get(f"/system/list-types/{kind.pk}/").content.decode()
    in_words = f"【招标投标监管】某招标办：限制投标\n【安全许可】{PERMITS}：重点核查\n某协会：取消评优"
    by_the_database = ListType.objects.values_list(MeasuresInWords(F("measures")), flat=True).get(code="market")
    assert kept.measures_in_words == by_the_database == in_words


def test_the_register_finds_the_measures_of_one_kind(cast: Cast) -> None:
    bidding, permit, _ = asked(cast)
    page = signed_in(cast.province).get("/credit/joint-measures/", {"view": "standing", "kind": "permit"})
    assert (permit.number in page.content.decode(), bidding.number in page.content.decode()) == (True, False)


def test_an_office_answers_for_its_own_kind_and_the_others_stay_awaited(cast: Cast) -> None:
    office = organisation("permit_office", name=PERMITS)
    _, permit, _ = asked(cast)
    officer = persona("permit_officer", organisation=office)
    JOINT.perform(permit, "feed_back", by=officer, feedback="已列入重点核查名单")
    states = JointMeasure.objects.order_by("pk").values_list("kind", "state")
    assert list(states) == [("bidding", "sent"), ("permit", "applied"), ("market", "sent")]


def late(user: Any) -> list[str]:
    """The numbers in the tab of those that are late."""
    rows = JointMeasureRegister().rows(user)
    view = next(view for view in JointMeasureRegister.views if view.name == "late")
    return sorted(rows.filter(view.condition(user)).values_list("number", flat=True))


def test_feedback_is_late_from_the_day_after_its_term_and_seen_on_every_page(cast: Cast) -> None:
    bidding, permit, market = asked(cast)
    rows = JointMeasure.objects.exclude(pk=market.pk)
    rows.update(feedback_by=today())
    assert late(cast.province) == []
    rows.update(feedback_by=today() - timedelta(days=1))
    JOINT.perform(permit, "feed_back", by=cast.province, feedback="已核查")
    assert late(cast.province) == [bidding.number]
    client = signed_in(cast.province)
    for url, words in (
        (bidding.get_absolute_url(), "逾期未反馈"),
        (bidding.listing.get_absolute_url(), f"逾期未反馈，反馈期限 {today() - timedelta(days=1)}"),
        (f"/enterprises/{cast.firm.uscc}/credit/", "待反馈 2 项，逾期 1 项"),
    ):
        assert words in client.get(url).content.decode(), url


def test_the_term_is_an_entry_of_the_dictionary(cast: Cast) -> None:
    DictionaryEntry.objects.create(kind=FEEDBACK.kind, code="calendar:3", label="三天", position=1)
    assert {one.feedback_by for one in asked(cast)} == {today() + timedelta(days=3)}
