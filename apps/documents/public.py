"""The public page behind the QR code (公开核验): without sign-in, without JavaScript, and only what is listed here."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import IO, Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from apps.accounts.addresses import client_address
from apps.core.files import CHUNK, MEGABYTE, size_label
from apps.documents.services import made_files, public_paper

MOST_BYTES = 10 * MEGABYTE
TRIES, WINDOW_S = 30, 600
"""So many files from one address in ten minutes; looking at the page costs nothing and is not counted."""


@dataclass(frozen=True)
class PublicPaper:
    """All that the public is told of a paper."""

    issuer: str
    kind: str
    number: str
    issued_on: date
    state: str
    state_label: str


def shown(paper: Any) -> PublicPaper:
    return PublicPaper(
        issuer=paper.organisation.name,
        kind=paper.get_kind_display(),
        number=paper.number,
        issued_on=paper.issued_on,
        state=paper.state,
        state_label=paper.get_state_display(),
    )


class CompareForm(forms.Form):
    file = forms.FileField(
        label="文书文件",
        help_text=f"PDF 或 DOCX，不超过 {size_label(MOST_BYTES)}；只计算校验值，不保存",
        error_messages={"required": "请选择要核对的文件", "empty": "文件是空的，请重新选择"},
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(f"文件超过 {size_label(MOST_BYTES)}，不是本平台出具的文书")
        return file


@login_not_required
@require_http_methods(["GET", "POST"])
def verify_page(request: HttpRequest, token: str) -> HttpResponse:
    """What the paper is and whether it still holds; a file sent here is compared by its SHA-256."""
    paper = public_paper(token)
    if paper is None:
        raise Http404
    return compare_page(
        request,
        "documents/verify.html",
        {"paper": shown(paper)},
        is_same=lambda file: sha256_of(file) in hashes_of(paper),
    )


def compare_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    is_same: Callable[[IO[bytes]], bool],
    form_class: type[CompareForm] = CompareForm,
) -> HttpResponse:
    """A public page on which a file can be compared; too many from one address have to wait.

    The template includes documents/_compare.html, which shows `form` and `same`: None while nothing was sent.
    """
    form, same = form_class(), None
    if request.method == "POST":
        if not may_try(client_address(request)):
            answer = render(request, "documents/verify_busy.html", status=429)
            answer["Retry-After"] = str(WINDOW_S)
            return answer
        form = form_class(request.POST, request.FILES)
        same = is_same(form.cleaned_data["file"]) if form.is_valid() else None
    status = 422 if form.errors else 200
    return render(request, template, context | {"form": form, "same": same}, status=status)


def hashes_of(paper: Any) -> set[str]:
    made = made_files(paper.pk)
    return {stored.sha256 for stored in (made.pdf, made.docx) if stored}


def sha256_of(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def may_try(address: str, what: str = "verify", tries: int = 0) -> bool:
    """Counted in the cache: where that is away, everybody may."""
    key = f"{what}:{address}"
    cache.add(key, 0, WINDOW_S)
    try:
        return cache.incr(key) <= (tries or TRIES)
    except (ValueError, TypeError):
        return True
