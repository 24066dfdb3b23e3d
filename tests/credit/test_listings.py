"""失信名单: nobody stands on a list by one officer's word, before the firm was heard, or a day longer than decided."""

from datetime import date, timedelta
from typing import Any

import pgtrigger
import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, InternalError, transaction
from django.db.models import F
from django.http import Http404

from apps.core.models import Event
from apps.core.workflow import TransitionRefused
from apps.credit.clocks import months_after
from apps.credit.models import Blacklisting, CreditEntry, CreditStanding, JointMeasure, ListType
from apps.credit.services import clock
from apps.credit.workflow import JOINT, LISTING
from apps.documents.models import Paper
from apps.documents.services import issue, serve
from apps.notifications.digests import open_items
from apps.notifications.models import Message, MessageKind
from tests.api_client import Api
from tests.credit import listing_stories, stories
from tests.credit.listing_stories import FORGED, by_hand
from tests.credit.stories import Cast, today
from tests.factories import EnterpriseFactory, PersonFactory
from tests.personas import LUBEI, PASSWORD, organisation, persona, signed_in

pytestmark = pytest.mark.django_db

NUMBER = "冀建信黑〔2026〕14号"


@pytest.fixture
def cast() -> Cast:
    return Cast()


def last_day(listing: Blacklisting) -> date:
    assert listing.listed_until
    return listing.listed_until


def text(response: Any) -> str:
    return str(response.content.decode())


# The way to a list ----------------------------------------------------------------------------------------------------


def test_a_listing_stands_for_the_months_of_its_list_and_makes_the_worst_letter(cast: Cast) -> None:
    listing = stories.listed(cast)
    until = months_after(today(), 12) - timedelta(days=1)
    assert (listing.state, listing.listed_on, listing.listed_until) == ("listed", today(), until)
    standing = CreditStanding.objects.get(enterprise=cast.firm)
    assert (standing.is_listed, standing.grade) == (True, "D")


def test_who_checked_does_not_decide_to_list(cast: Cast) -> None:
    listing = stories.list_heard(cast)
    with pytest.raises(TransitionRefused, match="须由另一名人员认定"):
        LISTING.perform(listing, "put_on_list", by=cast.province, decision_number=NUMBER)


def test_who_proposed_neither_checks_nor_decides(cast: Cast) -> None:
    listing = by_hand(cast.firm, cast.province)
    with pytest.raises(TransitionRefused, match="提出人不能核实"):
        LISTING.perform(listing, "check", by=cast.province, opinion="属实")
    listing = LISTING.perform(listing, "check", by=cast.second_province, opinion="属实")
    listing = stories.after_objections(stories.tell(LISTING, listing, cast.second_province))
    with pytest.raises(TransitionRefused, match="须由另一名人员认定"):
        LISTING.perform(listing, "put_on_list", by=cast.province, decision_number=NUMBER)


def test_the_database_too_refuses_a_listing_by_one_alone(cast: Cast) -> None:
    listing = stories.list_heard(cast)
    with pytest.raises(IntegrityError, match="decided_by_another"), transaction.atomic():
        Blacklisting.objects.filter(pk=listing.pk).update(decided_by=cast.province)


def test_cities_check_and_do_not_list(cast: Cast) -> None:
    listing = stories.list_heard(cast)
    with pytest.raises(TransitionRefused, match="您没有“决定列入”的权限"):
        LISTING.perform(listing, "put_on_list", by=cast.city, decision_number=NUMBER)


def test_before_its_notice_nobody_is_listed(cast: Cast) -> None:
    with pytest.raises(TransitionRefused, match="当前状态为“已核实”，不能决定列入"):
        LISTING.perform(stories.list_checked(cast), "put_on_list", by=cast.second_province, decision_number=NUMBER)


def test_while_the_firm_may_object_nobody_is_listed(cast: Cast) -> None:
    listing = stories.tell(LISTING, stories.list_checked(cast), cast.province)
    with pytest.raises(TransitionRefused, match="期满后才能认定"):
        LISTING.perform(listing, "put_on_list", by=cast.second_province, decision_number=NUMBER)


def test_while_an_objection_is_open_nobody_is_listed(cast: Cast) -> None:
    listing = stories.tell(LISTING, stories.list_checked(cast), cast.province)
    listing = LISTING.perform(listing, "object", by=cast.director, objection="合同系真实履行")
    with pytest.raises(TransitionRefused, match="当前状态为“异议处理中”，不能决定列入"):
        LISTING.perform(listing, "put_on_list", by=cast.second_province, decision_number=NUMBER)
    listing = LISTING.perform(listing, "dismiss", by=cast.second_province, answer="鉴定意见认定为伪造")
    assert LISTING.perform(listing, "put_on_list", by=cast.second_province, decision_number=NUMBER).state == "listed"


def test_an_objection_that_is_right_ends_the_case(cast: Cast) -> None:
    listing = stories.tell(LISTING, stories.list_checked(cast), cast.province)
    listing = LISTING.perform(listing, "object", by=cast.director, objection="合同系真实履行")
    listing = LISTING.perform(listing, "uphold", by=cast.second_province, answer="经核实合同真实")
    assert (listing.state, listing.reason) == ("rejected", "经核实合同真实")


def test_what_took_effect_while_the_firm_was_listed_asks_for_the_list_anew_when_the_term_is_over(cast: Cast) -> None:
    listing = stories.list_aged(stories.listed(cast), 300)
    stories.effective(cast, stories.FORGED)
    assert Blacklisting.objects.filter(list_type=listing.list_type).count() == 1
    listing = stories.list_aged(listing, 100)
    clock.tick()
    listing.refresh_from_db()
    again = Blacklisting.objects.exclude(pk=listing.pk).get(list_type=listing.list_type)
    assert (listing.state, again.state, again.enterprise) == ("removed", "proposed", cast.firm)


def test_what_the_firm_was_listed_for_does_not_ask_for_the_list_again(cast: Cast) -> None:
    listing = stories.listed(cast)
    days = timedelta(days=400)
    with pgtrigger.ignore("credit.CreditEntry:decided_stays"):
        CreditEntry.objects.update(starts_on=F("starts_on") - days, happened_on=F("happened_on") - days)
    listing = stories.list_aged(listing, 400)
    clock.tick()
    listing.refresh_from_db()
    assert listing.state == "removed"
    assert not Blacklisting.objects.exclude(pk=listing.pk).filter(list_type=listing.list_type).exists()


def test_the_database_lets_nobody_revoke_their_own_listing(cast: Cast) -> None:
    listing = stories.listed(cast)
    with pytest.raises(IntegrityError, match="blacklisting_revoked_by_another"), transaction.atomic():
        Blacklisting.objects.filter(pk=listing.pk).update(
            state="revoked", revoked_by=listing.decided_by, revoked_on=stories.today()
        )
    revoked = LISTING.perform(listing, "revoke", by=cast.province, reason="处罚决定已被撤销")
    assert (revoked.revoked_by, revoked.state) == (cast.province, "revoked")


def test_the_database_lets_no_listing_begin_on_an_earlier_day(cast: Cast) -> None:
    listing = stories.after_objections(stories.tell(LISTING, stories.list_checked(cast), cast.province))
    earlier = stories.today() - timedelta(days=1)
    told = {"state": "listed", "decision_number": "冀建信黑〔2026〕1号", "decided_by": cast.second_province}
    with pytest.raises(IntegrityError, match="listed_on is the day of the decision"), transaction.atomic():
        Blacklisting.objects.filter(pk=listing.pk).update(listed_on=earlier, listed_until=earlier, **told)


@pytest.mark.parametrize(("code", "months"), [("market", 11), ("market", 13), ("work_safety", 11), ("work_safety", 37)])
def test_a_term_outside_of_the_lists_law_is_refused_both_ways(cast: Cast, code: str, months: int) -> None:
    stories.effective(cast, stories.FORGED)
    listing = Blacklisting.objects.get(enterprise=cast.firm, list_type__code=code)
    listing = LISTING.perform(listing, "check", by=cast.province, opinion="符合")
    listing = stories.after_objections(stories.tell(LISTING, listing, cast.province))
    with pytest.raises(TransitionRefused, match=f"的列入期限为 12 至 .*不能填 {months} 个月"):
        LISTING.perform(listing, "put_on_list", by=cast.second_province, decision_number=NUMBER, months=months)


def test_the_database_lists_nobody_without_a_decision_and_its_days(cast: Cast) -> None:
    listing = stories.list_heard(cast)
    with pytest.raises(IntegrityError, match="blacklisting_is_whole"), transaction.atomic():
        Blacklisting.objects.filter(pk=listing.pk).update(state="listed")


# Off the list ---------------------------------------------------------------------------------------------------------


def test_the_last_day_is_on_the_list_and_the_next_is_not(cast: Cast) -> None:
    listing = stories.listed(cast)
    last = last_day(listing)
    assert clock.tick(last) == 0
    assert Blacklisting.objects.get(pk=listing.pk).state == "listed"
    clock.tick(last + timedelta(days=1))
    listing = Blacklisting.objects.get(pk=listing.pk)
    assert (listing.state, listing.removal, listing.removed_on) == ("removed", "expired", last + timedelta(days=1))


def test_a_task_that_comes_late_still_removes_as_of_the_right_day(cast: Cast) -> None:
    listing = stories.listed(cast)
    listing = stories.list_aged(listing, (last_day(listing) - today()).days + 40)
    clock.tick()
    removed = Blacklisting.objects.get(pk=listing.pk)
    assert removed.removed_on == last_day(listing) + timedelta(days=1)
    assert not CreditStanding.objects.get(enterprise=cast.firm).is_listed
    assert set(JointMeasure.objects.values_list("state", "lifted_on")) == {("lifted", removed.removed_on)}


def test_who_listed_does_not_revoke_and_another_does(cast: Cast) -> None:
    listing = stories.listed(cast)
    with pytest.raises(TransitionRefused, match="列入决定人不能撤销"):
        LISTING.perform(listing, "revoke", by=cast.second_province, reason="处罚决定已被撤销")
    listing = LISTING.perform(listing, "revoke", by=cast.province, reason="处罚决定已被撤销")
    assert (listing.state, listing.revoked_on) == ("revoked", today())
    page = signed_in(cast.province).get(listing.get_absolute_url())
    assert page.context["timeline"][0]["title"] == "撤销列入"
    assert not CreditStanding.objects.get(enterprise=cast.firm).is_listed
    assert set(JointMeasure.objects.values_list("state", flat=True)) == {"lifted"}


def test_what_was_decided_is_neither_deleted_nor_rewritten(cast: Cast) -> None:
    listing = stories.listed(cast)
    with pytest.raises(InternalError, match="Cannot delete"), transaction.atomic():
        Blacklisting.objects.filter(pk=listing.pk)._raw_delete("default")
    with pytest.raises(InternalError, match="stays as it is"), transaction.atomic():
        Blacklisting.objects.filter(pk=listing.pk).update(listed_until=last_day(listing) + timedelta(days=90))
    clock.tick(last_day(listing) + timedelta(days=1))
    page = signed_in(cast.province).get(listing.get_absolute_url())
    assert NUMBER in text(page)
    told = {line["title"] for line in page.context["timeline"]}
    assert {"提出", "核实证据", "登记告知", "决定列入", "期满移出"} <= told


# Proposing by hand ----------------------------------------------------------------------------------------------------


def test_a_second_proposal_for_the_same_list_is_refused_and_one_for_another_is_not(cast: Cast) -> None:
    by_hand(cast.firm, cast.county)
    with pytest.raises(ValidationError, match="已有未办结的案件或者正在列"):
        by_hand(cast.firm, cast.county)
    other = ListType.objects.get(code="work_safety")
    assert by_hand(cast.firm, cast.county, other, condition=other.conditions[3]["text"]).list_type == other


def test_who_stands_on_the_list_is_not_proposed_again_until_the_term_is_over(cast: Cast) -> None:
    listing = stories.listed(cast)
    with pytest.raises(ValidationError, match="正在列"):
        by_hand(cast.firm, cast.county)
    clock.tick(last_day(listing) + timedelta(days=1))
    assert by_hand(cast.firm, cast.county).state == "proposed"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"happened_on": today() + timedelta(days=2)}, "不能晚于今天"),
        ({"happened_on": date(2017, 12, 31)}, "未施行或者已失效"),
        ({"condition": "随便写的情形"}, "没有这一情形"),
        ({"evidence": ""}, "事实、证据和依据"),
    ],
)
def test_what_the_list_does_not_ask_for_is_not_proposed(cast: Cast, told: dict, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        by_hand(cast.firm, cast.county, **told)
    assert not Blacklisting.objects.exists()


def test_a_list_of_enterprises_takes_no_person_and_one_of_persons_no_enterprise(cast: Cast) -> None:
    person = PersonFactory(employer=cast.firm)
    with pytest.raises(ValidationError, match="适用于企业"):
        by_hand(cast.firm, cast.county, person=person)
    ListType.objects.filter(code="market").update(subject="person")
    with pytest.raises(ValidationError, match="适用于个人"):
        by_hand(cast.firm, cast.county)
    with pytest.raises(ValidationError, match=r"不是 .* 的在册人员"):
        by_hand(cast.firm, cast.county, person=PersonFactory(employer=EnterpriseFactory()))
    assert by_hand(cast.firm, cast.county, person=person).person == person


# Joint measures -------------------------------------------------------------------------------------------------------


def test_measures_are_sent_with_the_decision_and_offices_of_the_platform_are_told(cast: Cast) -> None:
    office = organisation("permit_office", name="资质审批部门")
    officer = persona("permit_officer", organisation=office)
    listing = stories.listed(cast)
    sent = JointMeasure.objects.filter(listing=listing).order_by("pk")
    assert [(m.number, m.state) for m in sent] == [(f"{listing.number}-{n}", "sent") for n in (1, 2, 3)]
    assert {m.office: m.addressee for m in sent if m.addressee} == {"资质审批部门": office}
    assert Message.objects.filter(recipient=officer, kind="jointmeasure_sent").count() == 1


def test_the_office_that_was_asked_answers_and_no_other(cast: Cast) -> None:
    office = organisation("permit_office", at=LUBEI, name="资质审批部门")
    officer, rival = persona("permit_officer", organisation=office), persona("permit_officer")
    stories.listed(cast)
    measure = JointMeasure.objects.get(addressee=office)
    assert not Blacklisting.objects.visible_to(officer).exists()
    with pytest.raises(TransitionRefused, match="由实施单位反馈"):
        JOINT.perform(measure, "feed_back", by=rival, feedback="已限制")
    page = signed_in(officer).get(measure.get_absolute_url())
    assert cast.firm.name in text(page)
    assert f'href="{measure.listing.get_absolute_url()}"' not in text(page)
    client = signed_in(officer)
    assert client.post(f"{measure.get_absolute_url()}feed_back/", {"feedback": ""}).status_code == 422
    told = {"feedback": "自今日起不予批准资质升级", "version": "1"}
    assert client.post(f"{measure.get_absolute_url()}feed_back/", told).status_code == 302
    measure.refresh_from_db()
    assert (measure.state, measure.fed_back_by) == ("applied", officer)


def test_the_firm_is_offered_repair_from_its_first_day_and_sees_that_day_before(cast: Cast) -> None:
    other = ListType.objects.get(code="work_safety")
    listing = by_hand(cast.firm, cast.county, other, condition=other.conditions[3]["text"])
    listing = stories.after_objections(listing_stories.told(listing, cast))
    listing = LISTING.perform(listing, "put_on_list", by=cast.second_province, decision_number=NUMBER)
    client, first = signed_in(cast.director), months_after(today(), 12)
    page = text(client.get(listing.get_absolute_url()))
    assert (f"自 {first} 起" in page, "申请信用修复" in page) == (True, False)
    stories.list_aged(listing, (first - today()).days)
    assert f"/credit/blacklist/{listing.number}/repair/" in text(client.get(listing.get_absolute_url()))
    assert "申请信用修复" not in text(signed_in(cast.province).get(listing.get_absolute_url()))


def test_an_office_elsewhere_that_was_not_asked_does_not_find_the_measure(cast: Cast) -> None:
    stories.listed(cast)
    measure = JointMeasure.objects.earliest("pk")
    far = persona("county_officer", at=LUBEI)
    assert signed_in(far).get(measure.get_absolute_url()).status_code == 404
    with pytest.raises(Http404):
        JOINT.perform(measure, "feed_back", by=far, feedback="已限制")


def test_measures_are_never_deleted(cast: Cast) -> None:
    stories.listed(cast)
    with pytest.raises(InternalError, match="Cannot delete"), transaction.atomic():
        JointMeasure.objects.all().delete()


# Scope ----------------------------------------------------------------------------------------------------------------


def test_a_foreign_county_finds_nothing_and_a_firm_only_what_it_was_told(cast: Cast) -> None:
    listing = stories.list_checked(cast)
    far, address = persona("county_officer", at=LUBEI), listing.get_absolute_url()
    assert signed_in(far).get(address).status_code == 404
    assert signed_in(cast.director).get(address).status_code == 404
    stories.tell(LISTING, listing, cast.province)
    page = text(signed_in(cast.director).get(address))
    assert FORGED in page
    assert "符合列入情形" not in page  # the officers' opinion among themselves
    assert signed_in(Cast().director).get(address).status_code == 404


# Papers ---------------------------------------------------------------------------------------------------------------


def drafted(user: Any, finding: Any, kind: str) -> Paper:
    answer = signed_in(user).post(f"{finding.get_absolute_url()}papers/{kind}/")
    assert answer.status_code == 302
    return Paper.objects.get(kind=kind, record_id=str(finding.pk))


def served(paper: Paper, user: Any, **told: Any) -> Paper:
    facts: dict[str, Any] = {
        "addressee": paper.addressee_names,
        "manner": "direct",
        "recipient": "李某",
        "served_on": today(),
    }
    return serve(issue(paper, by=user), by=user, **facts | told)


def test_a_served_notice_notifies_from_its_day(cast: Cast) -> None:
    listing = stories.list_checked(cast)
    paper = drafted(cast.county, listing, "credit_notice")
    assert FORGED in paper.contents["matter"]
    paper = served(paper, cast.county)
    listing = Blacklisting.objects.get(pk=listing.pk)
    assert (listing.state, listing.served_on, listing.notified_by) == ("notified", today(), cast.county)
    assert listing.served_how == f"直接送达，李某签收，{paper.number}"
    assert listing.objection_until is not None
    serve(paper, by=cast.county, addressee="某单位", manner="post", recipient="王某", served_on=today())
    assert Blacklisting.objects.get(pk=listing.pk).version == listing.version


def test_a_notice_about_a_credit_entry_notifies_too_and_a_refused_one_says_so(cast: Cast) -> None:
    entry = stories.checked(cast)
    paper = drafted(cast.county, entry, "credit_notice")
    paper = served(paper, cast.county, recipient="", is_refused=True, witnesses="社区干部张某")
    entry.refresh_from_db()
    assert (entry.state, entry.served_how) == (
        "notified",
        f"直接送达，拒绝签收（见证人：社区干部张某），{paper.number}",
    )


def test_who_may_not_notify_serves_the_paper_and_no_more(cast: Cast) -> None:
    entry = stories.checked(cast)
    paper = served(drafted(cast.inspector, entry, "credit_notice"), cast.inspector)
    entry.refresh_from_db()
    assert (paper.first_served_on, entry.state) == (today(), "checked")


def test_a_notice_to_others_or_about_what_was_told_already_changes_nothing(cast: Cast) -> None:
    entry = stories.checked(cast)
    paper = drafted(cast.county, entry, "credit_notice")
    paper.address_to([{"name": "另一家公司", "organisation": None}])
    paper.save()
    served(paper, cast.county)
    entry.refresh_from_db()
    assert entry.state == "checked"
    other = drafted(cast.county, stories.checked(cast), "credit_notice")
    finding = stories.tell(stories.ENTRY, stories.CreditEntry.objects.get(pk=other.record_id), cast.county)
    served(other, cast.county)
    assert stories.CreditEntry.objects.get(pk=finding.pk).version == finding.version


def test_the_decision_is_a_paper_once_it_is_made(cast: Cast) -> None:
    listing = stories.list_heard(cast)
    address = f"{listing.get_absolute_url()}papers/list_decision/"
    assert "决定列入之后才能出具" in text(signed_in(cast.province).get(address, follow=True))
    listing = LISTING.perform(listing, "put_on_list", by=cast.second_province, decision_number=NUMBER)
    paper = drafted(cast.province, listing, "list_decision")
    assert paper.missing == []
    assert paper.contents["listed_until"] == str(listing.listed_until)
    assert "招标投标监督管理部门" in paper.contents["measures"]
    assert signed_in(cast.province).get(f"{listing.get_absolute_url()}papers/stop_work_notice/").status_code == 404


# Pages ----------------------------------------------------------------------------------------------------------------

TOLD = {
    "list_type": "market",
    "condition": FORGED,
    "facts": "业绩合同系伪造",
    "evidence": "合同原件比对记录",
    "legal_basis": "",
}


def test_a_firm_is_listed_over_the_pages_from_the_proposal_to_the_decision(cast: Cast) -> None:
    county, province = signed_in(cast.county), signed_in(cast.province)
    told = TOLD | {"enterprise": cast.firm.name, "happened_on": str(today())}
    assert "提出列入失信名单" in text(county.get("/credit/blacklist/"))
    assert county.post("/credit/blacklist/new/", told).status_code == 302
    listing = Blacklisting.objects.get()
    assert (listing.made_by, listing.legal_basis) == (cast.county, stories.market().legal_basis)
    page = listing.get_absolute_url()
    assert province.post(f"{page}check/", {"opinion": "证据充分"}).status_code == 302
    assert province.post(f"{page}notify/", {"served_on": str(today()), "served_how": "直接送达"}).status_code == 302
    director = signed_in(cast.director)
    assert director.post(f"{page}object/", {"objection": "合同系真实履行"}).status_code == 302
    second = signed_in(cast.second_province)
    assert second.post(f"{page}dismiss/", {"answer": "鉴定意见认定为伪造"}).status_code == 302
    decision = {"decision_number": NUMBER, "months": "12"}
    wrong = second.post(f"{page}put_on_list/", decision | {"password": "不对的密码"})
    assert (wrong.status_code, "密码不正确" in text(wrong), NUMBER in text(wrong)) == (422, True, True)
    assert "不对的密码" not in text(wrong)
    assert Blacklisting.objects.get().state == "notified"
    listed = second.post(f"{page}put_on_list/", decision | {"password": PASSWORD})
    assert listed.status_code == 302, text(listed)
    shown = text(second.get(page))
    assert "已列入" in shown
    assert "联合惩戒" in shown
    decided = Event.objects.of(Blacklisting.objects.get()).get(name="put_on_list")
    assert set(decided.facts) == {"decision_number", "months", "listed_on", "listed_until"}


def test_a_term_outside_of_the_law_is_told_on_the_page_which_keeps_what_was_typed(cast: Cast) -> None:
    address = f"{stories.list_heard(cast).get_absolute_url()}put_on_list/"
    client = signed_in(cast.second_province)
    assert 'value="12"' in text(client.get(address))
    wrong = client.post(address, {"decision_number": NUMBER, "months": "3", "password": PASSWORD})
    assert wrong.status_code == 422
    assert "不能填 3 个月" in text(wrong)
    assert NUMBER in text(wrong)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"condition": "发生转包、出借资质，受到行政处罚", "list_type": "work_safety"}, "没有这一情形，请从该名单"),
        ({"condition": "没有的情形"}, "请从列出的情形中选择"),
        ({"list_type": "nowhere"}, "没有这种名单"),
        ({"enterprise": "查无此企业"}, "查无此企业"),
        ({"person": "张三"}, "没有名为“张三”的在册人员"),
        ({"happened_on": "2015-01-01"}, "未施行或者已失效"),
        ({"happened_on": "\x00"}, "日期"),
        ({"facts": ""}, "请填写事实"),
    ],
)
def test_a_wrong_proposal_says_why_and_keeps_what_was_typed(cast: Cast, changed: dict, words: str) -> None:
    told = TOLD | {"enterprise": cast.firm.name, "happened_on": str(today()), "person": ""}
    answer = signed_in(cast.county).post("/credit/blacklist/new/", told | changed)
    assert answer.status_code == 422
    assert words in text(answer)
    assert "合同原件比对记录" in text(answer)
    assert not Blacklisting.objects.exists()


def test_a_firm_out_of_reach_is_not_proposed(cast: Cast) -> None:
    far = signed_in(persona("county_officer", at=LUBEI))
    told = TOLD | {"enterprise": cast.firm.name, "happened_on": str(today())}
    answer = far.post("/credit/blacklist/new/", told)
    assert (answer.status_code, "不在您的管辖范围内" in text(answer)) == (422, True)


def test_the_list_shows_each_person_what_waits_for_them(cast: Cast) -> None:
    listing = stories.list_checked(cast)
    views = {"to_check": 0, "to_notify": 1, "to_decide": 0}
    head = persona("station_head", organisation=cast.inspector.organisation)
    for view in ("to_check", "to_notify"):
        rows = text(signed_in(head).get(f"/credit/blacklist/?view={view}")).count("data-row")
        assert rows == views[view] + (view == "to_check")  # the list of work safety is still to be checked
    stories.after_objections(stories.tell(LISTING, listing, cast.province))
    assert listing.number in text(signed_in(cast.second_province).get("/credit/blacklist/?view=to_decide"))
    assert listing.number not in text(signed_in(cast.province).get("/credit/blacklist/?view=to_decide"))


def test_a_listing_that_ends_within_thirty_days_stands_in_its_tab(cast: Cast) -> None:
    listing = stories.listed(cast)
    client, tab = signed_in(cast.province), "/credit/blacklist/?view=ending"
    assert listing.number not in text(client.get(tab))
    stories.list_aged(listing, (last_day(listing) - today()).days - 30)
    assert listing.number in text(client.get(tab))


# The lists themselves -------------------------------------------------------------------------------------------------

LIST = {
    "code": "trial_list",
    "name": "试点名单",
    "subject": "enterprise",
    "legal_basis": "《某条例》第十条",
    "effective_from": "2026-01-01",
    "conditions": "forged｜提供虚假材料\n拒不配合监督检查",
    "term_months": "24",
    "removable_after": "12",
    "measures": "资质审批部门：不予批准升级\n招标监管部门:限制投标",
}


def test_a_list_is_kept_as_lines_and_changed_as_lines(cast: Cast) -> None:
    client = signed_in(cast.province)
    answer = client.post("/system/list-types/new/", LIST)
    assert answer.status_code == 302, text(answer)
    kind = ListType.objects.get(code="trial_list")
    assert kind.conditions == [{"code": "forged", "text": "提供虚假材料"}, {"code": "", "text": "拒不配合监督检查"}]
    assert [one["office"] for one in kind.measures] == ["资质审批部门", "招标监管部门"]
    address = f"/system/list-types/{kind.pk}/"
    form = text(client.get(f"{address}edit/"))
    assert "forged｜提供虚假材料\n拒不配合监督检查" in form
    changed = LIST | {"version": str(kind.version), "conditions": "提供虚假材料"}
    assert client.post(f"{address}edit/", changed).status_code == 302
    assert ListType.objects.get(code="trial_list").conditions == [{"code": "", "text": "提供虚假材料"}]
    assert "提供虚假材料" in text(client.get(address))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"legal_basis": " "}, "不得设列名单"),
        ({"term_months": "61"}, "列入期限为 1 至 60 个月"),
        ({"removable_after": "25"}, "不能超过列入期限"),
        ({"conditions": ""}, "请填写列入情形"),
        ({"conditions": "坏 代码｜情形文字"}, "第 1 行的代码须"),
        ({"conditions": "甲情形\n甲情形"}, "写了两次"),
        ({"conditions": "\n".join(f"情形{n}" for n in range(40))}, "最多 30 行"),
        ({"measures": "没有冒号的措施"}, "实施单位：措施"),
        ({"effective_to": "2025-01-01"}, "不能早于施行日期"),
        ({"code": "名单"}, "小写字母"),
    ],
)
def test_a_list_without_its_law_or_out_of_order_is_refused(cast: Cast, changed: dict, words: str) -> None:
    answer = signed_in(cast.province).post("/system/list-types/new/", LIST | changed)
    assert (answer.status_code, words in text(answer)) == (422, True), text(answer)
    assert not ListType.objects.filter(name="试点名单").exists()


def test_a_list_with_cases_is_not_rewritten_by_page_or_database(cast: Cast) -> None:
    by_hand(cast.firm, cast.county)
    kind = stories.market()
    client, address = signed_in(cast.province), kind.get_absolute_url()
    refused = "已有记录依据本版，不能修改；请新增一版，并注明施行日期"
    assert refused in text(client.post(f"{address}edit/", {"subject": "person"}, follow=True))
    changes: list[dict[str, Any]] = [{"subject": "person"}, {"term_months": 24}, {"conditions": []}]
    for told in changes:
        with pytest.raises(IntegrityError, match="used_stays"), transaction.atomic():
            ListType.objects.filter(pk=kind.pk).update(**told)


def test_counties_read_lists_and_do_not_change_them(cast: Cast) -> None:
    client = signed_in(cast.county)
    address = stories.market().get_absolute_url()
    assert client.get(address).status_code == 200
    assert client.get(f"{address}edit/").status_code == 403


# Programs -------------------------------------------------------------------------------------------------------------


def test_programs_propose_move_and_answer(cast: Cast) -> None:
    county, province, second = Api(cast.county), Api(cast.province), Api(cast.second_province)
    told = {name: value for name, value in TOLD.items() if value}
    told |= {"enterprise": cast.firm.name, "happened_on": str(today())}
    made = county.post("/api/blacklistings/", told)
    assert made.status_code == 201, made.content.decode()
    address = f"/api/blacklistings/{made.json()['key']}/"
    assert county.post("/api/blacklistings/", told).status_code == 409
    assert county.patch(address, {"facts": "另一事实"}, version=1).status_code == 405
    assert county.post(f"{address}check/", {"opinion": "属实"}).status_code == 409
    assert province.post(f"{address}check/", {"opinion": "属实"}).status_code == 200
    notice = {"served_on": str(today()), "served_how": "直接送达"}
    assert province.post(f"{address}notify/", notice).json()["state"]["code"] == "notified"
    stories.after_objections(Blacklisting.objects.get())
    decision = {"decision_number": NUMBER, "password": "错"}
    wrong = second.post(f"{address}put_on_list/", decision)
    assert (wrong.status_code, list(wrong.json()["fields"])) == (422, ["password"])
    listed = second.post(f"{address}put_on_list/", decision | {"password": PASSWORD})
    assert listed.json()["listed_until"] == str(months_after(today(), 12) - timedelta(days=1))
    measures = second.get("/api/joint_measures/", {"view": "to_feed_back"}).json()
    assert measures["count"] == 0  # the county's own office answers for offices outside
    measures = county.get("/api/joint_measures/", {"view": "to_feed_back"}).json()["results"]
    answer = county.post(f"/api/joint_measures/{measures[0]['key']}/feed_back/", {"feedback": "已限制投标"})
    assert answer.json()["state"]["code"] == "applied"
    assert Api(persona("county_officer", at=LUBEI)).get(address).status_code == 404


# Telling --------------------------------------------------------------------------------------------------------------


def test_every_message_about_lists_is_of_a_kind_that_an_office_can_set(cast: Cast) -> None:
    listing = stories.listed(cast)
    LISTING.perform(listing, "revoke", by=cast.province, reason="处罚决定已被撤销")
    kinds = set(Message.objects.values_list("kind", flat=True))
    ours = {kind for kind in kinds if kind.startswith(("blacklisting_", "jointmeasure_"))}
    assert {"blacklisting_notify", "blacklisting_put_on_list", "blacklisting_revoke"} <= ours
    assert ours <= set(MessageKind.objects.values_list("kind", flat=True))


def test_in_the_morning_it_stands_before_those_in_whose_hands_it_is(cast: Cast) -> None:
    def told(listing: Blacklisting) -> set[int]:
        found = open_items(today(), since=stories.timezone.now()).items()
        return {key for key, items in found if listing.get_absolute_url() in {item.url for item in items}}

    head = persona("station_head", organisation=cast.inspector.organisation)
    listing = stories.proposal(cast)
    assert told(listing) == {head.pk}
    listing = LISTING.perform(listing, "check", by=cast.province, opinion="符合")
    assert told(listing) == {head.pk}
    listing = stories.tell(LISTING, listing, cast.province)
    assert told(listing) == {cast.director.pk}
    listing = stories.after_objections(listing)
    assert told(listing) == {cast.second_province.pk}
    listing = LISTING.perform(listing, "put_on_list", by=cast.second_province, decision_number=NUMBER)
    assert told(listing) == set()
