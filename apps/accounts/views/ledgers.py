"""System pages: grants, dictionaries and the event log, one record each."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.forms import GrantForm, ReasonForm
from apps.accounts.grants import find_subject
from apps.accounts.http import SignedInRequest, need
from apps.accounts.models import Grant, User
from apps.accounts.services.grants import grant_access, revoke_grant
from apps.core.history import facts_of, history
from apps.core.models import Event
from apps.core.pages import list_page
from apps.core.record_page import record_page
from apps.core.registers import as_text, registry
from apps.core.scoping import get_visible_or_404
from apps.core.words import model_of

# Grants


@require_GET
def grants_page(request: SignedInRequest) -> HttpResponse:
    """The list, with a button for the page of our own: a grant is not filled in like a record."""
    add = {"label": "新增授权", "url": reverse("grants:new"), "icon": "plus", "primary": True}
    extra = {"toolbar": [add]} if request.user.has_perm("accounts.add_grant") else {}
    return list_page(request, registry["grants"], extra=extra)


@require_http_methods(["GET", "POST"])
def new_grant_page(request: SignedInRequest) -> HttpResponse:
    need(request, "accounts.add_grant")
    form = GrantForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            grant = grant_access(**named(form.cleaned_data, request.user), by=request.user)
        except ValidationError as problems:
            form.add_error(None, problems)
        else:
            messages.success(request, f"已授权“{grant.grantee}”，{grant.ends_on}到期。")
            return redirect("grants:detail", grant.pk)
    context = {"form": form, "title": "新增例外授权", "submit_label": "授权", "cancel_url": reverse("grants:list")}
    return render(request, "core/form.html", context, status=422 if form.errors else 200)


def named(data: dict[str, Any], by: User) -> dict[str, Any]:
    """The person and the record behind what was typed; ValidationError by field where there is none."""
    grantee = User.objects.visible_to(by).filter(username__iexact=data["grantee"]).first()
    subject = find_subject(data["subject"])
    problems = {"grantee": grantee or "没有这个用户。", "subject": subject or "没有这个项目。"}
    if missing := {field: found for field, found in problems.items() if isinstance(found, str)}:
        raise ValidationError(missing)
    return data | {"grantee": grantee, "subject": subject}


@require_GET
def grant_page(request: SignedInRequest, key: str) -> HttpResponse:
    need(request, "accounts.view_grant")
    grant = get_visible_or_404(Grant, request.user, pk=key)
    revoke = {"label": "撤销授权", "icon": "ban", "url": reverse("grants:revoke", args=[grant.pk])}
    may_revoke = request.user.has_perm("accounts.revoke_grant") and grant.state in ("有效", "未生效")
    context = {
        "title": f"例外授权：{grant.grantee}",
        "crumbs": [
            {"label": "系统管理"},
            {"label": "例外授权", "url": reverse("grants:list")},
            {"label": str(grant.pk)},
        ],
        "actions": [revoke] if may_revoke else [],
        "sections": [{"title": "授权", "facts": grant_facts(grant)}],
        "timeline": history([grant]),
    }
    return render(request, "core/detail.html", context)


def grant_facts(grant: Grant) -> list[dict[str, Any]]:
    return [
        {"label": "被授权人", "value": f"{grant.grantee}（{grant.grantee.organisation}）"},
        {"label": "授权对象", "value": grant.subject},
        {"label": "授权类型", "value": grant.get_kind_display()},
        {"label": "状态", "value": grant.state},
        {"label": "期限", "value": f"{grant.starts_on} 至 {grant.ends_on}（含当日）"},
        {"label": "授权人", "value": f"{grant.granted_by}，{as_text(timezone.localtime(grant.granted_at))}"},
        {"label": "授权理由", "value": grant.reason, "wide": True},
        {"label": "撤销理由", "value": grant.revoke_reason, "wide": True},
    ]


@require_http_methods(["GET", "POST"])
def revoke_page(request: SignedInRequest, key: str) -> HttpResponse:
    need(request, "accounts.revoke_grant")
    grant = get_visible_or_404(Grant, request.user, pk=key)
    form = ReasonForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            revoke_grant(grant=grant, reason=form.cleaned_data["reason"], by=request.user)
        except ValidationError as problems:
            form.add_error(None, problems)
        else:
            messages.success(request, "授权已撤销，立即生效。")
            return redirect("grants:detail", grant.pk)
    context = {
        "form": form,
        "title": f"撤销授权：{grant.grantee}",
        "consequence": "撤销后该用户立即不能再查看此项目。",
        "submit_label": "撤销",
        "danger": True,
        "cancel_url": reverse("grants:detail", args=[grant.pk]),
    }
    return render(request, "core/confirm.html", context, status=422 if form.errors else 200)


# Dictionaries


dictionary_page = record_page(registry["dictionaries"])


# Event log


@require_GET
def event_page(request: SignedInRequest, key: str) -> HttpResponse:
    need(request, "core.view_event")
    event = get_visible_or_404(Event.objects.select_related("actor"), request.user, pk=key)
    told = [{"label": label, "value": words, "wide": True} for label, words in facts_of(event)]
    context = {
        "title": event.get_name_display(),
        "crumbs": [
            {"label": "系统管理"},
            {"label": "操作日志", "url": reverse("events:list")},
            {"label": str(event.pk)},
        ],
        "sections": [{"title": "事项", "facts": event_facts(event, request.user)}, {"title": "内容", "facts": told}],
    }
    return render(request, "core/detail.html", context)


def subject_of(event: Event, user: User) -> str:
    """Kind, number and name of the record; the name only where the record still is and the user may see it."""
    kind = f"{event.get_record_type_display()} {event.record_id}"
    rows: Any = getattr(model_of(event.record_type), "objects", None)
    if not hasattr(rows, "visible_to"):
        return kind
    record = rows.visible_to(user).filter(pk=event.record_id).first()
    return f"{kind}，{record}" if record else kind


def event_facts(event: Event, user: User) -> list[dict[str, Any]]:
    return [
        {"label": "时间", "value": timezone.localtime(event.happened_at).isoformat(" ", "milliseconds")},
        {"label": "操作人", "value": event.actor or "系统"},
        {"label": "对象", "value": subject_of(event, user)},
        {"label": "步骤", "value": event.step},
        {"label": "原状态", "value": event.get_before_display()},
        {"label": "新状态", "value": event.get_after_display()},
        {"label": "校验值", "value": bytes(event.leaf).hex(), "wide": True},
    ]
