"""A certificate in a stranger's hands: its file alone, a public key, and a phone that reads the code on the page."""

import base64
import json
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pypdfium2  # type: ignore[import-untyped]
import pytest
import zxingcpp
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from apps.credit.models import CreditCertificate
from apps.credit.verifiers import verify_certificate as verifier
from tests.credit import certificate_stories as certified
from tests.credit.certificate_stories import bytes_of
from tests.credit.stories import Cast

pytestmark = pytest.mark.django_db
DPI = 150 / 72


@pytest.fixture
def cast() -> Cast:
    return Cast()


def fetched(url: str) -> bytes:
    """By somebody without an account."""
    answer = Client().get(url)
    assert answer.status_code == 200, url
    return bytes_of(answer)


def file_of(one: CreditCertificate, name: str) -> bytes:
    return fetched(reverse("public_credit_certificate_file", args=[one.token, name]))


def public_key() -> Ed25519PublicKey:
    keys = json.loads(fetched(reverse("public_credit_keys")))["keys"]
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(keys[0]["public_key"]))


def signature_of(pdf: bytes) -> tuple[bytes, bytes]:
    """The signed bytes and the signature, told apart as the verifier's text says it, by none of the platform's code."""
    signed, line = re.fullmatch(rb"(%PDF-.*)\n%HEBEI-SIGNATURE/1 (.*)\n", pdf, re.DOTALL).groups()  # type: ignore[union-attr]
    return signed, base64.b64decode(line.split()[1], validate=True)


def test_the_pdf_alone_bears_the_signature_of_all_its_bytes(cast: Cast) -> None:
    one = certified.made(cast.firm, cast.director, at_least="B")
    signed, signature = signature_of(file_of(one, "certificate.pdf"))
    public_key().verify(signature, signed)
    with pytest.raises(InvalidSignature):
        public_key().verify(signature, signed.replace(b"/Page", b"/Pane", 1))


def test_the_json_alone_bears_the_signature_of_its_words(cast: Cast) -> None:
    told = json.loads(file_of(certified.made(cast.firm, cast.director), "certificate.json"))
    said = json.dumps(told["payload"], ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    public_key().verify(base64.b64decode(told["signature"]), said)
    with pytest.raises(InvalidSignature):
        public_key().verify(base64.b64decode(told["signature"]), said.replace(b"true", b"false"))


def test_the_page_names_the_hash_of_the_words_so_that_both_files_are_of_one_certificate(cast: Cast) -> None:
    one = certified.made(cast.firm, cast.director)
    told = json.loads(file_of(one, "certificate.json"))
    pages = PdfReader(BytesIO(file_of(one, "certificate.pdf"))).pages
    assert told["sha256"] in re.sub(r"\s", "", "".join(page.extract_text() for page in pages))


def test_the_verifier_takes_the_pdf_and_refuses_one_that_was_changed(cast: Cast, tmp_path: Path) -> None:
    pdf = file_of(certified.made(cast.firm, cast.director), "certificate.pdf")
    keys = tmp_path / "keys.json"
    keys.write_bytes(fetched(reverse("public_credit_keys")))
    body, _, line = pdf.rpartition(verifier.LAST_LINE)
    wrong = {
        "unsigned": body,
        "changed": body.replace(b"/Page", b"/Pane", 1) + verifier.LAST_LINE + line,
        "longer": pdf + b"%%EOF\n",
        "of another key": body + verifier.LAST_LINE + b"c9 " + line.split(b" ")[1],
    }
    assert run(tmp_path, keys, pdf) == 0
    assert {name: run(tmp_path, keys, data) for name, data in wrong.items()} == dict.fromkeys(wrong, 1)


def run(folder: Path, keys: Path, pdf: bytes) -> int:
    file = folder / "ZM.pdf"
    file.write_bytes(pdf)
    return subprocess.run([sys.executable, "-I", verifier.__file__, file, keys], stdout=subprocess.DEVNULL).returncode


def code_on(pdf: bytes) -> str:
    """What a phone reads from the printed page."""
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=DPI).to_pil()
    (found,) = zxingcpp.read_barcodes(picture)
    assert found.format == zxingcpp.BarcodeFormat.QRCode
    return found.text


def test_the_code_on_the_page_opens_for_anybody_and_says_when_it_is_revoked(cast: Cast) -> None:
    one = certified.made(cast.firm, cast.director)
    url = code_on(file_of(one, "certificate.pdf"))
    assert url == one.payload["verify_url"]
    page = urlsplit(url).path
    before = fetched(page).decode()
    assert one.number in before and cast.firm.name in before and "现为<b>有效</b>" in before
    certified.revoked(one, cast.province)
    after = fetched(page).decode()
    assert "<b>已撤销</b>" in after and "现为<b>有效</b>" not in after
    assert Client().get(f"{page}certificate.pdf").status_code == 404
