"""The own account: contact, password, second factor, sessions, tokens."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts import totp
from apps.accounts.forms import CodeForm, ContactForm, PasswordAgain, PasswordForm
from apps.accounts.http import SignedInRequest
from apps.accounts.models import User
from apps.accounts.services import own
from apps.accounts.services.sessions import end_sessions, open_sessions
from apps.accounts.services.tokens import revoke_token
from apps.core.scoping import get_visible_or_404

PENDING_SECRET = "pending_totp_secret"  # noqa: S105  the name of a session key
ISSUER = "河北施工安全监管"


@require_GET
def account_page(request: SignedInRequest) -> HttpResponse:
    user = request.user
    context = {
        "account": user,
        "sessions": open_sessions(user, request.session.session_key),
        "tokens": user.tokens.filter(revoked_at=None, expires_at__gt=timezone.now()),
    }
    return render(request, "accounts/account.html", context)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password_page(request: SignedInRequest) -> HttpResponse:
    form = PasswordForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            user = own.change_password(user=request.user, new=form.cleaned_data["new"])
        except ValidationError as problems:
            form.add_error(None, problems)
        else:
            return _go_on(request, user, "密码已修改，其他设备上的登录已失效。")
    context = {"must": request.user.must_change_password}
    return _form(request, form, "修改密码", "修改密码", **context)


@require_http_methods(["GET", "POST"])
def contact_page(request: SignedInRequest) -> HttpResponse:
    form = ContactForm(request.POST or None, instance=get_visible_or_404(User, request.user, pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        own.update_contact(user=request.user, **form.cleaned_data)
        messages.success(request, "联系方式已更新。")
        return redirect("accounts:account")
    return _form(request, form, "修改联系方式", "保存")


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def second_factor_page(request: SignedInRequest) -> HttpResponse:
    """Turn on: the secret stays in the session until a code proves that the phone has it."""
    if request.user.has_second_factor:
        return _turn_off(request)
    secret = request.session.setdefault(PENDING_SECRET, totp.new_secret())
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = own.turn_on_second_factor(user=request.user, secret=secret, code=form.cleaned_data["code"])
        except ValidationError as problems:
            form.add_error(None, problems)
        else:
            del request.session[PENDING_SECRET]
            return _go_on(request, user, "动态口令已启用，下次登录时需要填写。")
    uri = totp.provisioning_uri(secret, account=request.user.username, issuer=ISSUER)
    context = {"form": form, "secret": secret, "uri": uri}
    return render(request, "accounts/second_factor.html", context, status=422 if form.errors else 200)


def _turn_off(request: SignedInRequest) -> HttpResponse:
    form = PasswordAgain(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        return _go_on(request, own.turn_off_second_factor(user=request.user), "动态口令已停用。")
    return _form(request, form, "停用动态口令", "停用")


@require_POST
def end_session(request: SignedInRequest, number: str) -> HttpResponse:
    if not end_sessions(user=request.user, only=number):
        raise Http404
    messages.success(request, "该设备上的登录已结束。")
    return redirect("accounts:account")


@require_POST
def end_other_sessions(request: SignedInRequest) -> HttpResponse:
    count = end_sessions(user=request.user, keep=request.session.session_key)
    messages.success(request, f"已结束其他 {count} 处登录。")
    return redirect("accounts:account")


@require_POST
def revoke_own_token(request: SignedInRequest, token: int) -> HttpResponse:
    row = request.user.tokens.filter(pk=token).first()
    if row is None:
        raise Http404
    revoke_token(token=row, by=request.user)
    messages.success(request, f"接口令牌 {row} 已撤销。")
    return redirect("accounts:account")


def _go_on(request: SignedInRequest, user: User, text: str) -> HttpResponse:
    """The change has ended every session of the account; this one goes on under a new key."""
    update_session_auth_hash(request, user)
    messages.success(request, text)
    return redirect("accounts:account")


def _form(request: SignedInRequest, form: Any, title: str, submit_label: str, **context: Any) -> HttpResponse:
    context |= {"form": form, "title": title, "submit_label": submit_label, "cancel_url": "/account/"}
    return render(request, "accounts/form.html", context, status=422 if form.errors else 200)
