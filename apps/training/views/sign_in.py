"""Signing in by the code of a training, on whose phone it ever is; and the trainer's own way to the code."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.addresses import client_address
from apps.core.cases import moment
from apps.people.models import Person
from apps.training.forms import SignInForm
from apps.training.models import Participation, Session, SessionState, SignedInBy
from apps.training.presenting import SESSION_CASE
from apps.training.selectors import organises
from apps.training.services.signing_in import CLOSED, TooOften, session_of, sign_in, sign_in_by_number

MOST_LISTED = 20


@login_not_required
@never_cache
@sensitive_post_parameters("id_number", "name")
@require_http_methods(["GET", "POST"])
def sign_in_page(request: HttpRequest, token: str) -> HttpResponse:
    """One tap for who is signed in to the platform; name and number for everybody else."""
    session = session_of(token)
    if session is None:
        return render(request, "training/sign_in.html", {"closed": CLOSED}, status=404)
    own = own_person(request)
    form = SignInForm(request.POST if request.method == "POST" and "own" not in request.POST else None)
    context: dict[str, Any] = {"session": session, "own": own, "form": form}
    if request.method != "POST":
        return render(request, "training/sign_in.html", context)
    try:
        line = signed_in(request, session, own, form)
    except TooOften as refused:
        answer = render(request, "training/sign_in.html", context | {"refusal": refused.messages[0]}, status=429)
        answer["Retry-After"] = "900"
        return answer
    except ValidationError as refused:
        return render(request, "training/sign_in.html", context | {"refusal": refused.messages[0]}, status=422)
    if line is None:
        return render(request, "training/sign_in.html", context, status=422)
    done = {"done": line, "name": line.person.name, "at": moment(line.signed_in_at)}
    return render(request, "training/sign_in.html", context | done)


def own_person(request: HttpRequest) -> Person | None:
    user: Any = request.user
    return Person.objects.visible_to(user).filter(user=user.pk).first() if user.is_authenticated else None


def signed_in(request: HttpRequest, session: Session, own: Person | None, form: SignInForm) -> Participation | None:
    """The line of who signed in; None where the form says what is missing.  Raises what the service raises."""
    if "own" in request.POST and own is not None:
        return sign_in(session, own, how=SignedInBy.CODE, by=request.user)
    if not form.is_bound or not form.is_valid():
        return None
    told = form.cleaned_data
    address = client_address(request)
    return sign_in_by_number(session, name=told["name"].strip(), number=told["id_number"], address=address)


@never_cache
@require_GET
def scan_page(request: HttpRequest) -> HttpResponse:
    """The trainer's trainings of today: to open, to show the code of, to call the roll of."""
    user: Any = request.user
    if not user.has_perm("training.change_session"):
        raise PermissionDenied
    rows = SESSION_CASE.register.rows(user).filter(state__in=SessionState.RUNNING)
    today = timezone.localdate()
    near = rows.filter(starts_at__date__lte=today).order_by("-state", "starts_at", "pk")
    mine = [session for session in near[:MOST_LISTED] if organises(user, session)]
    context = {
        "running": [session for session in mine if session.state == SessionState.OPEN],
        "to_open": [session for session in mine if session.state == SessionState.PLANNED],
        "title": "培训签到",
    }
    return render(request, "training/scan.html", context)
