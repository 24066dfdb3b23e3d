"""What all pages with one form do: ask, try, show what is wrong with everything still there."""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apps.core.cases import attempted


def asked(request: HttpRequest, form_class: Callable[..., Any], **told: Any) -> Any:
    """The form as it was sent, with its files; or blank."""
    is_sent = request.method == "POST"
    return form_class(request.POST if is_sent else None, request.FILES if is_sent else None, user=request.user, **told)


def answered(
    request: HttpRequest,
    form: Any,
    make: Callable[[], HttpResponse],
    context: Mapping[str, Any],
    template: str = "core/form.html",
) -> HttpResponse:
    """What `make` answers where the form is right and nothing refuses; else the page with the form."""
    answer, status = attempted(request, form, make)
    return answer or render(request, template, {"form": form, **context}, status=status)


def need_right(request: HttpRequest, permission: str) -> None:
    """403 for those who see the record but may not do this."""
    if not request.user.has_perm(permission):
        raise PermissionDenied
