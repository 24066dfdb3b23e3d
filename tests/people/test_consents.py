"""What persons are told and what they answer: law asks nothing, consent may be refused and withdrawn."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import InternalError, connection
from django.test import Client
from django.utils import timezone

from apps.core.models import DictionaryEntry, Event
from apps.core.registers import registry
from apps.core.workflow import TransitionRefused
from apps.people.consenting import standings
from apps.people.forms import ConsentForm
from apps.people.models import Answer, AnsweredBy, Consent, ConsentWording, Person
from apps.people.services import record_consent
from tests.factories import EnterpriseFactory, MemberFactory, PersonFactory, ProjectFactory, UserFactory
from tests.personas import CHANGAN, QIAOXI, inspector, persona, signed_in

pytestmark = pytest.mark.django_db

REFUSED_LAW = "以法律规定为依据的只登记已告知"


def wording(purpose: str) -> ConsentWording:
    return ConsentWording.objects.get(purpose=purpose)


def answered(person: Person, purpose: str, answer: str, by: Any = None) -> Consent:
    told = {"wording": wording(purpose), "answer": answer, "how": AnsweredBy.PAPER}
    consent = Consent(person=person, answered_on=timezone.localdate(), **told)
    return record_consent(consent, by=by or inspector())


def words(person: Person) -> dict[str, str]:
    return {one.wording.purpose: one.words for one in standings(person, timezone.localdate())}


def test_the_page_says_which_purposes_rest_on_law_and_which_on_consent(client: Client) -> None:
    person = PersonFactory(employer=EnterpriseFactory(at=CHANGAN))
    page = signed_in(inspector(CHANGAN)).get(f"/people/{person.pk}/").content.decode()
    assert page.count("以法律规定为依据，无需同意") == 2 * 2  # as a row and as a card
    assert page.count("以本人同意为依据") == 2
    assert "人脸识别技术应用安全管理办法" in page
    assert words(person) == {"real_name": "未告知", "training": "未告知", "face": "未征求意见"}


def test_an_answer_is_added_and_the_last_one_counts() -> None:
    person, by = PersonFactory(), inspector()
    for answer in ("refused", "given", "withdrawn"):
        consent = answered(person, "face", answer, by)
        assert words(person)["face"] == Answer(answer).label
    assert person.consents.count() == 3
    event = Event.objects.of(consent).get()
    assert (event.actor, event.facts["answer"], event.facts["purpose"]) == (by, "撤回同意", "人脸考勤")


@pytest.mark.parametrize(
    ("purpose", "answer", "sentence"),
    [
        ("face", "withdrawn", "只有已同意的才能撤回"),
        ("face", "told", REFUSED_LAW),
        ("real_name", "given", REFUSED_LAW),
        ("training", "refused", REFUSED_LAW),
    ],
)
def test_the_database_refuses_an_answer_that_does_not_fit(purpose: str, answer: str, sentence: str) -> None:
    with pytest.raises(TransitionRefused, match=sentence):
        answered(PersonFactory(), purpose, answer)


def test_consents_of_others_do_not_let_one_withdraw() -> None:
    answered(PersonFactory(), "face", "given")
    with pytest.raises(TransitionRefused):
        answered(PersonFactory(), "face", "withdrawn")


@pytest.mark.parametrize("sql", ["UPDATE people_consent SET answer = 'given'", "DELETE FROM people_consent"])
def test_an_answer_is_neither_changed_nor_removed(sql: str) -> None:
    answered(PersonFactory(), "face", "refused")
    with pytest.raises(InternalError, match="Cannot update or delete"), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_firm_records_signed_paper_and_is_asked_for_its_day(client: Client) -> None:
    person = PersonFactory()
    director = UserFactory(role="safety_director", enterprise=person.employer)
    browser, url = signed_in(director), f"/people/{person.pk}/consents/face/"
    page = browser.get(url).content.decode()
    assert "不影响进场、上岗和工资" in page and "本人签字的纸质告知书" in page
    later = str(timezone.localdate() + timedelta(days=1))
    for day, sentence in ((later, "签字日期不能晚于今天"), ("2025-12-31", "签字日期不能更早")):
        answer = browser.post(url, {"answer": "given", "answered_on": day})
        assert answer.status_code == 422 and sentence in answer.content.decode()
    assert browser.post(url, {"answer": "refused", "answered_on": "2026-11-01"}).status_code == 302
    consent = Consent.objects.get()
    assert (consent.answer, consent.how, consent.answered_on) == ("refused", "paper", date(2026, 11, 1))
    assert consent.by == director


def test_the_own_account_answers_for_itself_alone_and_today() -> None:
    firm = EnterpriseFactory()
    user = persona("project_safety_officer", organisation=firm.organisation)
    me, colleague = PersonFactory(employer=firm, user=user), PersonFactory(employer=firm)
    browser = signed_in(user)
    assert browser.post(f"/people/{me.pk}/consents/face/", {"answer": "given"}).status_code == 302
    assert Consent.objects.get().how == "account"
    assert f'href="/people/{me.pk}/"' in browser.get("/account/").content.decode()
    assert "您有权要求更正" in browser.get(f"/people/{me.pk}/").content.decode()
    assert "您有权要求更正" not in browser.get(f"/people/{colleague.pk}/").content.decode()
    others = UserFactory(role="owner", enterprise=EnterpriseFactory(kind="owner"))
    assert signed_in(others).get(f"/people/{colleague.pk}/consents/face/").status_code == 404


def test_who_only_reads_persons_records_no_answers_and_strangers_see_none() -> None:
    contractor, owner = EnterpriseFactory(at=CHANGAN), EnterpriseFactory(kind="owner")
    person = PersonFactory(employer=contractor)
    MemberFactory(project=ProjectFactory(at=CHANGAN, contractor=contractor, owner=owner), person=person)
    answered(person, "face", "refused")
    url = f"/people/{person.pk}/consents/face/"
    assert signed_in(UserFactory(role="owner", enterprise=owner)).get(url).status_code == 403
    assert signed_in(inspector(QIAOXI)).get(url).status_code == 404
    assert signed_in(inspector(CHANGAN)).get(f"/people/{person.pk}/consents/other/").status_code == 404
    assert not Consent.objects.visible_to(inspector(QIAOXI)).exists()


def test_missing_answers_are_a_view_until_each_purpose_has_one() -> None:
    person, user = PersonFactory(employer=EnterpriseFactory(at=CHANGAN)), inspector(CHANGAN)
    register = registry["people"]
    view = next(v for v in register.views if v.name == "no_consent")
    for purpose, answer in (("real_name", "told"), ("training", "told"), ("face", "refused")):
        assert list(register.rows(user).filter(view.condition(user))) == [person]
        answered(person, purpose, answer)
    assert not register.rows(user).filter(view.condition(user)).exists()


def test_having_been_told_is_no_consent_once_the_purpose_rests_on_consent() -> None:
    person, day, user = PersonFactory(employer=EnterpriseFactory(at=CHANGAN)), timezone.localdate(), inspector(CHANGAN)
    for purpose, answer in (("real_name", "told"), ("training", "told"), ("face", "refused")):
        answered(person, purpose, answer)
    told = {"purpose": "training", "rests_on_consent": True, "wording": "新文本", "basis": "新规定"}
    ConsentWording.objects.create(effective_from=day, **told)
    assert words(person)["training"] == "未征求意见"
    register = registry["people"]
    view = next(v for v in register.views if v.name == "no_consent")
    assert list(register.rows(user).filter(view.condition(user))) == [person]
    record_consent(
        Consent(
            person=person,
            wording=ConsentWording.objects.get(effective_from=day),
            answer="refused",
            how=AnsweredBy.PAPER,
            answered_on=day,
        ),
        by=user,
    )
    assert words(person)["training"] == "不同意"
    assert not register.rows(user).filter(view.condition(user)).exists()


def test_a_purpose_of_an_office_may_have_any_code() -> None:
    person, day = PersonFactory(), timezone.localdate()
    DictionaryEntry.objects.create(kind="consent_purpose", code="健康/体检 v1.0", label="健康体检")
    told = {"purpose": "健康/体检 v1.0", "rests_on_consent": True, "wording": "文本", "basis": "规定"}
    ConsentWording.objects.create(effective_from=day, **told)
    browser = signed_in(UserFactory(role="safety_director", enterprise=person.employer))
    page = browser.get(f"/people/{person.pk}/").content.decode()
    link = re.search(rf'href="(/people/{person.pk}/consents/%[^"]+)"', page)
    assert link
    assert "健康体检" in browser.get(link[1]).content.decode()


def test_an_answer_to_an_older_wording_stays_and_is_marked() -> None:
    person, day = PersonFactory(), timezone.localdate()
    answered(person, "face", "given")
    told = {"purpose": "face", "rests_on_consent": True, "wording": "新文本", "basis": "新规定"}
    ConsentWording.objects.create(effective_from=day, **told)
    face = next(one for one in standings(person, day) if one.wording.purpose == "face")
    assert (face.words, face.is_outdated) == ("同意", True)
    form = ConsentForm(user=inspector(), person=person, wording=face.wording, how=AnsweredBy.PAPER)
    assert [code for code, _ in form.fields["answer"].choices] == ["given", "withdrawn"]  # type: ignore[attr-defined]
