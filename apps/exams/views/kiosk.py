"""Examinations at a trainer's device: the secret in the address opens it, nobody signs in.

Who sits there is remembered by a signed cookie of this address alone; a number that was typed is kept nowhere.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from apps.exams.forms.taking import SeatForm
from apps.exams.models import Attempt, AttemptState, Kiosk
from apps.exams.selectors import seated_at
from apps.exams.services.attempts import start
from apps.exams.services.kiosks import find_kiosk, is_open, known
from apps.exams.views.desk import Seat, paper_page, result_page

COOKIE, SALT = "exam_seat", "apps.exams.kiosk"


@login_not_required
@never_cache
@sensitive_post_parameters("id_number", "name")
@require_http_methods(["GET", "POST"])
def kiosk_page(request: HttpRequest, token: str) -> HttpResponse:
    """The page where the next one sits down, their paper, or their result."""
    kiosk = find_kiosk(token)
    if kiosk is None:
        raise Http404
    url = reverse("exam_kiosk", args=[token])
    if request.method == "POST" and "leave" in request.POST:
        return left(url)
    if attempt := sitting(request, kiosk):
        seat = Seat(url, kiosk.opened_by, url, "下一位", at_kiosk=True)
        if attempt.state == AttemptState.TAKING:
            return paper_page(request, attempt, seat)
        return redirect(url) if request.method == "POST" else result_page(request, attempt, seat)
    return seated(request, kiosk, url)


def sitting(request: HttpRequest, kiosk: Kiosk) -> Attempt | None:
    """Whose paper lies on the device."""
    key = request.get_signed_cookie(COOKIE, default="", salt=f"{SALT}:{kiosk.pk}") or ""
    return seated_at(kiosk, int(key)) if key.isdigit() else None


def seated(request: HttpRequest, kiosk: Kiosk, url: str) -> HttpResponse:
    """Name and number are asked, compared and forgotten; then the paper lies there."""
    if not is_open(kiosk):
        return render(request, "exams/kiosk.html", {"kiosk": kiosk, "exam": kiosk.exam, "is_shut": True}, status=410)
    form: Any = SeatForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            person = known(kiosk, form.cleaned_data["name"], form.cleaned_data["id_number"])
            attempt = start(kiosk.exam, person, by=kiosk.opened_by, kiosk=kiosk)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return at(attempt, kiosk, url)
    context = {"kiosk": kiosk, "exam": kiosk.exam, "form": form}
    return render(request, "exams/kiosk.html", context, status=422 if form.is_bound else 200)


def at(attempt: Attempt, kiosk: Kiosk, url: str) -> HttpResponse:
    answer = redirect(url)
    answer.set_signed_cookie(
        COOKIE,
        str(attempt.pk),
        salt=f"{SALT}:{kiosk.pk}",
        path=url,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return answer


def left(url: str) -> HttpResponse:
    """The next one in the queue sits down."""
    answer = redirect(url)
    answer.delete_cookie(COOKIE, path=url)
    return answer
