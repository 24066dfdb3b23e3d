"""The page of a training, its code, its photographs and papers, and its make-up."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.services.tokens import digest_of
from apps.core import files
from apps.core.cases import detail_context, move_url
from apps.core.pages import crumbs
from apps.core.scoping import get_visible_or_404
from apps.hazards.pictures import served
from apps.training.codes import address_of_code, code_of, picture_of
from apps.training.forms import EvidenceForm
from apps.training.models import Session, SessionFile, SessionPhoto, SessionState
from apps.training.presenting import MOST_SHOWN, SESSION_CASE, buttons_of, drawn_line, figures_of, lines_of, photos_of
from apps.training.selectors import organises
from apps.training.services.evidence import add_evidence
from apps.training.services.sessions import make_up
from apps.training.workflow import SESSION


@require_GET
def session_page(request: HttpRequest, key: str) -> HttpResponse:
    session: Session = SESSION_CASE.found(request, key)
    context = detail_context(SESSION_CASE, session, request.user)
    shown = list(lines_of(session)[: MOST_SHOWN + 1])
    context |= {
        "actions": actions_of(context["actions"], session, request.user),
        "figures": figures_of(session),
        "lines": [drawn_line(one) for one in shown[:MOST_SHOWN]],
        "is_cut": len(shown) > MOST_SHOWN,
        "list_url": f"{reverse('participations:list')}?view=all&of_session={session.pk}",
        "photos": photos_of(session),
        "files": session.files.select_related("file", "added_by").order_by("added_at"),
    }
    return render(request, "training/session.html", context)


def actions_of(moves: list[dict[str, Any]], session: Session, user: Any) -> list[dict[str, Any]]:
    """The moves and what else there is to do; the next step stands out, and a new code or cancelling never is one."""
    is_next = {move_url(SESSION_CASE, session, SESSION.by_name[name]) for name in ("open", "hold")}
    return [*(move | {"primary": move["url"] in is_next} for move in moves), *buttons_of(session, user)]


def organised(request: HttpRequest, key: str) -> Session:
    """The training, for who organises it."""
    session: Session = SESSION_CASE.found(request, key)
    user: Any = request.user
    if not user.has_perm("training.change_session") or not organises(user, session):
        raise PermissionDenied
    return session


@never_cache
@require_GET
def code_page(request: HttpRequest, key: str) -> HttpResponse:
    """The code in the size of a screen, or to print; one that is not open says so."""
    session = organised(request, key)
    if session.state != SessionState.OPEN or session.sign_in_sha256 != digest_of(code_of(session)):
        messages.error(request, "签到没有开始，或者签到码已失效：请先“开始签到”或“更换签到码”。")
        return redirect(session)
    context = {
        "session": session,
        "title": "签到码",
        "picture": picture_of(session),
        "address": address_of_code(session),
        "figures": figures_of(session)[:2],
        "crumbs": crumbs(SESSION_CASE.register, "签到码", session),
    }
    return render(request, "training/code.html", context)


@require_http_methods(["GET", "POST"])
def evidence_page(request: HttpRequest, key: str) -> HttpResponse:
    session = organised(request, key)
    sent = request.method == "POST"
    form = EvidenceForm(request.POST if sent else None, request.FILES if sent else None, user=request.user)
    if sent and form.is_valid():
        try:
            added, refusals = add_evidence(session, form.cleaned_data["uploads"], by=request.user)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            if added:
                messages.success(request, f"已保存 {added} 个文件。")
            if not refusals and added:
                return redirect(session)
            form.add_error("uploads", refusals or ["请选择照片或者附件"])
    context = {
        "form": form,
        "title": f"添加照片和附件：{session}",
        "submit_label": "上传",
        "cancel_url": session.get_absolute_url(),
        "crumbs": crumbs(SESSION_CASE.register, "添加照片和附件", session),
    }
    return render(request, "core/form.html", context, status=422 if form.errors else 200)


@require_http_methods(["POST"])
def make_up_page(request: HttpRequest, key: str) -> HttpResponse:
    session = organised(request, key)
    try:
        fresh = make_up(session, by=request.user)
    except ValidationError as refused:
        messages.error(request, "；".join(refused.messages))
        return redirect(session)
    count = fresh.participations.count()
    messages.success(request, f"已安排补训，名单 {count} 人；时间暂定一周后，请核对后保存。")
    return redirect("trainings:edit", fresh.pk)


@require_GET
def photo(request: HttpRequest, key: UUID, size: str) -> HttpResponseBase:
    """Through the scope of the training."""
    return served(get_visible_or_404(SessionPhoto, request.user, pk=key), size)


@require_GET
def paper(request: HttpRequest, key: UUID) -> HttpResponseBase:
    known = get_visible_or_404(SessionFile, request.user, pk=key)
    return files.serve(known.file)
