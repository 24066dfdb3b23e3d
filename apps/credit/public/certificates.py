"""The public page of a certificate (信用证明核验), the keys, and the tool to check one without this platform."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import IO, Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods

from apps.core import files, signing
from apps.core.api.parsers import MAX_JSON, loads
from apps.core.canonical import canonical_json
from apps.core.cases import moment
from apps.core.problems import Problem
from apps.credit import verifiers
from apps.credit.forms.certificates import CertificateFileForm
from apps.credit.models import CertificateState, CreditCertificate
from apps.credit.presenting.certificates import signature_facts, standing_now, words
from apps.credit.services.certificates import as_data, is_sound
from apps.documents.public import compare_page, sha256_of
from apps.documents.services import TOKEN

VERIFIER = Path(verifiers.__file__).parent / "verify_certificate.py"
FILES = {"certificate.pdf", "certificate.json"}
PARTS = ("payload", "sha256", "signature")


@dataclass(frozen=True)
class PublicCertificate:
    """All that the public is told of a certificate: its signed words, whether it holds, and how the firm stands now."""

    number: str
    state: str
    facts: list[dict[str, Any]]
    made_at: str
    revoked_at: str
    reason: str
    is_sound: bool
    signature: list[dict[str, Any]]
    now: dict[str, Any]
    today: date


def shown(made: CreditCertificate) -> PublicCertificate:
    return PublicCertificate(
        number=made.number,
        state=made.state,
        facts=words(made.payload),
        made_at=moment(made.made_at),
        revoked_at=moment(made.revoked_at),
        reason=made.reason,
        is_sound=is_sound(made),
        signature=[fact for fact in signature_facts(made) if not fact["url"]],
        now=standing_now(made),
        today=timezone.localdate(),
    )


def public_certificate(token: str) -> CreditCertificate:
    """Who has the token has the certificate in hand."""
    rows = CreditCertificate.objects.select_related("enterprise__organisation", "pdf")
    made = rows.filter(token=token).first() if TOKEN.fullmatch(token) else None
    if made is None:
        raise Http404
    return made


@login_not_required
@require_http_methods(["GET", "POST"])
def verify_page(request: HttpRequest, token: str) -> HttpResponse:
    """What it says, whether it holds and is ours; a file sent here is compared, and kept nowhere."""
    made = public_certificate(token)
    context = {
        "certificate": shown(made),
        "token": token,
        "is_valid": made.state == CertificateState.VALID,
        "issued_by": "平台",
    }
    return compare_page(
        request,
        "credit/public_certificate.html",
        context,
        is_same=partial(is_same, made),
        form_class=CertificateFileForm,
    )


def is_same(made: CreditCertificate, file: IO[bytes]) -> bool:
    """The PDF to the byte; the JSON by what it says, however another program has written it."""
    if made.pdf is not None and sha256_of(file) == made.pdf.sha256:
        return True
    file.seek(0)
    told = json_in(file.read(MAX_JSON + 1))
    return told is not None and canonical_json(told) == canonical_json(as_data(made))


def json_in(raw: bytes) -> Mapping[str, Any] | None:
    """The parts of a certificate in a file that may be anything; None where they are not texts and truths alone."""
    try:
        told = loads(raw)
        canonical_json(told)
    except (Problem, TypeError):
        return None
    return told if set(told) == set(PARTS) else None


@login_not_required
@require_GET
def certificate_file(request: HttpRequest, token: str, name: str) -> HttpResponseBase:
    """The files for who has the address; of one that was revoked there are none any more."""
    made = public_certificate(token)
    if name not in FILES or made.state != CertificateState.VALID or made.pdf is None:
        raise Http404
    return json_answer(made) if name.endswith("json") else files.serve(made.pdf)


def json_answer(made: CreditCertificate) -> HttpResponse:
    """The words and their signature as a file to keep."""
    text = json.dumps(as_data(made), ensure_ascii=False, indent=1, sort_keys=True)
    answer = HttpResponse(f"{text}\n", content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = content_disposition_header(True, f"{made.number}.json") or "attachment"
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@login_not_required
@require_GET
def keys_file(request: HttpRequest) -> JsonResponse:
    """The public keys, the one in use first; older ones verify what they signed."""
    known = signing.public_keys()
    used = signing.signing_key_id()
    keys = [{"key_id": name, "public_key": key, "in_use": name == used} for name, key in known.items()]
    return JsonResponse({"algorithm": signing.ALGORITHM, "keys": keys})


@login_not_required
@require_GET
def verifier_file(request: HttpRequest) -> HttpResponse:
    """Handed out as a file to keep: it runs without this platform and without a connection."""
    answer = HttpResponse(VERIFIER.read_bytes(), content_type="text/x-python; charset=utf-8")
    answer["Content-Disposition"] = content_disposition_header(True, VERIFIER.name) or "attachment"
    return answer
