"""What agencies ask by program: who may, what they are told, that all of it is written down, and how much an hour."""

import contextlib
import json
import threading
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pgtrigger
import pytest
from django.db import InternalError, connection, transaction
from django.db.models import F
from django.test import Client

from apps.accounts.services.tokens import digest_of
from apps.core.models import Event
from apps.core.workflow import StaleRecord, TransitionRefused
from apps.credit.api.certificates import ASKED
from apps.credit.models import Agency, CreditCertificate, CreditProfile, LookUp, Subject
from apps.credit.services import look_ups
from apps.credit.services.agencies import find_agency, make_token
from apps.credit.services.certificates import as_data, is_sound
from apps.enterprises.models import Enterprise
from tests.api_client import Api
from tests.contracts.operations import misfits, operations
from tests.contracts.test_api_fuzz import ODD_TEXTS
from tests.credit import stories
from tests.credit.certificate_stories import agency, bytes_of
from tests.credit.stories import Cast
from tests.factories import EnterpriseFactory, credit_code
from tests.personas import PASSWORD, persona, signed_in

pytestmark = pytest.mark.django_db

LAWFUL = {
    *("enterprise", "uscc", "on_day", "is_listed", "lists", "grade", "grade_is_sample", "permit"),
    *("permit_number", "answered_at"),
}
BY_ID = {operation.id: operation for operation in operations()}
WISH = {"purpose": "示例花园二期施工招标"}


class Asker:
    """A program of an agency."""

    def __init__(self, token: str) -> None:
        self.client, self.headers = Client(), {"Authorization": f"Agency {token}"}

    def ask(self, code: str, **query: Any) -> Any:
        return self.client.get(f"/api/bidding/enterprises/{code}/", query, headers=self.headers)

    def certify(self, **body: Any) -> Any:
        path = "/api/bidding/certificates/"
        return self.client.post(path, json.dumps(body), content_type="application/json", headers=self.headers)


@pytest.fixture
def cast() -> Cast:
    return Cast()


@pytest.fixture
def asker() -> Asker:
    return Asker(agency()[1])


def fits(name: str, answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.content.decode()
    assert misfits(answer.json(), BY_ID[name].answer_schema(status if status != 200 else int(first(name)))) == []
    return answer.json()


def first(name: str) -> str:
    """The status of success that is described."""
    return next(status for status in BY_ID[name].spec["responses"] if status.startswith("2"))


# Who may ask ----------------------------------------------------------------------------------------------------------


def test_without_a_good_token_nothing_is_told(cast: Cast) -> None:
    path = f"/api/bidding/enterprises/{cast.firm.uscc}/"
    for headers in ({}, {"Authorization": "Agency"}, {"Authorization": "Agency x"}, {"Authorization": "Agency \xff"}):
        answer = Client().get(path, headers=headers)
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Agency")
        assert set(answer.json()) == {"code", "message", "request_id"}
    assert not LookUp.objects.exists()


def test_accounts_are_no_agencies_and_agencies_no_accounts(cast: Cast, asker: Asker) -> None:
    path = f"/api/bidding/enterprises/{cast.firm.uscc}/"
    assert Api(cast.province).get(path).status_code == 401
    session = Client()
    session.force_login(cast.province)
    assert session.get(path).status_code == 401
    assert asker.client.get("/api/enterprises/", headers=asker.headers).status_code == 401


def test_one_that_is_switched_off_is_told_so_and_comes_back(cast: Cast) -> None:
    one, token = agency()
    Agency.objects.filter(pk=one.pk).update(is_active=False)
    answer = Asker(token).ask(cast.firm.uscc)
    assert (answer.status_code, answer.json()["code"]) == (403, "agency_switched_off")
    Agency.objects.filter(pk=one.pk).update(is_active=True)
    assert Asker(token).ask(cast.firm.uscc).status_code == 200


def test_a_new_token_ends_the_one_before(cast: Cast) -> None:
    one, old = agency()
    new = make_token(one, by=cast.province)
    assert (Asker(old).ask(cast.firm.uscc).status_code, Asker(new).ask(cast.firm.uscc).status_code) == (401, 200)
    one.refresh_from_db()
    assert (one.token_sha256, find_agency("")) == (digest_of(new), None)
    told = json.dumps(list(Event.objects.of(one).values_list("facts", flat=True)))
    assert new not in told and one.token_sha256 not in told


# What is told ---------------------------------------------------------------------------------------------------------


def test_a_firm_without_blame(cast: Cast, asker: Asker) -> None:
    told = fits("bidding_enterprise", asker.ask(cast.firm.uscc), 200)
    assert set(told) == LAWFUL
    assert (told["enterprise"], told["uscc"], told["is_listed"]) == (cast.firm.name, cast.firm.uscc, False)
    assert (told["grade"], told["permit"], told["lists"]) == ("A", "有效", [])


def test_a_listed_firm_with_its_lists_and_their_ends(cast: Cast, asker: Asker) -> None:
    listing = stories.list_aged(stories.listed(cast), 5)
    told = fits("bidding_enterprise", asker.ask(cast.firm.uscc), 200)
    assert told["is_listed"] and told["grade"] == "D"
    assert told["lists"] == [{"name": str(listing.list_type), "until": str(listing.listed_until)}]
    before = asker.ask(cast.firm.uscc, on=str(stories.today() - timedelta(days=6))).json()
    assert (before["is_listed"], before["lists"]) == (False, [])


def test_nothing_but_lawful_fields_whatever_is_known(cast: Cast, asker: Asker) -> None:
    stories.effective(cast, stories.LARGER, facts="SECRETWORDS 事实", evidence="SECRETWORDS 证据")
    answer = asker.ask(cast.firm.uscc)
    assert set(answer.json()) == LAWFUL
    hidden = ("SECRETWORDS", cast.firm.legal_representative, cast.firm.phone, cast.firm.address, "score")
    assert [words for words in hidden if words in answer.content.decode()] == []


def hide_letters() -> None:
    """A standard from today on by which letters are nobody's business outside."""
    shipped = CreditProfile.objects.in_force(Subject.ENTERPRISE, stories.today())
    assert shipped
    shipped.pk, shipped.effective_from, shipped.is_public = None, stories.today(), False
    shipped.save(force_insert=True)


def test_letters_that_are_not_public_are_neither_told_nor_certified(cast: Cast, asker: Asker) -> None:
    hide_letters()
    assert asker.ask(cast.firm.uscc).json()["grade"] is None
    refused = asker.certify(uscc=cast.firm.uscc, at_least="D", **WISH)
    assert (refused.status_code, set(refused.json()["fields"])) == (422, {"at_least"})
    assert asker.certify(uscc=cast.firm.uscc, **WISH).status_code == 201


def test_of_a_day_without_a_standard_no_letter_is_told(cast: Cast, asker: Asker) -> None:
    with pgtrigger.ignore("credit.CreditProfile:append_only"):
        CreditProfile.objects.update(effective_from=stories.today() + timedelta(days=1))
    assert asker.ask(cast.firm.uscc).json()["grade"] is None
    assert asker.certify(uscc=cast.firm.uscc, at_least="D", **WISH).status_code == 422
    assert asker.certify(uscc=cast.firm.uscc, **WISH).status_code == 201


def test_code_in_any_spelling_and_of_one_merged_firm(cast: Cast, asker: Asker) -> None:
    code = cast.firm.uscc
    assert asker.ask(f"{code[:8]} {code[8:].lower()}").json()["uscc"] == code


@pytest.mark.parametrize("code", ["123", "91130102MA0ABCDE1X", "' OR 1=1 --", "长" * 300, "a\x00b", "%"])
def test_wrong_code_is_422_with_the_sentence(asker: Asker, code: str) -> None:
    answer = asker.ask(code.replace("%", "%25").replace("\x00", "%00"))
    assert answer.status_code == 422
    assert "统一社会信用代码应为18位" in answer.json()["message"] or "校验码应为" in answer.json()["message"]
    assert LookUp.objects.get().enterprise is None


def test_unknown_code_is_404_with_what_it_is_about(asker: Asker) -> None:
    answer = asker.ask(credit_code(7_777_777))
    assert (answer.status_code, "没有统一社会信用代码为" in answer.json()["message"]) == (404, True)


def test_days_that_cannot_be_asked_of(cast: Cast, asker: Asker) -> None:
    for days in (1, -31):
        answer = asker.ask(cast.firm.uscc, on=str(stories.today() + timedelta(days=days)))
        assert (answer.status_code, set(answer.json()["fields"])) == (422, {"on"})
    for query in ({"on": "2026-02-30"}, {"on": "x\x00"}, {"day": "2026-11-01"}, {"on": ["2026-11-25", "2026-11-26"]}):
        answer = asker.ask(cast.firm.uscc, **query)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_parameter")
    assert LookUp.objects.count() == 2  # what could not be read was no question


# Certificates ---------------------------------------------------------------------------------------------------------


def test_the_example_is_certified_once_however_often_it_is_asked() -> None:
    firm = EnterpriseFactory(uscc=ASKED["uscc"])
    one, token = agency()
    made = fits("bidding_certify", Asker(token).certify(**ASKED), 201)
    certificate = CreditCertificate.objects.get()
    assert (certificate.enterprise, certificate.agency, certificate.made_by) == (firm, one, None)
    assert (made, is_sound(certificate)) == (as_data(certificate), True)
    again = Asker(token).certify(**ASKED)
    assert (again.status_code, again.json()) == (200, made)
    other = Asker(token).certify(**ASKED | {"purpose": "另一个项目的招标"})
    assert (other.status_code, CreditCertificate.objects.count()) == (201, 2)


def test_what_was_true_this_morning_is_refused_once_it_is_no_more(cast: Cast, asker: Asker) -> None:
    assert asker.certify(uscc=cast.firm.uscc, **WISH).status_code == 201
    stories.listed(cast)
    refused = asker.certify(uscc=cast.firm.uscc, **WISH)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_certified")
    assert "在失信名单" in refused.json()["message"]
    assert CreditCertificate.objects.count() == 1


def test_refusals_say_which_field_or_why(cast: Cast, asker: Asker) -> None:
    Enterprise.objects.filter(pk=cast.firm.pk).update(safety_licence_until=stories.today() - timedelta(days=1))
    code = cast.firm.uscc
    cases: list[tuple[dict[str, Any], int, str]] = [
        ({"uscc": code, "permit_in_force": True}, 409, "已过期"),
        ({"uscc": "123"}, 422, "应为18位"),
        ({"uscc": credit_code(7_777_777)}, 404, "没有统一社会信用代码"),
        ({"uscc": code, "on": str(stories.today() + timedelta(days=1))}, 422, "不能晚于今天"),
    ]
    for body, status, words in cases:
        answer = asker.certify(**WISH | body)
        assert (answer.status_code, words in answer.json()["message"]) == (status, True)
    malformed = (
        {"uscc": code},
        {"uscc": code, "purpose": "\u202e\u202e\u202e"},
        {"uscc": [], **WISH},
        {"x": 1, **WISH},
    )
    assert {asker.certify(**body).status_code for body in malformed} <= {400, 422}
    assert LookUp.objects.count() == len(cases)
    assert not CreditCertificate.objects.exists()


ODD: list[Any] = [*ODD_TEXTS, None, True, 7, 1.5, [], {}, ["A"], {"a": {"b": []}}]


@pytest.mark.parametrize("name", ["uscc", "on", "at_least", "permit_in_force", "purpose", "x"])
def test_whatever_is_sent_the_answer_is_a_refusal_or_a_certificate(cast: Cast, asker: Asker, name: str) -> None:
    sound = {"uscc": cast.firm.uscc, **WISH}
    answers = [asker.certify(**sound | {name: value}) for value in ODD]
    assert {answer.status_code for answer in answers} <= {200, 201, 400, 404, 409, 422}
    assert all(answer.json().get("message") or answer.json()["signature"] for answer in answers)


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_whatever_is_asked_of_the_answer_is_no_fault_of_ours(asker: Asker, text: str) -> None:
    assert asker.ask(quote(text, safe="") or "x", on=text).status_code in (200, 400, 404, 422)
    assert asker.ask("x", **{text or "x": text}).status_code == 400


# The log --------------------------------------------------------------------------------------------------------------


def test_every_question_is_written_down_with_its_answer(cast: Cast) -> None:
    one, token = agency()
    asker = Asker(token)
    answers = [
        asker.ask(cast.firm.uscc),
        asker.ask("123"),
        asker.ask(credit_code(7_777_777)),
        asker.certify(uscc=cast.firm.uscc, **WISH),
    ]
    rows = list(LookUp.objects.order_by("pk"))
    assert [row.answer["body"] for row in rows] == [answer.json() for answer in answers]
    assert [row.answer["status"] for row in rows] == [200, 422, 404, 201]
    assert [row.enterprise for row in rows] == [cast.firm, None, None, cast.firm]
    assert {(row.agency, row.address) for row in rows} == {(one, "127.0.0.1")}
    for change in (lambda: LookUp.objects.update(asked="x"), lambda: LookUp.objects.all().delete()):
        with pytest.raises(InternalError, match="Cannot update or delete"), transaction.atomic():
            change()


def test_what_could_not_be_written_down_is_not_told(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**fields: Any) -> None:
        raise OSError("disk")

    _, token = agency()
    monkeypatch.setattr(LookUp.objects, "create", broken)
    asker = Asker(token)
    asker.client.raise_request_exception = False
    answer = asker.certify(uscc=cast.firm.uscc, **WISH)
    assert (answer.status_code, cast.firm.name in answer.content.decode()) == (500, False)
    assert not CreditCertificate.objects.exists()


# How much an hour -----------------------------------------------------------------------------------------------------


def test_over_the_limit_one_has_to_wait_and_then_gets_through(cast: Cast) -> None:
    one, token = agency(per_hour=3)
    asker = Asker(token)
    assert [asker.ask(cast.firm.uscc).status_code for _ in range(3)] == [200, 200, 200]
    full = [asker.ask(cast.firm.uscc) for _ in range(2)]
    assert [answer.status_code for answer in full] == [429, 429]
    assert 3500 < int(full[0]["Retry-After"]) <= 3600
    assert set(full[0].json()) == {"code", "message", "request_id"}
    assert LookUp.objects.count() == 3
    other = Asker(agency()[1])
    assert other.ask(cast.firm.uscc).status_code == 200
    aged(one, seconds=3601)
    assert asker.ask(cast.firm.uscc).status_code == 200


def aged(one: Agency, seconds: int) -> None:
    """As if its questions had been asked so long ago; only a test may change a row."""
    with pgtrigger.ignore("credit.LookUp:append_only"):
        LookUp.objects.filter(agency=one).update(asked_at=F("asked_at") - timedelta(seconds=seconds))


def asked_at_once(token: str, code: str, threads: int) -> list[int]:
    """The statuses of so many questions that begin together, each on a connection of its own."""
    start, statuses = threading.Barrier(threads), []

    def ask() -> None:
        try:
            start.wait(10)
            statuses.append(Asker(token).ask(code).status_code)
        finally:
            connection.close()

    running = [threading.Thread(target=ask) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join(30)
    return sorted(statuses)


def slow_to_count(monkeypatch: pytest.MonkeyPatch, threads: int) -> None:
    """All have counted before any goes on, or has waited long enough to show that the others could not."""
    counted, plain = threading.Barrier(threads), look_ups.refuse_too_many

    def counting(one: Agency) -> None:
        plain(one)
        with contextlib.suppress(threading.BrokenBarrierError):
            counted.wait(1)

    monkeypatch.setattr(look_ups, "refuse_too_many", counting)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_counted_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    firm, (_, token) = EnterpriseFactory(), agency(per_hour=1)
    slow_to_count(monkeypatch, 2)
    assert asked_at_once(token, firm.uscc, 2) == [200, 429]
    assert LookUp.objects.count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_would_get_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: it is the lock that the test above sees."""
    firm, (_, token) = EnterpriseFactory(), agency(per_hour=1)
    slow_to_count(monkeypatch, 2)
    monkeypatch.setattr(look_ups, "wait_for_lock", lambda name: None)
    assert asked_at_once(token, firm.uscc, 2) == [200, 200]


# Pages ----------------------------------------------------------------------------------------------------------------


def test_the_province_registers_an_agency_and_is_shown_its_token_once(cast: Cast) -> None:
    client = signed_in(cast.province)
    code = credit_code(911_111)
    told = {"name": "示例交易中心", "uscc": code.lower(), "contact": "李某", "per_hour": "100", "is_active": "on"}
    assert client.post("/system/agencies/new/", told).status_code == 302
    one = Agency.objects.get()
    assert (one.uscc, one.token_sha256) == (code, "")
    url = f"{one.get_absolute_url()}token/"
    assert "生成令牌" in client.get(one.get_absolute_url()).content.decode()
    assert client.post(url, {"password": "wrong"}).status_code == 422
    shown = client.post(url, {"password": PASSWORD, "version": one.version})
    token = shown.context["token"]
    assert (shown.status_code, find_agency(token), token in shown.content.decode()) == (200, one, True)
    assert "no-store" in shown["Cache-Control"]
    assert token not in client.get(one.get_absolute_url()).content.decode()
    stale = client.post(url, {"password": PASSWORD, "version": one.version})
    assert (stale.status_code, find_agency(token)) == (409, one)
    again = client.post("/system/agencies/new/", told)
    assert (again.status_code, "已登记" in again.content.decode()) == (422, True)


def test_an_agency_is_switched_off_on_its_page_and_gets_no_token_then(cast: Cast) -> None:
    one, token = agency()
    client = signed_in(cast.province)
    told = {
        "name": one.name,
        "uscc": one.uscc,
        "contact": one.contact,
        "per_hour": one.per_hour,
        "version": one.version,
    }
    assert client.post(f"{one.get_absolute_url()}edit/", told).status_code == 302
    assert Asker(token).ask(cast.firm.uscc).status_code == 403
    with pytest.raises(TransitionRefused, match="已停用"):
        make_token(one, by=cast.province)


def test_a_token_is_not_made_over_a_newer_record(cast: Cast) -> None:
    one, _ = agency()
    with pytest.raises(StaleRecord):
        make_token(one, by=cast.province, version=one.version - 1)


@pytest.mark.parametrize("role", ["county_officer", "safety_director", "system_admin", "inspector"])
def test_nobody_else_sees_agencies_or_their_questions(role: str) -> None:
    one, _ = agency()
    client = signed_in(persona(role))
    for url in ("/system/agencies/", "/system/look-ups/", one.get_absolute_url(), f"{one.get_absolute_url()}token/"):
        assert client.get(url).status_code == 403


def test_questions_are_listed_read_and_exported(cast: Cast) -> None:
    one, token = agency()
    Asker(token).ask(cast.firm.uscc)
    Asker(token).ask("123")
    client = signed_in(persona("auditor"))
    page = client.get(f"/system/look-ups/?view=all&agency__pk={one.pk}").content.decode()
    assert "未列入失信名单" in page and "应为18位" in page and one.name in page
    refused = client.get("/system/look-ups/?view=refused").content.decode()
    assert "应为18位" in refused and "未列入失信名单" not in refused
    assert "未列入失信名单" not in client.get("/system/look-ups/?view=all&agency__pk=x").content.decode()
    row = LookUp.objects.order_by("pk")[0]
    assert "answered_at" in client.get(f"/system/look-ups/{row.pk}/").content.decode()
    book = client.post("/system/look-ups/export/?view=all")
    assert bytes_of(book).startswith(b"PK")
    told = Api(persona("auditor")).get("/api/look_ups/").json()
    assert told["count"] == 2 and token not in json.dumps(told)
    assert client.get(f"{one.get_absolute_url()}token/").status_code == 403


def test_no_answer_and_no_page_holds_a_digest_of_a_token(cast: Cast) -> None:
    one, _ = agency()
    told = [
        signed_in(cast.province).get(one.get_absolute_url()).content.decode(),
        Api(cast.province).get(f"/api/agencies/{one.pk}/").content.decode(),
    ]
    assert [text for text in told if one.token_sha256 in text] == []
