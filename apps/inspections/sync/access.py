"""Who may use a phone on which visits."""

import base64
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.utils.crypto import salted_hmac

from apps.core.scoping import get_visible_or_404
from apps.inspections.models import PhotoArrival, Visit
from apps.inspections.models.visits import VisitQuerySet

INSPECT = "inspections.inspect_visit"
RECORD = "hazards.add_hazard"


def may_inspect(user: Any) -> None:
    if not user.has_perm(INSPECT):
        raise PermissionDenied


def may_record(user: Any) -> None:
    """Who may enter hazards on a phone: whoever inspects with one and enters them at a desk."""
    may_inspect(user)
    if not user.has_perm(RECORD):
        raise PermissionDenied


def own_visits(user: Any) -> VisitQuerySet:
    """The visits on whose team the user is."""
    return Visit.objects.visible_to(user).filter(team__inspector__user=user)


def own_visit_or_404(user: Any, number: str) -> Visit:
    """Whose team one is not on, or whose record one does not see, is as one that never was."""
    may_inspect(user)
    return get_visible_or_404(Visit, user, number=number, team__inspector__user=user)


def visit_of_photo(user: Any, number: str) -> Visit | None:
    """The visit that a photograph is for; None where it is for a hazard outside of visits."""
    if number:
        return own_visit_or_404(user, number)
    may_record(user)
    return None


def own_arrival_or_404(user: Any, pk: UUID) -> PhotoArrival:
    """A photograph on its way that the user began."""
    may_inspect(user)
    return get_visible_or_404(PhotoArrival.objects.filter(user=user), user, pk=pk)


def phone_key(user: Any) -> str:
    """The key under which a phone keeps this user's data: 32 bytes in base64.

    It stays the same from sign-in to sign-in, so that what was left unsent can still be read (ADR 15).
    """
    return base64.b64encode(salted_hmac(__name__, str(user.pk), algorithm="sha256").digest()).decode()
