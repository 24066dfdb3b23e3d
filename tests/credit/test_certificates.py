"""信用证明: says what the fold says of its day or is refused, is signed, and anybody can check it."""

import base64
import json
import re
import subprocess
import sys
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pgtrigger
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InternalError, transaction
from django.http import Http404
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from apps.core import signing
from apps.core.canonical import canonical_json
from apps.core.files import open_stored
from apps.core.models import Event, StoredFile
from apps.core.workflow import TransitionRefused
from apps.credit.folding import scores_as_of
from apps.credit.models import Blacklisting, CreditCertificate, CreditProfile, Subject
from apps.credit.presenting import certificates as presenting
from apps.credit.public import certificates as public
from apps.credit.services import certificates as services
from apps.credit.services.certificates import SAID, as_data, is_sound, statement_of
from apps.credit.verifiers import verify_certificate as verifier
from apps.credit.workflow import CERTIFICATE, LISTING
from apps.credit.workflow.certificate import GROUNDS
from apps.documents import public as papers
from apps.notifications.models import Message
from tests.api_client import Api
from tests.credit import certificate_stories as certified
from tests.credit import stories
from tests.credit.certificate_stories import PURPOSE, bytes_of
from tests.credit.stories import Cast
from tests.factories import PersonFactory
from tests.personas import LUBEI, PASSWORD, persona, signed_in

pytestmark = pytest.mark.django_db

OLD_KEY = f"c0:{base64.b64encode(b'an older seed, made for tests...').decode()}"
NEW_KEY = f"c1:{base64.b64encode(b'a newer seed, made for tests....').decode()}"


@pytest.fixture
def cast() -> Cast:
    return Cast()


def made(cast: Cast, **told: Any) -> CreditCertificate:
    return certified.made(cast.firm, **{"by": cast.director} | told)


def days_ago(days: int) -> date:
    return stories.today() - timedelta(days=days)


def text_of(answer: Any) -> str:
    return re.sub(r"<[^>]+>|\s+", "", answer.content.decode())


# What can be certified ------------------------------------------------------------------------------------------------


def test_a_firm_without_blame_is_certified_whole(cast: Cast) -> None:
    one = made(cast, at_least="A")
    assert re.fullmatch(r"ZM-\d{4}-\d{6}", one.number)
    assert (one.state, one.made_by, one.agency, is_sound(one)) == ("valid", cast.director, None, True)
    told = one.payload
    assert (told["not_listed"], told["at_least"], told["grade"], told["permit"]) == (True, "A", "A", "有效")
    assert (told["enterprise"], told["uscc"], told["purpose"]) == (cast.firm.name, cast.firm.uscc, PURPOSE)
    event = Event.objects.of(one).get()
    assert (event.name, event.actor, event.facts["sha256"]) == ("made", cast.director, one.sha256)


def test_what_was_not_asked_is_not_said(cast: Cast) -> None:
    told = made(cast).payload
    assert not {"at_least", "grade", "permit_asked"} & set(told)
    assert set(told) <= set(SAID)
    assert set(made(cast, at_least="D", needs_permit=True).payload) == set(SAID)


def test_while_listed_it_is_refused_with_list_and_end(cast: Cast) -> None:
    listing = stories.listed(cast)
    with pytest.raises(TransitionRefused, match="在失信名单") as refused:
        made(cast)
    assert str(listing.list_type) in str(refused.value) and str(listing.listed_until) in str(refused.value)
    assert not CreditCertificate.objects.exists()


def test_a_listing_counts_from_its_first_to_its_last_day(cast: Cast) -> None:
    listing = stories.list_aged(stories.listed(cast), 10)
    assert statement_of(cast.firm, days_ago(11)).listings == ()
    assert statement_of(cast.firm, days_ago(10)).listings == (listing,)
    with pgtrigger.ignore("credit.Blacklisting:listed_stays"):
        Blacklisting.objects.filter(pk=listing.pk).update(listed_until=days_ago(3))
    assert statement_of(cast.firm, days_ago(3)).is_listed
    assert not statement_of(cast.firm, days_ago(2)).is_listed


def test_who_was_revoked_from_a_list_is_certified_from_that_day(cast: Cast) -> None:
    listing = stories.list_aged(stories.listed(cast), 5)
    LISTING.perform(listing, "revoke", by=cast.province, reason="列入所依据的事实有误")
    assert made(cast).payload["not_listed"]
    assert statement_of(cast.firm, days_ago(1)).is_listed


def test_a_list_of_persons_is_not_the_firms(cast: Cast) -> None:
    listing = stories.listed(cast)
    with pgtrigger.ignore("credit.Blacklisting:listed_stays"):
        person = PersonFactory(employer=cast.firm)
        Blacklisting.objects.filter(pk=listing.pk).update(person=person)
    assert not statement_of(cast.firm, stories.today()).is_listed


def test_a_letter_lower_than_asked_is_refused_with_both(cast: Cast) -> None:
    stories.effective(cast, stories.LARGER)
    has = statement_of(cast.firm, stories.today()).grade
    assert has > "A"
    with pytest.raises(TransitionRefused, match=f"信用等级为 {has}级，低于所要求的 A级"):
        made(cast, at_least="A")
    assert made(cast, at_least=has).payload["grade"] == has


def test_issued_says_exactly_the_fold_of_its_day(cast: Cast) -> None:
    stories.aged(stories.effective(cast, stories.LARGER), 20)
    for day in (days_ago(25), days_ago(15), stories.today()):
        _, grade, *_ = scores_as_of(Subject.ENTERPRISE, day, [cast.firm.pk])[cast.firm.pk]
        assert made(cast, on_day=day, at_least="D").payload["grade"] == grade
    grades = {one.payload["grade"] for one in CreditCertificate.objects.all()}
    assert len(grades) == 2


def test_without_a_standard_no_letter_is_certified(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "scores_as_of", lambda *args: {})
    with pytest.raises(TransitionRefused, match="没有施行的信用评价标准"):
        made(cast, at_least="D")
    assert "grade" not in made(cast).payload


@pytest.mark.parametrize(
    ("day", "words"), [(stories.today() + timedelta(days=2), "不能晚于今天"), (days_ago(31), "不能早于 30 天前")]
)
def test_days_to_come_and_days_long_ago_are_refused(cast: Cast, day: date, words: str) -> None:
    with pytest.raises(TransitionRefused, match=words):
        made(cast, on_day=day)
    assert made(cast, on_day=days_ago(30)).on_day == days_ago(30)


def test_a_permit_that_is_not_in_force_is_told_and_refuses_only_where_asked(cast: Cast) -> None:
    cast.firm.safety_licence_until = days_ago(1)
    cast.firm.save()
    assert made(cast).payload["permit"] == "已过期"
    with pytest.raises(TransitionRefused, match="安全生产许可证已过期"):
        made(cast, needs_permit=True)


def test_nothing_is_left_of_one_that_could_not_be_finished(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **kwargs: Any) -> bytes:
        raise OSError("no room")

    monkeypatch.setattr(services, "as_pdf", broken)
    with pytest.raises(OSError, match="no room"):
        made(cast)
    assert not CreditCertificate.objects.exists() and not StoredFile.objects.exists()
    assert not Event.objects.of_type(CreditCertificate).exists()


def test_what_was_said_no_hand_in_the_database_changes(cast: Cast) -> None:
    one = made(cast)
    for name, value in (("payload", {}), ("sha256", "0" * 64), ("signature", "x"), ("on_day", days_ago(1))):
        with pytest.raises(InternalError, match="stays as it is"), transaction.atomic():
            CreditCertificate.objects.filter(pk=one.pk).update(**{name: value})


# Who may --------------------------------------------------------------------------------------------------------------


def test_a_firm_has_none_made_for_another_and_an_office_none_out_of_reach(cast: Cast) -> None:
    rival = Cast()
    for by in (rival.director, persona("county_officer", at=LUBEI)):
        with pytest.raises(Http404):
            made(cast, by=by)
    assert made(cast, by=cast.county).made_by == cast.county


def test_who_sees_which(cast: Cast) -> None:
    one, rival = made(cast), Cast()
    seeing = (cast.director, cast.county, cast.province, persona("auditor"))
    blind = (rival.director, persona("county_officer", at=LUBEI), persona("expert"), persona("system_admin"))
    assert [CreditCertificate.objects.visible_to(user).filter(pk=one.pk).exists() for user in seeing] == [True] * 4
    assert [CreditCertificate.objects.visible_to(user).filter(pk=one.pk).exists() for user in blind] == [False] * 4


# Signatures -----------------------------------------------------------------------------------------------------------


def test_altered_words_signature_or_key_do_not_verify(cast: Cast, settings: Any) -> None:
    one = made(cast)
    signed = canonical_json(one.payload)
    assert signing.verify(signed, one.key_id, one.signature)
    raw = bytearray(base64.b64decode(one.signature))
    raw[5] ^= 1
    assert not signing.verify(signed.replace(b"true", b"fals"), one.key_id, one.signature)
    assert not signing.verify(signed, one.key_id, base64.b64encode(raw).decode())
    assert not signing.verify(signed, one.key_id, "不是 base64")
    assert not signing.verify(signed, "unknown", one.signature)
    settings.CREDIT_SIGNING_KEY = NEW_KEY.replace("c1:", f"{one.key_id}:")
    assert not signing.verify(signed, one.key_id, one.signature)
    assert not is_sound(one)


def test_after_a_change_of_keys_old_certificates_verify_and_new_ones_have_the_new_key(
    cast: Cast, settings: Any
) -> None:
    settings.CREDIT_SIGNING_KEY = OLD_KEY
    old = made(cast)
    settings.CREDIT_SIGNING_KEY = f"{NEW_KEY},{OLD_KEY}"
    new = made(cast)
    assert (old.key_id, new.key_id, is_sound(old), is_sound(new)) == ("c0", "c1", True, True)
    told = Client().get(reverse("public_credit_keys")).json()
    assert [(key["key_id"], key["in_use"]) for key in told["keys"]] == [("c1", True), ("c0", False)]
    assert [verifier.problems(as_data(one), told) for one in (old, new)] == [[], []]
    settings.CREDIT_SIGNING_KEY = NEW_KEY
    assert not is_sound(old)


@pytest.mark.parametrize("text", ["", "xx", "xx:yy", f":{NEW_KEY[3:]}", f"{NEW_KEY},{NEW_KEY}", "k" * 17 + NEW_KEY[2:]])
def test_a_setting_that_is_no_key_is_named_without_being_quoted(text: str, settings: Any) -> None:
    settings.CREDIT_SIGNING_KEY = text
    with pytest.raises(Exception, match="CREDIT_SIGNING_KEY must look like") as told:
        signing.sign(b"x")
    assert not text or text not in str(told.value)


# The verifier that is handed out --------------------------------------------------------------------------------------

# RFC 8032, 7.1: public key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
]


@pytest.mark.parametrize(("public_key", "message", "signature"), VECTORS)
def test_verifier_agrees_with_the_vectors_of_the_standard(public_key: str, message: str, signature: str) -> None:
    told = [bytes.fromhex(part) for part in (public_key, message, signature)]
    assert verifier.is_signed(*told)
    for n in range(3):
        wrong = [bytearray(part) for part in told]
        wrong[n] = bytearray(wrong[n] + b"\x00") if n == 1 else wrong[n]
        wrong[n][0] ^= 1
        assert not verifier.is_signed(*map(bytes, wrong))


def downloaded(client: Client, url: str, file: Path) -> Path:
    answer = client.get(url)
    assert answer.status_code == 200
    file.write_bytes(bytes_of(answer))
    return file


def run(script: Path, *files: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", str(script), *map(str, files)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60)


def test_who_has_the_three_files_needs_no_platform(cast: Cast, tmp_path: Path) -> None:
    one, stranger = made(cast, at_least="A"), Client()
    script = downloaded(stranger, reverse("public_credit_verifier"), tmp_path / "verify_certificate.py")
    keys = downloaded(stranger, reverse("public_credit_keys"), tmp_path / "keys.json")
    own = Client()
    own.force_login(cast.director)
    file = downloaded(own, f"{one.get_absolute_url()}json/", tmp_path / "ZM.json")
    right = run(script, file, keys)
    assert (right.returncode, "核验一致" in right.stdout, one.number in right.stdout) == (0, True, True)
    changed = json.loads(file.read_text(encoding="utf-8"))
    changed["payload"]["grade"] = "B"
    file.write_text(json.dumps(changed), encoding="utf-8")
    wrong = run(script, file, keys)
    assert (wrong.returncode, "校验值：与证明内容不符" in wrong.stdout, "签名：" in wrong.stdout) == (1, True, True)
    file.write_text("not JSON", encoding="utf-8")
    assert (run(script, file, keys).returncode, run(script).returncode) == (2, 2)


# The PDF --------------------------------------------------------------------------------------------------------------


def pdf_of(one: CreditCertificate) -> bytes:
    assert one.pdf
    with open_stored(one.pdf) as file:
        return file.read()


def test_pdf_says_number_firm_letter_and_where_to_verify(cast: Cast) -> None:
    one = made(cast, at_least="B")
    pages = PdfReader(BytesIO(pdf_of(one))).pages
    said = re.sub(r"\s+", "", "".join(page.extract_text() for page in pages))
    url = services.verify_url(one.token)
    for words in (one.number, cast.firm.uscc, cast.firm.name, "不低于B级", url, one.sha256, "电子签名"):
        assert words in said
    assert "签收" not in said and "印章）" not in said
    assert len(pages) == 1


# Revoking -------------------------------------------------------------------------------------------------------------


def revoked(cast: Cast, one: CreditCertificate) -> CreditCertificate:
    return certified.revoked(one, cast.province, remark="内部情况 SECRET")


def test_the_province_revokes_for_a_known_ground_and_the_firm_is_told(cast: Cast) -> None:
    one = revoked(cast, made(cast))
    assert (one.state, one.reason, one.revoked_by) == ("revoked", GROUNDS[0], cast.province)
    assert Message.objects.get(recipient=cast.director).title.startswith("信用证明已撤销")
    with pytest.raises(TransitionRefused):
        revoked(cast, one)


def test_nobody_else_revokes_and_not_for_other_words(cast: Cast) -> None:
    one = made(cast)
    with pytest.raises(TransitionRefused, match="权限"):
        CERTIFICATE.perform(one, "revoke_certificate", by=cast.county, reason=GROUNDS[0], remark="")
    with pytest.raises(TransitionRefused, match="须为以下之一"):
        CERTIFICATE.perform(one, "revoke_certificate", by=cast.province, reason="张某举报", remark="")


def test_a_firm_that_is_listed_later_still_verifies_for_its_day(cast: Cast) -> None:
    one = made(cast)
    listing = stories.listed(cast)
    one.refresh_from_db()
    assert (one.state, is_sound(one)) == ("valid", True)
    said = text_of(Client().get(address(one)))
    assert "现为有效" in said
    assert f"目前情况截至{stories.today()}目前在失信名单是：{listing.list_type}" in said


# The public page ------------------------------------------------------------------------------------------------------


def address(one: CreditCertificate) -> str:
    return reverse("public_credit_certificate", args=[one.token])


def test_stranger_reads_what_it_says_and_how_the_firm_stands_now(cast: Cast) -> None:
    one = made(cast, at_least="A")
    answer = Client().get(address(one))
    said = text_of(answer)
    for words in (one.number, cast.firm.name, cast.firm.uscc, "签名相符", "当日为A级，不低于A级", "否", one.sha256):
        assert words in said
    assert cast.director.name not in said


def test_public_is_told_no_more_than_the_allow_list(cast: Cast) -> None:
    told = Client().get(address(made(cast, at_least="A"))).context["certificate"]
    assert set(vars(told)) == {
        *("number", "state", "facts", "made_at", "revoked_at", "reason", "is_sound", "signature", "now", "today")
    }
    labels = [*(fact["label"] for fact in told.facts), *(fact["label"] for fact in told.signature)]
    assert labels == [
        *("企业名称", "统一社会信用代码", "证明日期", "失信名单", "信用等级", "安全生产许可证", "许可证编号", "用途"),
        *("电子签名", "签名密钥", "校验值"),
    ]


def test_revoked_one_says_so_with_its_ground_and_hands_out_no_file(cast: Cast) -> None:
    one = revoked(cast, made(cast))
    said = text_of(Client().get(address(one)))
    assert "已撤销" in said and GROUNDS[0] in said and "SECRET" not in said
    for name in ("certificate.pdf", "certificate.json"):
        assert Client().get(f"{address(one)}{name}").status_code == 404


def test_words_that_were_altered_behind_the_platform_are_called_unsound(cast: Cast) -> None:
    one = made(cast)
    with pgtrigger.ignore("credit.CreditCertificate:said_stays"):
        CreditCertificate.objects.filter(pk=one.pk).update(payload=one.payload | {"purpose": "别的用途"})
    assert "签名不符" in text_of(Client().get(address(one)))


def test_unknown_token_is_404(cast: Cast) -> None:
    odd = ("A" * 22, "x\x00'%s", "长" * 30)
    assert [Client().get(reverse("public_credit_certificate", args=[token])).status_code for token in odd] == [404] * 3
    assert Client().get(f"{address(made(cast))}other.exe").status_code == 404


def compared(one: CreditCertificate, content: bytes) -> str:
    return text_of(Client().post(address(one), {"file": SimpleUploadedFile("证明", content)}))


def test_own_files_are_the_same_and_changed_ones_are_not(cast: Cast) -> None:
    one, other = made(cast), made(cast)
    pdf, data = pdf_of(one), Client().get(f"{address(one)}certificate.json").content
    assert bytes_of(Client().get(f"{address(one)}certificate.pdf")) == pdf
    rewritten = json.dumps(json.loads(data)).encode()
    for same in (pdf, data, rewritten):
        assert "一致：您的文件与平台出具的文件相同" in compared(one, same)
    deep = b'{"payload":' + b"[" * 5000
    altered = data.replace(PURPOSE.encode(), "别的项目投标".encode())
    for other_file in (
        pdf[:-1] + b"x",
        altered,
        pdf_of(other),
        b"{}",
        b'{"payload":1.5,"sha256":"","signature":""}',
        deep,
    ):
        assert "不一致：" in compared(one, other_file)


def test_comparing_waits_after_too_many_and_asks_for_a_file(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers, "TRIES", 2)
    one = made(cast)
    answers = [Client().post(address(one), {}).status_code for _ in range(3)]
    assert answers == [422, 422, 429]
    assert Client().get(address(one)).status_code == 200


# Pages and API --------------------------------------------------------------------------------------------------------


def test_a_firm_has_its_own_made_on_the_page(cast: Cast) -> None:
    client = signed_in(cast.director)
    page = client.get("/credit/certificates/new/")
    assert (page.status_code, cast.firm.name in page.content.decode()) == (200, True)
    sent = {"enterprise": cast.firm.name, "on_day": stories.today(), "purpose": PURPOSE, "at_least": ""}
    answer = client.post("/credit/certificates/new/", sent)
    one = CreditCertificate.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, one.get_absolute_url())
    case = client.get(one.get_absolute_url()).content.decode()
    assert "下载 PDF" in case and "相符，内容没有改动" in case and "撤销证明" not in case
    assert bytes_of(client.get(f"{one.get_absolute_url()}pdf/")) == pdf_of(one)
    listed = client.get("/credit/certificates/?view=valid").content.decode()
    assert one.number in listed
    book = client.post("/credit/certificates/export/?view=all")
    assert bytes_of(book).startswith(b"PK")


def test_the_page_says_why_it_refuses_and_keeps_what_was_typed(cast: Cast) -> None:
    stories.listed(cast)
    sent = {"enterprise": cast.firm.uscc, "on_day": stories.today(), "purpose": PURPOSE, "at_least": ""}
    answer = signed_in(cast.director).post("/credit/certificates/new/", sent)
    assert (answer.status_code, "在失信名单" in answer.content.decode()) == (422, True)
    assert PURPOSE in answer.content.decode()


def test_a_foreign_firm_is_out_of_reach_on_page_and_api_and_its_certificates_are_404(cast: Cast) -> None:
    one, rival = made(cast), Cast()
    sent = {"enterprise": cast.firm.uscc, "on_day": str(stories.today()), "purpose": PURPOSE}
    for user, words in ((rival.director, "只能为本企业"), (persona("county_officer", at=LUBEI), "不在您的管辖范围")):
        client = signed_in(user)
        page = client.post("/credit/certificates/new/", sent)
        assert (page.status_code, words in page.content.decode()) == (422, True)
        assert Api(user).post("/api/credit_certificates/", sent).status_code == 422
        for url in ("", "pdf/", "json/"):
            assert client.get(f"{one.get_absolute_url()}{url}").status_code == 404
        assert Api(user).get(f"/api/credit_certificates/{one.number}/").status_code == 404
        assert one.number not in client.get("/credit/certificates/?view=all").content.decode()
    assert CreditCertificate.objects.count() == 1


def test_over_the_api_it_is_made_once_however_often_it_is_sent(cast: Cast) -> None:
    api, sent = Api(cast.director), {"enterprise": cast.firm.uscc, "on_day": str(stories.today()), "purpose": PURPOSE}
    first, second = (api.post("/api/credit_certificates/", sent, key="once") for _ in range(2))
    assert (first.status_code, first.json(), CreditCertificate.objects.count()) == (201, second.json(), 1)
    stories.listed(cast)
    refused = api.post("/api/credit_certificates/", sent)
    assert (refused.status_code, refused.json()["code"]) == (409, "transition_refused")


def test_revoking_asks_for_the_password(cast: Cast) -> None:
    one, client = made(cast), signed_in(cast.province)
    url = f"{one.get_absolute_url()}revoke_certificate/"
    sent = {"reason": GROUNDS[1], "remark": "企业名称有误", "version": one.version}
    assert client.get(url).status_code == 200
    wrong = client.post(url, sent | {"password": "wrong"})
    assert (wrong.status_code, "密码不正确" in wrong.content.decode()) == (422, True)
    assert client.post(url, sent | {"password": PASSWORD}).status_code == 302
    one.refresh_from_db()
    assert (one.state, one.reason) == ("revoked", GROUNDS[1])
    assert PASSWORD not in json.dumps(list(Event.objects.of(one).values_list("facts", flat=True)))
    case = client.get(one.get_absolute_url()).content.decode()
    assert "企业名称有误" in case and "已撤销" in case
    assert signed_in(cast.county).get(url).status_code == 403


def test_who_reads_sees_no_way_to_make_one(cast: Cast) -> None:
    auditor = signed_in(persona("auditor"))
    assert "出具信用证明" not in auditor.get("/credit/certificates/").content.decode()
    assert auditor.get("/credit/certificates/new/").status_code == 403
    assert "出具信用证明" in signed_in(cast.county).get("/credit/certificates/").content.decode()


def test_signed_words_shown_are_the_signed_ones(cast: Cast) -> None:
    """Page and PDF are drawn from the payload, so that neither can say anything else."""
    one = made(cast)
    one.payload["purpose"] = "改过的用途"
    assert any(fact["value"] == "改过的用途" for fact in presenting.words(one.payload))
    assert not public.shown(one).is_sound


def test_profile_that_ships_has_letters(cast: Cast) -> None:
    """The control of the refusals above: there is a standard, and it gives the firm a letter."""
    assert CreditProfile.objects.in_force(Subject.ENTERPRISE, stories.today())
    assert statement_of(cast.firm, stories.today()).grade == "A"
