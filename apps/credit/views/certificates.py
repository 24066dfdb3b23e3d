"""Having a certificate made, taking its files, and the token of an agency."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from apps.core import files
from apps.core.cases import asked, attempted
from apps.core.pages import crumbs, int_or_none, need, sections_of
from apps.core.registers import registry
from apps.core.scoping import get_visible_or_404
from apps.credit.forms.certificates import CertificateForm
from apps.credit.forms.moves import ConfirmedForm
from apps.credit.models import Agency, CreditCertificate
from apps.credit.presenting.certificates import CERTIFICATE_CASE
from apps.credit.public.certificates import json_answer
from apps.credit.registers.certificates import AgencyRegister, CreditCertificateRegister
from apps.credit.services.agencies import make_token
from apps.credit.services.certificates import make_certificate
from apps.enterprises.models import Enterprise

REGISTER = registry[CreditCertificateRegister.name]
AGENCIES = registry[AgencyRegister.name]
ONCE = "令牌只在生成后显示一次。重新生成后，原来的令牌立即失效。"


@require_http_methods(["GET", "POST"])
def new_page(request: HttpRequest) -> HttpResponse:
    need(REGISTER, request.user, "add")
    form: Any = CertificateForm(asked(request), user=request.user, initial=prefilled(request))
    answer, status = attempted(request, form, partial(made, request, form))
    if answer is not None:
        return answer
    context = {
        "form": form,
        "title": "出具信用证明",
        "sections": sections_of(form),
        "submit_label": "出具",
        "cancel_url": REGISTER.base_url,
        "crumbs": crumbs(REGISTER, "出具信用证明"),
    }
    return render(request, "core/form.html", context, status=status)


def prefilled(request: HttpRequest) -> dict[str, Any]:
    """The firm whose page one comes from, where one sees it."""
    code = request.GET.get("enterprise", "").replace("\0", "")
    firm = Enterprise.objects.visible_to(request.user).filter(uscc=code).first() if code else None
    return {"enterprise": firm} if firm else {}


def made(request: HttpRequest, form: CertificateForm) -> HttpResponse:
    certificate = make_certificate(by=request.user, **form.values())
    messages.success(request, f"{certificate}：已出具，可以下载 PDF 和 JSON 文件。")
    return redirect(certificate)


@require_GET
def pdf_file(request: HttpRequest, key: str) -> HttpResponseBase:
    certificate: CreditCertificate = CERTIFICATE_CASE.found(request, key)
    if certificate.pdf is None:
        raise Http404
    return files.serve(certificate.pdf)


@require_GET
def json_file(request: HttpRequest, key: str) -> HttpResponse:
    return json_answer(CERTIFICATE_CASE.found(request, key))


# Agencies -------------------------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "POST"])
def token_page(request: HttpRequest, key: str) -> HttpResponse:
    """The token is on the answer to this one request and nowhere else."""
    need(AGENCIES, request.user, "change")
    agency = get_visible_or_404(Agency, request.user, pk=key)
    form = ConfirmedForm(asked(request), user=request.user, record=agency)
    answer, status = attempted(request, form, partial(token_made, request, agency))
    if answer is not None:
        return answer
    label = "重新生成令牌" if agency.token_made_at else "生成令牌"
    context = {
        "title": f"{label}：{agency}",
        "record": agency,
        "form": form,
        "caution": ONCE,
        "submit_label": label,
        "cancel_url": agency.get_absolute_url(),
        "crumbs": crumbs(AGENCIES, label, agency),
    }
    return render(request, "core/move.html", context, status=status)


def token_made(request: HttpRequest, agency: Agency) -> HttpResponse:
    version = int_or_none(request.POST.get("version"))
    token = make_token(agency, by=request.user, version=version)
    context = {"agency": agency, "token": token, "crumbs": crumbs(AGENCIES, "令牌", agency)}
    return render(request, "credit/token.html", context)
