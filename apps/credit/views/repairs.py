"""Applying for credit repair, and the proof that was handed in with it."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from apps.core import files
from apps.core.cases import asked, attempted
from apps.core.models import StoredFile
from apps.core.pages import need
from apps.core.scoping import get_visible_or_404
from apps.credit.forms.repairs import RepairForm
from apps.credit.models import Blacklisting, CreditEntry
from apps.credit.presenting.repairs import REPAIR_CASE, of_finding
from apps.credit.services import kept_files
from apps.credit.services.repairs import APPLIES, Finding, apply, cannot_apply


@require_http_methods(["GET", "POST"])
def begin_page(request: HttpRequest, key: str, *, model: type[CreditEntry] | type[Blacklisting]) -> HttpResponse:
    """A proof that was sent with a form which has to come back is kept, and told beside its field."""
    user: Any = request.user
    if not user.has_perm(APPLIES):
        raise PermissionDenied
    finding: Any = get_visible_or_404(model, user, number=key)
    if request.method == "GET" and (reason := cannot_apply(finding, user)):
        messages.error(request, reason)
        return redirect(finding)
    form = RepairForm(asked(request), request.FILES or None, user=user, record=finding)
    kept = received(request, form, finding)
    answer, status = attempted(request, form, partial(applied, request, form, finding, kept))
    if answer is not None:
        return answer
    form.tell_of(kept)
    return render(request, "core/move.html", begin_context(finding, form), status=status)


def received(request: HttpRequest, form: RepairForm, finding: Finding) -> StoredFile | None:
    """The proof that has come now, or that came before."""
    if request.method == "POST":
        form.is_valid()
        if file := form.cleaned_data.get("file"):
            return kept_files.keep(request.user, kept_files.slot_of(finding), file, file.name)
    return kept_files.kept(request.user, kept_files.slot_of(finding))


def applied(request: HttpRequest, form: RepairForm, finding: Finding, kept: StoredFile | None) -> HttpResponse:
    repair = apply(finding, by=request.user, file=kept, **form.values())
    kept_files.hand_in(request.user, kept_files.slot_of(finding))
    messages.success(request, f"{repair}：已提交信用修复申请，由{repair.organisation}受理。")
    return redirect(repair)


def begin_context(finding: Finding, form: RepairForm) -> dict[str, Any]:
    return {
        "title": f"申请信用修复：{finding}",
        "form": form,
        "summary": [{"title": "修复对象", "facts": of_finding(finding)}],
        "submit_label": "提交申请",
        "cancel_url": finding.get_absolute_url(),
        "crumbs": [
            {"label": f"{finding._meta.verbose_name} {finding}", "url": finding.get_absolute_url()},
            {"label": "申请信用修复"},
        ],
    }


@require_GET
def file_page(request: HttpRequest, key: str) -> HttpResponseBase:
    """The proof, for whoever may see the application."""
    need(REPAIR_CASE.register, request.user, "view")
    repair = REPAIR_CASE.found(request, key)
    if repair.file is None:
        raise Http404
    return files.serve(repair.file)
