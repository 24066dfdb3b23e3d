"""Sign-in and sign-out pages."""

from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.forms import LoginForm
from apps.accounts.services.signin import SignInRefused, sign_in


@login_not_required
@never_cache
@sensitive_post_parameters("password", "otp")
@require_http_methods(["GET", "POST"])
def login_page(request: HttpRequest) -> HttpResponse:
    """The form keeps the name that was typed; everything else is typed again."""
    if request.user.is_authenticated:
        return redirect(destination(request))
    form = LoginForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return answer(request, form, 422 if form.errors else 200)
    try:
        user = sign_in(request, **form.cleaned_data)
    except SignInRefused as refusal:
        form.add_error(None, refusal.message)
        return answer(request, form, 429 if refusal.retry_after else 401, refusal.retry_after)
    login(request, user)
    return redirect(destination(request))


def answer(request: HttpRequest, form: LoginForm, status: int, retry_after: int | None = None) -> HttpResponse:
    context = {"form": form, "next": request.POST.get("next", request.GET.get("next", ""))}
    response = render(request, "accounts/login.html", context, status=status)
    if retry_after:
        response["Retry-After"] = str(retry_after)
    return response


def destination(request: HttpRequest) -> str:
    """Where the person was going, if that is a page of ours."""
    asked = request.POST.get("next", request.GET.get("next", ""))
    hosts = {request.get_host()}
    ours = url_has_allowed_host_and_scheme(asked, allowed_hosts=hosts, require_https=request.is_secure())
    # What does not begin with a slash would be taken for the name of a view.
    return asked if ours and asked.startswith("/") else resolve_url(settings.LOGIN_REDIRECT_URL)


@login_not_required
@require_POST
def logout_view(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)
