"""Electronic cards: what they say, and that nobody can forge, alter, prolong or keep using one."""

import base64
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, InternalError
from django.test import Client
from django.utils import timezone

from apps.core import signing
from apps.core.models import Event
from apps.people.cards import SIGNED, decoded, encoded, masked_name, read, state_of
from apps.people.models import Card, Person
from apps.people.services import issue_card, revoke_card
from tests.factories import CertificateFactory, EnterpriseFactory, MemberFactory, PersonFactory, ProjectFactory
from tests.factories import UserFactory as User
from tests.personas import CHANGAN, QIAOXI, inspector, signed_in

pytestmark = pytest.mark.django_db

NUMBER, PHONE, NAME = "11010519491231002X", "13912345678", "韩志强"
TODAY = timezone.localdate()


def holder(days: int = 400, **told: Any) -> Person:
    """A person with a certificate that has so many days left."""
    person = PersonFactory(**{"name": NAME, "number": NUMBER, "phone": PHONE} | told)
    CertificateFactory(person=person, valid_until=TODAY + timedelta(days=days))
    return person


def carded(days: int = 400, **told: Any) -> Card:
    return issue_card(holder(days, **told), by=inspector())


def asked(token: str) -> dict[str, Any]:
    """What the public address answers somebody who has not signed in."""
    return Client().post("/m/cards/state/", {"card": token}).json()


def resigned(token: str, change: Callable[[list[Any]], Any]) -> str:
    """The same signature over other words."""
    payload, key, signature = token.split(".")
    said = json.loads(decoded(payload))
    change(said)
    return ".".join((encoded(json.dumps(said, ensure_ascii=False).encode()), key, signature))


def test_a_card_says_as_little_as_a_guard_needs() -> None:
    card = carded()
    told = read(card.token)
    assert told is not None
    assert (told.name, told.last_four, told.serial, told.issued_on) == ("韩**", "002X", card.serial, TODAY)
    assert told.certificates == [("C3类（专职安全员·综合）", TODAY + timedelta(days=400))]
    payload = decoded(card.token.split(".")[0]).decode()
    for hidden in (NAME, NUMBER, NUMBER[:4], PHONE, card.person.employer.name):
        assert hidden not in payload
    assert len(card.token) < 400


@pytest.mark.parametrize(("name", "shown"), [("韩志强", "韩**"), ("王", "王"), ("欧阳春明", "欧***")])
def test_names_keep_their_first_character(name: str, shown: str) -> None:
    assert masked_name(name) == shown


def test_a_sound_card_is_confirmed_to_anybody_and_tells_no_more_than_it_says() -> None:
    card = carded()
    assert asked(card.token) == {
        "state": "valid",
        "words": "与登记一致，有效",
        "name": "韩**",
        "last_four": "002X",
    }


def prolonged(said: list[Any]) -> None:
    said[4][0][1] = "20991231"


def of_another(said: list[Any]) -> None:
    said[2], said[3] = "李**", "1234"


def of_another_kind(said: list[Any]) -> None:
    said[4].append(["B类（项目负责人）", "20991231"])


@pytest.mark.parametrize("change", [prolonged, of_another, of_another_kind])
def test_an_altered_card_is_forged(change: Callable[[list[Any]], None]) -> None:
    token = resigned(carded().token, change)
    assert asked(token) == {"state": "forged", "words": "不是本平台签发的证卡"}


@pytest.mark.parametrize(
    "token",
    ["", "x", "a.b.c", "..", "é.c1.é", "A" * 9000, f"{'A' * 40}.c1.{'A' * 86}", "W10.c1.W10", "\x00.\x00.\x00"],
)
def test_whatever_else_is_sent_is_forged_and_no_error(token: str) -> None:
    answer = Client().post("/m/cards/state/", {"card": token})
    assert (answer.status_code, answer.json()["state"]) == (200, "forged")


def test_a_signature_for_another_use_is_none_for_a_card() -> None:
    """The platform signs certificates of credit with the same key, but other words."""
    payload = decoded(carded().token.split(".")[0])
    key_id, signature = signing.sign(payload)
    assert asked(".".join((encoded(payload), key_id, encoded(base64.b64decode(signature)))))["state"] == "forged"
    key_id, signature = signing.sign(SIGNED + payload)
    assert asked(".".join((encoded(payload), key_id, encoded(base64.b64decode(signature)))))["state"] == "valid"


def test_a_card_whose_certificates_have_run_out_is_expired() -> None:
    card = carded(days=1)
    assert state_of(card.token, TODAY + timedelta(days=1)) == "valid"
    assert state_of(card.token, TODAY + timedelta(days=2)) == "expired"


def test_a_revoked_card_says_so_at_once_and_is_on_the_list_for_gates_without_a_net() -> None:
    card, by = carded(), inspector()
    assert Client().get("/m/cards/revoked/").json() == {"serials": []}
    revoke_card(card, by=by)
    revoke_card(Card.objects.get(), by=by)
    assert asked(card.token)["state"] == "revoked"
    assert Client().get("/m/cards/revoked/").json() == {"serials": [card.serial]}
    assert Event.objects.of(card).filter(name="card_revoked").count() == 1


def test_a_new_card_takes_the_place_of_the_last() -> None:
    first = carded()
    second = issue_card(first.person, by=inspector())
    assert [asked(card.token)["state"] for card in (first, second)] == ["revoked", "valid"]
    with pytest.raises(IntegrityError, match="one_card_stands"):
        Card.objects.create(person=first.person, issued_by=inspector(), token="x", last_day=TODAY)


def test_a_certificate_that_was_withdrawn_or_shortened_shows_as_changed() -> None:
    card = carded()
    card.person.certificates.update(valid_until=TODAY + timedelta(days=5))
    assert asked(card.token)["state"] == "changed"
    card.person.certificates.update(replaced=True)
    assert asked(card.token)["state"] == "changed"


def test_a_further_certificate_leaves_the_card_as_it_is() -> None:
    card = carded()
    CertificateFactory(person=card.person, kind="B", number="冀建安B（2025）0000001")
    assert asked(card.token)["state"] == "valid"


def test_a_code_bears_the_certificates_that_run_longest_and_the_rest_stay_out(client: Client) -> None:
    person = holder(days=900)
    for n in range(30):
        told: dict[str, Any] = {"kind": "special", "trade": "10", "number": f"冀A102026{n:06d}"}
        CertificateFactory(person=person, valid_until=TODAY + timedelta(days=10 + n), **told)
    browser = signed_in(User(role="safety_director", enterprise=person.employer))
    assert browser.post(f"/people/{person.pk}/card/", {"make": "1"}, follow=True).status_code == 200
    card = Card.objects.get()
    told_by = read(card.token)
    assert told_by is not None and 5 < len(told_by.certificates) < 31
    assert told_by.certificates[0][1] == TODAY + timedelta(days=900)
    assert asked(card.token)["state"] == "valid"


@pytest.mark.parametrize(
    ("told", "days", "sentence"),
    [({"number": ""}, 9, "没有登记身份证号码"), ({}, -1, "没有在有效期内的证书")],
)
def test_nothing_to_compare_or_nothing_in_force_makes_no_card(told: dict[str, Any], days: int, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        issue_card(holder(days, **told), by=inspector())
    assert not Card.objects.exists()


@pytest.mark.parametrize("values", [{"token": "x"}, {"last_day": TODAY}, {"serial": "AAAAAAAAAAAA"}])
def test_what_was_signed_stays_and_a_revoked_card_never_stands_again(values: dict[str, Any]) -> None:
    carded()
    with pytest.raises(InternalError):
        Card.objects.update(**values)


def test_a_revoked_card_never_stands_again() -> None:
    card = carded()
    revoke_card(card, by=inspector())
    with pytest.raises(InternalError):
        Card.objects.update(revoked_at=None)


# Pages


def test_the_firm_makes_prints_and_revokes_a_card() -> None:
    person = holder()
    browser = signed_in(User(role="safety_director", enterprise=person.employer))
    url = f"/people/{person.pk}/card/"
    assert "还没有生成证卡" in browser.get(url).content.decode()
    page = browser.post(url, {"make": "1"}, follow=True).content.decode()
    card = Card.objects.get()
    assert card.serial in page and re.search(r"<svg[^>]*viewBox", page) and NUMBER not in page and PHONE not in page
    page = browser.post(url, {"revoke": "1"}, follow=True).content.decode()
    assert "还没有生成证卡" in page
    assert asked(card.token)["state"] == "revoked"


def test_who_only_reads_makes_no_card_and_strangers_find_no_person() -> None:
    contractor, owner = EnterpriseFactory(at=CHANGAN), EnterpriseFactory(kind="owner")
    person = holder(employer=contractor)
    MemberFactory(project=ProjectFactory(at=CHANGAN, contractor=contractor, owner=owner), person=person)
    url = f"/people/{person.pk}/card/"
    reader = signed_in(User(role="owner", enterprise=owner))
    assert reader.get(url).status_code == 200
    assert reader.post(url, {"make": "1"}).status_code == 403
    assert signed_in(inspector(QIAOXI)).get(url).status_code == 404


def test_the_page_that_verifies_is_public_carries_the_keys_and_names_nobody() -> None:
    carded()
    page = Client().get("/m/cards/verify/").content.decode()
    told = re.search(r'data-keys="([^"]*)"', page)
    assert told
    assert json.loads(told[1].replace("&quot;", '"')) == signing.public_keys()
    assert NAME not in page and "csrf" not in page
    worker = Client().get("/m/cards/sw.js")
    assert worker["Service-Worker-Allowed"] == "/m/cards/"
    assert "/m/cards/verify/" in worker.content.decode()


def test_the_state_is_asked_by_post_alone_so_that_no_log_has_the_card() -> None:
    assert Client().get("/m/cards/state/").status_code == 405
    assert Client(enforce_csrf_checks=True).post("/m/cards/state/", {"card": "x"}).status_code == 200


def test_too_many_questions_of_one_address_have_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.people.views.cards.TRIES", 2)
    answers = [Client().post("/m/cards/state/", {"card": "x"}, REMOTE_ADDR="198.51.100.7") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1]["Retry-After"] == "600"
