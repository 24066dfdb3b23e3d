"""Lists, terms and the table of days come in editions: a new one from a day on, and old cases keep theirs."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from apps.core.workflow import TransitionRefused
from apps.credit.clocks import months_after
from apps.credit.models import Blacklisting, CreditItem, ListType, PermitRule, RepairTerm
from apps.credit.services.permits import outcome
from apps.credit.services.repairs import earliest
from apps.credit.workflow import ENTRY, LISTING, REPAIR
from tests.credit import permit_stories as permits
from tests.credit import repair_stories as repairs
from tests.credit import stories
from tests.credit.listing_stories import by_hand
from tests.credit.permit_stories import Stage
from tests.credit.stories import Cast, today
from tests.personas import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return Cast()


def text(response: Any) -> str:
    return str(response.content.decode())


def another(edition: Any, day: date | None = None, **told: Any) -> Any:
    """A further edition, from today unless said."""
    values = {f.attname: getattr(edition, f.attname) for f in edition._meta.concrete_fields if f.name != "id"}
    values.pop("created_at", None)
    return type(edition).objects.create(**values | {"effective_from": day or today(), "version": 1} | told)


# Lists ----------------------------------------------------------------------------------------------------------------


def test_conduct_is_judged_by_the_list_of_its_day_and_a_case_keeps_its_edition(cast: Cast) -> None:
    old = stories.market()
    listing = stories.list_heard(cast)
    new = another(old, name="建筑市场主体黑名单（新）", term_months=36, removable_after=6)
    assert listing.happened_on < today() and listing.list_type == old
    with pytest.raises(TransitionRefused, match="列入期限为 12 至 12 个月"):
        told: dict[str, Any] = {"decision_number": "1号", "months": 24}
        LISTING.perform(listing, "put_on_list", by=cast.second_province, **told)
    listed = LISTING.perform(listing, "put_on_list", by=cast.second_province, decision_number="1号")
    assert listed.listed_until == months_after(today(), 12) - timedelta(days=1)
    assert set(ListType.objects.in_force(today()).filter(code="market")) == {new}
    assert set(ListType.objects.in_force(today() - timedelta(days=1)).filter(code="market")) == {old}
    later = by_hand(Cast().firm, cast.county, new, happened_on=today())
    assert later.list_type == new
    with pytest.raises(TransitionRefused, match="请选当日有效的名单"):
        by_hand(Cast().firm, cast.county, old, happened_on=today())


def test_nobody_stands_twice_on_editions_of_one_list(cast: Cast) -> None:
    stories.listed(cast)
    new = another(stories.market())
    with pytest.raises(TransitionRefused) as refused:
        by_hand(cast.firm, cast.county, new, happened_on=today())
    assert refused.value.messages == ["该主体在这一名单中已有未办结的案件或者正在列"]
    assert set(Blacklisting.objects.filter(list_code="market")) == {Blacklisting.objects.get(list_type__code="market")}


def test_the_form_of_a_proposal_offers_each_list_once_and_takes_the_edition_of_the_day(cast: Cast) -> None:
    old, new = stories.market(), another(stories.market(), name="新名单")
    client = signed_in(cast.county)
    shown = client.get("/credit/blacklist/new/").context["form"]
    assert [str(value) for value, _ in shown.fields["list_type"].choices].count("market") == 1
    told = {"list_type": "market", "condition": old.conditions[0]["text"], "facts": "伪造", "evidence": "比对记录"}
    for day, edition in ((today() - timedelta(days=1), old), (today(), new)):
        firm = Cast().firm
        answer = client.post("/credit/blacklist/new/", told | {"enterprise": firm.uscc, "happened_on": str(day)})
        assert answer.status_code == 302, text(answer)
        assert Blacklisting.objects.get(enterprise=firm).list_type == edition


def test_the_public_chooses_between_lists_and_not_between_editions(cast: Cast) -> None:
    another(stories.market(), name="新名单")
    page = text(Client().get("/public/blacklist/"))
    assert page.count('value="market"') == 1 and "新名单" in page


# Terms ----------------------------------------------------------------------------------------------------------------


def test_a_finding_is_under_the_terms_of_the_day_on_which_it_took_effect(cast: Cast) -> None:
    old = repairs.public(cast, days=30)
    term = RepairTerm.objects.get(severity="ordinary")
    another(term, least_months=6, most_months=24, repairable_after=9, source="新办法")
    new = stories.effective(cast)
    with pytest.raises(TransitionRefused) as refused:
        ENTRY.perform(new, "publish", by=cast.city, months=3)
    assert refused.value.messages == ["一般失信信息公示期限为 6 至 24 个月（新办法），不能填 3 个月"]
    new = ENTRY.perform(new, "publish", by=cast.city, months=24)
    assert earliest(new) == months_after(today(), 9)
    assert old.published_on and earliest(old) == months_after(old.published_on, 3)


def test_an_application_is_decided_on_by_the_terms_of_the_day_of_its_acceptance(cast: Cast) -> None:
    before = repairs.accepted(cast)
    another(RepairTerm.objects.get(severity="ordinary"), decide_days=20)
    after = repairs.accepted(Cast())
    assert before.decide_by and after.decide_by and before.decide_by < after.decide_by
    REPAIR.perform(before, "refuse", by=cast.second_city, answer="尚未缴清")


def test_an_accident_is_judged_by_the_table_of_its_day() -> None:
    stage = Stage()
    before = permits.accident(stage, days_ago=1)
    another(PermitRule.objects.get(grade="general", nth=1), least_days=45, most_days=90, source="省厅文件")
    assert outcome(stage.firm.pk, before).least_days == 30
    other = Stage()
    after = permits.accident(other, days_ago=0)
    assert (outcome(other.firm.pk, after).least_days, outcome(other.firm.pk, after).most_days) == (45, 90)
    assert "省厅文件" in outcome(other.firm.pk, after).steps[0]


# How an office adds one -----------------------------------------------------------------------------------------------

REGISTERS = [
    ("list-types", lambda: stories.market(), {"name": "新名单"}),
    ("repair-terms", lambda: RepairTerm.objects.get(severity="serious"), {"decide_days": "15"}),
    ("permit-rules", lambda: PermitRule.objects.get(grade="", nth=1), {"least_days": "40"}),
    ("credit-items", lambda: stories.item("E-G02"), {"points": "4", "edition": "省厅2026年目录"}),
]


@pytest.mark.parametrize(("place", "first", "changed"), REGISTERS, ids=[one[0] for one in REGISTERS])
def test_an_administrator_adds_an_edition_from_the_page_of_the_one_in_force(
    cast: Cast, place: str, first: Any, changed: dict[str, str]
) -> None:
    edition, client = first(), signed_in(cast.province)
    page = text(client.get(edition.get_absolute_url()))
    link = f"/system/{place}/new/?edition={edition.pk}"
    assert f'href="{link}"' in page and "新增一版" in page and "现行" in page
    form = client.get(link).context["form"]
    told = {name: value for name in form.fields if (value := form[name].value()) not in (None, False)}
    told = {name: field.prepare_value(told[name]) for name, field in form.fields.items() if name in told} | changed
    assert str(told["effective_from"]) == str(today())
    day = today() + timedelta(days=30)
    answer = client.post(f"/system/{place}/new/", told | {"effective_from": str(day)})
    assert answer.status_code == 302, text(answer)
    same = {name: getattr(edition, name) for name in edition.SAME}
    new = type(edition).objects.get(**same, effective_from=day)
    assert not new.is_sample
    assert type(edition).objects.in_force(day - timedelta(days=1)).get(**same) == edition
    assert type(edition).objects.in_force(day).get(**same) == new
    page = text(client.get(new.get_absolute_url()))
    assert "尚未施行" in page and f'href="{edition.get_absolute_url()}"' in page
    assert "新增一版" not in text(signed_in(cast.city).get(edition.get_absolute_url()))


@pytest.mark.parametrize(("place", "first", "changed"), REGISTERS[:3], ids=[one[0] for one in REGISTERS[:3]])
def test_an_edition_of_the_past_is_refused_by_the_form_and_by_the_database(
    cast: Cast, place: str, first: Any, changed: dict[str, str]
) -> None:
    edition = first()
    with pytest.raises(IntegrityError, match="begins_later"), transaction.atomic():
        another(edition, today() - timedelta(days=1))
    form = signed_in(cast.province).get(f"/system/{place}/new/?edition={edition.pk}").context["form"]
    told = {name: form.fields[name].prepare_value(v) for name in form.fields if (v := form[name].value())}
    told |= {"effective_from": str(today() - timedelta(days=1)), "nth": "1"}
    answer = signed_in(cast.province).post(f"/system/{place}/new/", told)
    assert answer.status_code == 422
    said = answer.context["form"].errors["effective_from"]
    assert said == ["新的版本须从今天或者以后施行，以前各日适用的版本不能改变"]


def test_an_edition_that_has_not_begun_can_still_be_corrected(cast: Cast) -> None:
    new = another(RepairTerm.objects.get(severity="minor"), today() + timedelta(days=9))
    client = signed_in(cast.province)
    told = {"effective_from": str(today() + timedelta(days=9)), "least_months": "0", "most_months": "2"}
    told |= {"repairable_after": "1", "decide_days": "5", "source": "新办法", "version": str(new.version)}
    assert client.post(f"{new.get_absolute_url()}edit/", told).status_code == 302
    new.refresh_from_db()
    assert (new.severity, new.most_months, new.repairable_after) == ("minor", 2, 1)


@pytest.mark.parametrize("edition", ["x", "999999999", "99999999999999999999", "", "1' OR 1"])
def test_a_wrong_edition_in_the_address_begins_an_empty_form(cast: Cast, edition: str) -> None:
    for place in ("list-types", "repair-terms", "permit-rules", "credit-items"):
        assert signed_in(cast.province).get(f"/system/{place}/new/", {"edition": edition}).status_code == 200


# Which is which -------------------------------------------------------------------------------------------------------


def test_what_hebeis_method_of_2024_names_is_judged_by_it_from_2024_on() -> None:
    ours = CreditItem.objects.filter(legal_basis__contains="河北省建筑施工企业信用评价管理办法》（2024）")
    assert set(ours.values_list("edition", "effective_from")) == {("河北省2024年办法（样例）", date(2024, 1, 1))}
    others = CreditItem.objects.exclude(pk__in=ours.values("pk"))
    assert set(others.values_list("edition", "effective_from")) == {("样例目录（全国通用依据）", date(2020, 1, 1))}
    assert not CreditItem.objects.in_force(date(2023, 12, 31)).filter(pk__in=ours.values("pk")).exists()


def test_what_nobody_read_in_its_source_is_marked_as_a_sample() -> None:
    assert ListType.objects.get(code="hebei_serious").is_sample
    assert not ListType.objects.filter(is_sample=True).exclude(code="hebei_serious").exists()
    assert set(CreditItem.objects.values_list("is_sample", flat=True)) == {True}
    assert set(RepairTerm.objects.values_list("is_sample", flat=True)) == {True}
    marked = PermitRule.objects.filter(is_sample=True)
    assert set(marked.values_list("grade", "nth")) == {("extraordinary", 1), ("extraordinary", 2)}
    assert all("待主管部门确认" in rule.certainty for rule in marked)


def test_the_pages_say_which_edition_and_that_it_is_a_sample(cast: Cast) -> None:
    client = signed_in(cast.city)
    assert "河北省2024年办法（样例）" in text(client.get("/system/credit-items/"))
    for one in (stories.item("E-G01"), ListType.objects.get(code="hebei_serious"), RepairTerm.objects.all()[0]):
        page = text(client.get(one.get_absolute_url()))
        assert "样例，待核定" in page and f"{one.effective_from} 起（本版）" in page


def test_the_least_term_of_repair_is_its_own_and_not_that_of_publication(cast: Cast) -> None:
    told = dict(RepairTerm.objects.values_list("severity", "repairable_after"))
    assert told == {"minor": 0, "ordinary": 3, "serious": 12}
    another(RepairTerm.objects.get(severity="ordinary"), least_months=3, repairable_after=6)
    entry = stories.published(cast, months=3)
    assert entry.published_on == today() and earliest(entry) == months_after(today(), 6)
