"""What is refused is told in the very sentence: what is wrong, where, and what to do."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from apps.core.workflow import TransitionRefused, violated_rule
from apps.credit.clocks import months_after
from apps.credit.models import CreditEntry, PermitCase
from apps.credit.services.proposing import proposed
from apps.credit.workflow import ENTRY, LISTING
from tests.credit import permit_stories as permits
from tests.credit import stories
from tests.credit.permit_stories import Stage
from tests.credit.stories import Cast, today
from tests.personas import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return Cast()


def said(refused: pytest.ExceptionInfo[ValidationError]) -> list[str]:
    return list(refused.value.messages)


def posted(user: Any, address: str, **told: Any) -> dict[str, list[str]]:
    """The errors of a form, by field, of an answer that kept what was typed."""
    client = Client()
    client.force_login(user)
    answer = client.post(address, told)
    assert answer.status_code == 422, answer.content.decode()
    form = answer.context["form"]
    assert all(str(form[name].value() or "") == str(value) for name, value in told.items() if name != "password")
    return {name: list(errors) for name, errors in form.errors.items()}


def sheet(cast: Cast, **told: Any) -> dict[str, Any]:
    usual = {
        "enterprise": cast.firm.uscc,
        "item": stories.ORDINARY,
        "happened_on": str(today()),
        "facts": "发生一般事故，负有责任",
        "evidence": "事故认定文书",
        "decision_number": "示例认定〔2026〕1号",
    }
    return usual | told


# An entry without evidence, without its legal basis -------------------------------------------------------------------


def test_an_entry_without_evidence(cast: Cast) -> None:
    with pytest.raises(ValidationError) as refused:
        stories.proposed(cast, evidence=" ")
    assert said(refused) == ["信用记录没有填写“证据”，须写明事实、证据和依据，请补充后再提出"]
    assert posted(cast.inspector, "/credit/entries/new/", **sheet(cast, evidence="")) == {
        "evidence": ["请填写证据，没有证据的不能提出"]
    }
    assert not CreditEntry.objects.exists()


def test_a_case_without_its_legal_basis(cast: Cast) -> None:
    with pytest.raises(ValidationError) as refused:
        permits.by_hand(cast.firm, cast.inspector, legal_basis="", evidence="")
    assert said(refused) == ["安许证处置没有填写“证据”“依据”，须写明事实、证据和依据，请补充后再提出"]
    told = {"enterprise": cast.firm.uscc, "measure": "suspend", "happened_on": str(today())}
    told |= {"facts": "专职安全员不足", "evidence": "核查记录", "legal_basis": ""}
    assert posted(cast.county, "/credit/permit-cases/new/", **told) == {
        "legal_basis": ["请填写依据，没有依据的不能提出"]
    }
    assert not PermitCase.objects.exists()


def test_an_entry_whose_basis_is_taken_away_is_refused_by_the_database(cast: Cast) -> None:
    entry = stories.proposed(cast)
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        CreditEntry.objects.filter(pk=entry.pk).update(legal_basis="")
    assert violated_rule(entry, refused.value) == "须写明事实、证据和依据"


# One officer alone ----------------------------------------------------------------------------------------------------


def test_one_officer_alone_neither_checks_nor_decides(cast: Cast) -> None:
    own = proposed_by(cast.county, cast)
    with pytest.raises(TransitionRefused) as refused:
        ENTRY.perform(own, "check", by=cast.county, opinion="属实")
    assert said(refused) == ["提出人不能核实自己提出的事项，请由另一名人员核实"]
    checked = ENTRY.perform(proposed_by(cast.inspector, cast), "check", by=cast.city, opinion="属实")
    heard = stories.after_objections(stories.tell(ENTRY, checked, cast.county))
    with pytest.raises(TransitionRefused) as refused:
        ENTRY.perform(heard, "take_effect", by=cast.city)
    assert said(refused) == ["须由另一名人员认定：提出人和核实人不能认定"]


def proposed_by(user: Any, cast: Cast) -> CreditEntry:
    return stories.proposed(cast, by=user, office=user.organisation)


def test_who_decided_alone_does_not_revoke(cast: Cast) -> None:
    entry, listing = stories.effective(cast), stories.listed(Cast())
    with pytest.raises(TransitionRefused) as refused:
        ENTRY.perform(entry, "revoke", by=cast.city, reason="认定有误")
    assert said(refused) == ["认定人不能撤销自己的认定，请由另一名人员办理"]
    with pytest.raises(TransitionRefused) as refused:
        LISTING.perform(listing, "revoke", by=listing.decided_by, reason="列入有误")
    assert said(refused) == ["列入决定人不能撤销自己的决定，请由另一名人员办理"]


# A term outside of the law --------------------------------------------------------------------------------------------

LAW = "《信用修复管理办法》（国家发展改革委令第36号，2026-04-01起施行）"


@pytest.mark.parametrize("months", [2, 13])
def test_a_publication_outside_of_its_term(cast: Cast, months: int) -> None:
    with pytest.raises(TransitionRefused) as refused:
        stories.published(cast, months=months)
    assert said(refused) == [f"一般失信信息公示期限为 3 至 12 个月（{LAW}），不能填 {months} 个月"]


def test_good_conduct_published_for_too_long(cast: Cast) -> None:
    with pytest.raises(TransitionRefused) as refused:
        stories.published(cast, stories.AWARD, months=37)
    assert said(refused) == ["良好信息公示期限为 1 至 36 个月，不能填 37 个月"]


def test_a_listing_and_a_suspension_outside_of_their_terms(cast: Cast) -> None:
    with pytest.raises(TransitionRefused) as refused:
        stories.listed(cast, months=13)
    law = "《建筑市场信用管理暂行办法》（建市〔2017〕241号）"
    assert said(refused) == [f"建筑市场主体黑名单的列入期限为 12 至 12 个月（{law}），不能填 13 个月"]
    stage = Stage()
    case = permits.heard(stage)
    rule = "《建筑施工企业安全生产许可证动态监管暂行办法》（建质〔2008〕121号）"
    told = {"decision_number": "冀建安扣〔2026〕3号", "days": "61"}
    assert posted(stage.second, f"{case.get_absolute_url()}suspend/", **told) == {
        "days": [f"按处置标准暂扣 30 至 60 日（{rule}），不能填 61 日"]
    }


# A back-dated entry ---------------------------------------------------------------------------------------------------


def test_an_entry_of_tomorrow_of_long_ago_and_of_another_edition(cast: Cast) -> None:
    tomorrow = today() + timedelta(days=1)
    assert posted(cast.inspector, "/credit/entries/new/", **sheet(cast, happened_on=str(tomorrow))) == {
        "happened_on": [f"行为发生日期不能晚于今天（{today()}），现填 {tomorrow}，请核对"]
    }
    old = months_after(today(), -24)
    assert posted(cast.inspector, "/credit/entries/new/", **sheet(cast, happened_on=str(old))) == {
        "happened_on": [f"行为发生于 {old}，按24个月有效期已经过期，不再记录"]
    }
    before = "2019-12-31"
    assert posted(cast.inspector, "/credit/entries/new/", **sheet(cast, happened_on=before)) == {
        "happened_on": [
            f"行为发生日 {before} 不在“E-B01 对一般生产安全事故负有责任”这一版的有效期内，请选当日有效的版本"
        ]
    }


def test_a_notice_served_before_there_was_a_proposal(cast: Cast) -> None:
    entry, yesterday = stories.checked(cast), today() - timedelta(days=1)
    with pytest.raises(TransitionRefused) as refused:
        ENTRY.perform(entry, "notify", by=cast.county, served_on=yesterday, served_how="直接送达，李某签收")
    assert said(refused) == [f"告知送达日期不能早于提出日期 {today()}"]
    told = {"served_on": str(yesterday), "served_how": "直接送达，李某签收"}
    assert posted(cast.county, f"{entry.get_absolute_url()}notify/", **told) == {
        "__all__": [f"告知送达日期不能早于提出日期 {today()}"]
    }
    entry.refresh_from_db()
    assert (entry.state, entry.served_on, entry.objection_until) == ("checked", None, None)


def test_a_decision_that_would_count_from_an_earlier_day(cast: Cast) -> None:
    """The database's word for whoever passes the workflow by."""
    entry = stories.heard(cast)
    until = months_after(today(), 24)
    told = {"state": "effective", "decided_by": cast.city, "expires_on": until, "ends_on": until}
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        CreditEntry.objects.filter(pk=entry.pk).update(**told, starts_on=today() - timedelta(days=1))
    assert violated_rule(entry, refused.value) == "决定自作出之日起生效，不能倒填日期，请按今天的日期重新办理"


# A wrong credit code --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("91350100M000100Y44", "第18位校验码应为“3”，现为“4”，请核对前面各位"),
        ("91350100M000100Y4", "统一社会信用代码应为18位，现为17位"),
        (
            "9135010OM000100Y43",
            "第8位“O”不能用于统一社会信用代码（只用数字和除I、O、S、V、Z以外的大写字母）",
        ),
    ],
)
def test_a_wrong_code_of_a_firm(cast: Cast, code: str, sentence: str) -> None:
    told = {"name": "燕山远图建工有限公司", "uscc": code, "kind": "contractor", "status": "active", "region": "130102"}
    assert posted(cast.province, "/enterprises/new/", **told)["uscc"] == [sentence]


def test_a_wrong_code_in_a_proposal_finds_no_firm_and_says_so(cast: Cast) -> None:
    errors = posted(cast.inspector, "/credit/entries/new/", **sheet(cast, enterprise="91350100M000100Y44"))
    assert errors == {"enterprise": ["第18位校验码应为“3”，现为“4”，请核对前面各位"]}


def test_a_wrong_password_where_one_is_asked_for(cast: Cast) -> None:
    address = f"{stories.list_heard(cast).get_absolute_url()}put_on_list/"
    told = {"decision_number": "冀建信黑〔2026〕14号", "months": "12", "password": f"{PASSWORD}!"}
    assert posted(cast.second_province, address, **told) == {"password": ["密码不正确，请重新填写"]}


def test_what_lacks_its_grounds_is_not_even_numbered(cast: Cast) -> None:
    entry = CreditEntry(item=stories.item(stories.ORDINARY), happened_on=today(), facts="属实", legal_basis="条例")
    with pytest.raises(TransitionRefused, match="没有填写“证据”"):
        proposed(entry, enterprise=cast.firm, office=cast.inspector.organisation, by=cast.inspector, also={})
    assert entry.number == ""
